"""Words that a process has met, numbered, and what was worked out for each of them.

Articles share most of their words: of a page's thousand some hundred are new to a process that has read a few thousand
pages. Everything that depends on a word alone is therefore worked out once, when the word is first met, and kept in an
array by the word's number; for an article it is a look-up in that array. Each thread has words of its own, and begins anew
when it has met too many, so that memory has an end. Numbers differ from process to process; nothing that leaves an
article depends on them.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.once import once

Integers = NDArray[np.int64]
Build = Callable[["Vocabulary", Sequence[str]], tuple[Integers, NDArray[Any]]]
"""From a vocabulary and its new words to how many values each word has, and all these values one after another."""

MOST_WORDS = 131_072
"""Words that are kept, those of some thousand pages: with what is known of them and of their parts some 100 MB a thread."""
MOST_CHARS = 4_000_000
"""Characters of the words that are kept, for pages whose words are very long."""


class Vocabulary:
    """Words in the order in which they were met; the number of a word is its place."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.chars = 0
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._columns: dict[object, _Grown] = {}
        self._runs: dict[object, _Runs] = {}
        self._places = np.zeros(0, dtype=np.int64)
        self._parts: dict[str, Vocabulary] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def parts(self, name: str) -> Vocabulary:
        """Return the vocabulary of what the words are cut into, by the name of the cut."""
        if name not in self._parts:
            self._parts[name] = Vocabulary()
        return self._parts[name]

    def numbers_of(self, words: Sequence[str]) -> Integers:
        """Return the number of each word; those that are new are met now."""
        numbers = self._numbers
        try:
            found = np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))
        except BaseException:
            numbers.default_factory = count(len(numbers)).__next__  # out of memory, the last number may be lost
            raise
        new = len(numbers) - len(self.words)  # with those of a call that was interrupted
        if new:
            met = list(islice(reversed(numbers), new))
            met.reverse()
            self.words.extend(met)
            self.chars += sum(map(len, met))
        return found

    def known(self, word: str) -> int | None:
        """Return the number of a word, None for one that was never met."""
        return self._numbers.get(word)

    def number(self, words: Sequence[str]) -> Numbered:
        """Number the words of a sequence."""
        return self.numbered(self.numbers_of(words))

    def numbered(self, numbers: Integers) -> Numbered:
        """Return the sequence of the words that have these numbers."""
        if len(self._places) < len(self.words):
            self._places = np.zeros(2 * len(self.words), dtype=np.int64)
        places, order = self._places, np.arange(len(numbers))
        places[numbers[::-1]] = order[::-1]  # of equal numbers the last one wins, which is the first of the sequence
        kinds = numbers[places[numbers] == order]
        places[kinds] = order[: len(kinds)]
        return Numbered(self, kinds, places[numbers])

    def column(self, value: Callable[[str], object], dtype: type[Any]) -> NDArray[Any]:
        """Return the value of each word of the vocabulary. `value` must be one object from call to call."""
        known = self._columns.get(value)
        if known is None:
            known = _Grown(np.zeros(0, dtype=dtype))
        if len(known.values) < len(self.words):
            new = self.words[len(known.values) :]
            known = self._columns[value] = known.with_more(np.fromiter(map(value, new), dtype=dtype, count=len(new)))
        return known.values

    def runs(self, build: Build) -> tuple[Integers, Integers, NDArray[Any]]:
        """Return (how many values each word has, where they start, all values). `build` as in `column`."""
        known = self._runs.get(build, _NO_RUNS)
        done = len(known.sizes.values)
        if done < len(self.words) or known is _NO_RUNS:
            sizes, values = build(self, self.words[done:])
            before = known.values if known is not _NO_RUNS else _Grown(values[:0])
            starts = len(before.values) + sizes.cumsum() - sizes
            known = _Runs(known.sizes.with_more(sizes), known.starts.with_more(starts), before.with_more(values))
            self._runs[build] = known
        return known.sizes.values, known.starts.values, known.values.values


_of_thread = threading.local()


def vocabulary_of(what: str) -> Vocabulary:
    """Return this thread's vocabulary of what is named; a new one where it has grown too large."""
    held: Vocabulary | None = getattr(_of_thread, what, None)
    if held is None or len(held) >= MOST_WORDS or held.chars >= MOST_CHARS:
        held = Vocabulary()
        setattr(_of_thread, what, held)
    return held


class _Grown:
    """An array that grows at its end, its room twice as large each time."""

    def __init__(self, values: NDArray[Any], room: NDArray[Any] | None = None) -> None:
        self.values = values
        self._room = values if room is None else room

    def with_more(self, new: NDArray[Any]) -> _Grown:
        """Return the array with more at its end; this one stays as it is, should the caller be interrupted."""
        before, size = len(self.values), len(self.values) + len(new)
        room = self._room
        if size > len(room):
            room = np.empty((2 * size, *room.shape[1:]), dtype=room.dtype)
            room[:before] = self.values
        room[before:size] = new
        return _Grown(room[:size], room)


class _Runs(NamedTuple):
    """What `Vocabulary.runs` returns."""

    sizes: _Grown
    starts: _Grown
    values: _Grown


_NONE = np.zeros(0, dtype=np.int64)
_NO_RUNS = _Runs(_Grown(_NONE), _Grown(_NONE), _Grown(_NONE))


@dataclass(frozen=True)
class Numbered:
    """A sequence of words as numbers."""

    vocabulary: Vocabulary
    kinds: Integers
    """Numbers in the vocabulary of the distinct words, in the order in which they first occur."""
    ids: Integers
    """Place in `kinds` of each word of the sequence."""

    @once
    def words(self) -> tuple[str, ...]:
        """The distinct words, in the order in which they first occur."""
        return tuple(map(self.vocabulary.words.__getitem__, self.kinds.tolist()))

    def named(self, wanted: NDArray[np.bool_]) -> tuple[str, ...]:
        """Return those of the distinct words that are marked."""
        return tuple(map(self.vocabulary.words.__getitem__, self.kinds[wanted].tolist()))

    @once
    def counts(self) -> NDArray[np.intp]:
        """How often each distinct word occurs."""
        return np.bincount(self.ids, minlength=len(self.kinds))

    @once
    def lengths(self) -> Integers:
        """Characters of each distinct word."""
        return self.column(len, np.int64)

    @once
    def characters(self) -> Integers:
        """Characters of all words before each place of the sequence, and before its end."""
        return np.concatenate((_ZERO, self.lengths[self.ids].cumsum()))

    def column(self, value: Callable[[str], object], dtype: type[Any]) -> NDArray[Any]:
        """Return the value of each distinct word; see `Vocabulary.column`."""
        return self.vocabulary.column(value, dtype)[self.kinds]

    def among(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """Mark the distinct words that are among those given."""
        numbers = [number for number in map(self.vocabulary.known, words) if number is not None]
        return np.isin(self.kinds, np.array(numbers, dtype=np.int64))

    def count(self, test: Callable[[str], bool]) -> int:
        """Return how many words of the sequence pass a test."""
        return int(self.counts[self.column(test, np.bool_)].sum())

    def runs(self, build: Build) -> tuple[Integers, NDArray[Any]]:
        """Return (how many values each word of the sequence has, all these values); see `Vocabulary.runs`."""
        sizes, starts, values = self.vocabulary.runs(build)
        numbers = self.kinds[self.ids]
        many = sizes[numbers]
        ends = many.cumsum()
        places = np.repeat(starts[numbers] - (ends - many), many)
        places += np.arange(len(places))
        return many, values[places]


_ZERO = np.zeros(1, dtype=np.int64)
