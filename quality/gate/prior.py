"""What is expected of a source before its pages speak, learned from all sources.

Sources' mean reject probabilities are taken as draws from a beta distribution, fitted by moments; each source counts
for at most one, however many pages it has, and a few imagined sources of the policy's prior keep small collections sane.
Kleinman, Proportions with extraneous variance, JASA 68 (1973).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True, slots=True)
class Prior:
    """A beta distribution: its mean, and how many pages it is worth."""

    mean: float
    strength: float


def dispersions(mean: Floats, variance: Floats, effective: Floats) -> Floats:
    """Return how much pages of each source vary, as a share of what yes-or-no pages would: 1 is yes-or-no.

    Probabilities near a source's mean tell its mean better than verdicts would. Each source's own value is mixed with
    the population's, since a handful of pages cannot tell.
    """
    bernoulli = mean * (1.0 - mean)
    seen = effective > 1.5
    n, b, v = effective[seen], bernoulli[seen], variance[seen]
    # Both moments miss the same factor (n - 1) / n but for b, which has the mean's error in it.
    unbiased = v * n / (n - 1.0)
    denominator = float((n * (b + unbiased / n)).sum())
    pooled = float((n * unbiased).sum()) / denominator if denominator > 0 else 1.0
    own = np.divide(variance, bernoulli, out=np.full_like(mean, pooled), where=bernoulli > 1e-6)
    mixed = (DISPERSION_PAGES * pooled + effective * own) / (DISPERSION_PAGES + effective)
    return np.clip(mixed, LEAST_DISPERSION, 1.0)


def fit_prior(mean: Floats, information: Floats, parameters: GateParameters) -> Prior:
    """Fit the population's prior to sources' means; `information` is their effective pages over their dispersion."""
    seen = information >= 2.0
    x, n = mean[seen], information[seen]
    prior = Prior(parameters.prior_mean, parameters.prior_strength)
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
        prior = Prior(centre, min(max(strength, STRENGTH_RANGE[0]), STRENGTH_RANGE[1]))
    return prior
