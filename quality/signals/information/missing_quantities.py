"""Share of body sentences without a quantity that has a unit.

Measures: body sentences without a number and unit, or a price, over body sentences of at least five words.
Why: a number tied to a unit is a claim; a bare one is decoration.
Example: "many hours" against "14 hours".
Known misfires: portraits and opinions. None below four sentences.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without one."""
    return lack(document, lambda facts: facts.quantity)
