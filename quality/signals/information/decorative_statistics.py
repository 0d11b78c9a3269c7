"""Sentences whose only figure is the size or growth of a market.

Measures: sentences that give a market's value, forecast or growth rate ("CAGR"), over all sentences.
Why: a market-size figure is the cheapest number there is; filler opens with one to look sourced.
Example: "The global yoga mat market is projected to reach $23.2 billion by 2030, growing at a CAGR of 6.1 %."
Known misfires: business news about that very market. None in languages without a pattern.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document

_PATTERN = re.compile(
    r"""
    \b(?:market|industry|sector|sales|spending)\b [^.]{0,120}
        \b(?:project(?:ed|ions)|expected|estimated|forecast|valued|predicted|set|anticipated|poised|grow\w*|reach\w*)\b
        [^.]{0,80}
        (?:[$€£]\s?\d | \d[\d.]*\s?(?:billion|trillion|million|%|percent))
    | \bCAGR\b | \bcompound\s+annual\s+growth
    | \b(?:Markt|Branche)\b [^.]{0,120} \b(?:prognosti\w+|wachsen|erreichen|geschätzt)\b [^.]{0,80}
        \d[\d.,]*\s?(?:Milliarden|Millionen|%|Prozent)
    | \bmercado\b [^.]{0,120} \b(?:alcanzar\w*|crecer\w*|atingir\w*|crescer\w*|valorado)\b [^.]{0,80}
        \d[\d.,]*\s?(?:mil|millones|milhões|bilhões|%)
    | \bmarché\b [^.]{0,120} \b(?:atteindr\w*|estimé|évalué)\b [^.]{0,80} \d[\d.,]*\s?(?:milliards|millions|%)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HINT_WORDS = "market industry sector sales spending cagr compound markt branche mercado marché"
_HINTS = frozenset(_HINT_WORDS.split())
"""One of these words must stand in a sentence that the pattern matches; looking for them first is ten times faster."""
LANGUAGES = frozenset({"en", "de", "es", "pt", "fr"})
SCORE = 0.5
MAX_SENTENCE_CHARS = 600


def measure(document: Document) -> Measurement:
    """Return the share of sentences that decorate with market figures."""
    if document.article.language not in LANGUAGES or not document.sentences:
        return Measurement(None)
    found = []
    for sentence in document.sentences:
        if _HINTS.isdisjoint(sentence.words):
            continue
        if _PATTERN.search(document.text, sentence.start, min(sentence.end, sentence.start + MAX_SENTENCE_CHARS)):
            found.append((sentence.start, sentence.end, SCORE))
    return Measurement(len(found) / len(document.sentences), tuple(found))
