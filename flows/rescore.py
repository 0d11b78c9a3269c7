"""The flow `rescore`: today's policy and models on what is stored, without reading the inputs again."""

from __future__ import annotations

import os
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from flows import rescoring
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from flows.score import Workers, announce
from flows.scoring import RunSummary
from flows.sources import people_say
from quality.policy import default_policy, load_policy
from warehouse.errors import WarehouseLocked

LOCKED_RETRIES = 20
LOCKED_SECONDS = 30.0
"""Ten minutes for another run to finish writing."""


@flow(name="rescore", flow_run_name=run_name, on_completion=[keep_result])
def rescore(
    warehouse: str = "warehouse/quality.duckdb",
    policy_file: str | None = None,
    sources_file: str | None = None,
    workers: Workers | None = None,
) -> State[RunSummary]:
    """Judge every stored page that was not judged under today's policy and models; then judge the sources.

    Started again after a crash, it does what is left.

    Args:
        warehouse: DuckDB file that people read.
        policy_file: Policy (TOML); the one of the package if empty.
        sources_file: What people decided about sources (TOML); sources.toml of the working folder if empty.
        workers: Worker processes; all cores if empty.
    """
    summary = judge_again(warehouse, policy_file, sources_file, workers or os.cpu_count() or 1)
    announce(summary.run_id, warehouse, summary.seconds, ())
    counts = summary.counts
    left = f", {summary.not_rescorable:,} cannot be without their inputs" if summary.not_rescorable else ""
    if not counts.read and not left:
        return completed("nothing to judge again: all pages have today's policy and models", summary)
    said = f"{counts.read:,} pages judged again{left}, {summary.changed_sources:,} sources changed"
    return completed(f"{said} (run {summary.run_id})", summary)


def _is_locked(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    return isinstance(state.result(raise_on_failure=False), WarehouseLocked)


@task(
    name="judge again",
    cache_policy=NO_CACHE,
    retries=LOCKED_RETRIES,
    retry_delay_seconds=LOCKED_SECONDS,
    retry_condition_fn=_is_locked,
)
def judge_again(warehouse: str, policy_file: str | None, sources_file: str | None, workers: int) -> RunSummary:
    """Judge the stored pages again; waits its turn when another run writes."""
    policy = load_policy(Path(policy_file)) if policy_file else default_policy()
    lists = people_say(Path(sources_file) if sources_file else None)
    return rescoring.rescore(Path(warehouse), policy, workers=workers, lists=lists)
