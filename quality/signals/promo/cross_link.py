"""Lines and brackets that send the reader to another piece of the same publisher.

Measures: characters of cross-links, weighted with the score of the phrase of the lexicon `cross_link`, over the
characters of all lines. A lead at a line's start takes the line (a short one whole, of a long one the first
sentence); a lead inside a bracket takes the bracket; a lead whose separator is the last thing on its line also takes
the next line when the HTML says that it is a link. Headings of related lists are `residue.related_block`. None where
the lexicon does not cover the language and nothing matched.
Why: the title of another article is not part of this one; search engines and language models read it as if it were.
Example: "Also read: Ten mistakes first-time sellers make"
Known misfires: bibliographies ("Further reading: …") and the minutes of a reading circle.
References: the conventions of the rubric behind the labelled pages: an inline lead is promo.
"""

from __future__ import annotations

from quality.evidence import Evidence, covered, sentence_at
from quality.lexicon import Hit, lexicon
from quality.phrase_hits import phrase_hits
from quality.quotation import score_of
from quality.records import Measurement
from quality.segment import Document, Line

LEXICON = lexicon("cross_link")
LINK_LINE_MAX_WORDS = 36
"""A cross-link is a lead and a title; a longer line is a paragraph that opens with one."""
BRACKETS = {"(": ")", "[": "]", "（": "）"}
BRACKET_MAX_CHARS = 240
LINK_DENSITY = 0.6
"""Share of a line inside links from which the line is the link that the lead announced."""


def measure(document: Document) -> Measurement:
    """Share of the text that is cross-links, 0..1; evidence is the lines, brackets or sentences."""
    evidence: list[Evidence] = []
    for line, hit in phrase_hits(document, LEXICON.name):
        if hit.phrase.kind != "block":
            evidence.extend(_piece(document, line, hit))
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)


def _piece(document: Document, line: Line, hit: Hit) -> list[Evidence]:
    score = score_of(line, hit)
    bracket = line.text[max(0, hit.start - 1) : hit.start]
    if bracket in BRACKETS:
        close = line.text.find(BRACKETS[bracket], hit.end, hit.end + BRACKET_MAX_CHARS)
        return [(line.start + hit.start - 1, line.start + close + 1, score)] if close > 0 else []
    if hit.phrase.kind == "inline":
        return []
    pieces = [(line.start, line.end, score)]
    if len(line.words) > LINK_LINE_MAX_WORDS:
        pieces = [(line.start, sentence_at(document, line.start + hit.end - 1)[1], score)]
    elif not line.text[hit.end :].strip(" \t\xa0:：|.") and line.index + 1 < len(document.lines):
        after = document.lines[line.index + 1]
        if (
            after.layout is not None
            and after.layout.link_density >= LINK_DENSITY
            and len(after.words) <= LINK_LINE_MAX_WORDS
        ):
            pieces.append((after.start, after.end, score))
    return pieces
