"""Links to the trades that pay for links: gambling, pills, loans, essays, replicas, adult.

Measures: links to another site whose anchor is of such a trade, over all links of the article's lines, at least 0.2
where there is one in a text that is not about it. The evidence is a promo span: the sentence is cut.
Why: hacked and rented pages carry them in the middle of sentences about something else.
Example: "The bakery opened in 1920, like the best online casino bonus."
Known misfires: a link of a reporter to a story about online casinos, in a text about something else. Articles about gambling
law or medicine: where a tenth of the sentences use the trade's words, nothing counts. None for plain text and for pages without links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quality.records import Measurement
from quality.segment import Document, Line

_SELLING = (
    r"(?:online|en\s+ligne|en\s+l[ií]nea|internetow\w+|онлайн)[\s-]+(?:casin[oò]s?|cassinos?|kasinos?|kasyn\w*|казино|slots?)|"
    r"(?:casin[oò]s?|cassinos?|kasinos?|kasyn\w+|казино|poker|slots?|betting)[\s-]+(?:online|en\s+ligne|en\s+l[ií]nea|"
    r"internetow\w+|онлайн|bonus\w*)|wettanbieter|ставки\s+на\s+спорт|pharmac(?:y|ies)\s+without|kredite?\s+ohne\s+schufa|"
    r"pr[ée]stamos?\s+r[áa]pidos?|pr[êe]ts?\s+rapides?|empr[ée]stimos?\s+r[áa]pidos?|prestiti\s+veloci|essay\s+writing\s+services?|"
    r"write\s+my\s+essay|(?:buy|cheap)\s+essays?|bitcoin\s+bonus|cbd\s+gummies"
)
"""What sellers write over a link, and hardly a reporter."""
_TRADE = re.compile(
    rf"\b(?:{_SELLING}|casin[oò]s?|cassinos?|kasinos?|kasyn(?:o|a|ie)|казино|poker|slots?|betting|sportsbook|viagra|cialis|levitra|"
    r"payday|essay\s+writing|replica|escorts?|porn|xxx|cbd\s+oil|sportwetten|apuestas|bahis|togel|judi)\b",
    re.IGNORECASE,
)
_SOLD = re.compile(rf"\b(?:{_SELLING})\b", re.IGNORECASE)
ON_TOPIC_SHARE = 0.1
LEAST_VALUE = 0.2
SCORE = 0.7
HINT = 0.4
"""Score of a sentence whose link may lead to a replica in a museum, or to a study of Viagra: it is not cut."""


def measure(document: Document) -> Measurement:
    """Return the share of paid-trade links, with the sentences that hold them or speak of the trade beside them."""
    linked = [line for line in document.lines if line.layout is not None and line.layout.links]
    if not linked:
        return Measurement(None)
    found = []
    hits = links = lines = 0
    for line in linked:
        layout = line.layout
        if layout is None:
            continue
        links += layout.links
        trade = [anchor for anchor in layout.anchor_texts if _TRADE.search(anchor)]
        if trade and layout.external_links:
            hits += min(len(trade), layout.external_links)
            lines += 1
            found += _sentences(document, line, trade)
    if not hits:
        return Measurement(0.0)
    about = sum(1 for line in document.lines if _TRADE.search(line.text)) / len(document.lines)
    if about > ON_TOPIC_SHARE + lines / len(document.lines) or _TRADE.search(document.article.title or ""):
        return Measurement(0.0)
    return Measurement(max(LEAST_VALUE, hits / links), tuple(found))


def _sentences(document: Document, line: Line, anchors: Sequence[str]) -> list[tuple[int, int, float]]:
    """Return (start, end, score) of the line's sentences that hold an anchor or speak of what is sold; else of the line."""
    text = document.text
    score = SCORE if any(map(_SOLD.search, anchors)) else HINT
    found = []
    for sentence in line.sentences:
        sold = _SOLD.search(text, sentence.start, sentence.end) is not None
        if sold or any(anchor in text[sentence.start : sentence.end] for anchor in anchors):
            found.append((sentence.start, sentence.end, SCORE if sold else score))
    return found or [(line.start, line.end, score)]
