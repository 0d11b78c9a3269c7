"""Sentences that ask the reader to do business with the publisher.

Measures: characters of sentences that hold a phrase of the lexicon `call_to_action` (an imperative with the
publisher's side as its object: contact us, book a demo, visit our shop; or a whole line that is a button), each
weighted with the score of the phrase, over the characters of all lines. None where the lexicon does not cover the
language and nothing matched.
Why: an appeal to buy or to get in touch tells nothing of the subject; curators cut it first.
Example: "Contact us today for a free consultation."
Known misfires: interviews and stories in which somebody says such a sentence; instructions that name a firm's own
page.
References: SpamAssassin's body rules; the promo convention of the rubric behind the labelled pages.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
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
        document, [(start, end, _unless_quoted(document.text[start:end], found[start, end])) for start, end in found]
    )


def _unless_quoted(sentence: str, score: float) -> float:
    return min(score, REPORTED_SCORE) if any(mark in sentence for mark in QUOTE_MARKS) else score
