"""The flow `check`: may a pipeline of somebody else use these sources? Fails when it may not, so that it stops there.

It only reads the published warehouse. `quality gate SOURCE...` answers the same by its exit status, without Prefect.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.artifacts import SOURCES
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from flows.sources import known_name, people_say, people_were_asked, statuses_today
from warehouse.reader import Snapshot

Status = Literal["accepted", "probation", "rejected", "unknown"]


@flow(name="check", flow_run_name=run_name, on_completion=[keep_result])
def check(
    sources: list[str] | None = None,
    warehouse: str = "warehouse/quality.duckdb",
    stop_on: list[Status] = ["rejected", "unknown"],  # noqa: B006 - Prefect copies it, and shows it as the default
    sources_file: str | None = None,
) -> State[dict[str, str]]:
    """Look up the status of sources; complete when all may be used, fail when one may not.

    Args:
        sources: Registrable domains such as example.com, addresses of their pages, or file:FOLDER; all known ones if
            empty.
        warehouse: DuckDB file that people read.
        stop_on: Statuses that make the check fail.
        sources_file: What people decided about sources (TOML); sources.toml of the working folder if empty.
    """
    standing = look_up(sources, warehouse, sources_file)
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
def look_up(sources: list[str] | None, warehouse: str, sources_file: str | None = None) -> dict[str, str]:
    """Return the status of each source, as `quality gate` does; one that is not in the warehouse is unknown."""
    path = Path(sources_file) if sources_file else None
    lists = people_say(path) if people_were_asked(path) else None
    with Snapshot(warehouse) as snapshot:
        known = statuses_today(snapshot, lists)
    return known if not sources else {source: known.get(known_name(source, known), "unknown") for source in sources}
