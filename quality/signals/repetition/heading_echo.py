"""Headings that repeat the title or one another.

Measures: headings whose content stems are at least ECHO contained in the title's or in an earlier heading's (and the
other way round at least half), over all headings. Evidence is those headings, except the first that equals the title.
None for fewer than MIN_HEADINGS headings.
Why: pages written for a query put the query into every heading.
Example: "Best Garden Lamps", "Why Garden Lamps Are the Best", "Choosing the Best Garden Lamps"
Known misfires: dated live blogs, numbered parts of a work, the fixed headings of a product catalogue.
References: Google's spam policy on keyword stuffing; reference signal 6 (heading skeletons).
"""

from __future__ import annotations

from math import ceil

from quality.content_words import line_stems, stems
from quality.records import Measurement
from quality.segment import Document

MIN_HEADINGS = 3
ECHO = 0.75
MIN_STEMS = 2
SAME, NEAR = 0.4, 0.25
"""Hints: a heading that echoes is usually content all the same (97 % on labelled pages)."""


class _Earlier:
    """Bags of stems, found again by a stem: what shares most of a bag's stems holds one of its rarest."""

    def __init__(self) -> None:
        self.bags: set[frozenset[str]] = set()
        self._by_stem: dict[str, list[frozenset[str]]] = {}

    def add(self, bag: frozenset[str]) -> None:
        """Keep a bag; an empty one is like none."""
        if bag not in self.bags:
            self.bags.add(bag)
            for stem in bag:
                self._by_stem.setdefault(stem, []).append(bag)

    def has_like(self, own: frozenset[str]) -> bool:
        """True where a bag holds enough of these stems, and not too many others."""
        places = sorted((self._by_stem.get(stem, []) for stem in own), key=len)
        enough = len(own) - ceil(ECHO * len(own)) + 1
        return any(
            min(len(own & other) / len(own), 2 * len(own & other) / len(other)) >= ECHO
            for bags in places[:enough]
            for other in bags
        )


def measure(document: Document) -> Measurement:
    """Share of headings that echo, 0..1; evidence is the headings."""
    headings = [line for line in document.lines if line.is_heading]
    if len(headings) < MIN_HEADINGS:
        return Measurement(value=None)
    title = stems(document.title_words)
    earlier = _Earlier()
    earlier.add(title)
    evidence = []
    echoes = 0
    for number, line in enumerate(headings):
        own = document.derive(line_stems)[line.index]
        if len(own) >= MIN_STEMS:
            is_title = number == 0 and own == title
            if not is_title and earlier.has_like(own):
                echoes += 1
                evidence.append((line.start, line.end, SAME if own in earlier.bags else NEAR))
            earlier.add(own)
    return Measurement(value=echoes / len(headings), evidence=tuple(evidence))
