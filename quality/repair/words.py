"""Words of thirty languages, and the same words damaged, so that a damaged word can be looked up.

"StraΓe" cannot be decoded, but of all German words damaged in the same way only "Straße" looks like it: the word list is
put through the same misreading and indexed by the outcome. Lists hold the commonest words (see words/README.md) in
frequency classes; one is loaded when a damaged text seems to be in its language, and stays loaded.
"""

from __future__ import annotations

import lzma
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

from quality.repair.misread import misreading

COMMON_WORDS = 256
"""Size of the first frequency class; it is what languages are told apart by."""
GUESS_TOKENS = 1_200
"""Words of a text that are looked at to guess its language."""
GUESS_CHARACTERS = 20_000
_AROUND = ".,;:!?…\"'()[]«»“”„’"


@lru_cache(maxsize=1)
def _common() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files(__package__) / "words" / "common.txt").read_text("utf-8")
    return {line.split(" ", 1)[0]: tuple(line.split(" ")[1:]) for line in text.splitlines()}


def languages() -> tuple[str, ...]:
    """Return the ISO 639-1 codes (and "sh") of the languages that have a word list."""
    return tuple(_common())


@lru_cache(maxsize=32)
def words(language: str) -> Mapping[str, int]:
    """Return the lower-case words of a language and their frequency class, 0 the commonest; empty if it has no list."""
    if language not in _common():
        return {}
    packed = (resources.files(__package__) / "words" / f"{language}.xz").read_bytes()
    classes = lzma.decompress(packed).decode("utf-8").split("\n\n")
    return {word: number for number, chunk in reversed(list(enumerate(classes))) for word in chunk.split("\n")}


CASES = {"small": str.lower, "title": str.title, "capitals": str.upper}
"""How a word can be written; each damages it differently."""


@lru_cache(maxsize=24)  # up to 8 MB each
def damaged_words(language: str, codec: str, case: str) -> Mapping[str, str]:
    """Return the words of a language that a codec damages, written in one of `CASES`, by their damaged form."""
    plain = CASES[case](accented(language))
    return dict(zip(misreading(codec).damage(plain).split("\n"), plain.split("\n"), strict=True))


@lru_cache(maxsize=32)
def accented(language: str) -> str:
    """Return the words with letters outside ASCII, the commonest last."""
    ranked = words(language)
    return "\n".join(word for word in sorted(ranked, key=lambda w: -ranked[w]) if not word.isascii())


@lru_cache(maxsize=1)
def _languages_of_common_word() -> Mapping[str, tuple[str, ...]]:
    return _languages_by_word((word, language) for language, common in _common().items() for word in common)


@lru_cache(maxsize=64)
def _languages_of_damaged_word(codec: str) -> Mapping[str, tuple[str, ...]]:
    """The same for what a codec makes of the common words that it damages."""
    accented_words = [
        (word, language) for language, common in _common().items() for word in common if not word.isascii()
    ]
    damaged = misreading(codec).damage("\n".join(word for word, _ in accented_words)).split("\n")
    return _languages_by_word(
        (form, language) for form, (word, language) in zip(damaged, accented_words, strict=True) if form != word
    )


def _languages_by_word(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word, language in pairs:
        found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def guess_languages(lines: Iterable[str], *, codec: str = "", most: int = 3) -> tuple[str, ...]:
    """Return the languages whose commonest words, whole or damaged by a codec, make up most of the text; best first."""
    votes: Counter[str] = Counter()
    indexes = [_languages_of_common_word(), *([_languages_of_damaged_word(codec)] if codec else [])]
    left = GUESS_TOKENS
    for line in lines:
        for token in line[:GUESS_CHARACTERS].split()[:left]:
            left -= 1
            word = token.strip(_AROUND)
            if len(word) > 1:
                key = word.lower() if word.isascii() else word
                for index in indexes:
                    votes.update(index.get(key, ()))
        if left <= 0:
            break
    best = max(votes.values(), default=0)
    return tuple(
        language for language, count in sorted(votes.items(), key=lambda v: (-v[1], v[0])) if count * 2 >= best
    )[:most]


def is_word(text: str, among: Iterable[str]) -> bool:
    """Return whether a text is a word of one of the languages, whatever its case."""
    lower = text.lower()
    return any(lower in words(language) for language in among)
