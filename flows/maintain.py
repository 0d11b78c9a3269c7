"""The flow `maintain`: forget what is past its time, rewrite the file without holes, publish, refresh the Parquet lake.

Nothing that people judge by is lost: articles and their latest assessments stay whatever the retention says. Each step
can be repeated, so a run that was killed is simply run again.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from pydantic import Field

from flows import artifacts
from flows.completion import completed, keep_result
from flows.logical_dates import run_name
from flows.score import IO_RETRIES, IO_RETRY_SECONDS, WAIT_SECONDS, Seconds
from warehouse.errors import NoWarehouse
from warehouse.records import PruneCounts, Retention
from warehouse.store import Warehouse

MAINTENANCE = "quality-maintenance"
Days = Annotated[int, Field(ge=0)]


@flow(name="maintain", flow_run_name=run_name, on_completion=[keep_result])
def maintain(
    warehouse: str = "warehouse/quality.duckdb",
    keep_past_assessments_days: Days | None = 365,
    keep_failures_days: Days | None = 180,
    keep_statistics_days: Days | None = 730,
    keep_rescorable_days: Days | None = None,
    write_parquet: bool = True,
    wait_seconds: Seconds = WAIT_SECONDS,
) -> State[dict[str, int]]:
    """Prune by retention, compact the database, publish it, and bring the Parquet lake up to date.

    Args:
        warehouse: DuckDB file that people read.
        keep_past_assessments_days: Days that an earlier assessment of a page is kept after a later one took its place; for
            ever if empty.
        keep_failures_days: Days that failures are kept; for ever if empty.
        keep_statistics_days: Days that the distributions of signals of each run are kept; for ever if empty.
        keep_rescorable_days: Days after which a page can no longer be judged again without its input (its text and
            assessment stay); never if empty.
        write_parquet: Also write the runs that the Parquet lake lacks or has otherwise, one file a run, and drop the files
            of runs that have no page left.
        wait_seconds: How long to wait while another run writes to the warehouse.
    """
    retention = Retention(
        past_assessments=keep_past_assessments_days,
        failures=keep_failures_days,
        signal_statistics=keep_statistics_days,
        articles_for_rescore=keep_rescorable_days,
    )
    pruned = prune(warehouse, retention, wait_seconds)
    before, after = vacuum(warehouse, wait_seconds)
    runs = write_lake(warehouse, wait_seconds) if write_parquet else 0
    done = {
        "past assessments removed": pruned.past_assessments,
        "failures removed": pruned.failures,
        "signal statistics removed": pruned.signal_statistics,
        "pages no longer rescorable": pruned.articles_for_rescore,
        "bytes before": before,
        "bytes after": after,
        "runs written as Parquet": runs,
    }
    artifacts.table(MAINTENANCE, ({"what": key, "value": value} for key, value in done.items()), warehouse)
    get_run_logger().info("%s bytes, from %s", f"{after:,}", f"{before:,}")
    return completed(f"{before:,} bytes became {after:,}; {runs:,} runs written as Parquet", done)


@task(name="prune", cache_policy=NO_CACHE)
def prune(warehouse: str, retention: Retention, wait_seconds: float) -> PruneCounts:
    """Remove what is older than the retention allows."""
    with _writing(warehouse, wait_seconds) as store:
        return store.prune(retention, now=dt.datetime.now(dt.UTC))


@task(name="vacuum and publish", cache_policy=NO_CACHE)
def vacuum(warehouse: str, wait_seconds: float) -> tuple[int, int]:
    """Rewrite the database without its holes and publish it; returns its bytes before and after."""
    with _writing(warehouse, wait_seconds) as store:
        sizes = store.vacuum()
        store.publish()
    return sizes


@task(name="write Parquet", cache_policy=NO_CACHE, retries=IO_RETRIES, retry_delay_seconds=IO_RETRY_SECONDS)
def write_lake(warehouse: str, wait_seconds: float) -> int:
    """Write the runs that the lake lacks or has otherwise; returns how many."""
    with _writing(warehouse, wait_seconds) as store:
        return store.refresh_lake()


@contextmanager
def _writing(warehouse: str, wait_seconds: float) -> Iterator[Warehouse]:
    store = Warehouse(warehouse)
    if not store.exists():
        raise NoWarehouse(store.path)
    with store.lock(f"maintain-{secrets.token_hex(3)}", wait_seconds=wait_seconds):
        store.migrate()
        yield store
