"""Boosted decision trees as flat arrays, read without any learning library.

All trees stand one after the other: node i asks whether column `feature[i]` is at most `threshold[i]` and goes to
`left[i]` or `right[i]`; NaN goes where training sent missing values. A leaf points to itself and holds a value; the
score is the sum of one leaf a tree. All lines walk all trees in step, so the time is depth times lines times trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BLOCK = 4096
"""Lines walked at a time: bounds the memory for very long articles."""


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
        parts = [self._walk(matrix[at : at + BLOCK]) for at in range(0, len(matrix), BLOCK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    @cached_property
    def _paired(self) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]]:
        """(feature, threshold, first child, value) with nodes renumbered so that a right child follows its left one.

        Features of nodes that send NaN to the right count from the end: see `_walk`.
        """
        count, roots = len(self.feature), len(self.roots)
        inner = np.flatnonzero(self.left != np.arange(count))
        new = np.zeros(count, dtype=np.intp)
        new[self.roots] = np.arange(roots)
        new[self.left[inner]] = roots + 2 * np.arange(len(inner))
        new[self.right[inner]] = roots + 2 * np.arange(len(inner)) + 1
        order = np.argsort(new)
        leaf = self.left == np.arange(count)
        feature = np.where(self.missing_left | leaf, self.feature, -1 - self.feature.astype(np.intp))
        threshold = np.where(leaf, np.float32(np.inf), self.threshold).astype(np.float32)
        return feature[order].astype(np.intp), threshold[order], new[self.left[order]], self.value[order]

    def _walk(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """NaN is read from a copy as -inf where it goes left, from a mirrored one as +inf where it goes right."""
        feature, threshold, child, value = self._paired
        count, width = matrix.shape
        missing = np.isnan(matrix)
        both = np.concatenate(
            [np.where(missing, np.float32(-np.inf), matrix), np.where(missing, np.float32(np.inf), matrix)[:, ::-1]],
            axis=1,
        ).ravel()
        columns = np.where(feature >= 0, feature, 2 * width + feature)
        offsets = (np.arange(count, dtype=np.intp) * (2 * width))[:, None]
        nodes = np.broadcast_to(np.arange(len(self.roots), dtype=np.intp), (count, len(self.roots)))
        for _ in range(self.depth):
            nodes = child[nodes] + (both[offsets + columns[nodes]] > threshold[nodes])
        odds: NDArray[np.float64] = value[nodes].sum(axis=1, dtype=np.float64)
        return odds + self.baseline

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
