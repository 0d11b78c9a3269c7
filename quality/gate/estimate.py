"""Each source's quality: the share of bad pages to expect of it, with an interval, shrunk toward the population.

A page enters with its reject probability, not its verdict. A source's rate is the mean that its next pages would have;
how far this is from an editor's rate is a matter of the model's calibration and is measured there. The posterior is a
beta distribution worth the source's effective pages (see `tally`) on top of the population's prior (see `prior`). The
result depends on the set of pages only: neither their order nor today's date can change a bit of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import betaincinv

from quality.gate.betting import factors_above, factors_below, log_wealth
from quality.gate.pages import Floats, Integers, Pages, age_weights, near_duplicates, read_pages
from quality.gate.parameters import GateParameters
from quality.gate.platforms import Authors, find_authors
from quality.gate.prior import Prior, dispersions, fit_prior
from quality.gate.standing import Standing
from quality.gate.tally import Clusters, Tally, share_by_author, share_weights, tally
from quality.source_lists import Rating

EPOCH = dt.date(1970, 1, 1)

FEW = 0.5
"""Fewer bad (or good) pages than this cannot exclude a rate of 0 (or 1): Brown, Cai & DasGupta, Stat. Sci. 16 (2001)."""

_DECIMALS = 9
"""Of rates; a beta quantile's last bits are the library's business."""


@dataclass(frozen=True)
class Estimates:
    """One entry a source or sub-source in each array; sources first, each kind by name."""

    source: tuple[str, ...]
    parent: tuple[str, ...]
    """The source of a sub-source; "" for a source."""
    platform: NDArray[np.bool_]
    authors: Integers
    pages: Integers
    assessed: Integers
    accepted: Integers
    review: Integers
    rejected: Integers
    effective_pages: Floats
    reject_rate: Floats
    reject_low: Floats
    reject_high: Floats
    refuted_tolerated: Floats
    """Log wealth against "its rate is at most `tolerated_rate`"."""
    refuted_release: Floats
    """Log wealth against "its rate is at least `release_rate`", on pages since the rejection; 0 where not rejected."""
    newest: Integers
    """Day of the newest page, in days since 1970."""
    mean: Floats
    """Before shrinkage."""
    dispersion: Floats
    tallies: Tally
    prior_mean: Floats
    prior_strength: Floats
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
        """Return the estimates as a table, one row a source or sub-source."""
        columns: dict[str, object] = {"source": pa.array(self.source), "parent": pa.array(self.parent)}
        for name in TABLE_COLUMNS:
            columns[name] = pa.array(getattr(self, name))
        columns["newest"] = pa.array(self.newest.astype(np.int32)).cast(pa.date32())
        return pa.table(columns)


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


def estimate_sources(
    table: pa.Table,
    parameters: GateParameters,
    *,
    standings: Mapping[str, Standing] | None = None,
    priors: Mapping[str, Rating] | None = None,
    population: Prior | None = None,
) -> Estimates:
    """Estimate every source in a table of pages (columns: see `pages.read_pages`), and the authors of platforms.

    `standings` are those at the start of the day (see `decide`): a source that was released is judged on its pages since
    its rejection only, and one that is rejected has these tested for recovery. `priors` replace the population's prior for
    single sources (ratings of an imported list). `population` replaces the one that is fitted. Raises ValueError for
    columns that are missing or malformed.
    """
    pages = read_pages(table)
    states, given = standings or {}, priors or {}
    group = near_duplicates(pages, parameters.template_bits)
    count = len(pages.names)
    authors = find_authors(pages, age_weights(pages, pages.source, count, parameters), parameters)
    parts = [_level(pages, pages.source, pages.names, authors.of_page, group, states, parameters)]
    for code in (authors.host_code, authors.path_code):
        if (code >= 0).any():
            nobody = np.full(code.shape[0], -1, dtype=np.int64)
            parts.append(_level(pages, code, authors.names, nobody, group, states, parameters))
    population = population or _population(parts[0], parameters)
    return _join(parts, pages, authors, given, population, parameters)


@dataclass(frozen=True)
class _Part:
    names: tuple[str, ...]
    codes: Integers
    verdicts: dict[str, Integers]
    tally: Tally
    release: Floats
    newest: Integers


def _level(
    pages: Pages,
    code: Integers,
    names: tuple[str, ...],
    author: Integers,
    group: Integers,
    states: Mapping[str, Standing],
    parameters: GateParameters,
) -> _Part:
    """Tally the pages of each code that occurs."""
    count = len(names)
    start = _day_array(names, states, "evidence_from")
    weight = age_weights(pages, code, count, parameters)
    weight = np.where(pages.day >= start[code], weight, 0.0)
    # A template that two authors share is one cluster for each: an author's weight must not hang on the others' pages.
    whose = (np.maximum(code, 0) + 1) * (int(author.max(initial=-1)) + 2) + author + 1
    own = np.where(group >= 0, group * (int(whose.max(initial=0)) + 1) + whose, -1)
    shared = share_weights(weight, own, parameters.template_correlation)
    weight, variance = share_by_author(
        Clusters(shared.weight, np.where(code >= 0, shared.variance, 0.0)),
        np.maximum(code, 0),
        author,
        count,
        parameters.author_correlation,
    )
    sums = tally(pages, code, count, weight, variance)
    seen = np.flatnonzero(np.bincount(code[code >= 0], minlength=count))
    newest = np.full(count, -1, dtype=np.int64)
    np.maximum.at(newest, code[code >= 0], pages.day[code >= 0])
    return _Part(
        names=tuple(names[index] for index in seen),
        codes=seen,
        verdicts={name: values[seen] for name, values in _verdicts(pages, code, count).items()},
        tally=Tally(sums.counts[seen], sums.effective[seen], sums.mean[seen], sums.variance[seen]),
        release=_release(pages, code, names, states, group, parameters)[seen],
        newest=newest[seen],
    )


def _verdicts(pages: Pages, code: Integers, count: int) -> dict[str, Integers]:
    on = code >= 0
    tallies = {"pages": np.bincount(code[on], minlength=count)}
    tallies["assessed"] = np.bincount(code[on & pages.assessed], minlength=count)
    for verdict, name in (("accept", "accepted"), ("review", "review"), ("reject", "rejected")):
        mask = pc.fill_null(pc.equal(pages.verdict, verdict), False).to_numpy()
        tallies[name] = np.bincount(code[on & mask], minlength=count)
    return tallies


def _release(
    pages: Pages,
    code: Integers,
    names: tuple[str, ...],
    states: Mapping[str, Standing],
    group: Integers,
    parameters: GateParameters,
) -> Floats:
    """Return the log wealth against "still bad" of the rejected, on pages seen after the day of their rejection."""
    wealth = np.zeros(len(names))
    since = _day_array(names, states, "rejected_on", absent=np.iinfo(np.int64).max)
    rows = np.flatnonzero((code >= 0) & pages.assessed & (pages.day > since[code]))
    if not rows.size:
        return wealth
    mask = np.zeros(code.shape[0])
    mask[rows] = 1 << 20
    shared = share_weights(mask, group, parameters.template_correlation)
    touched, local = np.unique(code[rows], return_inverse=True)
    small = np.full(code.shape[0], -1, dtype=np.int64)
    small[rows] = local
    counts = tally(pages, small, touched.size, shared.weight, np.zeros(touched.size)).counts
    wealth[touched] = log_wealth(counts, factors_below(parameters.release_rate))
    return wealth


def _day_array(
    names: tuple[str, ...], states: Mapping[str, Standing], attribute: str, absent: int = np.iinfo(np.int64).min
) -> Integers:
    """Return a date of each name's standing in days since 1970, and `absent` at the end for the code -1."""
    days = np.full(len(names) + 1, absent, dtype=np.int64)
    if states:
        for index, name in enumerate(names):
            standing = states.get(name)
            date = getattr(standing, attribute) if standing is not None else None
            if date is not None:
                days[index] = (date - EPOCH).days
    return days


def _population(part: _Part, parameters: GateParameters) -> Prior:
    sums = part.tally
    spread = dispersions(sums.mean, sums.variance, sums.effective)
    return fit_prior(sums.mean, sums.effective / spread, parameters)


def _join(
    parts: list[_Part],
    pages: Pages,
    authors: Authors,
    given: Mapping[str, Rating],
    population: Prior,
    parameters: GateParameters,
) -> Estimates:
    names = tuple(name for part in parts for name in part.names)
    tops, subs = parts[0], parts[1:]
    parents = ("",) * len(tops.names) + tuple(pages.names[authors.parent[code]] for part in subs for code in part.codes)
    below = len(names) - len(tops.names)
    sums = Tally(
        *(np.concatenate([getattr(part.tally, field) for part in parts]) for field in ("counts", "effective", "mean")),
        variance=np.concatenate([part.tally.variance for part in parts]),
    )
    mean, strength = np.full(len(names), population.mean), np.full(len(names), population.strength)
    for index, name in enumerate(names) if given else ():
        if name in given:
            mean[index], strength[index] = given[name].mean, given[name].strength
    spread = dispersions(sums.mean, sums.variance, sums.effective)
    rate, low, high = posterior(sums.mean, sums.effective, spread, mean, strength, parameters.confidence)
    counts = {name: np.concatenate([part.verdicts[name] for part in parts]) for name in tops.verdicts}
    return Estimates(
        source=names,
        parent=parents,
        platform=np.concatenate([authors.platform[tops.codes], np.zeros(below, dtype=bool)]),
        authors=np.concatenate([authors.count[tops.codes], np.zeros(below, dtype=np.int64)]),
        pages=counts["pages"],
        assessed=counts["assessed"],
        accepted=counts["accepted"],
        review=counts["review"],
        rejected=counts["rejected"],
        effective_pages=np.round(sums.effective, _DECIMALS),
        reject_rate=rate,
        reject_low=low,
        reject_high=high,
        refuted_tolerated=log_wealth(sums.counts, factors_above(parameters.tolerated_rate)),
        refuted_release=np.concatenate([part.release for part in parts]),
        newest=np.concatenate([part.newest for part in parts]),
        mean=np.round(sums.mean, _DECIMALS),
        dispersion=spread,
        tallies=sums,
        prior_mean=mean,
        prior_strength=strength,
        population=population,
    )


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
