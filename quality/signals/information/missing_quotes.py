"""Share of body sentences without quoted words.

Measures: body sentences without a quotation of at least twelve characters, over body sentences of at least five words.
Why: people who speak were asked.
Example: "He was happy." against "“I could not sleep,” he said.".
Known misfires: scare quotes and titles of works; testimonials that sell. None below four sentences.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without one."""
    return lack(document, lambda facts: facts.quote)
