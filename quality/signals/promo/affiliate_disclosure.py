"""Sentences that say that the page earns from the reader's purchase or was paid for.

Measures: characters of sentences that hold a phrase of the lexicon `affiliate_disclosure`, weighted with the score of
the phrase, over the characters of all lines. None where the lexicon does not cover the language and nothing matched.
Why: the page itself says that it has an interest in the sale; the sentence belongs to the page, not to the subject.
Example: "We may earn a commission if you buy through our links."
Known misfires: articles about affiliate marketing, and reports on commissions.
References: Bevendorff et al. 2024, "Is Google Getting Worse?"; FTC Endorsement Guides, 16 CFR part 255.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.quotation import score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("affiliate_disclosure")


def measure(document: Document) -> Measurement:
    """Share of the text that discloses a commission or a sponsor, 0..1; evidence is the sentences."""
    evidence = [
        (*line_or_sentence(document, line, hit.start, hit.end), score_of(line, hit))
        for line, hit in phrase_hits(document, LEXICON.name)
    ]
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
