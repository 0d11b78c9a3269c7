"""Tests that may be looked at after every run: the wealth of a gambler who bets on a source being bad (or good).

Each page's reject probability x in 0..1 is a bet at odds that are fair if the source's mean is m: the stake is multiplied
by 1 + λ(x - m). If the mean is at most m the wealth is a supermartingale, so the chance that it *ever* reaches 1/α is at
most α (Ville), for any distribution of x and any number of looks. The stake λ is not tuned but averaged over a grid.
Pages with a weight below 1 raise the factor to that power, which keeps the guarantee (Jensen). With a half-life the
wealth forgets, and the guarantee holds for the span of time that is remembered.

Waudby-Smith & Ramdas, Estimating means of bounded random variables by betting, JRSS B 86 (2024).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = 101
"""Reject probabilities are counted in whole hundredths: 0.00, 0.01 … 1.00."""

STAKES = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9])
"""Shares of the wealth that a page can cost at most; their average is within ln 9 of the best one of them."""

_DECIMALS = 6
"""Results are rounded so that no order of summation inside a matrix product can show."""


def level_of(probability: Floats) -> NDArray[np.int64]:
    """Return the level, 0..100, of each probability."""
    return np.rint(probability * (LEVELS - 1)).astype(np.int64)


def factors_above(mean: float) -> Floats:
    """Return log factors (LEVELS × stakes) of bets that a source's mean lies above `mean`."""
    outcome = np.linspace(0.0, 1.0, LEVELS)[:, None] - mean
    return np.log1p(STAKES[None, :] / mean * outcome)


def factors_below(mean: float) -> Floats:
    """Return log factors (LEVELS × stakes) of bets that a source's mean lies below `mean`."""
    outcome = mean - np.linspace(0.0, 1.0, LEVELS)[:, None]
    return np.log1p(STAKES[None, :] / (1.0 - mean) * outcome)


def log_wealth(counts: Floats, factors: Floats) -> Floats:
    """Return the log of each source's wealth.

    `counts` (sources × LEVELS) holds the weight of pages seen at each level; `factors` comes from `factors_above` or
    `factors_below`. A claim is refuted at error rate α where the result is at least -log(α).
    """
    exponents = counts @ factors
    top = exponents.max(axis=1, keepdims=True)
    average = np.exp(exponents - top).mean(axis=1)
    result: Floats = np.round(top[:, 0] + np.log(average), _DECIMALS)
    return result
