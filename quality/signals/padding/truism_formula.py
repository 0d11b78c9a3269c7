"""Sentences built from formulas that could stand in any article.

Measures: characters of sentences that hold a formula of the lexicon `truism_formula` and no particular (no digit,
quotation mark or capitalised word after the first), weighted, over the characters of all lines. The weight is the
score of the strongest formula, plus SECOND for each further one in the line, plus EDGE for an opening, an
announcement or a closing in the first EDGE_LINES lines or the last EDGE_SHARE of them, plus DENSITY from DENSE
formulas per 1,000 words. None where the lexicon does not cover the language and nothing matched, or under MIN_WORDS
words.
Why: one formula is a habit; several, or one where the text should start or end, are filler.
Example: "In today's fast-paced world, it is essential to stay ahead of the curve."
Known misfires: speeches; editorials that open with a truism and then say something.
References: on labelled pages sentences without a particular that score a half and more were filler in 68 %, and
filler or promo in 81 %; single formulas in the body in 40 %.
"""

from __future__ import annotations

from quality.evidence import Evidence, covered, has_particular, sentence_at
from quality.lexicon import lexicon
from quality.phrase_hits import document_hits
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("truism_formula")
MIN_WORDS = 60
EDGE_KINDS = frozenset(("opening", "announcement", "closing"))
EDGE_LINES = 4
EDGE_SHARE = 0.15
SECOND, EDGE, DENSITY = 0.15, 0.15, 0.1
DENSE = 5.0


def measure(document: Document) -> Measurement:
    """Share of the text in formulas, 0..1; evidence is the sentences."""
    if len(document.words) < MIN_WORDS:
        return Measurement(value=None)
    found: dict[tuple[int, int], float] = {}
    count = 0
    place = len(document.lines) * (1 - EDGE_SHARE)
    for line, all_hits in zip(document.lines, document.derive(document_hits), strict=True):
        hits = all_hits.get(LEXICON.name, ())
        count += len(hits)
        edge = line.index < EDGE_LINES or line.index >= place
        for hit in hits:
            span = sentence_at(document, line.start + hit.start)
            bonus = EDGE if edge and hit.phrase.kind in EDGE_KINDS else 0.0
            found[span] = max(found.get(span, 0.0), hit.phrase.score + bonus + SECOND * (len(hits) - 1))
    if not found and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    density = DENSITY if count * 1000 >= DENSE * len(document.words) else 0.0
    evidence: list[Evidence] = [
        (start, end, round(min(1.0, strength + density), 3))
        for (start, end), strength in sorted(found.items())
        if not has_particular(document, start, end)
    ]
    return covered(document, evidence)
