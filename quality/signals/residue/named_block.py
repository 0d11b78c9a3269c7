"""Lines in blocks that the site itself names a byline, an author box, a disclaimer or the like.

Measures: characters of lines whose block or near ancestors carry a class or id with one of NAMES as a part
("post-author"), over the characters of all lines. A name that covers more than MINORITY of the lines marks the page,
not a block, and does not count; nor does a first-level heading. None for plain text.
Why: designers name what they build, and authors do not write inside these blocks.
Example: `<p class="post-author">Ana keeps bees and writes about bridges.</p>`
Known misfires: notes to figures in a block named "disclaimer"; pages about an author, whose body is an author box.
References: on labelled pages lines in blocks named "author" were residue in 21 of 21 cases (11 sites), "disclaimer"
93 %.
"""

from __future__ import annotations

from quality.evidence import covered, lines_named
from quality.records import Measurement
from quality.segment import Document

NAMES = ("author", "byline", "bio", "meta", "tags", "disclaimer", "disclosure", "modal", "related", "footer")
NEAREST = 10
MINORITY = 0.2
SCORE = 0.8


def measure(document: Document) -> Measurement:
    """Share of the text in blocks that are named furniture, 0..1; evidence is the lines."""
    if all(line.layout is None for line in document.lines):
        return Measurement(value=None)
    named = lines_named(document, NAMES, nearest=NEAREST, minority=MINORITY)
    return covered(document, [(line.start, line.end, SCORE) for line in named])
