"""Headings and lone links that open a list of other pieces: "Related articles", "Read more", "مقالات ذات صلة".

Measures: characters of lines that are a phrase of kind "block" of the lexicon `cross_link`, weighted with its score,
over the characters of all lines. None where the lexicon does not cover the language and nothing matched.
Why: the list that such a line announced was cut by extraction, or stands below it as titles without a marker.
Example: "Related articles" as the last line of a text.
Known misfires: "Additional resources" over a list that the author wrote.
References: the conventions of the rubric behind the labelled pages: a list of related pieces is residue.
"""

from __future__ import annotations

from quality.evidence import covered
from quality.lexicon import lexicon
from quality.phrase_hits import phrase_hits
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("cross_link")


def measure(document: Document) -> Measurement:
    """Share of the text that announces related pieces, 0..1; evidence is the lines."""
    evidence = [
        (line.start, line.end, hit.phrase.score)
        for line, hit in phrase_hits(document, LEXICON.name)
        if hit.phrase.kind == "block"
    ]
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
