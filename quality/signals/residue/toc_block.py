"""Tables of contents that extraction left in the text.

Measures: characters of runs of at least MIN_ENTRIES consecutive lines whose words (without a leading number) come
back later, each once, in the same order and with running text between them, over the characters of all lines; a title
line such as "Table of contents" straight above the run belongs to it. None under MIN_LINES lines.
Why: the entries say nothing that the headings do not say again, and make every heading a duplicate line.
Example: "1. Soil", "2. Water", "3. Light" above the sections "Soil", "Water" and "Light".
Known misfires: an agenda whose items are then discussed under the same names (it is a table of contents, too).
References: the residue convention of the rubric behind the labelled pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from quality.evidence import Evidence, covered
from quality.phrase_hits import document_hits
from quality.records import Measurement
from quality.segment import Document

MIN_LINES = 8
MIN_ENTRIES = 3
ENTRY_MAX_WORDS = 20
PROSE_MIN_WORDS = 8
SECTIONS_WITH_PROSE = 0.6
"""Share of the gaps between the headings that must hold running text: rows of tables and code have none."""
SCORE, HINT = 0.85, 0.4
"""Without a title above it, such a run is often a list of picks that the article is about."""
_FURNITURE = "furniture_phrase"


def measure(document: Document) -> Measurement:
    """Share of the text that is tables of contents, 0..1; evidence is the lines."""
    lines = document.lines
    if len(lines) < MIN_LINES:
        return Measurement(value=None)
    places: dict[tuple[str, ...], list[int]] = {}
    keys = [_key(line.words) for line in lines]
    for number, key in enumerate(keys):
        places.setdefault(key, []).append(number)
    evidence: list[Evidence] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _points_ahead(keys[end], places, end, end - at):
            end += 1
        targets = [places[keys[number]][1] for number in range(at, end)]
        if end - at >= MIN_ENTRIES and targets[0] >= end and _opens_sections(document, targets):
            contents = at > 0 and _names_contents(document, at - 1)
            evidence.extend((line.start, line.end, SCORE if contents else HINT) for line in lines[at - contents : end])
        at = max(end, at + 1)
    return covered(document, evidence)


def _names_contents(document: Document, number: int) -> bool:
    return any(hit.phrase.kind == "contents" for hit in document.derive(document_hits)[number].get(_FURNITURE, ()))


def _key(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[1:] if len(words) > 1 and words[0].isdigit() else words


def _points_ahead(key: tuple[str, ...], places: dict[tuple[str, ...], list[int]], at: int, order: int) -> bool:
    """True for a short line that stands exactly once more, later in the text."""
    return 0 < len(key) <= ENTRY_MAX_WORDS and len(places[key]) == 2 and places[key][1] > at + (order == 0)


def _opens_sections(document: Document, targets: Sequence[int]) -> bool:
    """True where the targets come in order and running text stands between them."""
    if any(a >= b for a, b in pairwise(targets)):
        return False
    gaps = [document.lines[a + 1 : b] for a, b in pairwise(targets)]
    prose = sum(any(len(line.words) >= PROSE_MIN_WORDS and line.ends_sentence for line in gap) for gap in gaps)
    return prose >= SECTIONS_WITH_PROSE * len(gaps)
