"""Share of body sentences that name no source.

Measures: body sentences without a verb of speech or a word of attribution ("according to", "laut", "selon"), over
body sentences of at least five words.
Why: reporting says who said it; of all single particulars this one separates kept from rejected articles best.
Example: "It is believed" against "the ministry said".
Known misfires: first-hand reviews, recipes and manuals are their own source. None below four sentences.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import lack, speech_words


def measure(document: Document) -> Measurement:
    """Return the share of body sentences without one."""
    if speech_words(document.article.language or "") is None:
        return Measurement(None)
    return lack(document, lambda facts: facts.speech)
