"""Sentences that send the reader to the publisher's channels on other platforms.

Measures: characters of sentences that hold a phrase of the lexicon `channel_plug`; a hit of kind "shout" (watch this
on …) takes the rest of its line with it, since the foreign title follows. Each is weighted with the score of the
phrase, over the characters of all lines. None where the lexicon does not cover the language and nothing matched.
Why: such a line advertises something else, often in capitals and in the middle of a list.
Example: "- WATCH THIS STORY ON YOUTUBE. The House at the Lake"
Known misfires: articles on social media that report an appeal without quotation marks.
References: the promo convention of the rubric behind the labelled pages.
"""

from __future__ import annotations

from quality.evidence import Evidence, covered, line_or_sentence
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.quotation import score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("channel_plug")
SHOUT_LINE_MAX_WORDS = 40
"""A longer line is a paragraph; only the sentence with the shout is quoted."""


def measure(document: Document) -> Measurement:
    """Share of the text that plugs a channel, 0..1; evidence is the sentences or lines."""
    evidence: list[Evidence] = []
    for line, hit in phrase_hits(document, LEXICON.name):
        start, end = line_or_sentence(document, line, hit.start, hit.end)
        if hit.phrase.kind == "shout" and len(line.words) <= SHOUT_LINE_MAX_WORDS:
            end = line.end
        evidence.append((start, end, score_of(line, hit)))
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
