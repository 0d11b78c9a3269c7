"""What the published signals share, counted once a document: lines, words, repeated n-grams, characters.

Two ways to cut words serve all sources: the datatrove words (see `tokens.py`) and the normalised words of
RedPajama-V2 (lower case, no punctuation, NFD, cut at white space).
"""

from __future__ import annotations

import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from quality.characters import code_points
from quality.once import once
from quality.pieces import pieces
from quality.records import Measurement
from quality.repeats import RepeatedGrams, repeated_grams
from quality.segment import Document
from quality.signals.parity.function_words import function_words
from quality.signals.parity.marks import is_symbol
from quality.signals.parity.tokens import cut_words
from quality.vocabulary import Numbered, Vocabulary

DUPLICATE_LENGTHS = (5, 6, 7, 8, 9, 10)
TOP_LENGTHS = (2, 3, 4)
DATATROVE, REDPAJAMA = "datatrove", "redpajama"
"""Names of the two cuts among the vocabularies of a piece's parts."""
FEW_CODES = 0x3000
"""Texts of characters below this are counted in an array."""
MAX_WORDS = 200_000
"""N-grams of longer texts are not counted: Gopher drops documents above 100,000 words, and memory has an end."""

_PUNCTUATION = string.punctuation.encode()
"""What RedPajama-V2 takes out; marks beyond ASCII stay in its words."""


@dataclass(frozen=True, slots=True)
class Column:
    """One published signal: its id, one line for catalogues, and its function."""

    id: str
    summary: str
    measure: Callable[[Document], Measurement]


@dataclass(frozen=True)
class Grams:
    """The n-grams of a sequence of words that matter: the most frequent short ones, and where long ones repeat."""

    top: dict[int, tuple[int, int]]
    """n = 2, 3, 4: (where the most frequent n-gram first starts, how often it occurs); the first one wins a tie."""
    repeated: dict[int, RepeatedGrams]
    """n = 5 to 10: those that occur twice or more."""


@dataclass(frozen=True)
class Reading:
    """One text, cut the ways that the published signals need."""

    text: str
    lines: tuple[str, ...]
    """`text.splitlines()`."""
    pieces: Numbered
    """What stands between white space, as it is."""

    @once
    def cuts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many datatrove words each piece has, and the numbers of all of them."""
        return self.pieces.runs(_cut)

    def words_of(self, line: str) -> NDArray[np.int64]:
        """Return the numbers of the datatrove words of another text, in the vocabulary of those of this one."""
        return self.pieces.vocabulary.number(line.split()).runs(_cut)[1]

    @once
    def words_count(self) -> int:
        """datatrove words of the whole text."""
        return len(self.numbered.ids)

    @once
    def line_word_counts(self) -> NDArray[np.int64]:
        """datatrove words of each line."""
        ends = np.cumsum([0, *map(len, map(str.split, self.lines))])
        before = np.concatenate(([0], np.cumsum(self.cuts[0])))
        counts: NDArray[np.int64] = np.diff(before[ends])
        return counts

    @once
    def characters(self) -> Counter[str]:
        """How often each character stands in the text."""
        if len(self.codes) and int(self.codes.max()) >= FEW_CODES:
            return Counter(self.text)
        counts = np.bincount(self.codes)
        present = np.flatnonzero(counts)
        characters: Counter[str] = Counter()
        dict.update(characters, zip(map(chr, present.tolist()), counts[present].tolist(), strict=True))
        return characters

    @once
    def codes(self) -> NDArray[np.uint32]:
        """The code point of each character."""
        return code_points(self.text)

    @once
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @once
    def stripped_lines(self) -> tuple[str, ...]:
        """The lines without white space around them."""
        return tuple(map(str.strip, self.lines))

    @once
    def filled_lines(self) -> tuple[str, ...]:
        """Those of them that are not empty."""
        return tuple(filter(None, self.stripped_lines))

    @once
    def split_lines(self) -> tuple[str, ...]:
        """Those of `text.split("\\n")` that hold more than white space."""
        return tuple(line for line in self.text.split("\n") if line.strip())

    @once
    def pieces_count(self) -> int:
        """Pieces between white space."""
        return len(self.pieces.ids)

    @once
    def normalized_count(self) -> int:
        """RedPajama-V2 words of the whole text."""
        return len(self.numbered_normalized.ids)

    @once
    def normalized_characters(self) -> int:
        """Characters of all RedPajama-V2 words."""
        return int(self.numbered_normalized.characters[-1])

    @once
    def numbered(self) -> Numbered:
        """The datatrove words as numbers."""
        return self.pieces.vocabulary.parts(DATATROVE).numbered(self.cuts[1])

    @once
    def numbered_normalized(self) -> Numbered:
        """The RedPajama-V2 words (lower case, without punctuation, NFD) as numbers; no white space comes of a piece."""
        return self.pieces.vocabulary.parts(REDPAJAMA).numbered(self.pieces.runs(_normalize)[1])

    def stop_words(self, language: str | None) -> float | None:
        """Return function words of the language over RedPajama-V2 words; None where there is no list."""
        known = function_words(language)
        if known is None:
            return None
        words = self.numbered_normalized
        return ratio(words.count(known.__contains__), len(words.ids))

    @once
    def spoken(self) -> NDArray[np.bool_]:
        """Which of the distinct datatrove words are not all punctuation."""
        return self.numbered.column(_is_spoken, np.bool_)

    @once
    def grams(self) -> Grams | None:
        """N-grams of the datatrove words; None for texts of more than `MAX_WORDS` words."""
        return _grams(self.numbered)

    @once
    def normalized_grams(self) -> Grams | None:
        """N-grams of the RedPajama-V2 words; None for texts of more than `MAX_WORDS` words."""
        return _grams(self.numbered_normalized)


def _cut(vocabulary: Vocabulary, pieces: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut pieces into datatrove words."""
    cuts = tuple(map(cut_words, pieces))
    sizes = np.fromiter(map(len, cuts), dtype=np.int64, count=len(cuts))
    return sizes, vocabulary.parts(DATATROVE).numbers_of(tuple(chain.from_iterable(cuts)))


def _normalize(vocabulary: Vocabulary, pieces: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Make RedPajama-V2 words of pieces, all together; a piece of punctuation leaves none."""
    written = "\n".join(pieces).lower().encode("utf-8", "surrogatepass").translate(None, _PUNCTUATION)
    text = written.decode("utf-8", "surrogatepass")
    if not text.isascii():
        text = unicodedata.normalize("NFD", text)
    parts = text.split("\n") if pieces else []
    left = np.fromiter(map(bool, parts), dtype=np.int64, count=len(parts))
    return left, vocabulary.parts(REDPAJAMA).numbers_of(tuple(filter(None, parts)))


def _is_spoken(word: str) -> bool:
    return word.isalpha() or not is_symbol(word)


def read(document: Document) -> Reading:
    """Cut the document's text; use it through `document.derive(read)`."""
    lines = tuple(document.text.splitlines())
    return Reading(document.text, lines, document.derive(pieces))


def column(source: str, name: str, summary: str, value: Callable[[Reading], float | None]) -> Column:
    """Make the column `parity.<source>_<name>`."""
    return Column(f"parity.{source}_{name}", summary, lambda document: Measurement(value(document.derive(read))))


def ratio(part: float, whole: float) -> float | None:
    """Return part / whole, None where there is nothing to divide by."""
    return part / whole if whole else None


def share(items: Sequence[str], test: Callable[[str], bool]) -> float | None:
    """Return the share of items that pass a test."""
    return ratio(sum(map(test, items)), len(items))


def second_copies(items: Iterable[str]) -> tuple[int, int]:
    """Return (how many items occurred before, their characters)."""
    seen: set[str] = set()
    count = characters = 0
    for item in items:
        if item in seen:
            count += 1
            characters += len(item)
        else:
            seen.add(item)
    return count, characters


def _grams(numbered: Numbered) -> Grams | None:
    words = len(numbered.ids)
    if words > MAX_WORDS:
        return None
    top: dict[int, tuple[int, int]] = {}
    repeated: dict[int, RepeatedGrams] = {}
    for grams in repeated_grams(numbered, DUPLICATE_LENGTHS[-1]):
        if grams.length in TOP_LENGTHS and words >= grams.length:
            best = int(np.argmax(grams.counts)) if len(grams.starts) else -1
            top[grams.length] = (int(grams.starts[best]), int(grams.counts[best])) if best >= 0 else (0, 1)
        if grams.length in DUPLICATE_LENGTHS:
            repeated[grams.length] = grams
    return Grams(top, repeated)
