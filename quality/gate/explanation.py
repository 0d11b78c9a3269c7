"""Why a source is what it is, and what would change it.

The answer to "how many more good pages" is not a formula beside the gate's: imagined pages are added to the
source's own and the gate itself is asked again, so that the explanation cannot drift from the rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.gate.decision import decide, enters_rejection, worst_pages
from quality.gate.estimate import Estimates, estimate_sources
from quality.gate.pages import EPOCH, VERDICTS, read_pages
from quality.gate.parameters import GateParameters
from quality.gate.standing import Standing, Status
from quality.source_lists import Override, Rating

GOOD, BAD = 0.03, 0.97
"""Reject probabilities of the imagined pages."""

MOST_IMAGINED = 2000


@dataclass(frozen=True, slots=True)
class Week:
    """One week of a source."""

    monday: dt.date
    pages: int
    rejected: int
    mean: float
    """Mean reject probability."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of rejection: what is asked, what was found."""

    asks: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What would change the status: this many more pages of one kind."""

    pages: int
    kind: str
    """"good" or "bad"."""
    status: Status

    def describe(self, *, decided: bool = False) -> str:
        """Say it in one line. `decided`: people decided on the source, and pages change only what they say themselves."""
        said = f"its pages would say {self.status}" if decided else self.status
        return f"{self.pages} more {self.kind} page{'s' * (self.pages != 1)} in a row: {said}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to say of one source, but for the quotes, which the warehouse has."""

    standing: Standing
    pages: int
    effective_pages: float
    reject_rate: float
    reject_low: float
    reject_high: float
    population_rate: float
    """What would be expected of a source nobody has seen."""
    weeks: tuple[Week, ...]
    conditions: tuple[Condition, ...]
    changes: tuple[Change, ...]
    worst_pages: tuple[str, ...]


def explain(
    source: str,
    estimates: Estimates,
    table: pa.Table,
    *,
    standings: Mapping[str, Standing],
    overrides: Mapping[str, Override],
    parameters: GateParameters,
    as_of: dt.date,
    ratings: Mapping[str, Rating] | None = None,
) -> Explanation:
    """Explain one source or sub-source. `table` and `standings` are what `estimates` were made of.

    Raises KeyError if the source has no page that was assessed.
    """
    index = estimates.index(source)
    if index is None:
        raise KeyError(source)
    owner = estimates.parent[index] or source
    own = table.filter(pc.equal(table["source"].cast(pa.string()), owner))
    world = _World(own, standings, overrides, ratings or {}, estimates, parameters, as_of)
    standing = world.standing(source, own)
    mine = _rows_of(own, source, owner)
    return Explanation(
        standing=standing,
        pages=int(estimates.pages[index]),
        effective_pages=float(estimates.effective_pages[index]),
        reject_rate=float(estimates.reject_rate[index]),
        reject_low=float(estimates.reject_low[index]),
        reject_high=float(estimates.reject_high[index]),
        population_rate=estimates.population.mean,
        weeks=_weeks(mine),
        conditions=_conditions(estimates, index, parameters),
        changes=tuple(
            change
            for kind, level in (("good", GOOD), ("bad", BAD))
            if (change := world.first_change(source, standing, mine, kind, level)) is not None
        ),
        worst_pages=worst_pages(read_pages(own, parameters), [source], parameters.worst_pages).get(source, ()),
    )


@dataclass(frozen=True)
class _World:
    """One source's pages and everything else the gate looks at, to be asked "what if"."""

    table: pa.Table
    standings: Mapping[str, Standing]
    overrides: Mapping[str, Override]
    ratings: Mapping[str, Rating]
    estimates: Estimates
    parameters: GateParameters
    as_of: dt.date

    def standing(self, source: str, table: pa.Table) -> Standing:
        """Return the standing that the source would have with these pages."""
        pages = read_pages(table, self.parameters)
        estimates = estimate_sources(
            pages,
            self.parameters,
            standings=self.standings,
            ratings=self.ratings,
            population=self.estimates.population,
        )
        judged = decide(
            estimates,
            pages,
            at_start_of_day=self.standings,
            current=self.standings,
            overrides=self.overrides,
            parameters=self.parameters,
            as_of=self.as_of,
        )
        return judged.standings[source]

    def first_change(self, source: str, now: Standing, mine: pa.Table, kind: str, level: float) -> Change | None:
        """Return the least number of further pages that changes what the pages say, by doubling, then halving."""

        def after(count: int) -> Status:
            return self.standing(source, _with_pages(self.table, mine, now, count, level)).measured

        few, many = 0, 1
        while after(many) == now.measured:
            few, many = many, many * 2
            if many > MOST_IMAGINED:
                return None
        while many - few > 1:
            middle = (few + many) // 2
            few, many = (middle, many) if after(middle) == now.measured else (few, middle)
        return Change(many, kind, after(many))


def _with_pages(table: pa.Table, mine: pa.Table, now: Standing, count: int, level: float) -> pa.Table:
    """Return the table with `count` pages more, like the source's own first one but new and of that probability."""
    newest = int(read_pages(mine, GateParameters()).day.max())
    if now.rejected_on is not None:
        newest = max(newest, (now.rejected_on - EPOCH).days + 1)
    imagined: dict[str, pa.Array] = {}
    for field in table.schema:
        value = mine[field.name][0]
        if field.name == "reject_probability":
            value = pa.scalar(level, type=field.type)
        elif field.name == "seen_at":
            value = _day_scalar(newest, field.type)
        elif field.name == "template":
            value = pa.scalar(None, type=field.type)
        imagined[field.name] = pa.repeat(value, count)
    return pa.concat_tables([table, pa.table(imagined, schema=table.schema)])


def _day_scalar(day: int, kind: pa.DataType) -> pa.Scalar:
    date = EPOCH + dt.timedelta(days=day)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pa.scalar(date.isoformat(), type=kind)
    return pa.scalar(date, type=pa.date32()).cast(kind)


def _rows_of(own: pa.Table, source: str, owner: str) -> pa.Table:
    if source == owner:
        return own
    fine = pc.fill_null(own["subsource"].cast(pa.string()), "")
    return own.filter(pc.or_(pc.equal(fine, source), pc.starts_with(fine, source + "/")))


def _weeks(mine: pa.Table) -> tuple[Week, ...]:
    pages = read_pages(mine, GateParameters())
    rejected = pages.verdict == VERDICTS.index("reject")
    monday = pages.day - (pages.day + 3) % 7  # 1970-01-01 was a Thursday
    weeks = []
    for day in np.unique(monday[pages.assessed]):
        rows = (monday == day) & pages.assessed
        mean = float(np.sort(pages.probability[rows]).mean())
        weeks.append(Week(EPOCH + dt.timedelta(days=int(day)), int(rows.sum()), int((rows & rejected).sum()), mean))
    return tuple(weeks)


def _conditions(estimates: Estimates, index: int, parameters: GateParameters) -> tuple[Condition, ...]:
    effective, low = float(estimates.effective_pages[index]), float(estimates.reject_low[index])
    rate, wealth = float(estimates.reject_rate[index]), float(estimates.refuted_tolerated[index])
    sure = -float(np.log(parameters.false_rejection_rate))
    conditions = [
        Condition(
            f"at least {parameters.min_pages_rejected:g} independent recent pages",
            f"{effective:.1f} of {int(estimates.assessed[index])}",
            bool(effective >= parameters.min_pages_rejected),
        ),
        Condition(f"rate at least {parameters.reject_rate:.0%}", f"{rate:.1%}", rate >= parameters.reject_rate),
        Condition(f"lower bound at least {parameters.reject_low:.0%}", f"{low:.1%}", low >= parameters.reject_low),
        Condition(
            f'"at most {parameters.tolerated_rate:.0%} bad" refuted {np.exp(sure):,.0f} to 1',
            f"{np.exp(min(wealth, 20.0)):,.3g} to 1",
            wealth >= sure,
        ),
    ]
    if estimates.platform[index]:
        authors = int(estimates.authors[index])
        asks = f"a platform: at least {parameters.min_authors} authors"
        conditions.append(Condition(asks, str(authors), authors >= parameters.min_authors))
    assert all(condition.met for condition in conditions) == bool(enters_rejection(estimates, parameters)[index])
    return tuple(conditions)
