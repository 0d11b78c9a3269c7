"""Lines without a letter or digit: rules, rows of dashes or stars, stray bars and bullets.

Measures: lines that hold no letter or digit, over all lines. Evidence scores rules of dashes and lone bars,
bullets and commas with SCORE; hyphens and equals signs (code, tables in plain text), stars and dots are a hint.
Why: separators are drawn for the eye; in text they carry nothing and show where two parts were glued.
Example: "—————–"
Known misfires: an asterism between two sections of a story is the author's; it is cheap to lose.
References: NeMo Curator's symbol filters; Gopher's symbol-to-word ratio.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document

SCORE = 0.8
HINT = 0.3
_RULE = re.compile(r"^\s*(?:[–—_─━•·▪◆◇|][–—_─━•·▪◆◇|\s]*|[-,*])\s*$")
_TABLE_RULE = re.compile(r"^\s*\|?(?:\s*:?-{2,}:?\s*\|)+")


def measure(document: Document) -> Measurement:
    """Share of lines that are separators, 0..1; evidence is the lines."""
    if not document.lines:
        return Measurement(value=None)
    evidence = tuple(
        (line.start, line.end, SCORE if _RULE.match(line.text) else HINT)
        for line in document.lines
        if not line.words and "```" not in line.text and not _TABLE_RULE.match(line.text)
    )
    return Measurement(value=len(evidence) / len(document.lines), evidence=evidence)
