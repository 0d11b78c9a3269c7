"""Where word n-grams repeat, found by elimination.

A 6-gram can only repeat where its first five words repeat, so each length looks at what was left over by the one before
it, beginning with the words that occur once. On an article that repeats nothing, all lengths together cost one pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from quality.once import once


@dataclass(frozen=True)
class RepeatedGrams:
    """The n-grams of one length that occur twice or more."""

    length: int
    starts: NDArray[np.intp]
    """Where they start, ascending."""
    counts: NDArray[np.intp]
    """How often the n-gram at each start occurs."""
    numbers: NDArray[np.int64]
    """A number for the n-gram at each start, the same for the same n-gram."""


@dataclass(frozen=True)
class Numbered:
    """A sequence of words as numbers."""

    words: tuple[str, ...]
    """The distinct words, in the order in which they first occur."""
    ids: NDArray[np.int64]
    """Place in `words` of each word of the sequence."""

    @once
    def counts(self) -> NDArray[np.intp]:
        """How often each distinct word occurs."""
        return np.bincount(self.ids, minlength=len(self.words))

    @once
    def lengths(self) -> NDArray[np.int64]:
        """Characters of each distinct word."""
        return np.fromiter(map(len, self.words), dtype=np.int64, count=len(self.words))

    @once
    def characters(self) -> NDArray[np.int64]:
        """Characters of all words before each place of the sequence, and before its end."""
        return np.concatenate((_NONE, self.lengths[self.ids].cumsum()))

    def covered(self, grams: RepeatedGrams) -> int:
        """Characters of the words that repeated n-grams cover together, each counted once."""
        begins = grams.starts.copy()
        np.maximum(grams.starts[1:], grams.starts[:-1] + grams.length, out=begins[1:])
        return int((self.characters[grams.starts + grams.length] - self.characters[begins]).sum())


_NONE = np.zeros(1, dtype=np.int64)


def number_words(words: Sequence[str]) -> Numbered:
    """Number the words of a sequence."""
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    ids = np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))
    return Numbered(tuple(numbers), ids)


def spread(ids: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the parts of a sequence of words stand among the parts of its distinct words.

    Args:
        ids: the number of each word of the sequence.
        sizes: how many parts the distinct word of each number has.
    """
    many = sizes[ids]
    ends = many.cumsum()
    shift = (sizes.cumsum() - sizes)[ids] - (ends - many)
    places: NDArray[np.int64] = np.repeat(shift, many)
    return places + np.arange(len(places))


def repeated_grams(numbered: Numbered, longest: int) -> Iterator[RepeatedGrams]:
    """Yield the repeated n-grams of a sequence of words for n = 2 to `longest`."""
    ids, size = numbered.ids, len(numbered.words)
    starts = (numbered.counts[ids] > 1).nonzero()[0]
    grams = ids[starts]
    for length in range(2, longest + 1):
        if not len(starts):
            yield RepeatedGrams(length, starts, starts, grams)
            continue
        fits = starts + length <= len(ids)
        starts, grams = starts[fits], grams[fits]
        grams, counts = _numbered(grams * size + ids[starts + length - 1])
        again = counts > 1
        starts, grams = starts[again], grams[again]
        yield RepeatedGrams(length, starts, counts[again], grams)


def _numbered(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return a small number for each key, equal for equal keys, and how often the key occurs."""
    order = keys.argsort()
    ordered = keys[order]
    group = np.zeros(len(keys), dtype=np.int64)
    (ordered[1:] != ordered[:-1]).cumsum(out=group[1:])
    numbers = np.empty_like(group)
    numbers[order] = group
    return numbers, np.bincount(group)[numbers]
