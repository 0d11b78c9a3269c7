"""Share of body sentences that hold nothing a reader could check.

Measures: body sentences of at least five words without a number, date, name or quotation, over all such sentences.
Why: careful readers name "a checkable particular in nearly every paragraph" first among the marks of good text, and
"nouns that could be swapped, nothing named, dated or counted" first among the marks of filler.
Example: "Choosing the right option can make all the difference." holds none.
Known misfires: essays, instructions and poems argue without names; product copy is full of brand names, so a low value
proves nothing. None in scripts without capitals and below four sentences.
References: Ntoulas et al. 2006 (content spam).
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack, shows_names


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without a particular."""
    return lack(document, lambda facts: facts.any) if shows_names(document) else Measurement(None)
