"""Share of body sentences without a date.

Measures: body sentences without a year, a day of a month or a weekday, over body sentences of at least five words.
Why: what is dated can be checked and grows old honestly.
Example: "recently" against "on 3 March".
Known misfires: timeless subjects such as recipes and manuals. None below four sentences.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without one."""
    return lack(document, lambda facts: facts.date)
