"""Closing sections that bring nothing new.

Measures: characters of recap sections over the characters of all lines. A recap section stands in the last LATE of
the text under a heading of the lexicon `section_name` (kind "recap": Conclusion, Final thoughts, Fazit …) or opens
with such a formula, has at least MIN_WORDS words, and of its content stems at most NEW are absent from the text
before it (numbers and names count like words). Each of its lines scores by how little is new. None under
MIN_TEXT_WORDS words.
Why: a closing that repeats is length; a closing with a recommendation, a result or a date is content.
Example: "Conclusion" and a paragraph that names the three sections again.
Known misfires: abstracts and summaries of studies placed last; "Key takeaways" in a list of new figures are passed
over.
References: the conventions of the rubric behind the labelled pages: a reworded recap is padding.
"""

from __future__ import annotations

from quality.content_words import line_stems
from quality.evidence import Evidence, covered
from quality.phrase_hits import document_hits
from quality.records import Measurement
from quality.segment import Document, Line

SECTIONS = "section_name"
LATE = 0.55
MIN_WORDS = 25
MIN_TEXT_WORDS = 200
NEW = 0.36
"""Share of new content stems under which a closing counts as a recap; accepted articles' conclusions lie mostly above."""
SCORE = 0.75
MAX_LINES = 6
MAX_RECAPS = 3


def measure(document: Document) -> Measurement:
    """Share of the text that is an empty recap, 0..1; evidence is the lines of the section."""
    total = len(document.words)
    if total < MIN_TEXT_WORDS:
        return Measurement(value=None)
    evidence: list[Evidence] = []
    words_before = 0
    recaps = 0
    for line, hits in zip(document.lines, document.derive(document_hits), strict=True):
        heads_recap = any(hit.phrase.kind == "recap" for hit in hits.get(SECTIONS, ()))
        if heads_recap and recaps < MAX_RECAPS and words_before > LATE * total:
            recaps += 1
            seen = frozenset[str]().union(*document.derive(line_stems)[: line.index])
            evidence.extend(_recap(document, line, seen))
        words_before += len(line.words)
    return covered(document, evidence)


def _recap(document: Document, heading: Line, seen: frozenset[str]) -> list[Evidence]:
    section: list[Line] = []
    for line in document.lines[heading.index + 1 : heading.index + 1 + MAX_LINES]:
        if line.is_heading or line.is_list_item:
            break
        section.append(line)
    words = frozenset[str]().union(*(document.derive(line_stems)[line.index] for line in section))
    if sum(len(line.words) for line in section) < MIN_WORDS:
        return []
    new = len(words - seen) / len(words)
    score = SCORE * min(1.0, 2 * (1 - new / NEW)) if new < NEW else 0.0
    return [(line.start, line.end, round(score, 3)) for line in section if score > 0 and len(line.words) >= 8]
