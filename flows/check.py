"""The flow `check`: may a pipeline of somebody else use these sources? Fails when it may not, so that it stops there.

It only reads the published warehouse. `quality gate SOURCE...` answers the same by its exit status, without Prefect.
"""

from __future__ import annotations

from typing import Literal

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.artifacts import SOURCES
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from warehouse.reader import Snapshot

Status = Literal["accepted", "probation", "rejected", "unknown"]


@flow(name="check", flow_run_name=run_name, on_completion=[keep_result])
def check(
    sources: list[str] | None = None,
    warehouse: str = "warehouse/quality.duckdb",
    stop_on: list[Status] = ["rejected", "unknown"],  # noqa: B006 - Prefect copies it, and shows it as the default
) -> State[dict[str, str]]:
    """Look up the status of sources; complete when all may be used, fail when one may not.

    Args:
        sources: Registrable domains such as example.com, or file:FOLDER; all known ones if empty.
        warehouse: DuckDB file that people read.
        stop_on: Statuses that make the check fail.
    """
    standing = look_up(sources, warehouse)
    create_table_artifact(
        [{"source": source, "status": status} for source, status in standing.items()] or [{"source": "none"}],
        key=SOURCES,
        description="Sources that were asked for",
    )
    refused = {source: status for source, status in standing.items() if status in stop_on}
    if refused:
        named = ", ".join(f"{source} is {status}" for source, status in refused.items())
        return Failed(message=f"{len(refused)} of {len(standing)} sources refused: {named}")
    return completed(f"{len(standing)} sources may be used", standing)


@task(name="look up", cache_policy=NO_CACHE)
def look_up(sources: list[str] | None, warehouse: str) -> dict[str, str]:
    """Return the status of each source; one that is not in the warehouse is unknown."""
    with Snapshot(warehouse) as snapshot:
        rows = snapshot.sql(_STATUS).to_pylist()
    known = {row["source"]: row["status"] for row in rows}
    return known if not sources else {source: known.get(source, "unknown") for source in sources}


_STATUS = "select source, status from sources order by source"
