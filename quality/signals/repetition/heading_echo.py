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

from quality.content_words import line_stems, stems
from quality.records import Measurement
from quality.segment import Document

MIN_HEADINGS = 3
ECHO = 0.75
MIN_STEMS = 2
SAME, NEAR = 0.4, 0.25
"""Hints: a heading that echoes is usually content all the same (97 % on labelled pages)."""


def measure(document: Document) -> Measurement:
    """Share of headings that echo, 0..1; evidence is the headings."""
    headings = [line for line in document.lines if line.is_heading]
    if len(headings) < MIN_HEADINGS:
        return Measurement(value=None)
    earlier = [stems(document.title_words)] if document.title_words else []
    evidence = []
    echoes = 0
    for number, line in enumerate(headings):
        own = document.derive(line_stems)[line.index]
        if len(own) >= MIN_STEMS:
            overlap = max(
                (min(len(own & other) / len(own), 2 * len(own & other) / len(other)) for other in earlier if other),
                default=0,
            )
            is_title = number == 0 and own == stems(document.title_words)
            if overlap >= ECHO and not is_title:
                echoes += 1
                evidence.append((line.start, line.end, SAME if own in earlier else NEAR))
            earlier.append(own)
    return Measurement(value=echoes / len(headings), evidence=tuple(evidence))
