"""Links to the trades that pay for links: gambling, pills, loans, essays, replicas, adult.

Measures: links to another site whose anchor is of such a trade, over all links of the article's lines, at least 0.2
where there is one in a text that is not about it.
Why: hacked and rented pages carry them in the middle of sentences about something else.
Example: "The bakery opened in 1920, like the best online casino bonus."
Known misfires: articles about gambling law or medicine: where a tenth of the sentences use the trade's words, nothing
counts. None for plain text and for pages without links.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document

_TRADE = re.compile(
    r"\b(?:casinos?|poker|slots?|betting|sportsbook|viagra|cialis|levitra|payday|essay\s+writing|write\s+my\s+essay|replica|"
    r"escorts?|porn|xxx|bitcoin\s+bonus|cbd\s+(?:oil|gummies)|wettanbieter|sportwetten|kasyno|apuestas|bahis|togel|judi)\b",
    re.IGNORECASE,
)
ON_TOPIC_SHARE = 0.1
LEAST_VALUE = 0.2
SCORE = 0.7


def measure(document: Document) -> Measurement:
    """Return the share of paid-trade links, with the lines that hold them."""
    linked = [line for line in document.lines if line.layout is not None and line.layout.links]
    if not linked:
        return Measurement(None)
    found = []
    hits = links = 0
    for line in linked:
        layout = line.layout
        if layout is None:
            continue
        links += layout.links
        trade = sum(_TRADE.search(anchor) is not None for anchor in layout.anchor_texts)
        if trade and layout.external_links:
            hits += min(trade, layout.external_links)
            found.append((line.start, line.end, SCORE))
    if not hits:
        return Measurement(0.0)
    about = sum(1 for line in document.lines if _TRADE.search(line.text)) / len(document.lines)
    if about > ON_TOPIC_SHARE + len(found) / len(document.lines) or _TRADE.search(document.article.title or ""):
        return Measurement(0.0)
    return Measurement(max(LEAST_VALUE, hits / links), tuple(found))
