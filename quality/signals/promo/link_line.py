"""Paragraphs in the body of an article that are one link to another page of the site.

Measures: characters of lines in paragraphs or plain blocks (no list, no heading) between the start and the last
running text whose text is at least LINKED inside links to the site itself, over the characters of all lines. The
first FIRST_LINES are passed over; where more than MINORITY of the lines are such links the page is a digest, and none
counts. None for plain text and where there is no running text.
Why: a link that stands alone between two paragraphs sends the reader away; its title has no marker word.
Example: between two paragraphs of a report "Ten lamps for small desks", a link.
Known misfires: digests and lists of downloads.
References: on labelled pages 89 % of such lines were promo or residue (35 sites).
"""

from __future__ import annotations

from quality.evidence import Evidence, covered
from quality.records import Measurement
from quality.segment import Document, Line

LINKED = 0.9
FIRST_LINES = 4
MINORITY = 0.12
SCORE = 0.7
BLOCKS = ("p", "div", "span", "strong", "em", "blockquote", "aside", "section", "article")


def measure(document: Document) -> Measurement:
    """Share of the text that is lone links in the body, 0..1; evidence is the lines."""
    if not document.body or all(line.layout is None for line in document.lines):
        return Measurement(value=None)
    links = [line for line in document.lines[FIRST_LINES : document.body[-1].index] if _is_link(line)]
    evidence: list[Evidence] = []
    if len(links) <= MINORITY * len(document.lines):
        evidence = [(line.start, line.end, SCORE) for line in links]
    return covered(document, evidence)


def _is_link(line: Line) -> bool:
    layout = line.layout
    if layout is None or layout.tag not in BLOCKS or line.is_list_item or layout.external_links:
        return False
    return layout.link_density >= LINKED and len(line.words) > 0
