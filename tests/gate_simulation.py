"""Sources with known rates, for the tests of the gate and for `tests/measure_gate.py`.

A source has a true rate of bad pages, and each page a reject probability drawn in one of three ways: "verdict" is yes or
no; "calibrated" is what a good classifier says of pages whose share of bad ones it knows, so that the probabilities of a
source average its rate; "blurred" comes from a classifier that is calibrated on the population only, so that bad sources
look better and good ones worse than they are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.gate import GateParameters, decide, estimate_sources
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
        estimates = estimate_sources(seen, parameters, standings=standings)
        judged = decide(
            estimates,
            seen,
            at_start_of_day=standings,
            current=standings,
            overrides={},
            parameters=parameters,
            as_of=START + dt.timedelta(days=number * days_between),
        )
        standings = dict(judged.standings)
        decisions += judged.decisions
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
