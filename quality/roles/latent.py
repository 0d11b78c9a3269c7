"""What a line says in a few dozen numbers: latent semantic analysis of its hashed n-grams (Deerwester et al. 1990).

The networks that read an article as a sequence cannot read a quarter of a million hashes. Here the n-grams that the
training saw often enough are projected on the directions along which its lines differ most; lines that say alike things in
other words lie near each other. The directions were found without any label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.once import once
from quality.roles.ngrams import WORD_BITS, Grams

SHORT = 0.05
"""Added to a line's length in the latent space, so that a line of which little is known lies near its middle."""
_LEVELS = 127


@dataclass(frozen=True)
class Latent:
    """The projection: a row of weights for each n-gram that is known."""

    hashes: NDArray[np.uint32]
    """The known n-grams, ascending."""
    rarity: NDArray[np.float32]
    """Inverse document frequency of each."""
    directions: NDArray[np.int8]
    """Known n-grams x dimensions, in steps of `step`."""
    step: NDArray[np.float32]
    """One a dimension."""

    @once
    def place(self) -> NDArray[np.int32]:
        """The row of `table` by hash; that of an n-gram that is not known holds zeros."""
        place = np.zeros(1 << WORD_BITS, dtype=np.int32)
        place[self.hashes] = np.arange(1, 1 + len(self.hashes))
        return place

    @once
    def table(self) -> NDArray[np.float32]:
        """What an n-gram adds in each dimension, and the square of its rarity."""
        rows = np.zeros((1 + len(self.hashes), 1 + len(self.step)), dtype=np.float32)
        rows[1:, :-1] = self.directions * self.step * self.rarity[:, None]
        rows[1:, -1] = self.rarity**2
        return rows

    def of(self, grams: Grams) -> NDArray[np.float32]:
        """Return texts x dimensions."""
        sums = np.zeros((len(grams.bounds) - 1, self.table.shape[1]), dtype=np.float32)
        rows = self.place.take(grams.hashes)
        known = rows.nonzero()[0]
        bounds = known.searchsorted(grams.bounds)
        filled = np.flatnonzero(np.diff(bounds))
        if len(filled):
            sums[filled] = np.add.reduceat(self.table.take(rows[known], axis=0), bounds[:-1][filled], axis=0)
        values = sums[:, :-1] / np.sqrt(np.maximum(sums[:, -1:], np.float32(1e-9)))
        lengths = np.sqrt((values**2).sum(axis=1, keepdims=True))
        placed: NDArray[np.float32] = values / (lengths + np.float32(SHORT))
        return placed

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, their names prefixed."""
        parts = ("hashes", "rarity", "directions", "step")
        return {f"{name}.{part}": getattr(self, part) for part in parts}

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Latent:
        """Read a projection back from stored arrays."""
        return cls(
            arrays[f"{name}.hashes"].astype(np.uint32),
            arrays[f"{name}.rarity"].astype(np.float32),
            arrays[f"{name}.directions"].astype(np.int8),
            arrays[f"{name}.step"].astype(np.float32),
        )


def stored(hashes: NDArray[np.uint32], rarity: NDArray[np.float64], directions: NDArray[np.float64]) -> Latent:
    """Round a projection to what is stored of it, one byte a weight."""
    step = (np.abs(directions).max(axis=0, initial=1e-9) / _LEVELS).astype(np.float32)
    return Latent(hashes, rarity.astype(np.float32), np.round(directions / step).astype(np.int8), step)
