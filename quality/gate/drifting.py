"""Sources whose pages have become worse than they were, before they cross any line.

What a source usually is comes from its pages before the window; whether its recent pages still fit is a bet at those
odds (see `betting`), placed at the start of each week of the window, since nobody knows when the change came; the mean
of these bets is an e-value. Over all sources the e-values are cut off by the e-BH rule, which bounds the expected share
of false alarms whatever the dependence between sources: with 100,000 sources a single surprise is no news.

Wang & Ramdas, False discovery rate control with e-values, JRSS B 84 (2022).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.gate.betting import log_mean, wealth_from
from quality.gate.pages import EPOCH, ONE, Flags, Floats, Pages, age_weights, read_pages
from quality.gate.parameters import GateParameters
from quality.gate.prior import dispersions, pooled_dispersion, posterior
from quality.gate.tally import share_weights, tally

WEEK = 7

LEAST_USUAL_RATE = 0.02
"""A spotless source is granted this rate, or its first bad page would be an alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A source whose quality has fallen."""

    source: str
    usual_rate: float
    """Mean reject probability before the window."""
    usual_high: float
    """Upper bound of it: what the recent pages were tested against."""
    recent_rate: float
    """Mean since `since`."""
    recent_pages: int
    since: dt.date
    """Start of the week from which the recent pages speak loudest."""
    log_evidence: float
    """Natural log of the e-value."""

    def describe(self) -> str:
        """Say the alarm in one line."""
        return (
            f"{self.source}: {self.recent_rate:.0%} bad in {self.recent_pages} pages since {self.since.isoformat()}, "
            f"usually {self.usual_rate:.0%} (at most {self.usual_high:.0%})"
        )


def drift(pages: pa.Table | Pages, parameters: GateParameters, as_of: dt.date) -> tuple[Alarm, ...]:
    """Return the sources that fell within `drift_window_days` before `as_of`, the clearest first.

    Sources with fewer than `drift_min_pages` effective pages
    before the window are not tested.
    """
    pages = read_pages(pages, parameters)
    count = len(pages.names)
    today = (as_of - EPOCH).days
    weeks = max(1, parameters.drift_window_days // WEEK)
    start = today - weeks * WEEK + 1
    usual, high, tested = _usual(pages, start, parameters)
    rows = np.flatnonzero(pages.assessed & (pages.day >= start) & (pages.day <= today) & tested[pages.source])
    if not rows.size:
        return ()
    week = weeks - 1 - (today - pages.day[rows]) // WEEK
    weight = np.zeros(pages.source.shape[0])
    weight[rows] = ONE
    weight = share_weights(weight, pages.group, parameters.template_correlation).weight[rows] / ONE
    code, x = pages.source[rows], pages.probability[rows]
    fair = high[code]
    wealth = wealth_from(code * weeks + week, count, weeks, x / fair - 1.0, weight)
    evidence, best = log_mean(wealth), wealth.argmax(axis=1)
    candidates = np.unique(code)
    chosen = candidates[_e_bh(evidence[candidates], parameters.drift_false_alarm_rate)]
    alarms = []
    for source in chosen[np.lexsort((chosen, -evidence[chosen]))]:
        recent = (code == source) & (week >= best[source])
        alarms.append(
            Alarm(
                source=pages.names[source],
                usual_rate=float(usual[source]),
                usual_high=float(high[source]),
                recent_rate=float(np.rint(x[recent] * ONE).sum() / ONE / recent.sum()),
                recent_pages=int(recent.sum()),
                since=EPOCH + dt.timedelta(days=int(start + best[source] * WEEK)),
                log_evidence=float(evidence[source]),
            )
        )
    return tuple(alarms)


def _usual(pages: Pages, start: int, parameters: GateParameters) -> tuple[Floats, Floats, Flags]:
    """Return each source's mean before the window, the upper bound of it, and whether it has pages enough to tell."""
    count = len(pages.names)
    before = np.where(pages.day < start, pages.source, np.int32(-1))
    shared = share_weights(age_weights(pages, before, count, parameters), pages.group, parameters.template_correlation)
    used = before >= 0
    variance = np.bincount(before[used], weights=shared.variance[used], minlength=count).astype(np.float64)
    sums = tally(pages, before, count, shared.weight, variance)
    pooled = pooled_dispersion(sums.mean, sums.variance, sums.effective)
    spread = dispersions(sums.mean, sums.variance, sums.effective, pooled)
    prior = np.full(count, parameters.prior_mean), np.full(count, parameters.prior_strength)
    _, _, high = posterior(sums.mean, sums.effective, spread, *prior, parameters.confidence)
    return sums.mean, np.clip(high, LEAST_USUAL_RATE, 0.99), sums.effective >= parameters.drift_min_pages


def _e_bh(log_evidence: Floats, false_alarm_rate: float) -> NDArray[np.int64]:
    """Return the places whose e-values pass: the largest k with k-th e-value ≥ n / (rate · k)."""
    order = np.argsort(-log_evidence, kind="stable")
    needed = np.log(order.size / (false_alarm_rate * np.arange(1, order.size + 1)))
    passing = np.flatnonzero(log_evidence[order] >= needed)
    result: NDArray[np.int64] = order[: passing[-1] + 1] if passing.size else order[:0]
    return result
