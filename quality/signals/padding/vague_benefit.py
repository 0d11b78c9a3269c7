"""Sentences that praise or advise in words that fit anything: ensure, enhance, essential, seamless.

Measures: sentences of at least MIN_WORDS words that hold a word of the lexicon `benefit_word`, over all sentences of
that length. Evidence (a hint) is the sentences that hold two or more and no particular (digit, quotation mark,
capital inside). None where the lexicon does not cover the language or there are fewer than MIN_SENTENCES such
sentences.
Why: text that is there to be long or to sell claims benefits instead of saying how, how much and for whom.
Example: "The right lamp can enhance your home and ensure a seamless experience."
Known misfires: product documentation; medical advice ("essential" amino acids, "vital" signs).
References: on labelled pages the value tells padded articles from clean ones with an AUC of 0.82, rejected from
accepted with 0.69. Hedges (may, might, could), often named as a mark of filler, had the wrong sign there (0.36) and
are not used.
"""

from __future__ import annotations

from quality.evidence import Evidence, has_particular, sentence_at
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("benefit_word")
MIN_WORDS = 6
MIN_SENTENCES = 8
HINT = 0.4


def measure(document: Document) -> Measurement:
    """Share of sentences with a benefit word, 0..1; evidence is those with two and no particular."""
    long_enough = sum(len(sentence.words) >= MIN_WORDS for sentence in document.sentences)
    if long_enough < MIN_SENTENCES or not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    counts: dict[tuple[int, int], int] = {}
    for line, hit in phrase_hits(document, LEXICON.name):
        span = sentence_at(document, line.start + hit.start)
        counts[span] = counts.get(span, 0) + 1
    evidence: list[Evidence] = [
        (start, end, HINT)
        for (start, end), count in sorted(counts.items())
        if count >= 2 and not has_particular(document, start, end)
    ]
    return Measurement(value=min(1.0, len(counts) / long_enough), evidence=tuple(evidence))
