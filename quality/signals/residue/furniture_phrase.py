"""Lines that are furniture of the page: sharing, navigation, consent, contents, counters, credits.

Measures: characters of lines that are a phrase of the lexicon `furniture_phrase` (its legal and consent phrases take
their sentence), weighted with the score of the phrase, over the characters of all lines. None where the lexicon does
not cover the language and nothing matched.
Why: extraction keeps what stands between two paragraphs; the words are the same on every site.
Example: "Share on Facebook"
What a sentence quotes is a hint.
Known misfires: glossaries of interface terms; a section named "Source"; "All rights reserved: three words without effect".
References: DCLM and RefinedWeb line filters (counters, "Read more…", "Sign-in"); C4's policy phrases.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.quotation import score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("furniture_phrase")


def measure(document: Document) -> Measurement:
    """Share of the text that is page furniture, 0..1; evidence is lines and sentences."""
    evidence = []
    for line, hit in phrase_hits(document, LEXICON.name):
        whole = hit.phrase.mode == "line"
        span = (line.start, line.end) if whole else line_or_sentence(document, line, hit.start, hit.end)
        evidence.append((*span, hit.phrase.score if whole else score_of(line, hit)))
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
