"""Cut a text at the edges of its spans, so that each piece is either plain or marked.

Spans of an assessment do not overlap, but nothing here depends on it: a piece knows the surest spans that cover it and
is drawn in the kind of the surest one. Linear in the text and in the number of spans times their overlap.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.report import formats
from quality.records import KINDS, Kind, Reason, Span
from quality.verdict import SCORE_OF_KIND

QUOTE_CHARS = 500
SHOWN_TOGETHER = 8
"""Findings that a piece names at most, so that thousands over one place do not make a page of their names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A span with its number in the text and what is said about it."""

    number: int
    """Counted from 1 in the order of the text."""
    span: Span
    line: int
    """Line of the text that it starts in, counted from 1."""
    quote: str
    """The span's text, at most QUOTE_CHARS of it."""
    points: float | None
    """What its signal added to the log-odds of rejection; None where no reason of the verdict names the signal."""
    note: str
    """What hover and focus show: kind and score, signal, points."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters of one line that the same findings cover."""

    text: str
    findings: tuple[Finding, ...]
    """The surest first; empty for plain text."""
    first: bool
    """True where the surest finding begins: its anchor, and where the keyboard stops."""

    @property
    def note(self) -> str:
        """The notes of all findings, one below the other."""
        return "\n".join(finding.note for finding in self.findings)

    @property
    def numbers(self) -> str:
        """The numbers of all findings, separated by spaces."""
        return " ".join(str(finding.number) for finding in self.findings)


def findings_of(text: str, spans: Sequence[Span], reasons: Sequence[Reason]) -> tuple[Finding, ...]:
    """Number the spans in the order of the text and say what each one means."""
    points: dict[str, float] = {}
    for reason in reasons:
        points[reason.signal] = points.get(reason.signal, 0.0) + reason.points
    found = []
    line, at = 1, 0
    ordered = sorted(
        (span for span in spans if 0 <= span.start < span.end <= len(text)), key=lambda s: (s.start, s.end)
    )
    for number, span in enumerate(ordered, start=1):
        line += text.count("\n", at, span.start)
        at = span.start
        own = points.get(span.signal)
        found.append(
            Finding(
                number, span, line, text[span.start : min(span.end, span.start + QUOTE_CHARS)], own, _note(span, own)
            )
        )
    return tuple(found)


def _note(span: Span, own: float | None) -> str:
    if own is None:
        effect = f"counted in the {SCORE_OF_KIND.get(span.kind, span.kind)} score"
    else:
        effect = f"{formats.points(own)} points, all findings of this signal together"
    return f"{span.kind}, score {formats.decimal(span.score)}\n{span.signal}\n{effect}"


def marked_lines(text: str, findings: Sequence[Finding]) -> Iterator[tuple[Piece, ...]]:
    """Yield the pieces of each line of a text, in order; a line without text has none."""
    waiting = list(reversed(findings))
    open_findings: list[Finding] = []
    begun: set[int] = set()
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        pieces: list[Piece] = []
        while at < end:
            while waiting and waiting[-1].span.start <= at:
                open_findings.append(waiting.pop())
            open_findings = [finding for finding in open_findings if finding.span.end > at]
            edges = [finding.span.end for finding in open_findings]
            if waiting:
                edges.append(waiting[-1].span.start)
            stop = min([end, *edges])
            covering = tuple(heapq.nsmallest(SHOWN_TOGETHER, open_findings, key=lambda f: (-f.span.score, f.number)))
            first = bool(covering) and covering[0].number not in begun
            begun.update(finding.number for finding in covering[:1])
            pieces.append(Piece(text[at:stop], covering, first))
            at = stop
        yield tuple(pieces)
        at = end + 1


def kind_counts(findings: Sequence[Finding]) -> Mapping[Kind, int]:
    """Count the findings of each kind, in the order in which kinds are always listed."""
    counts = dict.fromkeys(KINDS, 0)
    for finding in findings:
        counts[finding.span.kind] += 1
    return counts
