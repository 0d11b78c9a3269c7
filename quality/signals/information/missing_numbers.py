"""Share of body sentences without a number.

Measures: body sentences without a digit, over body sentences of at least five words.
Why: counts, prices and measures can be checked.
Example: "It weighs a lot." against "It weighs 4.2 kg.".
Known misfires: numbers written as words; decorative market figures count as numbers. None below four sentences.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without one."""
    return lack(document, lambda facts: facts.numbers)
