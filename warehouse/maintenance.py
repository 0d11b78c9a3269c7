"""Keep the warehouse small: remove what is past its time, rewrite the file without its holes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from warehouse.connection import Connection, transaction
from warehouse.migrate import statement
from warehouse.publishing import UNFINISHED
from warehouse.records import PruneCounts, Retention


def prune(connection: Connection, retention: Retention, *, now: datetime) -> PruneCounts:
    """Remove rows older than the retention allows. `now`: UTC without a zone."""
    with transaction(connection):
        past = _remove(connection, "prune_past_assessments", retention.past_assessments, now)
        failures = _remove(connection, "prune_failures", retention.failures, now)
        statistics = _remove(connection, "prune_run_signals", retention.signal_statistics, now)
        statistics += _remove(connection, "prune_run_signal_bins", retention.signal_statistics, now)
    return PruneCounts(
        past_assessments=past,
        failures=failures,
        signal_statistics=statistics,
        articles_for_rescore=_remove(connection, "prune_articles", retention.articles_for_rescore, now),
    )


def _remove(connection: Connection, name: str, days: int | None, now: datetime) -> int:
    if days is None:
        return 0
    return int(connection.execute(statement(name), {"before": now - timedelta(days=days)}).fetchall()[0][0])


def compact(connection: Connection, database: Literal["writer", "stored"], work: Path) -> Path:
    """Write the tables of an open database to a new file in `work` and return its path."""
    target = work / f"{database}.compact{UNFINISHED}"
    target.unlink(missing_ok=True)
    connection.execute("attach $path as compact", {"path": str(target)})
    try:
        connection.execute(statement(f"copy_{database}"))
        connection.execute("checkpoint compact")
    finally:
        connection.execute("detach compact")
    return target
