"""Sections that open or close with the same formula.

Measures: among sections under headings (at least four of them), the share that open with the same two words as another
section or whose last sentence starts with the same two words as another section's last.
Why: text made by filling in a form repeats the form: "X is a great choice for", "Whether you are".
Example: five sections that all close "By choosing …".
Known misfires: recipes, product tests and glossaries have a plan on purpose. None below four sections.
"""

from __future__ import annotations

from collections import Counter

from quality.records import Measurement
from quality.segment import Document, Sentence

MIN_SECTIONS = 4
SCORE = 0.4


def measure(document: Document) -> Measurement:
    """Return the share of sections that share their opening or their closing, with those sentences."""
    sections = _sections(document)
    if len(sections) < MIN_SECTIONS:
        return Measurement(None)
    openings = Counter(section[0].words[:2] for section in sections)
    closings = Counter(section[-1].words[:2] for section in sections)
    shared: list[tuple[int, int, float]] = []
    count = 0
    for section in sections:
        opens, closes = openings[section[0].words[:2]] > 1, len(section) > 1 and closings[section[-1].words[:2]] > 1
        count += opens or closes
        if opens:
            shared.append((section[0].start, section[0].end, SCORE))
        if closes:
            shared.append((section[-1].start, section[-1].end, SCORE))
    return Measurement(count / len(sections), tuple(shared))


def _sections(document: Document) -> list[list[Sentence]]:
    headings = {line.index for line in document.lines if line.is_heading}
    sections: list[list[Sentence]] = []
    open_section = False
    for sentence in document.sentences:
        if sentence.line in headings:
            open_section = True
            sections.append([])
        elif open_section and len(sentence.words) >= 2:
            sections[-1].append(sentence)
    return [section for section in sections if section]
