"""Sources with known rates, for the tests of the gate and for `tests/measure/gate.py`.

A source has a true rate of bad pages, and each page a reject probability drawn in one of three ways: "verdict" is yes
or no; "calibrated" is what a good classifier says of pages whose share of bad ones it knows, so that the probabilities
of a source average its rate; "blurred" comes from a classifier that is calibrated on the population only, so that bad
sources look better and good ones worse than they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.gate import GateParameters, decide, drift, estimate_sources, read_pages
from quality.gate.standing import Decision, Standing

START = dt.date(2025, 1, 6)
SEPARATION = 2.5
"""Distance of good and bad pages in standard deviations: an area under the curve of .96, as a decent classifier has."""

BLURRED_BASE_RATE = 0.2


def even_rates(count: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Rates 0, .05 … .9, each as often."""
    return generator.permutation(np.resize(np.arange(0, 0.9001, 0.05), count))


def web_rates(count: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Mostly good sources, some mixed, some bad."""
    kind = generator.choice(3, size=count, p=(0.7, 0.15, 0.15))
    low, high = np.array((0.0, 0.1, 0.5)), np.array((0.1, 0.5, 0.9))
    return generator.uniform(low[kind], high[kind])


def page_counts(count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """3 to 500 pages, log-uniform."""
    return np.exp(generator.uniform(np.log(3), np.log(501), size=count)).astype(np.int64)


def probabilities(rate: NDArray[np.float64], noise: str, generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw one page for each given rate."""
    bad = generator.random(rate.size) < rate
    if noise == "verdict":
        return bad.astype(np.float64)
    base = rate if noise == "calibrated" else np.full(rate.size, BLURRED_BASE_RATE)
    evidence = SEPARATION * (generator.normal(size=rate.size) + SEPARATION * (bad - 0.5))
    with np.errstate(divide="ignore"):
        odds = np.exp(evidence) * base / (1 - base)
    return odds / (1 + odds)


def page_table(
    source: NDArray[np.int64],
    probability: NDArray[np.float64],
    day: NDArray[np.int64],
    generator: np.random.Generator,
) -> pa.Table:
    """Return a table of pages, each of its own template."""
    verdict = np.select([probability >= 0.5, probability >= 0.25], ["reject", "review"], "accept")
    origin = (START - dt.date(1970, 1, 1)).days
    return pa.table(
        {
            "source": pa.array([f"s{code:05d}.example" for code in source]),
            "page_id": pa.array([f"{number:08d}" for number in range(source.size)]),
            "reject_probability": pa.array(probability),
            "verdict": pa.array(verdict),
            "seen_at": pa.array((origin + day).astype(np.int32)).cast(pa.date32()),
            "template": pa.array(generator.integers(0, 2**63, size=source.size, dtype=np.uint64)),
        }
    )


@dataclass(frozen=True)
class Outcome:
    """What became of each source over all runs; arrays of one entry a source."""

    rate: NDArray[np.float64]
    pages: NDArray[np.int64]
    ever_rejected: NDArray[np.bool_]
    finally_rejected: NDArray[np.bool_]
    flapped: NDArray[np.bool_]
    """Went back to a status it had left (unknown does not count)."""
    covered: NDArray[np.bool_]
    """The last interval holds the true rate."""
    decisions: tuple[Decision, ...]


def simulate(
    rates: NDArray[np.float64],
    pages: NDArray[np.int64],
    *,
    noise: str,
    runs: int,
    parameters: GateParameters,
    seed: int,
    days_between: int = 7,
) -> Outcome:
    """Let the pages of each source come in at random over the runs, and judge all sources after each run."""
    generator = np.random.default_rng(seed)
    source = np.repeat(np.arange(rates.size), pages)
    run = generator.integers(0, runs, size=source.size)
    table = page_table(source, probabilities(rates[source], noise, generator), run * days_between, generator)
    standings: dict[str, Standing] = {}
    history: dict[str, list[str]] = {}
    decisions: list[Decision] = []
    for number in range(runs):
        seen = table.filter(pa.array(run <= number))
        as_of = START + dt.timedelta(days=number * days_between)
        standings, changes = judge(seen, standings, parameters, as_of)
        decisions += changes
    estimates = estimate_sources(read_pages(table, parameters), parameters, standings=standings)
    for decision in decisions:
        path = history.setdefault(decision.source, [])
        if decision.standing.status != "unknown" and (not path or path[-1] != decision.standing.status):
            path.append(decision.standing.status)
    names = [f"s{code:05d}.example" for code in range(rates.size)]
    place = {name: index for index, name in enumerate(estimates.source)}
    order = [place[name] for name in names]
    low, high = estimates.reject_low[order], estimates.reject_high[order]
    paths = [history.get(name, []) for name in names]
    return Outcome(
        rate=rates,
        pages=pages,
        ever_rejected=np.array(["rejected" in path for path in paths]),
        finally_rejected=np.array([standings[name].status == "rejected" for name in names]),
        flapped=np.array([len(set(path)) < len(path) for path in paths]),
        covered=(low <= rates) & (rates <= high),
        decisions=tuple(decisions),
    )


def recovering(
    *, sources: int, pages_a_week: int, sampled_share: float, seed: int, parameters: GateParameters
) -> NDArray[np.int64]:
    """Let sources be bad (.70) for ten weeks and good (.03) from then on.

    While a source is rejected only `sampled_share` of its pages is assessed. Returns the weeks from the turn until each
    is accepted again, -1 for never within two years.
    """
    generator = np.random.default_rng(seed)
    bad_weeks, weeks = 10, 114
    source = np.repeat(np.arange(sources), pages_a_week * weeks)
    week = np.tile(np.repeat(np.arange(weeks), pages_a_week), sources)
    rate = np.where(week < bad_weeks, 0.7, 0.03)
    table = page_table(source, probabilities(rate, "calibrated", generator), week * 7, generator)
    sampled = generator.random(source.size) < sampled_share
    assessed = np.zeros(source.size, dtype=bool)
    standings: dict[str, Standing] = {}
    reached = np.full(sources, -1)
    names = [f"s{code:05d}.example" for code in range(sources)]
    for number in range(weeks):
        rejected = np.array([name in standings and standings[name].status == "rejected" for name in names])
        assessed |= (week == number) & (sampled | ~rejected[source])
        seen = table.filter(pa.array(assessed))
        as_of = START + dt.timedelta(days=7 * number)
        standings = judge(seen, standings, parameters, as_of)[0]
        if number >= bad_weeks:
            accepted = np.array([name in standings and standings[name].status == "accepted" for name in names])
            reached[accepted & (reached < 0)] = number - bad_weeks + 1
        elif number == bad_weeks - 1:
            assert all(standings[name].status == "rejected" for name in names)
        if (reached >= 0).all():
            break
    return reached


def judge(
    table: pa.Table, standings: Mapping[str, Standing], parameters: GateParameters, as_of: dt.date
) -> tuple[dict[str, Standing], tuple[Decision, ...]]:
    """Estimate and decide, as one run a day does."""
    pages = read_pages(table, parameters)
    estimates = estimate_sources(pages, parameters, standings=standings)
    judged = decide(
        estimates,
        pages,
        at_start_of_day=standings,
        current=standings,
        overrides={},
        parameters=parameters,
        as_of=as_of,
    )
    return dict(judged.standings), judged.decisions


@dataclass(frozen=True)
class DriftOutcome:
    """Alarms over weekly looks."""

    steady: int
    fallen: int
    looks: int
    false_alarms: int
    """Steady sources that were ever reported."""
    seen: int
    rejected: int
    before_rejection: int
    """Rejected sources that had been reported in an earlier look."""
    median_lead: float
    """Weeks from report to rejection."""


def falling(*, steady: int, fallen: int, noise: str, seed: int, parameters: GateParameters) -> DriftOutcome:
    """Look every week at steady sources and at sources that fall from .05 to .75 over twelve weeks."""
    generator = np.random.default_rng(seed)
    count, weeks, turn = steady + fallen, 64, 26
    base = np.concatenate([web_rates(steady, generator), np.full(fallen, 0.05)])
    size = generator.integers(1, 8, size=count)
    source = np.repeat(np.arange(count), size * weeks)
    week = np.concatenate([np.repeat(np.arange(weeks), pages) for pages in size])
    progress = np.clip((week - turn) / 12, 0, 1)
    rate = np.where(source >= steady, base[source] + 0.7 * progress, base[source])
    table = page_table(source, probabilities(rate, noise, generator), week * 7, generator)
    names = [f"s{code:05d}.example" for code in range(count)]
    alarmed: dict[str, int] = {}
    rejected: dict[str, int] = {}
    standings: dict[str, Standing] = {}
    for number in range(8, weeks):
        seen = table.filter(pa.array(week <= number))
        as_of = START + dt.timedelta(days=7 * number)
        for alarm in drift(read_pages(seen, parameters), parameters, as_of):
            alarmed.setdefault(alarm.source, number)
        standings, _ = judge(seen, standings, parameters, as_of)
        for name in names[steady:]:
            if standings[name].status == "rejected":
                rejected.setdefault(name, number)
    leads = [rejected[name] - alarmed[name] for name in rejected if name in alarmed and alarmed[name] < rejected[name]]
    return DriftOutcome(
        steady=steady,
        fallen=fallen,
        looks=weeks - 8,
        false_alarms=sum(name in alarmed for name in names[:steady]),
        seen=sum(name in alarmed for name in names[steady:]),
        rejected=len(rejected),
        before_rejection=len(leads),
        median_lead=float(np.median(leads)) if leads else float("nan"),
    )


def pages_of(source: str, groups: Sequence[Mapping[str, object]]) -> pa.Table:
    """Return the pages of one source, in groups of `count` with `probability`, `template`, `author` and `days_ago`."""
    columns: dict[str, list[object]] = {"reject_probability": [], "template": [], "subsource": [], "seen_at": []}
    for group in groups:
        count = int(str(group["count"]))
        seen = START + dt.timedelta(days=3000 - int(str(group.get("days_ago", 0))))
        columns["reject_probability"] += [group.get("probability")] * count
        columns["template"] += [group.get("template")] * count
        columns["subsource"] += [group.get("author")] * count
        columns["seen_at"] += [seen] * count
    rows = len(columns["seen_at"])
    probability = pa.array(columns["reject_probability"], pa.float64())
    return pa.table(
        {
            "source": pa.array([source] * rows, pa.string()),
            "page_id": pa.array([f"{number:05d}" for number in range(rows)], pa.string()),
            "reject_probability": probability,
            "verdict": pa.array(
                [
                    "not_assessed" if x is None else "reject" if float(str(x)) >= 0.5 else "accept"
                    for x in probability.to_pylist()
                ],
                pa.string(),
            ),
            "seen_at": pa.array(columns["seen_at"], pa.date32()),
            "template": pa.array(columns["template"], pa.uint64()),
            "subsource": pa.array(columns["subsource"], pa.string()),
        }
    )
