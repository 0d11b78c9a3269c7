"""Measure the source gate: simulations with known rates, drift, recovery, and speed.

    python -m tests.measure.gate simulate --seeds 5     # false rejections, power, coverage, flapping
    python -m tests.measure.gate recover                # sources that turn good, sources that turn bad
    python -m tests.measure.gate drift                  # false alarms, and how early a fall is seen
    python -m tests.measure.gate scale                  # 100,000 sources, 5 million pages

Prints one line a setting. These are figures for the record; the tests hold a smaller version of each.
"""

# ruff: noqa: T201 - a script that prints
from __future__ import annotations

import argparse
import datetime as dt
import resource
import time

import numpy as np
import pyarrow as pa

from quality.gate import GateParameters, decide, drift, estimate_sources, read_pages
from tests.gate_simulation import (
    START,
    even_rates,
    falling,
    page_counts,
    recovering,
    simulate,
    web_rates,
)

PARAMETERS = GateParameters()
POPULATIONS = {"even": even_rates, "web": web_rates}


def measure_simulation(seeds: int) -> None:
    """1,000 sources with 3 to 500 pages each over 50 weekly runs, for each population and kind of noise."""
    print(
        "population noise      | ≤.10 ever rejected | ≥.50, ≥40 pages rejected | ≥.50, 40-60 pages | coverage | flapped"
    )
    for population, rates_of in POPULATIONS.items():
        for noise in ("verdict", "calibrated", "blurred"):
            outcomes = []
            for seed in range(seeds):
                generator = np.random.default_rng(1000 + seed)
                rates, pages = rates_of(1000, generator), page_counts(1000, generator)
                outcomes.append(simulate(rates, pages, noise=noise, runs=50, parameters=PARAMETERS, seed=seed))
            rate = np.concatenate([outcome.rate for outcome in outcomes])
            count = np.concatenate([outcome.pages for outcome in outcomes])
            ever = np.concatenate([outcome.ever_rejected for outcome in outcomes])
            final = np.concatenate([outcome.finally_rejected for outcome in outcomes])
            covered = np.concatenate([outcome.covered for outcome in outcomes])
            flapped = np.concatenate([outcome.flapped for outcome in outcomes])
            good, bad = rate <= 0.1, (rate >= 0.5) & (count >= 40)
            print(
                f"{population:10} {noise:10} | {ever[good].mean():.2%} of {good.sum()} | {final[bad].mean():.2%} of "
                f"{bad.sum()} | {final[bad & (count <= 60)].mean():.2%} | {covered.mean():.2%} | {flapped.mean():.2%}",
                flush=True,
            )


def measure_recovery() -> None:
    """Sources that turn: how many weekly runs until the status follows."""
    for share in (1.0, PARAMETERS.sampled_share):
        for pages_a_week in (5, 20, 100):
            weeks = recovering(
                sources=200, pages_a_week=pages_a_week, sampled_share=share, seed=1, parameters=PARAMETERS
            )
            reached = np.where(weeks >= 0, weeks.astype(float), np.inf)
            print(
                f"turned good (.70 to .03), {pages_a_week} pages a week, {share:.0%} of them assessed while rejected: "
                f"accepted again {(weeks >= 0).mean():.1%}, after {np.median(reached):.0f} "
                f"weeks (median), {np.quantile(reached, 0.95, method='higher'):.0f} (95 %)",
                flush=True,
            )


def measure_drift() -> None:
    """Weekly looks at sources that stay as they are, and at sources that fall from .05 to .75 over twelve weeks."""
    for noise in ("verdict", "calibrated"):
        outcome = falling(steady=2000, fallen=100, noise=noise, seed=3, parameters=PARAMETERS)
        print(
            f"drift, {noise}: {outcome.false_alarms} false alarms on {outcome.steady} steady sources in "
            f"{outcome.looks} looks; {outcome.seen} of {outcome.fallen} falls seen, {outcome.before_rejection} of "
            f"{outcome.rejected} rejected ones before they were rejected, median lead {outcome.median_lead:.0f} weeks",
            flush=True,
        )


def measure_scale(sources: int = 100_000, rows: int = 5_000_000) -> None:
    """One look at 5 million pages, with templates and sections, and all standings known."""
    generator = np.random.default_rng(0)
    source = generator.integers(0, sources, size=rows)
    rate = generator.beta(0.4, 1.6, size=sources)
    names = pa.array([f"s{code:06d}.example" for code in range(sources)])
    sections = pa.array([f"s{code:06d}.example/{part}" for code in range(sources) for part in ("news", "blog", "shop")])
    probability = generator.beta(2 * rate[source] + 0.05, 2 * (1 - rate[source]) + 0.05)
    days = (START - dt.date(1970, 1, 1)).days + generator.integers(0, 350, size=rows)
    table = pa.table(
        {
            "source": names.take(pa.array(source)),
            "page_id": pa.array(np.char.add("page-0123456789abcdef-", np.arange(rows).astype("U8"))),
            "reject_probability": probability,
            "verdict": pa.array(["accept", "review", "reject"]).take(pa.array(np.digitize(probability, (0.3, 0.6)))),
            "seen_at": pa.array(days.astype(np.int32)).cast(pa.date32()),
            "template": generator.integers(0, 2**63, size=rows, dtype=np.uint64),
            "subsource": sections.take(pa.array(source * 3 + generator.integers(0, 3, size=rows))),
        }
    )
    del source, probability, days
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    wall = time.perf_counter()
    began = time.process_time()
    pages = read_pages(table, PARAMETERS)
    estimates = estimate_sources(pages, PARAMETERS)
    estimated = time.process_time()
    empty = {"at_start_of_day": {}, "current": {}, "overrides": {}}
    judged = decide(estimates, pages, **empty, parameters=PARAMETERS, as_of=dt.date(2026, 1, 1))
    decided = time.process_time()
    alarms = drift(pages, PARAMETERS, dt.date(2025, 12, 20))
    drifted = time.process_time()
    again = estimate_sources(read_pages(table, PARAMETERS), PARAMETERS, standings=judged.standings)
    known = {"at_start_of_day": judged.standings, "current": judged.standings, "overrides": {}}
    second = decide(again, pages, **known, parameters=PARAMETERS, as_of=dt.date(2026, 1, 2))
    repeated = time.process_time()
    waited = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{sources:,} sources, {table.num_rows:,} pages ({table.nbytes / 2**30:.2f} GB of columns), processor time: "
        f"estimate {estimated - began:.1f} s, decide {decided - estimated:.1f} s ({len(judged.decisions):,} changes), drift "
        f"{drifted - decided:.1f} s ({len(alarms)} alarms); the next look {repeated - drifted:.1f} s "
        f"({len(second.decisions)} changes); all by the clock {waited:.1f} s; "
        f"peak {peak:.2f} GB, {before:.2f} GB before the gate"
    )


def main() -> None:
    """Run the measurements that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("simulate", "recover", "drift", "scale", "all"))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    if options.what in ("simulate", "all"):
        measure_simulation(options.seeds)
    if options.what in ("recover", "all"):
        measure_recovery()
    if options.what in ("drift", "all"):
        measure_drift()
    if options.what in ("scale", "all"):
        measure_scale()


if __name__ == "__main__":
    main()
