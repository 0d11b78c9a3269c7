"""Lines in blocks that the site itself names a call to action, a promotion or a sign-up.

Measures: characters of lines whose block or near ancestors carry a class or id with one of NAMES as a part
("card-cta"), over the characters of all lines. A name that covers more than MINORITY of the lines marks the page, not
a block, and does not count; nor does a first-level heading. None for plain text.
Why: designers name what they build; the name is honest where the wording is not.
Example: `<div class="post-cta"><p>The lamp that thinks with you</p></div>`
Known misfires: a theme that wraps each section in a "cta" class; navigation cards of public bodies.
References: on labelled pages lines in blocks named "cta" were promo or residue in 96 % (29 sites).
"""

from __future__ import annotations

from quality.evidence import covered, lines_named
from quality.records import Measurement
from quality.segment import Document

NAMES = ("cta", "promo", "signup", "subscribe", "popup", "form")
NEAREST = 10
MINORITY = 0.2
SCORE = 0.8


def measure(document: Document) -> Measurement:
    """Share of the text in blocks that are named promotional, 0..1; evidence is the lines."""
    if all(line.layout is None for line in document.lines):
        return Measurement(value=None)
    named = lines_named(document, NAMES, nearest=NEAREST, minority=MINORITY)
    return covered(document, [(line.start, line.end, SCORE) for line in named])
