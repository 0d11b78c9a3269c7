"""Keep the warehouse small: remove what is past its time, rewrite the file without its holes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from warehouse.connection import Connection, transaction
from warehouse.migrate import statement
from warehouse.publishing import UNFINISHED
from warehouse.records import PruneCounts, Retention


def prune(connection: Connection, retention: Retention, *, now: datetime) -> PruneCounts:
    """Remove rows older than the retention allows, in one transaction. `now`: UTC without a zone."""
    with transaction(connection):
        return PruneCounts(
            past_assessments=_remove(connection, "prune_past_assessments", retention.past_assessments, now),
            failures=_remove(connection, "prune_failures", retention.failures, now),
            signal_statistics=_remove(connection, "prune_run_signals", retention.signal_statistics, now)
            + _remove(connection, "prune_run_signal_bins", retention.signal_statistics, now),
            articles_for_rescore=_remove(connection, "prune_articles", retention.articles_for_rescore, now),
        )


def _remove(connection: Connection, name: str, days: int | None, now: datetime) -> int:
    if days is None:
        return 0
    return int(connection.execute(statement(name), {"before": now - timedelta(days=days)}).fetchall()[0][0])


def compact(connection: Connection, work: Path) -> Path:
    """Write the tables of the open database to a new file in `work` and return its path."""
    target = work / f"compact.duckdb{UNFINISHED}"
    target.unlink(missing_ok=True)
    connection.execute("attach $path as compact", {"path": str(target.resolve())})
    try:
        connection.execute(statement("copy_database"))
        connection.execute("checkpoint compact")
    finally:
        connection.execute("detach compact")
    return target
