"""`quality run`: one run with a progress bar on a terminal, and a summary table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from flows.cli import fail
from flows.credentials import carries_credentials
from flows.engine.chunks import EngineError
from flows.inputs import FORMATS, Inputs, find_inputs
from flows.scoring import Counts, RunSummary, Settings, open_run
from flows.sources import people_say
from quality.source_lists import SourceListError
from warehouse.errors import WarehouseError
from warehouse.reader import Snapshot
from warehouse.terminal import plain

if TYPE_CHECKING:
    from quality.policy import Policy

WORST_SOURCES = 5
CAUSES = 5
"""Causes of failures that the summary names."""
INTERRUPTED = 130
"""What a shell reports of a command that was stopped with Ctrl-C."""


def run_command(
    inputs: list[str],
    *,
    warehouse: Path,
    policy: Policy,
    policy_file: Path | None,
    workers: int,
    engine: str,
    dask: str | None,
    sources: Path | None,
    include_rejected: bool,
    wait: float,
) -> None:
    """Run, print the summary; a wrong input is recorded, and ends the command only if no other is left."""
    console = Console(stderr=True)
    if os.environ.get("PREFECT_API_URL") and any(map(carries_credentials, inputs)):
        fail(
            "an input carries credentials, which everybody who sees the flow run could read. Give them to the worker as "
            "environment variables (FSSPEC_S3_KEY, FSSPEC_S3_SECRET …), or run without PREFECT_API_URL"
        )
    found = find_inputs(inputs)
    for failure in found.remarks:
        message = plain(f"{failure.origin}: {failure.error}")
        console.print(f"quality: {message}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    if not found.files:
        fail(f"nothing to read; INPUT is a file, folder, glob or fsspec URL of {' '.join(FORMATS)}")
    try:
        settings = Settings(
            warehouse=warehouse,
            policy=policy,
            workers=workers,
            engine=engine,
            dask_address=dask,
            lists=people_say(sources),
            include_rejected=include_rejected,
            wait_seconds=wait,
        )
        if os.environ.get("PREFECT_API_URL"):
            summary = _flow_run(inputs, settings, policy_file=policy_file, sources=sources)
        else:
            summary = _run(inputs, found, settings, console)
        print_summary(summary, warehouse)
    except (WarehouseError, SourceListError, EngineError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        interrupted()


def _flow_run(inputs: list[str], settings: Settings, *, policy_file: Path | None, sources: Path | None) -> RunSummary:
    """Run the flow `score` on the server that PREFECT_API_URL names."""
    from prefect.exceptions import PrefectException

    from flows.score import score

    try:
        summary = score(
            inputs=inputs,
            warehouse=str(settings.warehouse),
            policy_file=str(policy_file) if policy_file else None,
            sources_file=str(sources) if sources else None,
            workers=settings.workers,
            engine="dask" if settings.engine == "dask" else "local",
            dask_address=settings.dask_address,
            include_rejected=settings.include_rejected,
            wait_seconds=settings.wait_seconds,
        )
    except (PrefectException, RuntimeError, OSError) as error:
        fail(f"the flow run did not succeed: {error}; without PREFECT_API_URL the same run needs no server")
    assert isinstance(summary, RunSummary)
    return summary


def _run(inputs: list[str], found: Inputs, settings: Settings, console: Console) -> RunSummary:
    with open_run(inputs, settings) as scoring, progress_bar(console) as bar:
        task = bar.add_task("reading", total=None)

        def show(counts: Counts) -> None:
            bar.update(task, description=f"{counts.read:,} pages read, {counts.new:,} stored, {counts.failed:,} failed")

        scoring.assess(found, progress=show)
        bar.update(task, description="marking recurring lines")
        scoring.mark_recurring_lines()
        bar.update(task, description="judging sources")
        changed = scoring.judge_sources()
        bar.update(task, description="publishing")
        return scoring.publish(ignored_files=found.ignored, changed_sources=changed)


def progress_bar(console: Console) -> Progress:
    """Return a bar that shows on a terminal and writes nothing into a pipe."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def interrupted() -> NoReturn:
    """Say what becomes of a run that somebody stopped, and end as a shell expects it."""
    fail("interrupted; what was staged is taken over by the next run", status=INTERRUPTED)


def print_summary(summary: RunSummary, warehouse: Path) -> None:
    """Print what the run did and where to look next."""
    snapshot = Snapshot(warehouse)
    counts = summary.counts
    out = Console()
    out.print(f"run {summary.run_id}", style="bold", highlight=False)
    table = Table(show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    rate = f"{counts.judged / summary.seconds:,.1f}" if counts.judged and summary.seconds else ""
    for name, value in (
        ("inputs", f"{counts.inputs:,}"),
        ("pages", f"{counts.pages:,}"),
        ("new", f"{counts.new:,}"),
        ("judged again", f"{counts.updated:,}" if counts.updated else ""),
        ("unchanged", f"{counts.unchanged:,}"),
        ("failed", f"{counts.failed:,}"),
        ("seconds", f"{summary.seconds:,.1f}"),
        ("judged/s", rate),
    ):
        if value:
            table.add_row(name, value)
    if counts.gated:
        table.add_row("pages of rejected sources passed over", f"{counts.gated.total():,}")
    if summary.not_rescorable:
        table.add_row("not judged again: stored articles are gone, run the inputs", f"{summary.not_rescorable:,}")
    if counts.left_alone:
        table.add_row("records of archives left alone", f"{counts.left_alone.total():,}")
    if summary.ignored_files:
        table.add_row("files left alone", f"{summary.ignored_files:,}")
    out.print(table)
    _print_verdicts(out, snapshot, summary.run_id)
    _print_sources(out, snapshot)
    _print_failures(out, snapshot, summary.run_id)
    out.print(
        f'next: quality sql "select * from articles limit 5" --warehouse {warehouse}',
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


_VERDICTS = """
select verdict, count(*) as pages, avg(reject_probability) as mean_probability
from articles where run_id = $run_id group by verdict order by verdict
"""
_SOURCES = """
select source, pages, rejected, estimated_rate, reject_low, reject_high, status
from sources where pages > 0 and (rejected > 0 or status = 'rejected') order by reject_low desc, estimated_rate desc, source limit $count
"""
_FAILURES = """
select stage, error, count(*) as pages from failures where run_id = $run_id
group by stage, error order by pages desc, error limit $count
"""


def _print_verdicts(out: Console, snapshot: Snapshot, run_id: str) -> None:
    rows = snapshot.sql(_VERDICTS, {"run_id": run_id}).to_pylist()
    if not rows:
        return
    table = Table("verdict", "pages", "mean reject probability", title="verdicts of this run", title_justify="left")
    for row in rows:
        mean = row["mean_probability"]
        table.add_row(row["verdict"], f"{row['pages']:,}", "" if mean is None else f"{mean:.2f}")
    out.print(table)


def _print_sources(out: Console, snapshot: Snapshot) -> None:
    rows = snapshot.sql(_SOURCES, {"count": WORST_SOURCES}).to_pylist()
    if not rows:
        return
    table = Table(
        Column("source", overflow="fold"),
        "pages",
        "rejected",
        "estimated rate",
        "interval",
        "status",
        title="worst sources",
        title_justify="left",
    )
    for row in rows:
        interval = "" if row["reject_low"] is None else f"{row['reject_low']:.2f}–{row['reject_high']:.2f}"
        rate = "" if row["estimated_rate"] is None else f"{row['estimated_rate']:.2f}"
        source = Text(plain(row["source"]))
        table.add_row(source, f"{row['pages']:,}", f"{row['rejected']:,}", rate, interval, row["status"])
    out.print(table)


def _print_failures(out: Console, snapshot: Snapshot, run_id: str) -> None:
    rows = snapshot.sql(_FAILURES, {"run_id": run_id, "count": CAUSES + 1}).to_pylist()
    if not rows:
        return
    table = Table("stage", "error", "pages", title="failures", title_justify="left")
    for row in rows[:CAUSES]:
        table.add_row(row["stage"], Text(plain(row["error"][:100])), f"{row['pages']:,}")
    out.print(table)
    if len(rows) > CAUSES:
        out.print("and more: quality sql @failure_causes", highlight=False, soft_wrap=True)
