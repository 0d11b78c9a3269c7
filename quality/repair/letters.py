"""Restore the damaged letters of one word: by the word list damaged in the same way, else by the letters' neighbours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from quality.repair.misread import Misreading, Unit
from quality.repair.words import damaged_words, words

_NO_LETTERS = str.maketrans("", "", "\ufffd\x1a?\xa0\xad")
LOOKED_UP = 2
"""Languages in which a damaged word is looked up: the likeliest."""
LONGEST = 60
"""Characters of a damaged word; a longer run of letters is none (Cyrillic doubles in length)."""
SURE = 2.0
"""How much more frequent than the next a letter must be between its neighbours to be taken without a word's support."""
_INSIDE_SENTENCE = re.compile(r"[^\W_][,;]?\s$|[-(’'/]$")
"""What stands before a word that does not begin a sentence."""


def restore_word(
    line: str, start: int, end: int, units: Sequence[Unit], misreading: Misreading, languages: Sequence[str]
) -> tuple[list[str | None], bool]:
    """Return the originals of the letter units of the word at line[start:end], None where unknown.

    The second value tells whether the word as a whole was found in a word list of one of the languages.
    """
    if end - start > LONGEST:
        return [unit.originals if unit.complete else None for unit in units], False
    if all(unit.complete for unit in units):
        return [unit.originals for unit in units], False
    key = line[start:end].translate(_NO_LETTERS)
    for language in languages[:LOOKED_UP]:
        for case in _cases(line, start, end, units):
            found = damaged_words(language, misreading.codec, case).get(key)
            originals = _originals_of(line, start, end, units, found) if found is not None else []
            if originals:
                return originals, True
    return _by_neighbours(line, start, end, units, languages), False


def _cases(line: str, start: int, end: int, units: Sequence[Unit]) -> tuple[str, ...]:
    """Return how a word is likely to be written, by its whole letters and its place in the sentence."""
    plain = line[start : units[0].start] + line[units[-1].end : end]
    if plain.isascii() and plain.isupper() and len(plain) > 1:
        return ("capitals",)
    if plain[:1].isupper() and start < units[0].start:
        return ("title",)
    first = not _INSIDE_SENTENCE.search(line, max(0, start - 8), start)
    if start < units[0].start:
        return ("small",)
    return ("title", "small") if first else ("small", "title")


def _originals_of(line: str, start: int, end: int, units: Sequence[Unit], word: str) -> list[str | None]:
    """Line a word up with its damaged form; each unit is one letter of it, other characters stand for themselves."""
    originals: list[str | None] = []
    at, place = start, 0
    for unit in units:
        place += unit.start - at
        letter = word[place : place + 1]
        if not letter or letter not in unit.originals:
            return []
        originals.append(letter)
        place, at = place + 1, unit.end
    return originals if place + (end - at) == len(word) else []


@lru_cache(maxsize=8)
def _triples(language: str) -> Mapping[str, float]:
    """Return how often letters stand between two others in the words of a language ("^" and "$" are a word's edges)."""
    counts: dict[str, float] = {}
    for word, number in words(language).items():
        weight = 2.0**-number
        edged = f"^{word}$"
        for at in range(len(edged) - 2):
            for piece in (edged[at : at + 3], edged[at : at + 2] + "*", "*" + edged[at + 1 : at + 3]):
                counts[piece] = counts.get(piece, 0.0) + weight
    for piece in [piece for piece in counts if "s" in piece] if language == "de" else ():
        # The list writes "ss" for "ß".
        counts[piece.replace("s", "ß", 1)] = counts[piece] / 8
    return counts


def _by_neighbours(
    line: str, start: int, end: int, units: Sequence[Unit], languages: Sequence[str]
) -> list[str | None]:
    originals: list[str | None] = []
    before, at = "^", start
    for number, unit in enumerate(units):
        before = line[unit.start - 1].lower() if unit.start > at else before
        following = units[number + 1] if number + 1 < len(units) and units[number + 1].start == unit.end else None
        if following is not None:
            after = following.originals.lower() if following.complete else "*"
        else:
            after = line[unit.end].lower() if unit.end < end else "$"
        allowed = _case(line, start, end, unit)
        letters = [c for c in unit.originals if c.isalpha() and (not allowed or c.islower() == (allowed == "small"))]
        letter = _likeliest(letters, before, after, languages[:1]) if len(letters) > 1 else "".join(letters)
        originals.append(letter or None)
        before, at = letter.lower() or "*", unit.end
    return originals


def _case(line: str, start: int, end: int, unit: Unit) -> str:
    """Return which letters a place in a word can hold: "small", "capital" or "" for both."""
    plain = [c for c in line[start : unit.start] + line[unit.end : end] if c.isascii() and c.isalpha()]
    if not plain:
        return ""
    if all(c.isupper() for c in plain):
        return "capital" if len(plain) > 1 else ""
    if unit.start > start:
        return "small"
    return "small" if _INSIDE_SENTENCE.search(line, max(0, start - 8), start) else "capital"


def _likeliest(letters: Sequence[str], before: str, after: str, languages: Sequence[str]) -> str:
    for language in languages:
        counts = _triples(language)
        scores = sorted(((_count(counts, before, c.lower(), after), c) for c in letters), key=lambda s: -s[0])
        if scores[0][0] > SURE * scores[1][0]:
            return scores[0][1]
    return ""


def _count(counts: Mapping[str, float], before: str, letter: str, after: str) -> float:
    near = counts.get(before + letter + after, 0.0)
    left, right = counts.get(before + letter + "*", 0.0), counts.get("*" + letter + after, 0.0)
    return near + 0.2 * min(left, right)
