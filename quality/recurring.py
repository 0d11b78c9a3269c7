"""Lines that come back on page after page of one source: furniture that no single page gives away.

An appeal in plain words reads like content until it stands on every third page of its site, so a run looks at all the
pages that it judged of a source together. Coming back proves nothing by itself: recipes preheat the oven again and
again, and code samples begin alike. The line roles must doubt the line too, only less than they must doubt one that
stands alone. What is found becomes spans and leaves the clean text; the page's scores and verdict stay its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.policy import Policy
from quality.records import CUT, ROLES, Kind, Span, in_order
from quality.segment import words_of
from quality.spans import free_parts, trimmed

SIGNAL = "source.recurring_line"
"""Name of these findings in `Span.signal`."""
FULL = 255
"""The byte of a probability of 1."""
LINE_ROLES = ROLES[1:]
"""The roles of which `Assessment.line_roles` holds one byte each: all but content."""


@dataclass(frozen=True, slots=True)
class RecurringLine:
    """A line that comes back on a source's pages and that the line roles doubt."""

    kind: Kind
    """promo or residue, whichever is likelier over all pages."""
    doubt: float
    """Mean probability over the pages that the line is promo or residue."""
    page_fraction: float
    """Share of the source's pages that hold the line; pages of one title count once."""


@dataclass(slots=True)
class Doubt:
    """What the line roles said of one line, summed over the pages that hold it in whole numbers: any order, one sum."""

    promo: int = 0
    residue: int = 0
    pages: int = 0

    def add(self, promo: int, residue: int) -> None:
        """Count one more page."""
        self.promo += promo
        self.residue += residue
        self.pages += 1

    def line(self, page_fraction: float) -> RecurringLine:
        """Return the line that these pages make of it."""
        kind: Kind = "promo" if self.promo > self.residue else "residue"
        return RecurringLine(kind, (self.promo + self.residue) / (FULL * self.pages), page_fraction)


def packed(probabilities: NDArray[np.float64]) -> bytes:
    """Pack role probabilities (lines x roles, 0..1) in one byte each, content left out: see `LINE_ROLES`."""
    return bytes(np.rint(FULL * probabilities[:, 1:]).astype(np.uint8).tobytes())


def doubts(text: str, line_roles: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield (line without outer white space, promo, residue) of each line that is not blank; probabilities times FULL."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(line_roles) != len(lines) * len(LINE_ROLES):  # not made from this text: nothing to go by
        return
    table = np.frombuffer(line_roles, dtype=np.uint8).reshape(-1, len(LINE_ROLES))
    columns = table[:, [LINE_ROLES.index("promo"), LINE_ROLES.index("residue")]].tolist()
    for line, (promo, residue) in zip(lines, columns, strict=True):
        yield line, promo, residue


def is_long_enough(line: str, policy: Policy) -> bool:
    """True unless the line is so short that unrelated pages may share it: "Note", "Cons", "Method"."""
    return len(words_of(line)) >= policy.recurring.min_words


def apply(
    text: str, spans: Sequence[Span], lines: Mapping[str, RecurringLine], *, judged: bool, policy: Policy
) -> tuple[Span, ...]:
    """Return a page's spans with those of its recurring lines, in order, none over what is cut already.

    `judged`: the page is judged as an article; others (a shop's, a manual's) repeat names and values, and their lines must be
    doubted more.
    """
    least = policy.recurring.doubt if judged else policy.recurring.other_doubt
    found = [
        Span(start, end, line.kind, line.doubt, SIGNAL)
        for start, end, line in _standing(text, lines)
        if line.doubt >= least
    ]
    if not found:
        return tuple(spans)
    parts = [*spans, *_outside(found, [span for span in spans if span.kind in CUT])]
    return tuple(sorted(trimmed(parts, text), key=in_order))


def _standing(text: str, lines: Mapping[str, RecurringLine]) -> Iterator[tuple[int, int, RecurringLine]]:
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        found = lines.get(stripped) if stripped else None
        if found is not None:
            start = at + line.index(stripped)
            yield start, start + len(stripped), found
        at += len(line) + 1


def _outside(spans: Iterable[Span], others: Sequence[Span]) -> Iterator[Span]:
    """Yield what is left of spans between disjoint, sorted others."""
    for span in spans:
        first = bisect_right(others, span.start, key=lambda other: other.end)
        last = bisect_left(others, span.end, lo=first, key=lambda other: other.start)
        yield from free_parts(span, others[first:last])
