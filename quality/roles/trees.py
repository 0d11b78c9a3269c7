"""Boosted decision trees as flat arrays, read without any learning library.

All trees stand one after the other: node i asks whether column `feature[i]` is at most `threshold[i]` and goes to
`left[i]` or `right[i]`; NaN goes where training sent missing values. A leaf points to itself and holds a value; the
score is the sum of one leaf a tree. All lines walk all trees in step, so the time is depth times lines times trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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

    def _walk(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        count, width = matrix.shape
        flat = np.ascontiguousarray(matrix).ravel()
        offsets = (np.arange(count, dtype=np.int64) * width)[:, None]
        nodes = np.broadcast_to(self.roots, (count, len(self.roots))).astype(np.int32)
        for _ in range(self.depth):
            asked = flat[offsets + self.feature[nodes]]
            go_left = (asked <= self.threshold[nodes]) | (np.isnan(asked) & self.missing_left[nodes])
            nodes = np.where(go_left, self.left[nodes], self.right[nodes])
        odds: NDArray[np.float64] = self.value[nodes].sum(axis=1, dtype=np.float64)
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
