"""Recurrent networks beside the forests of the second stage: they read the lines of an article as a sequence.

A bullet is promo because its list is, a line is residue because residue began above it: what a forest is told of the
lines around in a few columns, these networks keep in mind from either end. They also read what is too much for a forest of
this size: all columns there are, and what a line says in the latent space of `latent.py`. Each of a handful of networks, which differ in
their random start alone, squeezes a line's columns into one layer, reads these layers forwards and backwards through
gated recurrent units (Cho et al. 2014, in the form of PyTorch's `GRU`), and gives the five roles probabilities; the mean
of their log-odds is added to that of the forests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.once import once
from quality.roles.latent import Latent

FloatArray = NDArray[np.float64]
Weights = NDArray[np.float32]

LIMIT = 3.0
"""Standard deviations from the mean at which a column is cut: an odd page must not shout."""
LEAST = 1e-3
"""Added to a probability and its counterpart before their logarithm, which bounds one network's say."""
_HALF = np.float32(0.5)
_ROLES = {"junk": (1, 2), "filler": (3, 4)}
LAYERS = (
    "entry",
    "entry_offset",
    "gates",
    "gates_offset",
    "memory",
    "memory_offset",
    "out_memory",
    "out_entry",
    "out_offset",
)


@dataclass(frozen=True)
class Nets:
    """Networks that read one matrix, stacked so that all are asked at once. N networks, E units in the entry, M in memory."""

    center: Weights
    scale: Weights
    """Mean and spread of each column after `squashed`."""
    entry: Weights
    """N x columns x E."""
    entry_offset: Weights
    """N x 1 x E."""
    gates: Weights
    """N x 2 directions x E x 3M: reset, update and new state."""
    gates_offset: Weights
    """N x 2 x 1 x 3M."""
    memory: Weights
    """N x 2 x M x 3M."""
    memory_offset: Weights
    """N x 2 x 1 x 3M."""
    out_memory: Weights
    """N x 2 x M x roles."""
    out_entry: Weights
    """N x E x roles."""
    out_offset: Weights
    """N x 1 x roles."""

    @once
    def _halved(self) -> tuple[Weights, Weights, Weights]:
        """The gates' weights, their offset and the memory's weights, halved where a sigmoid follows.

        A sigmoid is half a hyperbolic tangent of half its input, and two thirds of the price. The offset holds that of the
        memory where nothing else stands between the two.
        """
        size = self.memory.shape[2]
        half = np.repeat(np.array([0.5, 0.5, 1.0], dtype=np.float32), size)
        offset = self.gates_offset + np.where(half < 1.0, self.memory_offset, np.float32(0))
        return self.gates * half, offset * half, self.memory * half

    def odds(self, matrix: NDArray[np.float32]) -> dict[str, FloatArray]:
        """Return the log-odds of junk and of filler for each row of a lines x columns matrix, the lines of one text in order."""
        entry = np.maximum(standardised(matrix, self.center, self.scale) @ self.entry + self.entry_offset, 0.0)
        gates, offset, _ = self._halved
        asked = entry[:, None] @ gates + offset
        asked[:, 1] = asked[:, 1, ::-1]
        states = self._states(asked)
        states[:, 1] = states[:, 1, ::-1]
        raw = (states @ self.out_memory).sum(axis=1) + entry @ self.out_entry + self.out_offset
        raw = np.exp(raw - raw.max(axis=2, keepdims=True))
        shares = (raw / raw.sum(axis=2, keepdims=True)).astype(np.float64)
        answers = {}
        for question, columns in _ROLES.items():
            share = shares[:, :, list(columns)].sum(axis=2)
            answers[question] = np.log((share + LEAST) / (1.0 - share + LEAST)).mean(axis=0)
        return answers

    def _states(self, asked: Weights) -> Weights:
        """Run the recurrent units over N x 2 x lines x 3M inputs; return their states, N x 2 x lines x M."""
        nets, ways, count, width = asked.shape
        size = width // 3
        memory = self._halved[2]
        parts = asked.transpose(2, 0, 1, 3).reshape(count, nets, ways, 1, 3, size).transpose(4, 0, 1, 2, 3, 5)
        resets, updates, news = map(np.ascontiguousarray, parts)
        offset = self.memory_offset[..., 2 * size :]
        states = np.empty((count, nets, ways, 1, size), dtype=np.float32)
        kept = np.empty((nets, ways, 1, width), dtype=np.float32)
        state, reset, update, new = np.zeros((4, nets, ways, 1, size), dtype=np.float32)
        for at in range(count):
            np.matmul(state, memory, out=kept)
            _sigmoid(np.add(kept[..., :size], resets[at], out=reset))
            _sigmoid(np.add(kept[..., size : 2 * size], updates[at], out=update))
            np.add(kept[..., 2 * size :], offset, out=new)
            new *= reset
            new += news[at]
            np.tanh(new, out=new)
            state -= new
            state *= update
            state += new
            states[at] = state
        return np.ascontiguousarray(states[:, :, :, 0].transpose(1, 2, 0, 3))

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, their names prefixed; the weights fit two bytes each."""
        stored: dict[str, NDArray[np.generic]] = {
            f"{name}.{part}": getattr(self, part).astype(np.float16) for part in LAYERS
        }
        return stored | {f"{name}.center": self.center, f"{name}.scale": self.scale}

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Nets:
        """Read networks back from stored arrays."""
        parts = {part: arrays[f"{name}.{part}"].astype(np.float32) for part in ("center", "scale", *LAYERS)}
        return cls(**parts)


@dataclass(frozen=True)
class Reader:
    """Networks, and what they read of a line: the columns of the forests, others beside them, and the latent space."""

    nets: Nets
    columns: tuple[str, ...]
    """Names of the columns beside those of the forests."""
    latent: Latent

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays to store, their names prefixed."""
        latent = self.latent.arrays(f"{name}.latent")
        return self.nets.arrays(name) | latent | {f"{name}.columns": np.array(self.columns)}

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.generic]], name: str) -> Reader:
        """Read networks back from stored arrays."""
        columns = tuple(str(column) for column in arrays[f"{name}.columns"])
        return cls(Nets.read(arrays, name), columns, Latent.read(arrays, f"{name}.latent"))


def _sigmoid(halves: Weights) -> None:
    """Put the sigmoid of twice the values in their place."""
    np.tanh(halves, out=halves)
    halves *= _HALF
    halves += _HALF


def squashed(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring counts of characters and shares to one scale: the signed logarithm of one plus the size."""
    small: NDArray[np.float32] = np.abs(matrix)
    return np.copysign(np.log1p(small, out=small), matrix)


def standardised(matrix: NDArray[np.float32], center: Weights, scale: Weights) -> NDArray[np.float32]:
    """What the networks read; NaN reads as the mean."""
    values = squashed(matrix)
    values -= center
    values /= scale
    np.clip(values, -LIMIT, LIMIT, out=values)
    values[np.isnan(values)] = 0.0
    return values
