"""From pieces of text to a measurement: how much of an article is covered by what a signal found.

Most signals that quote text share one scale, so that their values can be compared and added: the characters covered
by the union of the quoted pieces, each counted once, with the score of the piece that reaches it first, over the characters of the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from quality.records import Measurement
from quality.segment import Document

Evidence = tuple[int, int, float]
"""(start, end, score): offsets in the article's text, and how sure the finding is."""


def covered(document: Document, evidence: Iterable[Evidence]) -> Measurement:
    """Return the weighted share of the text's characters (lines only, 0..1) that evidence covers, with the evidence."""
    pieces = tuple(sorted(evidence))
    total = sum(line.end - line.start for line in document.lines)
    if not total:
        return Measurement(value=None)
    return Measurement(value=min(1.0, _weight(pieces) / total), evidence=pieces)


def _weight(pieces: tuple[Evidence, ...]) -> float:
    """Sum of the characters covered, each weighted with the score of the first piece that covers it."""
    weight = 0.0
    reach = 0
    for start, end, score in pieces:
        if end > reach:
            weight += (end - max(start, reach)) * score
            reach = end
    return weight
