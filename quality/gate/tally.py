"""What the pages of each source add up to: weighted counts by level of reject probability, and an effective size.

Pages of one cluster (a template, or an author on a platform) are correlated, so a cluster of k counts for
k / (1 + (k - 1)ρ) pages, at most 1 / ρ; the variance of the weighted mean is carried along cluster by cluster, and the
effective size of a source is Kish's (sum of weights)² / variance. All sums are of whole numbers: exact in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quality.gate.betting import LEVELS, level_of
from quality.gate.pages import ONE, Floats, Integers, Pages


@dataclass(frozen=True)
class Tally:
    """One entry a source (or sub-source) in each array."""

    counts: Floats
    """Weight of pages at each level, sources × LEVELS, in pages."""
    effective: Floats
    """Independent pages of equal weight that would tell as much about the mean."""
    mean: Floats
    """Weighted mean of the reject probability; 0 where there is no page."""
    variance: Floats
    """Weighted variance of the reject probability within the source."""


@dataclass(frozen=True)
class Clusters:
    """Weights after pages of one cluster share theirs, and what each item adds to the variance of its source's sum."""

    weight: Floats
    variance: Floats


def share_weights(weight: Floats, group: Integers, correlation: float) -> Clusters:
    """Let the pages of a group (-1: alone) share their weight. Arrays of n pages; weights in units of `ONE`.

    The variance of a group stands on its first page in row order and is 0 on the others; only its sum means anything.
    """
    variance = np.rint(weight * (weight / ONE))
    rows = np.flatnonzero((group >= 0) & (weight > 0))
    if not rows.size:
        return Clusters(weight, variance)
    labels, first, member = np.unique(group[rows], return_index=True, return_inverse=True)
    size = np.bincount(member, minlength=labels.size)
    factor = 1.0 / (1.0 + (size - 1) * correlation)
    total = np.bincount(member, weights=weight[rows])
    squares = np.bincount(member, weights=variance[rows])
    shared = weight.copy()
    shared[rows] = np.rint(weight[rows] * factor[member])
    variance[rows] = 0.0
    variance[rows[first]] = np.rint(factor**2 * ((1 - correlation) * squares + correlation * total * (total / ONE)))
    return Clusters(shared, variance)


def share_by_author(
    pages: Clusters, source: Integers, author: Integers, count: int, correlation: float
) -> tuple[Floats, Floats]:
    """Let the pages of one author (-1: not on a platform) share their weight.

    Returns the weights of the pages and the variance of each source's sum (`count` sources), both in units of `ONE`.
    """
    alone = author < 0
    variance = np.bincount(source[alone], weights=pages.variance[alone], minlength=count)
    rows = np.flatnonzero(~alone & (pages.weight > 0))
    if not rows.size:
        return pages.weight, variance
    labels, first, member = np.unique(author[rows], return_index=True, return_inverse=True)
    total = np.bincount(member, weights=pages.weight[rows], minlength=labels.size)
    squares = np.bincount(member, weights=pages.variance[rows], minlength=labels.size)
    size = np.maximum(total * total / np.maximum(squares, 1.0) / ONE, 1.0)
    factor = 1.0 / (1.0 + (size - 1) * correlation)
    weight = pages.weight.copy()
    weight[rows] = np.rint(weight[rows] * factor[member])
    added = np.rint(factor**2 * ((1 - correlation) * squares + correlation * total * (total / ONE)))
    variance = variance + np.bincount(source[rows[first]], weights=added, minlength=count)
    return weight, variance


def tally(pages: Pages, code: Integers, count: int, weight: Floats, variance: Floats) -> Tally:
    """Add up the pages of each of `count` codes (-1: none). `variance` (count,) belongs to the sums of the weights."""
    used = np.flatnonzero((weight > 0) & (code >= 0))
    key, w, x = code[used], weight[used], pages.probability[used]
    flat = np.bincount(key * LEVELS + level_of(x), weights=w, minlength=count * LEVELS)
    total = np.bincount(key, weights=w, minlength=count)
    first = np.bincount(key, weights=np.rint(w * x), minlength=count)
    second = np.bincount(key, weights=np.rint(w * x * x), minlength=count)
    divisor = np.maximum(total, 1.0)
    mean = np.clip(first / divisor, 0.0, 1.0)
    return Tally(
        counts=flat.reshape(count, LEVELS) / ONE,
        effective=np.where(variance > 0, total * total / np.maximum(variance, 1.0) / ONE, 0.0),
        mean=mean,
        variance=np.maximum(second / divisor - mean * mean, 0.0),
    )
