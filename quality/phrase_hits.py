"""What all lexicons find in a document, line by line, found once for all that read it.

The lexicons share one index from words to phrases, so a line is looked up once however many there are, and most lines
hold no word of any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from quality.lexicon import NAMES, Hit, Place, lexicon, places_in
from quality.phrase_pattern import Condition
from quality.segment import Document, Line

LineHits = Mapping[str, tuple[Hit, ...]]
"""Hits in one line by lexicon, in order of place; lexicons that find nothing are left out."""

_NOTHING: LineHits = MappingProxyType({})


@lru_cache(maxsize=1)
def _places() -> Mapping[str, tuple[tuple[tuple[str, Place], Condition], ...]]:
    """The index of all lexicons together."""
    joint: dict[str, list[tuple[tuple[str, Place], Condition]]] = {}
    for name in NAMES:
        for word, places in lexicon(name).places.items():
            joint.setdefault(word, []).extend(((name, place), rest) for place, rest in places)
    return {word: tuple(places) for word, places in joint.items()}


def hits_in(text: str, words: Sequence[str]) -> LineHits:
    """Return what the lexicons find in one line of text, whose words are given."""
    found: dict[str, list[Place]] = {}
    for name, place in places_in(_places(), text, words):
        found.setdefault(name, []).append(place)
    if not found:
        return _NOTHING
    hits = {name: own for name, at in found.items() if (own := lexicon(name).hits_at(at, text))}
    return {name: hits[name] for name in NAMES if name in hits} if len(hits) > 1 else hits


def document_hits(document: Document) -> tuple[LineHits, ...]:
    """Return what the lexicons find in each line; use it through `document.derive(document_hits)`."""
    return tuple(hits_in(line.text, line.words) for line in document.lines)


def _by_lexicon(document: Document) -> Mapping[str, Sequence[tuple[Line, Hit]]]:
    found: dict[str, list[tuple[Line, Hit]]] = {}
    for line, hits in zip(document.lines, document.derive(document_hits), strict=True):
        for name, own in hits.items():
            found.setdefault(name, []).extend((line, hit) for hit in own)
    return found


def phrase_hits(document: Document, name: str) -> Sequence[tuple[Line, Hit]]:
    """Return the hits of one lexicon with their lines, in order."""
    return document.derive(_by_lexicon).get(name, ())
