"""The flow `report`: the static report of the warehouse, and a link to it among the artifacts."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows import artifacts
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from flows.report.build import build_report
from flows.score import IO_RETRIES, IO_RETRY_SECONDS


@flow(name="report", flow_run_name=run_name, on_completion=[keep_result])
def report(
    warehouse: str = "warehouse/quality.duckdb", output: str = "report", base_url: str | None = None
) -> State[str]:
    """Write the report of the published warehouse; readers see the old one until the new one is whole.

    Args:
        warehouse: DuckDB file that people read.
        output: Folder of the report; it is replaced as a whole.
        base_url: Where a web server shows that folder; the link is to the file if empty.
    """
    index = build(warehouse, output)
    link = artifacts.link_report(Path(index), base_url)
    return completed(f"report written to {index}", link)


@task(name="build report", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def build(warehouse: str, output: str) -> str:
    """Build the report and return the path of its first page."""
    return str(build_report(Path(warehouse), Path(output)))
