"""`quality bench`: what each stage costs on these pages."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from itertools import groupby

import typer
from rich.console import Console
from rich.table import Table

from flows.bench import STAGES, Timing, bench
from flows.cli import fail
from flows.inputs import FORMATS, find_inputs
from quality.policy import Policy
from warehouse.terminal import plain


def bench_command(inputs: Sequence[str], *, pages: int, format: str, policy: Policy) -> None:
    """Time the pages and print; 2 if there is nothing to read."""
    if format not in ("table", "json"):
        fail(f"--format {format}: expected table or json")
    found = find_inputs(list(inputs)) if inputs else None
    for failure in found.remarks if found else ():
        typer.echo(plain(f"quality: {failure.origin}: {failure.error}"), err=True)
    if found is not None and not found.files:
        fail(f"nothing to read; INPUT is a file, folder, glob or fsspec URL of {' '.join(FORMATS)}")
    timing = bench(found.files if found else (), policy=policy, pages=pages)
    if not timing.pages:
        fail("no page in the inputs")
    if format == "json":
        typer.echo(json.dumps(as_json(timing), indent=2))
    else:
        print_timing(timing, Console(), made=not inputs)


def as_json(timing: Timing) -> dict[str, object]:
    """Return the figures by name; times in milliseconds a page."""
    return {
        "pages": timing.pages,
        "failed": timing.failed,
        "bytes": timing.bytes,
        "seconds": round(timing.seconds, 3),
        "pages_per_second": round(timing.pages / timing.seconds, 2),
        "cpu_ms_per_page": round(1000 * timing.cpu_seconds / timing.pages, 3),
        "start_seconds": round(timing.start_seconds, 3),
        "peak_megabytes": round(timing.peak_megabytes, 1),
        "stages": [
            {
                "stage": stage,
                "group": STAGES[stage],
                "cpu_ms_per_page": round(1000 * seconds / timing.pages, 4),
                "share": round(seconds / timing.cpu_seconds, 4),
            }
            for stage, seconds in timing.stages.items()
        ],
        "slowest": [dataclasses.asdict(slow) for slow in timing.slowest],
    }


def print_timing(timing: Timing, out: Console, *, made: bool) -> None:
    """Print the table of stages and what stands beside it. `made`: the pages were made up here."""
    what = "pages that were made for this" if made else "pages"
    out.print(
        f"{timing.pages:,} {what}, {timing.bytes / 1e6:,.1f} MB, {timing.failed:,} failed: "
        f"{timing.pages / timing.seconds:,.1f} pages/s in one process",
        highlight=False,
    )
    table = Table("stage", "CPU ms a page", "share", highlight=False)
    for name in ("CPU ms a page", "share"):
        next(column for column in table.columns if column.header == name).justify = "right"

    def row(name: str, seconds: float, style: str | None = None) -> None:
        table.add_row(
            name, f"{1000 * seconds / timing.pages:,.2f}", f"{100 * seconds / timing.cpu_seconds:.1f} %", style=style
        )

    for group, stages in groupby(timing.stages, key=lambda stage: STAGES[stage]):
        names = list(stages)
        if len(names) > 1:
            for stage in names:
                row(f"  {stage}", timing.stages[stage])
        row(group, sum(timing.stages[stage] for stage in names), "bold")
        table.add_section()
    row("all", timing.cpu_seconds, "bold")
    out.print(table)
    out.print(f"start {timing.start_seconds:.1f} s, peak memory {timing.peak_megabytes:,.0f} MB", highlight=False)
    for slow in timing.slowest:
        out.print(
            plain(f"slow: {1000 * slow.seconds:,.0f} ms {slow.origin}"), markup=False, highlight=False, soft_wrap=True
        )
