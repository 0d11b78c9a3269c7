"""Lines of the form under an article that invites comments.

Measures: characters of lines that are, or open with, a phrase of the lexicon `comment_form`, weighted with the score
of the phrase, over the characters of all lines. A hit in a long line takes its sentence and the form's lines that
follow it on the same line. None where the lexicon does not cover the language and nothing matched.
Why: the form ships with the blog system; it is on millions of pages in the same words.
Example: "Leave a Reply Cancel reply"
Known misfires: manuals of blog systems.
References: WordPress core translations of the comment form.
"""

from __future__ import annotations

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.quotation import score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("comment_form")
FORM_LINE_MAX_WORDS = 40


def measure(document: Document) -> Measurement:
    """Share of the text that is the comment form, 0..1; evidence is the lines."""
    evidence = []
    for line, hit in phrase_hits(document, LEXICON.name):
        whole = len(line.words) <= FORM_LINE_MAX_WORDS
        span = (line.start, line.end) if whole else line_or_sentence(document, line, hit.start, hit.end)
        evidence.append((*span, score_of(line, hit)))
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
