"""Cut a text at the edges of its spans, so that each piece is either plain or marked.

A piece knows the spans that cover it, those that are cut before those that are shown and then the surest first, and is drawn
in the kind of the first. An assessment has at most two over one place, but nothing here depends on it. Linear in the text and
in the number of spans times their overlap.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.report import formats
from quality.records import CUT, KINDS, Kind, Reason, Span, in_order
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
    """In whose kind it is drawn first; empty for plain text."""
    first: bool
    """True where the first finding is drawn first, and where the keyboard stops."""
    anchors: tuple[int, ...]
    """Numbers of the findings that no piece before it has."""

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
    ordered = sorted((span for span in spans if 0 <= span.start < span.end <= len(text)), key=in_order)
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
    drawn: set[int] = set()
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
            covering = tuple(heapq.nsmallest(SHOWN_TOGETHER, open_findings, key=_precedence))
            first = bool(covering) and covering[0].number not in drawn
            drawn.update(finding.number for finding in covering[:1])
            anchors = tuple(finding.number for finding in covering if finding.number not in begun)
            begun.update(anchors)
            pieces.append(Piece(text[at:stop], covering, first, anchors))
            at = stop
        yield tuple(pieces)
        at = end + 1


def _precedence(finding: Finding) -> tuple[bool, float, int]:
    return finding.span.kind not in CUT, -finding.span.score, finding.number


def kind_counts(findings: Sequence[Finding]) -> Mapping[Kind, int]:
    """Count the findings of each kind, in the order in which kinds are always listed."""
    counts = dict.fromkeys(KINDS, 0)
    for finding in findings:
        counts[finding.span.kind] += 1
    return counts
