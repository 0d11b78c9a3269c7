"""Each source's quality: the share of bad pages to expect of it, with an interval, shrunk toward the population.

A page enters with its reject probability, not its verdict. A source's rate is the mean that its next pages would have;
how far this is from an editor's rate is a matter of the model's calibration and is measured there. The posterior is a
beta distribution worth the source's effective pages (see `tally`) on top of the population's prior (see `prior`). The
result depends on the set of pages only: neither their order nor today's date can change a bit of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from quality.gate.betting import counts_by_level, factors_above, log_mean, log_wealth, wealth_from
from quality.gate.pages import ALWAYS, EPOCH, NEVER, ONE, VERDICTS, Codes, Flags, Floats, Pages, age_weights, read_pages
from quality.gate.parameters import GateParameters
from quality.gate.platforms import find_authors
from quality.gate.prior import Prior, dispersions, fit_prior, pooled_dispersion, posterior
from quality.gate.standing import Standing
from quality.gate.tally import Tally, share_weights, weigh
from quality.source_lists import Rating

_DECIMALS = 9
"""Of rates; a beta quantile's last bits are the library's business."""


@dataclass(frozen=True)
class Estimates:
    """One entry a source or sub-source in each array; sources first, each kind by name."""

    source: tuple[str, ...]
    parent: tuple[str, ...]
    """The source of a sub-source; "" for a source."""
    platform: Flags
    authors: Codes
    pages: Codes
    assessed: Codes
    accepted: Codes
    review: Codes
    rejected: Codes
    effective_pages: Floats
    reject_rate: Floats
    reject_low: Floats
    reject_high: Floats
    refuted_tolerated: Floats
    """Log wealth against "its rate is at most `tolerated_rate`"."""
    refuted_release: Floats
    """Log wealth against "its rate is at least `release_rate`", on pages since the rejection; 0 where not rejected."""
    release_from: Codes
    """Day from which the pages of a rejected source speak loudest for it, in days since 1970."""
    newest: Codes
    """Day of the newest page, in days since 1970."""
    mean: Floats
    """Before shrinkage."""
    population: Prior

    def __len__(self) -> int:
        return len(self.source)

    def index(self, source: str) -> int | None:
        """Return the place of a source or sub-source, or None where it has no page."""
        try:
            return self.source.index(source)
        except ValueError:
            return None

    def table(self) -> pa.Table:
        """Return the estimates as a table, one row a source or sub-source; rates are null where no page was assessed."""
        columns: dict[str, object] = {"source": pa.array(self.source), "parent": pa.array(self.parent)}
        for name in TABLE_COLUMNS:
            blank = self.assessed == 0 if name in RATE_COLUMNS else None
            columns[name] = pa.array(getattr(self, name), mask=blank)
        columns["newest"] = pa.array(self.newest).cast(pa.date32())
        return pa.table(columns)


RELEASE_WEEKS = 26
"""How far back the turn of a source is looked for; bets that start earlier are counted from there."""

WEEK = 7

TABLE_COLUMNS = (
    "platform",
    "authors",
    "pages",
    "assessed",
    "accepted",
    "review",
    "rejected",
    "effective_pages",
    "reject_rate",
    "reject_low",
    "reject_high",
)


RATE_COLUMNS = ("reject_rate", "reject_low", "reject_high")


def estimate_sources(
    pages: pa.Table | Pages,
    parameters: GateParameters,
    *,
    standings: Mapping[str, Standing] | None = None,
    ratings: Mapping[str, Rating] | None = None,
    population: Prior | None = None,
) -> Estimates:
    """Estimate every source of some pages (see `read_pages`), and the authors of platforms.

    `standings` are those at the start of the day (see `decide`): a source that was released is judged on its pages
    since its rejection only, and one that is rejected has these tested for recovery. `ratings` of an imported list
    replace the population's prior for single sources. `population` replaces the one that is fitted.
    """
    pages, states = read_pages(pages, parameters), standings or {}
    authors = find_authors(pages, age_weights(pages, pages.source, len(pages.names), parameters), parameters)
    top = _level(pages, pages.source, pages.names, authors.of_page, states, parameters)
    nobody = np.full(pages.source.shape[0], -1, dtype=np.int32)
    below = [_level(pages, level.code, level.names, nobody, states, parameters) for level in authors.levels]
    parts = [top, *(part for part in below if part.names)]
    population = population or _population(top.tally, parameters)
    sums = _joined([part.tally for part in parts])
    names = tuple(name for part in parts for name in part.names)
    mean, strength = _priors(names, ratings or {}, population)
    spread = dispersions(sums.mean, sums.variance, sums.effective, population.dispersion)
    rate, low, high = posterior(sums.mean, sums.effective, spread, mean, strength, parameters.confidence)
    rest = len(names) - len(top.names)
    verdicts = np.concatenate([part.verdicts for part in parts])
    return Estimates(
        source=names,
        parent=("",) * len(top.names) + tuple(pages.names[code] for part in parts[1:] for code in part.owner),
        platform=np.concatenate([authors.platform, np.zeros(rest, dtype=bool)]),
        authors=np.concatenate([authors.count, np.zeros(rest, dtype=np.int32)]),
        pages=verdicts[:, 0],
        assessed=verdicts[:, 1],
        accepted=verdicts[:, 2],
        review=verdicts[:, 3],
        rejected=verdicts[:, 4],
        effective_pages=sums.effective,
        reject_rate=rate,
        reject_low=low,
        reject_high=high,
        refuted_tolerated=np.concatenate([part.refuted_tolerated for part in parts]),
        refuted_release=np.concatenate([part.refuted_release for part in parts]),
        release_from=np.concatenate([part.release_from for part in parts]),
        newest=np.concatenate([part.newest for part in parts]),
        mean=sums.mean,
        population=population,
    )


@dataclass(frozen=True)
class _Level:
    """The sources, or one level of sub-sources: one entry a name."""

    names: tuple[str, ...]
    owner: Codes
    verdicts: Codes
    """(names, 5): pages, assessed, accepted, review, rejected."""
    tally: Tally
    refuted_tolerated: Floats
    refuted_release: Floats
    release_from: Codes
    newest: Codes


def _level(
    pages: Pages,
    code: Codes,
    all_names: tuple[str, ...],
    author: Codes,
    states: Mapping[str, Standing],
    parameters: GateParameters,
) -> _Level:
    """Tally the pages of each code that occurs (-1: none)."""
    used = np.flatnonzero(np.bincount(code[code >= 0], minlength=len(all_names)))
    place = np.full(len(all_names) + 1, -1, dtype=np.int32)
    place[used] = np.arange(used.size, dtype=np.int32)
    code, names, count = place[code], tuple(all_names[index] for index in used), used.size

    weight = age_weights(pages, code, count, parameters)
    weight[pages.day < _days_of(names, states, "evidence_from", ALWAYS)[code]] = 0.0
    sums, weight = weigh(pages, code, count, author, weight, parameters)
    rows = np.flatnonzero(weight)
    counts = counts_by_level(code[rows], count, pages.probability[rows], weight[rows], ONE)
    on = np.flatnonzero(code >= 0)
    newest, owner = np.full(count, ALWAYS, dtype=np.int32), np.zeros(count, dtype=np.int32)
    np.maximum.at(newest, code[on], pages.day[on])
    owner[code[on]] = pages.source[on]
    refuted_release, release_from = _release(pages, code, names, states, parameters)
    return _Level(
        names=names,
        owner=owner,
        verdicts=_verdicts(pages, code, count),
        tally=sums,
        refuted_tolerated=log_wealth(counts, factors_above(parameters.tolerated_rate)),
        refuted_release=refuted_release,
        release_from=release_from,
        newest=newest,
    )


def _verdicts(pages: Pages, code: Codes, count: int) -> Codes:
    on = code >= 0
    masks = [on, on & pages.assessed, *(on & (pages.verdict == number) for number in range(1, len(VERDICTS)))]
    return np.stack([np.bincount(code[mask], minlength=count) for mask in masks], axis=1).astype(np.int32)


def _release(
    pages: Pages, code: Codes, names: tuple[str, ...], states: Mapping[str, Standing], parameters: GateParameters
) -> tuple[Floats, Codes]:
    """Return the log wealth against "still bad" of the rejected, and the day from which their pages speak for them.

    Bets start at each of the last `RELEASE_WEEKS` before the source's newest page, and after its rejection.
    """
    wealth, start = np.zeros(len(names)), np.full(len(names), ALWAYS, dtype=np.int32)
    since = _days_of(names, states, "rejected_on", NEVER)
    rows = np.flatnonzero((code >= 0) & pages.assessed & (pages.day > since[code]))
    if not rows.size:
        return wealth, start
    weight = np.zeros(code.shape[0])
    weight[rows] = ONE
    weight = share_weights(weight, pages.group, parameters.template_correlation).weight[rows] / ONE
    touched, local = np.unique(code[rows], return_inverse=True)
    newest = np.full(touched.size, ALWAYS, dtype=np.int32)
    np.maximum.at(newest, local, pages.day[rows])
    week = RELEASE_WEEKS - 1 - np.minimum((newest[local] - pages.day[rows]) // WEEK, RELEASE_WEEKS - 1)
    gain = (1.0 - pages.probability[rows]) / (1.0 - parameters.release_rate) - 1.0
    held = wealth_from(local * RELEASE_WEEKS + week, touched.size, RELEASE_WEEKS, gain, weight)
    first = newest[:, None] - WEEK * np.arange(RELEASE_WEEKS, 0, -1, dtype=np.int32)[None, :] + 1
    begun = first + WEEK - 1 > since[touched][:, None]
    wealth[touched] = log_mean(held, begun)
    best = RELEASE_WEEKS - 1 - np.where(begun, held, -np.inf)[:, ::-1].argmax(axis=1)  # of equals the latest
    start[touched] = np.maximum(first[np.arange(touched.size), best], since[touched] + 1)
    return wealth, start


def _days_of(names: tuple[str, ...], states: Mapping[str, Standing], attribute: str, absent: int) -> Codes:
    """Return a date of each name's standing in days since 1970, and `absent` at the end for the code -1."""
    days = np.full(len(names) + 1, absent, dtype=np.int32)
    if states:
        for index, name in enumerate(names):
            standing = states.get(name)
            date = getattr(standing, attribute) if standing is not None else None
            if date is not None:
                days[index] = (date - EPOCH).days
    return days


def _population(sums: Tally, parameters: GateParameters) -> Prior:
    pooled = pooled_dispersion(sums.mean, sums.variance, sums.effective)
    spread = dispersions(sums.mean, sums.variance, sums.effective, pooled)
    return fit_prior(sums.mean, sums.effective / spread, pooled, parameters)


def _joined(tallies: list[Tally]) -> Tally:
    return Tally(
        effective=np.concatenate([part.effective for part in tallies]),
        mean=np.concatenate([part.mean for part in tallies]),
        variance=np.concatenate([part.variance for part in tallies]),
    )


def _priors(names: tuple[str, ...], ratings: Mapping[str, Rating], population: Prior) -> tuple[Floats, Floats]:
    mean, strength = np.full(len(names), population.mean), np.full(len(names), population.strength)
    if ratings:
        for index, name in enumerate(names):
            if name in ratings:
                mean[index], strength[index] = ratings[name].mean, ratings[name].strength
    return mean, strength
