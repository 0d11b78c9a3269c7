"""Boosted decision trees as flat arrays, read without any learning library.

All trees stand one after the other: node i asks whether column `feature[i]` is at most `threshold[i]` and goes to
`left[i]` or `right[i]`; NaN goes where training sent missing values. A leaf points to itself and holds a value; the
score is the sum of one leaf a tree. Small trees are not walked: all their questions are asked at once, the answers make a
number, and a table knows the leaf that each number leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BLOCK = 2048
"""Lines walked at a time: bounds the memory for very long articles."""


MAX_QUESTIONS = 14
"""Trees of more inner nodes are walked: a table of theirs would outgrow the cache of a processor."""


def _both_ways(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return features x lines, then the same in reverse order: NaN is -inf in the first half and +inf in the second."""
    turned = np.ascontiguousarray(matrix.T)
    missing = np.isnan(turned)
    low = np.where(missing, np.float32(-np.inf), turned)
    return np.concatenate([low, np.where(missing, np.float32(np.inf), turned)[::-1]])


@dataclass(frozen=True)
class Forest:
    """A sum of trees; `predict` returns log-odds."""

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing_left: NDArray[np.bool_]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    depth: int
    baseline: float

    def predict(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the log-odds of each row of a lines x features matrix."""
        answer = self._look_up if self._questions <= MAX_QUESTIONS else self._walk
        parts = [answer(_both_ways(matrix[at : at + BLOCK])) for at in range(0, len(matrix), BLOCK)]
        return self.baseline + np.concatenate(parts) if parts else np.zeros(0)

    @cached_property
    def _leaf(self) -> NDArray[np.bool_]:
        return np.asarray(self.left == np.arange(len(self.left)))

    @cached_property
    def _tree(self) -> NDArray[np.intp]:
        """The tree of each node; nodes of no tree have -1."""
        tree = np.full(len(self.feature), -1, dtype=np.intp)
        tree[self.roots] = np.arange(len(self.roots))
        for _ in range(self.depth):
            inner = np.flatnonzero((tree >= 0) & ~self._leaf)
            tree[self.left[inner]] = tree[self.right[inner]] = tree[inner]
        return tree

    @cached_property
    def _questions(self) -> int:
        """Most inner nodes of one tree."""
        return int(np.bincount(self._tree[(self._tree >= 0) & ~self._leaf], minlength=1).max())

    @cached_property
    def _column(self) -> NDArray[np.intp]:
        """The row of `_both_ways` that each node asks; those that send NaN to the right count from the end."""
        return np.where(self.missing_left | self._leaf, self.feature, -1 - self.feature.astype(np.intp))

    @cached_property
    def _table(self) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
        """(row to ask, threshold) by number of the question and tree, and the leaf's value by tree and answers."""
        trees, questions = len(self.roots), self._questions
        inner = np.flatnonzero((self._tree >= 0) & ~self._leaf)
        inner = inner[np.argsort(self._tree[inner], kind="stable")]
        owner = self._tree[inner]
        number = np.zeros(len(self.feature), dtype=np.intp)
        number[inner] = np.arange(len(inner)) - np.searchsorted(owner, owner)
        column = np.zeros((questions, trees), dtype=np.intp)
        threshold = np.full((questions, trees), np.inf, dtype=np.float32)
        column[number[inner], owner] = self._column[inner]
        threshold[number[inner], owner] = self.threshold[inner]
        answers = np.arange(1 << questions)[None, :]
        nodes = np.broadcast_to(self.roots.astype(np.intp)[:, None], (trees, 1 << questions))
        for _ in range(self.depth):
            nodes = np.where((answers >> number[nodes]) & 1, self.right[nodes], self.left[nodes])
        return column, threshold, self.value[nodes]

    def _look_up(self, both: NDArray[np.float32]) -> NDArray[np.float64]:
        column, threshold, values = self._table
        answers = np.zeros((column.shape[1], both.shape[1]), dtype=np.uint8 if len(column) <= 8 else np.uint16)
        for number in range(len(column)):
            asked = (both.take(column[number], axis=0) > threshold[number][:, None]).view(np.uint8)
            answers |= asked << answers.dtype.type(number)
        places = answers + (np.arange(len(values)) * values.shape[1])[:, None]
        odds: NDArray[np.float64] = values.ravel()[places].sum(axis=0, dtype=np.float64)
        return odds

    def _walk(self, both: NDArray[np.float32]) -> NDArray[np.float64]:
        """All lines walk all trees in step: the time is depth times lines times trees."""
        nodes = np.broadcast_to(self.roots.astype(np.intp)[:, None], (len(self.roots), both.shape[1]))
        rows = np.arange(both.shape[1])
        for _ in range(self.depth):
            right = both[self._column[nodes], rows] > self.threshold[nodes]
            nodes = np.where(right & ~self._leaf[nodes], self.right[nodes], self.left[nodes])
        odds: NDArray[np.float64] = self.value[nodes].sum(axis=0, dtype=np.float64)
        return odds

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, their names prefixed."""
        return {
            f"{name}.feature": self.feature,
            f"{name}.threshold": self.threshold,
            f"{name}.left": self.left,
            f"{name}.right": self.right,
            f"{name}.missing_left": self.missing_left,
            f"{name}.value": self.value,
            f"{name}.roots": self.roots,
            f"{name}.shape": np.array([self.depth, self.baseline]),
        }

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Forest:
        """Read a forest back from stored arrays."""
        depth, baseline = (float(x) for x in arrays[f"{name}.shape"])
        return cls(
            feature=arrays[f"{name}.feature"].astype(np.int16),
            threshold=arrays[f"{name}.threshold"].astype(np.float32),
            left=arrays[f"{name}.left"].astype(np.int32),
            right=arrays[f"{name}.right"].astype(np.int32),
            missing_left=arrays[f"{name}.missing_left"].astype(np.bool_),
            value=arrays[f"{name}.value"].astype(np.float32),
            roots=arrays[f"{name}.roots"].astype(np.int32),
            depth=int(depth),
            baseline=baseline,
        )
