"""Links to the trades that pay for links: gambling, pills, loans, essays, replicas, adult; and their pitches without a link.

Measures: links to another site whose anchor is of such a trade, over all links of the article's lines, at least 0.2
where there is one, or a line that sells such goods in words, in a text that is not about them. The evidence is a promo span:
the sentence, or the line, is cut.
Why: hacked and rented pages carry them in the middle of sentences about something else.
Example: "The bakery opened in 1920, like the best online casino bonus."
Known misfires: a link of a reporter to a story about online casinos, in a text about something else. Articles about gambling
law or medicine: where a tenth of the sentences use the trade's words, nothing counts. A spam message that is told of without
quotation marks. None for plain text and for pages without links, unless something is sold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quality.evidence import Evidence
from quality.quotation import quotations
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
_PITCH = re.compile(
    r"\b(?:buy|order (?:now|online|today)|cheap(?:est)?|(?:best|lowest) price|discount|without (?:a )?prescription|no prescription|"
    r"overnight delivery|fast delivery|generic|play (?:now|at)|play the best|win real money|free spins?|no deposit|"
    r"welcome bonus|bonus code|instant approval|no credit check|apply now|visit)\b",
    re.IGNORECASE,
)
"""What a seller says beside the name of what is sold."""
_PITCH_WORDS = frozenset(
    "buy order cheap cheapest price discount prescription delivery generic play win spin spins deposit bonus approval credit apply visit".split()
)
"""Words of which each of these pitches holds one: looked up first, since to try the patterns on every line took 2.7 ms a page."""
LEAST_PITCHES = 3
LEAST_PITCH_WORDS = 2
ON_TOPIC_SHARE = 0.1
LEAST_VALUE = 0.2
SCORE = 0.7
HINT = 0.4
"""Score of a sentence whose link may lead to a replica in a museum, or to a study of Viagra: it is not cut."""


def measure(document: Document) -> Measurement:
    """Return the share of paid-trade links, with the sentences that hold them or speak of the trade beside them."""
    linked = [line for line in document.lines if line.layout is not None and line.layout.links]
    pitches = [line for line in document.lines if _sells(line)]
    if not linked and not pitches:
        return Measurement(None)
    found = [piece for line in pitches for piece in _pitch(document, line)]
    hits = links = 0
    trading = {line.index for line in pitches}
    for line in linked:
        layout = line.layout
        if layout is None:
            continue
        links += layout.links
        trade = [anchor for anchor in layout.anchor_texts if _TRADE.search(anchor)]
        if trade and layout.external_links:
            hits += min(len(trade), layout.external_links)
            if line.index not in trading:
                found += _sentences(document, line, trade)
            trading.add(line.index)
    if not trading:
        return Measurement(0.0)
    about = sum(1 for line in document.lines if _TRADE.search(line.text)) / len(document.lines)
    if about > ON_TOPIC_SHARE + len(trading) / len(document.lines) or _TRADE.search(document.article.title or ""):
        return Measurement(0.0)
    return Measurement(max(LEAST_VALUE, hits / max(1, links)), tuple(sorted(found)))


def _pitch(document: Document, line: Line) -> list[Evidence]:
    """Return the sentences of a line that sell, those that stand together as one piece."""
    found: list[Evidence] = []
    joins = False
    for sentence in document.sentences_by_line[line.index]:
        sells = any(words.search(document.text, sentence.start, sentence.end) for words in (_TRADE, _PITCH))
        if sells:
            found.append((found.pop()[0] if joins else sentence.start, sentence.end, SCORE))
        joins = sells
    return found


def _sells(line: Line) -> bool:
    """True for a line that names such goods and says three things or more that their sellers say, quotations aside."""
    if len(_PITCH_WORDS.intersection(line.words)) < LEAST_PITCH_WORDS:
        return False
    pitches = {match[0].lower() for match in _PITCH.finditer(line.text)}
    return len(pitches) >= LEAST_PITCHES and _TRADE.search(line.text) is not None and not quotations(line.text)


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
