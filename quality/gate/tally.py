"""What the pages of each source add up to: a mean, a variance and an effective size.

Pages of one cluster (a template, or an author on a platform) are correlated, so a cluster of k counts for
k / (1 + (k - 1)ρ) pages, at most 1 / ρ; the variance of the weighted mean is carried along cluster by cluster, and the
effective size of a source is Kish's (sum of weights)² / variance. All sums are of whole numbers: exact in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.gate.pages import ONE, Codes, Floats, Pages
from quality.gate.parameters import GateParameters


@dataclass(frozen=True)
class Tally:
    """One entry a source (or sub-source) in each array."""

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


def share_weights(weight: Floats, group: Codes | NDArray[np.int64], correlation: float) -> Clusters:
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
    pages: Clusters, source: Codes, author: Codes, count: int, correlation: float
) -> tuple[Floats, Floats]:
    """Let the pages of one author (-1: not on a platform) share their weight.

    Returns the weights of the pages and the variance of each source's sum (`count` sources), both in units of `ONE`.
    """
    alone = (author < 0) & (source >= 0)
    variance: Floats = np.bincount(source[alone], weights=pages.variance[alone], minlength=count).astype(np.float64)
    rows = np.flatnonzero((author >= 0) & (pages.weight > 0))
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


def weigh(
    pages: Pages, code: Codes, count: int, author: Codes, weight: Floats, parameters: GateParameters
) -> tuple[Tally, Floats]:
    """Add up the pages of each of `count` codes (-1: none), and return the weight that each page was given.

    `weight` (pages,) is the weight by age, in units of `ONE`; pages of one template, then of one `author` (-1: not on a
    platform), share theirs.
    """
    # A template that two authors share is one cluster for each: an author's weight must not hang on the others' pages.
    group = np.full(code.shape[0], -1, dtype=np.int64)
    rows = np.flatnonzero((pages.group >= 0) & (code >= 0))
    whose = author[rows] + np.int64(1) + code[rows] * (np.int64(author.max(initial=-1)) + 2)
    number = np.unique(whose, return_inverse=True)[1]
    group[rows] = pages.group[rows] * np.int64(rows.size + 1) + number
    clusters = share_weights(weight, group, parameters.template_correlation)
    weight, variance = share_by_author(clusters, code, author, count, parameters.author_correlation)
    return tally(pages, code, count, weight, variance), weight


def tally(pages: Pages, code: Codes, count: int, weight: Floats, variance: Floats) -> Tally:
    """Add up the pages of each of `count` codes (-1: none). `variance` (count,) belongs to the sums of the weights."""
    used = np.flatnonzero((weight > 0) & (code >= 0))
    key, w, x = code[used], weight[used], pages.probability[used]
    total = np.bincount(key, weights=w, minlength=count)
    first = np.bincount(key, weights=np.rint(w * x), minlength=count)
    second = np.bincount(key, weights=np.rint(w * x * x), minlength=count)
    divisor = np.maximum(total, 1.0)
    mean = np.clip(first / divisor, 0.0, 1.0)
    return Tally(
        effective=np.where(variance > 0, total * total / np.maximum(variance, 1.0) / ONE, 0.0),
        mean=mean,
        variance=np.maximum(second / divisor - mean * mean, 0.0),
    )
