"""Sentences that ask the reader to do business with the publisher.

Measures: characters of sentences that hold a phrase of the lexicon `call_to_action` (an imperative with the
publisher's side as its object: contact us, book a demo, visit our shop; or a whole line that is a button), each
weighted with the score of the phrase, over the characters of all lines. None where the lexicon does not cover the
language and nothing matched. A sentence that quotes, or asks for something if something happens ("if the wound opens") or as a
notice does ("between 9am and noon"), is a hint.
Why: an appeal to buy or to get in touch tells nothing of the subject; curators cut it first.
Example: "Contact us today for a free consultation."
Known misfires: interviews and stories in which somebody says such a sentence; instructions that name a firm's own
page.
References: SpamAssassin's body rules; the promo convention of the rubric behind the labelled pages.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.notice import informs
from quality.phrase_hits import phrase_hits
from quality.quotation import REPORTED_SCORE, score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("call_to_action")
QUOTE_MARKS = ("“", "”", "„", "«", '"')


def measure(document: Document) -> Measurement:
    """Share of the text that calls the reader to act, 0..1; evidence is the sentences."""
    found: dict[tuple[int, int], float] = {}
    for line, hit in phrase_hits(document, LEXICON.name):
        span = line_or_sentence(document, line, hit.start, hit.end)
        found[span] = max(found.get(span, 0.0), score_of(line, hit))
    if not found and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(
        document, [(start, end, _score(document, start, end, score)) for (start, end), score in found.items()]
    )


def _score(document: Document, start: int, end: int, score: float) -> float:
    sentence = document.text[start:end]
    hint = any(mark in sentence for mark in QUOTE_MARKS) or informs(sentence, document.article.language)
    return min(score, REPORTED_SCORE) if hint else score
