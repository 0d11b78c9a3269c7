"""Findings become spans, and a clean text without the spans that are no content.

Findings come from the line-role model and from the evidence of single signals. Promo and residue are cut from the clean
text; padding and repeats are shown, never cut, since a padded sentence is still the author's. These are two questions, and
a character may stand in a span of either: a plug that is said for the third time is promo and repeat. Where two findings
answer one question, the surer one keeps the characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from quality.policy import SpanThresholds
from quality.records import CUT, Kind, Measurement, Span, in_order

KIND_OF_FAMILY: Mapping[str, Kind] = {
    "promo": "promo",
    "residue": "residue",
    "padding": "padding",
    "repetition": "repeat",
}
KIND_OF_SIGNAL: Mapping[str, Kind] = {"page.injected_links": "promo"}
"""The same for single signals of other families."""
PHRASE_SIGNALS = frozenset(
    (
        "promo.affiliate_disclosure|promo.call_to_action|promo.channel_plug|promo.coupon_price_pitch|promo.cross_link|"
        "promo.subscribe_newsletter|residue.comment_form|residue.furniture_phrase|residue.related_block|residue.toc_block"
    ).split("|")
)
"""Signals that know a line by a phrase in it, whatever the line is about."""
BLOCK_SIGNALS = frozenset(("promo.named_block", "residue.named_block"))
"""Signals that know a line by the name of the block around it. On labelled pages the line roles were sure that five of their
163 lines are content: three were, one was furniture, one has no label."""
HINT_SCORE = 0.5
"""Evidence of a signal below this is a hint that counts in its value and is shown to nobody."""
NAMED_SCORE = 0.85
"""Findings of promo and residue signals from this score on were right in 96 of 100 labelled lines."""
MIN_SPAN_CHARS = 2
"""What is left of a finding after a surer one took its middle is not worth showing below this."""
_LEFTOVERS = " \t-–—•*·|:,;"
"""A line of which only these are left after its cuts says nothing any more."""
_SPACES = re.compile(r"[^\S\n]{2,}")
_BLANK_LINES = re.compile(r"\n{3,}")


def signal_spans(
    measurements: Mapping[str, Measurement],
    thresholds: SpanThresholds,
    *,
    spared: Sequence[tuple[int, int]] = (),
    sure: Sequence[tuple[int, int]] = (),
) -> list[Span]:
    """Return the evidence of all signals of the four families that reaches the threshold of its kind.

    `spared`: (start, end) of lines and sentences in order, in which a phrase proves nothing. `sure`: the same of lines in which the
    name of the block proves nothing.
    """
    found = []
    for name, measurement in measurements.items():
        kind = KIND_OF_SIGNAL.get(name) or KIND_OF_FAMILY.get(name.partition(".")[0])
        if kind is None:
            continue
        least = max(HINT_SCORE, float(getattr(thresholds, kind)))
        found += [
            Span(start, end, kind, score, name)
            for start, end, score in measurement.evidence
            if score >= least
            and not (name in PHRASE_SIGNALS and _within_one(start, end, spared))
            and not (name in BLOCK_SIGNALS and _within_one(start, end, sure))
        ]
    return found


def _within_one(start: int, end: int, lines: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(lines, start, key=lambda line: line[0]) - 1
    return place >= 0 and end <= lines[place][1]


def resolve(findings: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Return spans in order, over one character at most one that is cut and one that is shown.

    Of several the surer finding wins, then the longer, then the earlier. What is left of a finding between surer ones is no
    span if it is white space.

    A phrase that a lexicon is sure of names its kind better than the line-role model, which is asked whether a line is
    promo or residue and only then which of the two.
    """
    cut: list[Span] = []  # disjoint and sorted, so that a search by start finds every overlap
    shown: list[Span] = []
    for span in sorted(findings, key=_precedence):
        taken = cut if span.kind in CUT else shown
        first = bisect_right(taken, span.start, key=lambda other: other.end)
        last = bisect_left(taken, span.end, lo=first, key=lambda other: other.start)
        taken[first:last] = sorted([*taken[first:last], *free_parts(span, taken[first:last])], key=lambda s: s.start)
    return tuple(sorted(trimmed((*cut, *shown), text), key=in_order))


def trimmed(spans: Iterable[Span], text: str) -> Iterator[Span]:
    """Yield the spans without the white space at their edges, and none that is nothing else."""
    for span in spans:
        found = text[span.start : span.end]
        if words := found.strip():
            start = span.start + found.index(words)
            yield replace(span, start=start, end=start + len(words))


def _precedence(span: Span) -> tuple[bool, float, int, int, str, str]:
    named = span.kind in CUT and span.score >= NAMED_SCORE and not span.signal.startswith("roles.")
    return (not named, -span.score, span.start - span.end, span.start, span.kind, span.signal)


def free_parts(span: Span, overlapping: Sequence[Span]) -> list[Span]:
    """Return what is left of a span between disjoint, sorted others."""
    bounds = [span.start, *(edge for other in overlapping for edge in (other.start, other.end)), span.end]
    gaps = zip(bounds[::2], bounds[1::2], strict=True)
    return [
        Span(start, end, span.kind, span.score, span.signal) for start, end in gaps if end - start >= MIN_SPAN_CHARS
    ]


def clean(text: str, spans: Sequence[Span]) -> str:
    """Return the text without its promo and residue spans, and without the empty lines they leave.

    `spans` are in order, those that are cut disjoint, as `resolve` returns them.
    """
    cuts = [(span.start, span.end) for span in spans if span.kind in CUT]
    if not cuts:
        return text
    lines = []
    at = first = 0
    for line in text.split("\n"):
        end = at + len(line)
        while first < len(cuts) and cuts[first][1] <= at:
            first += 1
        last = first
        while last < len(cuts) and cuts[last][0] < end:
            last += 1
        if first == last:
            lines.append(line)
        else:
            kept = _without(line, [(max(start, at) - at, min(stop, end) - at) for start, stop in cuts[first:last]])
            if kept.strip(_LEFTOVERS):
                lines.append(_SPACES.sub(" ", kept).strip())
        at = end + 1
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _without(line: str, cuts: Sequence[tuple[int, int]]) -> str:
    bounds = [0, *(edge for cut in cuts for edge in cut), len(line)]
    return "".join(line[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True))
