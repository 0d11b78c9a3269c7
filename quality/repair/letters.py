"""Restore the damaged letters of one word: by the word list damaged in the same way, else by the letters' neighbours."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from quality.repair.misread import Misreading, Unit
from quality.repair.words import damaged_words, words

_NO_LETTERS = str.maketrans("", "", "\ufffd\x1a?\xa0\xad")
_SURE = 1.5
"""Log-odds over the second-best letter from which a letter is taken without a word that confirms it."""


def restore_word(
    line: str, start: int, end: int, units: Sequence[Unit], misreading: Misreading, languages: Sequence[str]
) -> tuple[list[str | None], bool]:
    """Return the originals of the letter units of the word at line[start:end], None where unknown.

    The second value tells whether the word as a whole was found in a word list of one of the languages.
    """
    if all(unit.complete for unit in units):
        return [unit.originals for unit in units], False
    key = line[start:end].translate(_NO_LETTERS)
    for language in languages:
        found = damaged_words(language, misreading.codec).get(key)
        if found is not None:
            originals = _originals_of(line, start, end, units, found)
            if originals:
                return originals, True
    return _by_neighbours(line, start, end, units, languages), False


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


@lru_cache(maxsize=24)
def _pairs(language: str) -> Mapping[str, float]:
    """Return how often letters follow each other in the words of a language ("^" and "$" are its edges), as logs."""
    counts: Counter[str] = Counter()
    for word, number in words(language).items():
        weight = 2.0**-number
        edged = f"^{word}$"
        for at in range(len(edged) - 1):
            counts[edged[at : at + 2]] += weight  # type: ignore[assignment]
    return {pair: math.log(count) for pair, count in counts.items()}


def _by_neighbours(
    line: str, start: int, end: int, units: Sequence[Unit], languages: Sequence[str]
) -> list[str | None]:
    originals: list[str | None] = []
    before, at = "^", start
    for unit in units:
        before = line[unit.start - 1].lower() if unit.start > at else before
        after = line[unit.end].lower() if unit.end < end else "$"
        case = _case(line, start, end, unit)
        letters = [c for c in unit.originals if c.isalpha() and case(c)]
        letter = _likeliest(letters, before, after, languages[:1]) if len(letters) > 1 else "".join(letters)
        originals.append(letter or None)
        before, at = letter.lower() or "^", unit.end
    return originals


def _case(line: str, start: int, end: int, unit: Unit):  # type: ignore[no-untyped-def]
    """Return the test that a letter's case must pass at its place in a word."""
    left = line[start : unit.start][-1:]
    right = line[unit.end : end][:1]
    if left.islower() and left.isascii() or (right.islower() and unit.start > start and not left.isupper()):
        return str.islower
    if left.isupper() and left.isascii() and right.isupper() and right.isascii():
        return str.isupper
    return str.isalpha


def _likeliest(letters: Sequence[str], before: str, after: str, languages: Sequence[str]) -> str:
    for language in languages:
        pairs = _pairs(language)
        floor = -12.0
        ranked = sorted(
            ((pairs.get(before + c.lower(), floor) + pairs.get(c.lower() + after, floor), c) for c in letters),
            key=lambda pair: -pair[0],
        )
        best = ranked[0]
        if best[0] > 2 * floor and best[0] - ranked[1][0] >= _SURE:
            return best[1]
    return ""
