"""Share of body sentences without a named person, place or thing.

Measures: body sentences without a capitalised word inside, over body sentences of at least five words.
Why: who, where and which can be checked.
Example: "Experts agree" against "Maria Sandoval of CERN agrees".
Known misfires: brand names in product copy; German needs two capitals in a row. None below four sentences.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack, shows_names


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without one."""
    return lack(document, lambda facts: facts.names) if shows_names(document) else Measurement(None)
