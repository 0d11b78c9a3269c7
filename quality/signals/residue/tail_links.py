"""Links after the last paragraph: related titles, section names, the next article.

Measures: characters of lines after the last line of running text whose text is at least LINKED inside links and holds
no address, over the characters of all lines. Lines with links to other sites score a hint, since they may be
references. None for plain text and where there is no running text.
Why: extraction takes the feed under an article for its end; the titles carry no marker word, but they are links.
Example: after the last paragraph "Ten lamps for small desks" and "What a lux is", each a link.
Known misfires: a list of the author's own posts that the article is about.
References: on labelled pages such lines without links to other sites were residue or promo in 77 of 77 (22 sites).
"""

from __future__ import annotations

from quality.evidence import Evidence, covered
from quality.records import Measurement
from quality.segment import Document

LINKED = 0.9
SCORE, HINT = 0.85, 0.4
ADDRESS = ("http://", "https://", "www.")


def measure(document: Document) -> Measurement:
    """Share of the text that is links after its end, 0..1; evidence is the lines."""
    if not document.body or all(line.layout is None for line in document.lines):
        return Measurement(value=None)
    evidence: list[Evidence] = []
    for line in document.lines[document.body[-1].index + 1 :]:
        layout = line.layout
        if layout is None or layout.link_density < LINKED or any(mark in line.text for mark in ADDRESS):
            continue
        evidence.append((line.start, line.end, HINT if layout.external_links else SCORE))
    return covered(document, evidence)
