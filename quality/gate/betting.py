"""Tests that may be looked at after every run: the wealth of a gambler who bets on a source being bad (or good).

Each page's reject probability x in 0..1 is a bet at odds that are fair if the source's mean is m: the wealth is
multiplied by 1 + λ(x - m). If the mean is at most m it is a supermartingale, so the chance that it *ever* reaches 1/α
is at most α (Ville), for any distribution of x and any number of looks. The stake λ is not tuned but averaged over a
grid. Pages with a weight below 1 raise the factor to that power, which keeps the guarantee (Jensen). With a half-life
the wealth forgets, and the guarantee holds for the span of time that is remembered.

Waudby-Smith & Ramdas, Estimating means of bounded random variables by betting, JRSS B 86 (2024).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64] | NDArray[np.int32]

LEVELS = 101
"""Reject probabilities are counted in whole hundredths: 0.00, 0.01 … 1.00."""

STAKES = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9])
"""Shares of the wealth that a page can cost at most; their average is within ln 9 of the best one of them."""

UNITS = float(1 << 20)
"""Logs are added up in whole multiples of 2^-20."""

_DECIMALS = 6
"""Results are rounded so that no order of summation inside a matrix product can show."""


def counts_by_level(code: NDArray[np.int32], count: int, probability: Floats, weight: Floats, one: float) -> Floats:
    """Return the weight of the pages of each of `count` codes at each level, in pages. `weight` in units of `one`."""
    place = np.rint(probability * (LEVELS - 1)).astype(np.int32)
    place += code * np.int32(LEVELS)
    counts: Floats = np.bincount(place, weights=weight, minlength=count * LEVELS).astype(np.float64, copy=False)
    counts /= one
    return counts.reshape(count, LEVELS)


def factors_above(mean: float) -> Floats:
    """Return log factors (LEVELS × stakes) of bets that a source's mean lies above `mean`."""
    outcome = np.linspace(0.0, 1.0, LEVELS)[:, None] - mean
    return np.log1p(STAKES[None, :] / mean * outcome)


def log_wealth(counts: Floats, factors: Floats) -> Floats:
    """Return the log of each source's wealth.

    `counts` (sources × LEVELS) holds the weight of pages seen at each level; `factors` comes from `factors_above`.
    A claim is refuted at error rate α where the result is at least -log(α).
    """
    exponents = counts @ factors
    top = exponents.max(axis=1, keepdims=True)
    average = np.exp(exponents - top).mean(axis=1)
    result: Floats = np.round(top[:, 0] + np.log(average), _DECIMALS)
    return result


def wealth_from(cell: Codes, rows: int, starts: int, gain: Floats, weight: Floats) -> Floats:
    """Return the log wealth (rows × starts) of bets placed at each start and held to the end.

    `cell` is row * starts + start for each page; `gain` what a whole stake on the page wins, at least -1 (x / m - 1 for
    a bet that a mean lies above m); `weight` in pages. Sums are of whole multiples of 2^-20, exact in any order.
    """
    wealth = np.full((rows, starts), -np.inf)
    for stake in STAKES:
        logs = np.rint(np.log1p(stake * gain) * weight * UNITS)
        won = np.bincount(cell, weights=logs, minlength=rows * starts).reshape(rows, starts) / UNITS
        held = np.cumsum(won[:, ::-1], axis=1)[:, ::-1]
        np.logaddexp(wealth, held, out=wealth)
    wealth -= np.log(STAKES.size)
    return wealth


def log_mean(wealth: Floats, counted: NDArray[np.bool_] | None = None) -> Floats:
    """Return the log of each row's mean wealth over its starts (those `counted`, if given)."""
    used = np.where(counted, wealth, -np.inf) if counted is not None else wealth
    number = counted.sum(axis=1) if counted is not None else np.full(wealth.shape[0], wealth.shape[1])
    top = used.max(axis=1, keepdims=True)
    total = np.exp(used - top).sum(axis=1)
    result: Floats = np.round(top[:, 0] + np.log(total / np.maximum(number, 1)), _DECIMALS)
    return result
