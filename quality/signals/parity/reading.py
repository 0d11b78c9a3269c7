"""What the published signals share, counted once a document: lines, words, repeated n-grams, characters.

Two ways to cut words serve all sources: the datatrove words (see `tokens.py`) and the normalised words of
RedPajama-V2 (lower case, no punctuation, NFD, cut at white space). Repeated n-grams are found by elimination: a
6-gram can only repeat where its first five words repeat, so each length looks at what was left over by the one before
it. On an article that repeats nothing, all lengths together cost one pass.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.marks import is_symbol
from quality.signals.parity.tokens import tokenize_lines

DUPLICATE_LENGTHS = (5, 6, 7, 8, 9, 10)
TOP_LENGTHS = (2, 3, 4)
MAX_WORDS = 200_000
"""N-grams of longer texts are not counted: Gopher drops documents above 100,000 words, and memory has an end."""

_PUNCTUATION = str.maketrans("", "", "".join(chr(c) for c in range(0x3000) if unicodedata.category(chr(c))[0] in "PS"))


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
    repeated: dict[int, list[int]]
    """n = 5 to 10: positions where an n-gram starts that occurs twice or more, ascending."""


@dataclass(frozen=True)
class Reading:
    """One text, cut the ways that the published signals need."""

    text: str
    lines: tuple[str, ...]
    """`text.splitlines()`."""
    line_words: tuple[tuple[str, ...], ...]
    """datatrove words of each line."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """datatrove words of the whole text."""
        return tuple(chain.from_iterable(self.line_words))

    @cached_property
    def characters(self) -> Counter[str]:
        """How often each character stands in the text."""
        return Counter(self.text)

    @cached_property
    def raw_words(self) -> tuple[str, ...]:
        """Pieces between white space, as they are."""
        return tuple(self.text.split())

    @cached_property
    def normalized_words(self) -> tuple[str, ...]:
        """RedPajama-V2 words: lower case, without punctuation, NFD."""
        text = self.text.lower().translate(_PUNCTUATION)
        return tuple((text if text.isascii() else unicodedata.normalize("NFD", text)).split())

    @cached_property
    def word_counts(self) -> Counter[str]:
        """How often each datatrove word occurs."""
        return Counter(self.words)

    @cached_property
    def spoken(self) -> list[tuple[str, int]]:
        """The datatrove words that are not all punctuation, with their counts."""
        return [(word, count) for word, count in self.word_counts.items() if not is_symbol(word)]

    @cached_property
    def grams(self) -> Grams | None:
        """N-grams of the datatrove words; None for texts of more than `MAX_WORDS` words."""
        return _grams(self.words)

    @cached_property
    def normalized_grams(self) -> Grams | None:
        """N-grams of the RedPajama-V2 words; None for texts of more than `MAX_WORDS` words."""
        return _grams(self.normalized_words)


def read(document: Document) -> Reading:
    """Cut the document's text; use it through `document.derive(read)`."""
    lines = tuple(document.text.splitlines())
    return Reading(document.text, lines, tokenize_lines(lines))


def column(source: str, name: str, summary: str, value: Callable[[Reading], float | None]) -> Column:
    """Make the column `parity.<source>_<name>`."""
    return Column(f"parity.{source}_{name}", summary, lambda document: Measurement(value(document.derive(read))))


def ratio(part: float, whole: float) -> float | None:
    """Return part / whole, None where there is nothing to divide by."""
    return part / whole if whole else None


def share(items: Sequence[str], test: Callable[[str], bool]) -> float | None:
    """Return the share of items that pass a test."""
    return ratio(sum(1 for item in items if test(item)), len(items))


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


def _grams(words: Sequence[str]) -> Grams | None:
    """Number the words, then number pairs of (n-1)-gram and next word, so that each length is one sort of integers."""
    if len(words) > MAX_WORDS:
        return None
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int64)
    starts = np.arange(len(ids))
    grams, size = ids, len(numbers)
    top: dict[int, tuple[int, int]] = {}
    repeated: dict[int, list[int]] = {}
    for n in range(2, DUPLICATE_LENGTHS[-1] + 1):
        fits = starts + n <= len(ids)
        starts, grams = starts[fits], grams[fits]
        keys = grams * size + ids[starts + n - 1]
        _, first, grams, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        if n in TOP_LENGTHS and len(keys):
            most = int(counts.max())
            top[n] = (int(starts[first[counts == most].min()]), most)
        again = counts[grams] > 1
        if n >= TOP_LENGTHS[-1]:
            starts, grams = starts[again], grams[again]
        if n in DUPLICATE_LENGTHS:
            repeated[n] = starts.tolist()
    return Grams(top, repeated)
