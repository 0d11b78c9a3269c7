"""Opening sentences that only turn their heading into a sentence.

Measures: characters of first sentences under a heading of which at least MOST of the content words stand in the
heading, in the title or in a formula, weighted with SCORE, over the characters of all lines; headings of fewer than
two content words are passed over. None where the article has fewer than MIN_HEADINGS headings.
Why: text that says its heading again has said nothing; padded pages open each section like this.
Example: heading "Benefits of Solar Lamps", sentence "Solar lamps have many benefits."
Known misfires: definitions ("A solar lamp is a lamp that …" brings new words and passes).
References: RUBRIC: "each section restating its heading as important".
"""

from __future__ import annotations

from functools import lru_cache

from quality.content_words import line_stems, stems
from quality.evidence import Evidence, covered
from quality.records import Measurement
from quality.segment import Document, Sentence

MIN_HEADINGS = 2
MOST = 0.72
MAX_WORDS = 26
MIN_STEMS = 3
SCORE = 0.4
"""A hint: one in three such sentences was filler on labelled pages."""
EMPTY = frozenset(
    """important importance essential crucial vital key role many several various numerous number different benefit
    benefits advantage advantages offer offers provide provides come comes make makes making help helps need needs
    consider understand understanding know look explore let using used also one way ways thing things great good best
    """.split()
)


@lru_cache(maxsize=1)
def _empty_stems() -> frozenset[str]:
    return stems(tuple(EMPTY))


def measure(document: Document) -> Measurement:
    """Share of the text that restates its heading, 0..1; evidence is the sentences."""
    headings = [line for line in document.lines if line.is_heading]
    if len(headings) < MIN_HEADINGS:
        return Measurement(value=None)
    first: dict[int, Sentence] = {}
    for sentence in document.sentences:
        first.setdefault(sentence.line, sentence)
    empty = _empty_stems()
    title = stems(document.title_words)
    evidence: list[Evidence] = []
    for heading in headings:
        follow = first.get(heading.index + 1)
        own = document.derive(line_stems)[heading.index]
        if (
            follow is None
            or document.lines[heading.index + 1].is_heading
            or len(own) < 2
            or len(follow.words) > MAX_WORDS
        ):
            continue
        words = stems(follow.words)
        if len(words) < MIN_STEMS or len(words & own) < 2 or any(word.isdigit() for word in follow.words):
            continue
        if len(words & (own | title | empty)) >= MOST * len(words):
            evidence.append((follow.start, follow.end, SCORE))
    return covered(document, evidence)
