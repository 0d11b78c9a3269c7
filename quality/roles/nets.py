"""Small networks beside the forests of the second stage: they see the same columns and err elsewhere.

Trees cut a column at a few places and ask about few columns at a time; a network weighs all of them at once. Each of a
handful of networks with one hidden layer, which differ in their random start alone, gives the five roles probabilities;
the mean of their log-odds is added to that of the forests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Weights = NDArray[np.float32]

LIMIT = 3.0
"""Standard deviations from the mean at which a column is cut: an odd page must not shout."""
LEAST = 1e-3
"""Added to a probability and its counterpart before their logarithm, which bounds one network's say."""
_ROLES = {"junk": (1, 2), "filler": (3, 4)}
_ARRAYS = ("hidden", "hidden_offset", "out", "out_offset")


@dataclass(frozen=True)
class Nets:
    """Networks that read one matrix, stacked so that all are asked at once."""

    center: Weights
    scale: Weights
    """Mean and spread of each column after `squashed`."""
    hidden: Weights
    """Columns x (networks x hidden units)."""
    hidden_offset: Weights
    out: Weights
    """Networks x hidden units x roles."""
    out_offset: Weights
    """Networks x roles."""

    def odds(self, matrix: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Return the log-odds of junk and of filler for each row of a lines x columns matrix."""
        count, units, _ = self.out.shape
        inner = np.maximum(standardised(matrix, self.center, self.scale) @ self.hidden + self.hidden_offset, 0.0)
        raw = np.einsum("lnu,nur->nlr", inner.reshape(-1, count, units), self.out) + self.out_offset[:, None]
        raw = np.exp(raw - raw.max(axis=2, keepdims=True))
        shares = (raw / raw.sum(axis=2, keepdims=True)).astype(np.float64)
        answers = {}
        for question, columns in _ROLES.items():
            share = shares[:, :, list(columns)].sum(axis=2)
            answers[question] = np.log((share + LEAST) / (1.0 - share + LEAST)).mean(axis=0)
        return answers

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, their names prefixed; the weights fit two bytes each."""
        stored: dict[str, NDArray[np.generic]] = {
            f"{name}.{part}": getattr(self, part).astype(np.float16) for part in _ARRAYS
        }
        return stored | {f"{name}.center": self.center, f"{name}.scale": self.scale}

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Nets:
        """Read networks back from stored arrays."""
        parts = {part: arrays[f"{name}.{part}"].astype(np.float32) for part in ("center", "scale", *_ARRAYS)}
        return cls(**parts)


def squashed(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring counts of characters and shares to one scale: the signed logarithm of one plus the size."""
    small: NDArray[np.float32] = np.sign(matrix) * np.log1p(np.abs(matrix))
    return small


def standardised(matrix: NDArray[np.float32], center: Weights, scale: Weights) -> NDArray[np.float32]:
    """What the networks read; NaN reads as the mean."""
    values = np.clip((squashed(matrix) - center) / scale, -LIMIT, LIMIT)
    return np.where(np.isnan(values), np.float32(0), values)
