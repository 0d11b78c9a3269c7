"""Sentences that press an offer: coupon codes, free trials, limited time, no credit card.

Measures: characters of sentences that hold a phrase of the lexicon `coupon_price_pitch`, weighted with the score of
the phrase, over the characters of all lines. None where the lexicon does not cover the language and nothing matched.
Why: an offer is addressed to a buyer. A price alone is a fact and is never counted.
Example: "Use promo code LAMP at checkout."
Known misfires: reviews that report a price cut as news; deal pages, where the offer is the subject.
References: SpamAssassin's body rules.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.quotation import score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("coupon_price_pitch")


def measure(document: Document) -> Measurement:
    """Share of the text that presses an offer, 0..1; evidence is the sentences."""
    evidence = [
        (*line_or_sentence(document, line, hit.start, hit.end), score_of(line, hit))
        for line, hit in phrase_hits(document, LEXICON.name)
    ]
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
