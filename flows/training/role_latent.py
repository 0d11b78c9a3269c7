"""Find the latent space of the lines that the networks learn from (see `quality/roles/latent.py`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
from sklearn.utils.extmath import randomized_svd

from quality.roles.latent import Latent, stored
from quality.roles.ngrams import WORD_BITS, Grams

DIMENSIONS = 48
FEWEST, MOST = 5, 0.3
"""Lines that an n-gram must stand in to be known, and the share of the lines above which it tells nothing."""
KNOWN = 30_000
"""N-grams that are known at most, the most frequent ones."""
ITERATIONS = 4
SEED = 0


def fit_latent(words: Grams, kept: NDArray[np.bool_]) -> Latent:
    """Return the projection on the directions along which the kept lines differ most; it is the same for the same lines."""
    counts = np.diff(words.bounds)
    ones = np.ones(len(words.hashes), dtype=np.float64)
    every = csr_matrix((ones, words.hashes.astype(np.int64), words.bounds), shape=(len(counts), 1 << WORD_BITS))
    lines = every[np.flatnonzero(kept)]
    lines.sum_duplicates()
    spread = np.bincount(lines.indices, minlength=1 << WORD_BITS)
    able = np.flatnonzero((spread >= FEWEST) & (spread <= MOST * lines.shape[0]))
    known = np.sort(able[np.argsort(-spread[able], kind="stable")[:KNOWN]])
    rarity = np.log((1.0 + lines.shape[0]) / (1.0 + spread[known])) + 1.0
    matrix = lines[:, known]
    length = np.sqrt(np.maximum(matrix @ rarity**2, 1e-9))
    scaled = diags(1.0 / length) @ matrix @ diags(rarity)
    dimensions = min(DIMENSIONS, *(size - 1 for size in scaled.shape))
    if dimensions < 1:  # too few lines to find anything in
        return stored(known[:0].astype(np.uint32), rarity[:0], np.zeros((0, 0)))
    _, _, directions = randomized_svd(scaled, dimensions, n_iter=ITERATIONS, random_state=SEED)
    return stored(known.astype(np.uint32), rarity, directions.T)
