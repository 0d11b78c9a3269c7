"""The flow `gate`: judge every source again on the pages that are stored, publish what changed, show where each stands.

It runs after each `score` and may run at any time: judging twice on the same day changes nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows import artifacts, events
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from flows.score import IO_RETRIES, IO_RETRY_SECONDS, WAIT_SECONDS, Seconds
from flows.sources import judge_sources, people_say
from quality.gate import Decision
from quality.policy import default_policy, load_policy
from warehouse.errors import NoWarehouse
from warehouse.reader import Snapshot
from warehouse.store import Warehouse

SHOWN_SOURCES = 200


@flow(name="gate", flow_run_name=run_name, on_completion=[keep_result])
def gate(
    warehouse: str = "warehouse/quality.duckdb",
    policy_file: str | None = None,
    sources_file: str | None = None,
    fail_on_watched: bool = False,
    wait_seconds: Seconds = WAIT_SECONDS,
) -> State[dict[str, int]]:
    """Judge all sources on their stored pages and publish the changes; the artifact shows each source's status.

    Args:
        warehouse: DuckDB file that people read.
        policy_file: Policy (TOML); the one of the package if empty.
        sources_file: What people decided about sources (TOML); sources.toml of the working folder if empty.
        fail_on_watched: Fail the run when a source that people watch is newly rejected; what was judged stays published.
        wait_seconds: How long to wait while another run writes to the warehouse.
    """
    run_id, changes = judge(warehouse, policy_file, sources_file, wait_seconds)
    changed = len(changes)
    counts = show(warehouse)
    events.announce_changes(changes, run_id=run_id, warehouse=Path(warehouse))
    events.announce_rejections(decided(warehouse, run_id), run_id=run_id, warehouse=Path(warehouse))
    said = ", ".join(f"{count:,} {status}" for status, count in counts.items()) or "no source yet"
    get_run_logger().info("%s; %s changed", said, changed)
    watched = [str(change["source"]) for change in changes if change["watched"] and change["to"] == "rejected"]
    if fail_on_watched and watched:
        return Failed(message=f"watched and rejected: {', '.join(watched)}; {said}")
    return completed(f"{said}; {changed:,} changed", counts)


@task(name="judge sources", cache_policy=NO_CACHE)
def judge(
    warehouse: str, policy_file: str | None, sources_file: str | None, wait_seconds: float
) -> tuple[str, list[dict[str, object]]]:
    """Judge all sources, record and publish the changes; returns the id of the decision and each change."""
    policy = load_policy(Path(policy_file)) if policy_file else default_policy()
    lists = people_say(Path(sources_file) if sources_file else None)
    now = dt.datetime.now(dt.UTC)
    run_id = f"gate-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    store = Warehouse(warehouse)
    if not store.exists():
        raise NoWarehouse(store.path)
    with store.lock(run_id, wait_seconds=wait_seconds):
        store.migrate()
        changes: tuple[Decision, ...] = judge_sources(store, policy, lists, run_id=run_id, as_of=now)
        store.publish()
    return run_id, [_change(decision) for decision in changes]


def _change(decision: Decision) -> dict[str, object]:
    standing = decision.standing
    return {
        "source": standing.source,
        "from": decision.previous,
        "to": standing.status,
        "watched": standing.watched,
        "reason": standing.why,
    }


@task(name="show", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def show(warehouse: str) -> dict[str, int]:
    """Show the sources as an artifact; returns how many have each status."""
    with Snapshot(warehouse) as snapshot:
        rows = snapshot.sql(_SOURCES, {"count": SHOWN_SOURCES}).to_pylist()
        counts = snapshot.sql(_COUNTS).to_pylist()
    artifacts.table(artifacts.SOURCES, rows, "Sources, the rejected ones first")
    return {row["status"]: row["sources"] for row in counts}


def decided(warehouse: str, run_id: str) -> list[dict[str, object]]:
    """Return the sources that a run of the gate rejected."""
    with Snapshot(warehouse) as snapshot:
        rows: list[dict[str, object]] = snapshot.sql(_REJECTED, {"run_id": run_id}).to_pylist()
    return rows


_SOURCES = """
select source, status, strftime(since, '%Y-%m-%d') as since, pages, rejected, round(estimated_rate, 3) as estimated_rate,
    round(reject_low, 3) as reject_low, round(reject_high, 3) as reject_high, reason
from sources order by status = 'rejected' desc, reject_low desc nulls last, pages desc, source limit $count
"""
_COUNTS = "select status, count(*) as sources from sources group by status order by status"
_REJECTED = """
select source, reason, pages, rejected, reject_rate, reject_low, reject_high
from gate_decisions where run_id = $run_id and to_status = 'rejected' order by pages desc, source
"""
