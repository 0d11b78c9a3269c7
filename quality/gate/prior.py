"""What is expected of a source before its pages speak, learned from all sources, and what they make of it.

Sources' mean reject probabilities are taken as draws from a beta distribution, fitted by moments; each source counts
for at most one, however many pages it has, and a few imagined sources of the policy's prior keep small collections
sane.
Kleinman, Proportions with extraneous variance, JASA 68 (1973).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv  # type: ignore[import-untyped]

from quality.gate.pages import Floats
from quality.gate.parameters import GateParameters

STRENGTH_RANGE = (0.5, 30.0)
"""A population more alike than 30 pages' worth would hide a bad source among good ones for too long."""

MEAN_RANGE = (0.005, 0.5)
"""However bad the population, half is the most that an unseen source is suspected of."""

ROUNDS = 12
DISPERSION_PAGES = 20.0
"""Pages' worth of the population's dispersion that a source's own is mixed with."""

LEAST_DISPERSION = 0.05


FEW = 0.5
"""Fewer bad (or good) pages than this cannot exclude a rate of 0 (or 1).

Brown, Cai & DasGupta, Interval estimation for a binomial proportion, Statistical Science 16 (2001).
"""

_DECIMALS = 9
"""Of rates; a beta quantile's last bits are the library's business."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is expected of any source: a beta distribution, by its mean and how many pages it is worth."""

    mean: float
    strength: float
    dispersion: float = 1.0
    """How much pages vary within a source; see `pooled_dispersion`."""


def pooled_dispersion(mean: Floats, variance: Floats, effective: Floats) -> float:
    """Return how much pages vary within sources, as a share of what yes-or-no pages would: 1 is yes-or-no."""
    seen = effective > 1.5
    n, m = effective[seen], mean[seen]
    unbiased = variance[seen] * n / (n - 1.0)
    # m (1 - m) falls short of its expectation by the variance of m.
    expected = float((n * (m * (1.0 - m) + unbiased / n)).sum())
    return min(max(float((n * unbiased).sum()) / expected, LEAST_DISPERSION), 1.0) if expected > 0 else 1.0


def dispersions(mean: Floats, variance: Floats, effective: Floats, pooled: float) -> Floats:
    """Return each source's dispersion, its own mixed with the population's: a handful of pages cannot tell.

    Probabilities near a source's mean tell its mean better than verdicts would: each is worth 1 / dispersion.
    """
    bernoulli = mean * (1.0 - mean)
    own = np.divide(variance, bernoulli, out=np.full_like(mean, pooled), where=bernoulli > 1e-6)
    mixed = (DISPERSION_PAGES * pooled + effective * own) / (DISPERSION_PAGES + effective)
    return np.clip(mixed, LEAST_DISPERSION, 1.0)


def fit_prior(mean: Floats, information: Floats, dispersion: float, parameters: GateParameters) -> Prior:
    """Fit the population's prior to sources' means; `information` is their effective pages over their dispersion."""
    seen = information >= 2.0
    x, n = mean[seen], information[seen]
    prior = Prior(parameters.prior_mean, parameters.prior_strength, dispersion)
    imagined, spread = parameters.prior_sources, prior.mean * (1 - prior.mean) / (prior.strength + 1)
    for _ in range(ROUNDS if x.size else 0):
        share = n / (n + prior.strength)
        weight = float(share.sum())
        centre = (float((share * x).sum()) + imagined * parameters.prior_mean) / (weight + imagined)
        noise = float((share / n).sum()) / weight
        total = float((share * (x - centre) ** 2).sum()) / weight
        between = max((total - noise * centre * (1 - centre)) / max(1 - noise, 1e-6), 0.0)
        between = (weight * between + imagined * spread) / (weight + imagined)
        centre = min(max(centre, MEAN_RANGE[0]), MEAN_RANGE[1])
        strength = centre * (1 - centre) / max(between, 1e-9) - 1
        prior = Prior(centre, min(max(strength, STRENGTH_RANGE[0]), STRENGTH_RANGE[1]), dispersion)
    return prior


def posterior(
    mean: Floats, effective: Floats, dispersion: Floats, prior_mean: Floats, prior_strength: Floats, confidence: float
) -> tuple[Floats, Floats, Floats]:
    """Return the estimated rate and its interval (equal tails), arrays of one length."""
    worth = effective / dispersion
    bad = prior_mean * prior_strength + worth * mean
    good = (1.0 - prior_mean) * prior_strength + worth * (1.0 - mean)
    tail = (1.0 - confidence) / 2
    low = np.where(effective * mean < FEW, 0.0, betaincinv(bad, good, tail))
    high = np.where(effective * (1.0 - mean) < FEW, 1.0, betaincinv(bad, good, 1.0 - tail))
    return tuple(np.round(values, _DECIMALS) for values in (bad / (bad + good), low, high))  # type: ignore[return-value]
