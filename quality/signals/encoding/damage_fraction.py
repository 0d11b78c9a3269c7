"""Characters that are known to be damaged and could not be restored.

Measures: damaged characters that the repair left (see `quality.repair`), over the characters of the text that are not
white space.
Why: a text that lost characters reads badly whatever its author wrote; and damage must not be taken for filler or spam.
Example: "kupiÅ ksiÄÅ¼kÄ" where no word list tells the letters apart.
Known misfires: a page that shows damaged text on purpose, as a listing of byte values.
"""

from __future__ import annotations

import numpy as np

from quality.characters import KINDS, document_kinds
from quality.records import Measurement
from quality.segment import Document

REPLACEMENT = "\ufffd"
SCORE = 1.0
MAX_EVIDENCE = 50
"""Places that are quoted; the value counts all."""


def measure(document: Document) -> Measurement:
    """Return the share of damaged characters, with the places of those that are U+FFFD; None for an empty text."""
    text = document.text
    written = len(text) - int(np.count_nonzero(document.derive(document_kinds) & KINDS["space"]))
    if not written:
        return Measurement(None)
    evidence: list[tuple[int, int, float]] = []
    at = text.find(REPLACEMENT)
    while at >= 0 and len(evidence) < MAX_EVIDENCE:
        evidence.append((at, at + 1, SCORE))
        at = text.find(REPLACEMENT, at + 1)
    return Measurement(min(1.0, document.article.damage / written), tuple(evidence))
