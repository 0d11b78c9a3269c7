"""A list of the best whose first entry is the publisher's own.

Measures: 1 where the title promises a ranking ("best", "top") and the first numbered line or heading of the text names
the publisher while a later one does not; else 0.
Why: ranking oneself first is an advertisement in the shape of a test.
Example: "10 Best CRM Tools" on acmecrm.com that starts with "1. Acme CRM".
Known misfires: a magazine that lists its own award first. None without a publisher's name or without entries.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document
from quality.signals.page.publisher import publisher_names, squeezed

MIN_ENTRIES = 3
_RANKING = re.compile(r"\b(?:best|top|beste[nrs]?|mejores|meilleur\w*|melhores|migliori|najlepsz\w*)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^\W{0,3}(?:#\s?)?\d{1,3}[.):]\s")


def measure(document: Document) -> Measurement:
    """Return 1 for a ranking that the publisher leads, with the line that shows it."""
    names = publisher_names(document)
    if not names:
        return Measurement(None)
    if not _RANKING.search(document.article.title or ""):
        return Measurement(0.0)
    entries = [line for line in document.lines if _NUMBERED.match(line.text)]
    if len(entries) < MIN_ENTRIES:
        entries = [line for line in document.lines if line.is_heading][1:]
    if len(entries) < MIN_ENTRIES:
        return Measurement(None)
    own = [any(name in squeezed(line.text) for name in names) for line in entries]
    if own[0] and not all(own):
        return Measurement(1.0, ((entries[0].start, entries[0].end, 0.8),))
    return Measurement(0.0)
