"""Share of the lines that name the site they stand on.

Measures: lines with the publisher's name (host label or stated site name, without spaces) over all lines.
Why: an article that keeps coming back to its publisher pivots to its own product; reporters name their paper once.
Example: "With Scratch, you'll find meal prep for busy schedules" on scratchculinary.com.
Known misfires: documentation of one's own software, company histories, a band's own page. None without a URL or with a
label of less than five letters.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.page.publisher import lines_that_name_the_publisher, publisher_names

SCORE = 0.4


def measure(document: Document) -> Measurement:
    """Return the share of lines that name the publisher, with those lines."""
    if not publisher_names(document) or not document.lines:
        return Measurement(None)
    naming = document.derive(lines_that_name_the_publisher)
    found = tuple((document.lines[index].start, document.lines[index].end, SCORE) for index in naming)
    return Measurement(len(found) / len(document.lines), found)
