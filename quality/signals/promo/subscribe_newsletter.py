"""Sentences and form lines that ask for the reader's address or subscription.

Measures: characters of sentences that hold a phrase of the lexicon `subscribe_newsletter`, weighted with the score of
the phrase, over the characters of all lines. None where the lexicon does not cover the language and nothing matched.
Why: sign-up boxes stand in the middle of articles and extraction keeps them as paragraphs.
Example: "Subscribe to our weekly newsletter."
Known misfires: articles about newsletters that quote such requests.
References: C4's policy phrases (Raffel et al. 2020) are the same idea for cookie notices.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("subscribe_newsletter")


def measure(document: Document) -> Measurement:
    """Share of the text that asks for an address, 0..1; evidence is the sentences."""
    evidence = [
        (*line_or_sentence(document, line, hit.start, hit.end), hit.phrase.score)
        for line, hit in phrase_hits(document, LEXICON.name)
    ]
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
