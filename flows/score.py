"""The flow `score`: read the inputs, assess and store their pages, judge their sources, publish, say what was found.

The stages are those of `flows.scoring`; Prefect adds states, retries where a network may fail, artifacts and events. A
page is known by its content, so a run that is late, repeated or started again after a crash does what is left to do and
nothing twice. Tasks are stages, never pages, and pass paths and counts.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import task_run
from pydantic import Field

from flows import artifacts, events
from flows.completion import completed, keep_result
from flows.credentials import carries_credentials
from flows.inputs import Inputs, find_inputs
from flows.logical_dates import dated, moment_of, run_name
from flows.outcome import degradations, read_outcome
from flows.scoring import Counts, RunSummary, ScoreRun, Settings, open_run
from flows.sources import people_say
from quality.policy import Policy, default_policy, load_policy

IO_RETRIES = 2
IO_RETRY_SECONDS = 10.0
"""A store that answers late answers within half a minute, or it is an outage that a retry does not bridge."""
WAIT_SECONDS = 600.0
"""How long a scheduled run waits for another one that writes: gate and maintain take seconds to minutes."""
Workers = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0)]


class SecretInInput(ValueError):
    """An input carries credentials, which flow parameters and logs would show to everybody."""


class InputMissing(ValueError):
    """None of the inputs exists: a wrong path, not a night without pages."""


@flow(name="score", flow_run_name=run_name, on_completion=[keep_result])
def score(
    inputs: list[str],
    warehouse: str = "warehouse/quality.duckdb",
    policy_file: str | None = None,
    sources_file: str | None = None,
    workers: Workers | None = None,
    engine: Literal["local", "dask"] = "local",
    dask_address: str | None = None,
    logical_date: dt.datetime | None = None,
    canary: str | None = None,
    include_rejected: bool = False,
    wait_seconds: Seconds = WAIT_SECONDS,
) -> State[RunSummary]:
    """Judge the new pages of the inputs and their sources; store and publish the result.

    Pages that are stored under the same policy and models are passed over, by content. Without any new page the run
    says so and completes. Bad pages are rows of `failures`; a wrong path or policy fails the run.

    Args:
        inputs: Files, folders, globs or fsspec URLs. {date} and {hour} are those of the logical date. No credentials:
            they come from the worker's environment.
        warehouse: DuckDB file that people read.
        policy_file: Policy (TOML); the one of the package if empty.
        sources_file: What people decided about sources (TOML); sources.toml of the working folder if empty.
        workers: Worker processes; all cores if empty.
        engine: Where pages are assessed: local processes or a Dask cluster.
        dask_address: Scheduler of a running Dask cluster; a local one is started if empty.
        logical_date: Time that the run stands for (UTC); the scheduled one if empty.
        canary: HTML page that must be rejected; the run counts as degraded when it is not.
        include_rejected: Assess all pages of rejected sources, not only a sample.
        wait_seconds: How long to wait while another run writes to the warehouse.
    """
    log = get_run_logger()
    policy = load_policy(Path(policy_file)) if policy_file else default_policy()
    settings = Settings(
        warehouse=Path(warehouse),
        policy=policy,
        workers=workers or os.cpu_count() or 1,
        engine="dask" if dask_address else engine,
        dask_address=dask_address,
        lists=people_say(Path(sources_file) if sources_file else None),
        include_rejected=include_rejected,
        wait_seconds=wait_seconds,
    )
    named = dated(inputs, moment_of(logical_date))
    _refuse_secrets(named)
    found = locate(named)
    for failure in found.remarks:
        log.warning("%s: %s", failure.origin, failure.error)
    if not found.files:
        return _nothing_there(named, found)

    with open_run(named, settings) as run:
        stages = _Stages(run, found)
        assess_and_store(stages)
        mark_recurring(stages)
        changed = judge_sources(stages)
        summary = publish(stages, changed)
    complaints = () if canary is None else try_canary(canary, policy)
    announce(summary.run_id, str(settings.warehouse), summary.seconds, complaints)
    return completed(_said(summary), summary)


class _Stages:
    """What the tasks of a run share. A plain class: Prefect would walk through every path of a dataclass or a list."""

    def __init__(self, run: ScoreRun, found: Inputs) -> None:
        self.run = run
        self.found = found


@task(name="find inputs", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def locate(inputs: list[str]) -> Inputs:
    """Resolve the inputs to files; a remote one that cannot be reached is tried again before it counts as failed."""
    found = find_inputs(inputs)
    unreached = [failure for failure in found.failures if "://" in failure.origin]
    if unreached and (task_run.run_count or 1) <= IO_RETRIES:
        raise ConnectionError(f"{unreached[0].origin}: {unreached[0].error}")
    return found


@task(name="assess and store", cache_policy=NO_CACHE)
def assess_and_store(stages: _Stages) -> int:
    """Assess all new pages in worker processes and merge them into the warehouse; returns the pages read."""
    bar = artifacts.Progress(sum(file.size for file in stages.found.files))

    def show(counts: Counts) -> None:
        bar.update(counts.bytes_done, _so_far(counts))

    counts = stages.run.assess(stages.found, progress=show)
    bar.finish(_so_far(counts))
    get_run_logger().info(_so_far(counts))
    if counts.left_alone:
        most = ", ".join(f"{count:,} {why}" for why, count in counts.left_alone.most_common(5))
        get_run_logger().info(f"{counts.left_alone.total():,} records of archives are no pages: {most}")
    return counts.read


@task(name="mark recurring lines", cache_policy=NO_CACHE)
def mark_recurring(stages: _Stages) -> int:
    """Cut the lines that come back on a source's pages from their clean texts; returns how many pages changed."""
    return stages.run.mark_recurring_lines()


@task(name="judge sources", cache_policy=NO_CACHE)
def judge_sources(stages: _Stages) -> int:
    """Judge every source on its pages; returns how many changed their status."""
    return stages.run.judge_sources()


@task(name="publish", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def publish(stages: _Stages, changed: int) -> RunSummary:
    """Close the run's record and put the new snapshot where people read it."""
    return stages.run.publish(ignored_files=stages.found.ignored, changed_sources=changed)


@task(name="try canary", cache_policy=NO_CACHE)
def try_canary(path: str, policy: Policy) -> tuple[str, ...]:
    """Assess a page that must be rejected; returns a complaint when it is not, or cannot be read."""
    from quality.pipeline import assess

    try:
        page = Path(path).read_bytes()
    except OSError as error:
        return (f"the canary {path} cannot be read: {error.strerror or error}",)
    assessment = assess(page, content_type="text/html; charset=utf-8", policy=policy)
    if assessment.verdict == "reject":
        return ()
    return (f"the canary {path} was not rejected but got {assessment.verdict}: policy and models do not work together",)


@task(name="announce", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def announce(run_id: str, warehouse: str, seconds: float, complaints: Sequence[str]) -> None:
    """Show what a run found as artifacts and emit its events."""
    outcome = read_outcome(warehouse, run_id)
    found = (*complaints, *degradations(outcome))
    for complaint in found:
        get_run_logger().warning(complaint)
    artifacts.show_run(outcome, complaints=found, seconds=seconds)
    events.announce_run(outcome, warehouse=Path(warehouse), complaints=found)


def _nothing_there(inputs: Sequence[str], found: Inputs) -> State[Any]:
    if found.failures:
        raise InputMissing("; ".join(f"{failure.origin}: {failure.error}" for failure in found.failures))
    return completed(f"no new input: {', '.join(inputs)} holds no file to read")


def _refuse_secrets(inputs: Sequence[str]) -> None:
    for number, given in enumerate(inputs, start=1):
        if carries_credentials(given):
            raise SecretInInput(
                f"input {number} carries credentials, which everybody who sees this run can read. Give them to the "
                "worker as environment variables (FSSPEC_S3_KEY, FSSPEC_S3_SECRET …), and change them: they were shown."
            )


def _so_far(counts: Counts) -> str:
    return (
        f"{counts.read:,} pages read: {counts.new + counts.updated:,} stored, {counts.unchanged:,} known, "
        f"{counts.failed:,} failed" + (f", {counts.gated.total():,} of rejected sources" if counts.gated else "")
    )


def _said(summary: RunSummary) -> str:
    counts = summary.counts
    if not counts.new and not counts.updated and not counts.failed and not counts.gated:
        return f"no new input: all {counts.read:,} pages are stored already (run {summary.run_id})"
    return f"{_so_far(counts)}, {summary.changed_sources:,} sources changed (run {summary.run_id})"
