"""Where word n-grams repeat, found by elimination.

A 6-gram can only repeat where its first five words repeat, so each length looks at what was left over by the one before
it, beginning with the words that occur once. On an article that repeats nothing, all lengths together cost one pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.vocabulary import Numbered


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


def covered(numbered: Numbered, grams: RepeatedGrams) -> int:
    """Characters of the words that repeated n-grams cover together, each counted once."""
    begins = grams.starts.copy()
    np.maximum(grams.starts[1:], grams.starts[:-1] + grams.length, out=begins[1:])
    return int((numbered.characters[grams.starts + grams.length] - numbered.characters[begins]).sum())


def repeated_grams(numbered: Numbered, longest: int) -> Iterator[RepeatedGrams]:
    """Yield the repeated n-grams of a sequence of words for n = 2 to `longest`."""
    ids, size = numbered.ids, len(numbered.kinds)
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
