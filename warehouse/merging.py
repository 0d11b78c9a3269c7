"""Merge staged parts into the warehouse, all of them or nothing.

First each page of the parts is compared by its key alone: is it new, was it judged under another policy, is it known?
Then only what changes is read in full and written, together with its signals and failures, in one transaction. A part
may be merged any number of times, in any order, after any crash: what is there already is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Connection, ConstraintError, transaction
from warehouse.errors import PartUnreadable, WarehouseError
from warehouse.migrate import statement
from warehouse.records import MergeCounts
from warehouse.schema import PART_SCHEMA
from warehouse.signal_columns import add_signals, signal_table


def merge(connection: Connection, paths: Sequence[Path], *, run_id: str, left_over: bool) -> MergeCounts:
    """Merge parts in one transaction and add what they did to the run's counts.

    `left_over`: the parts are those of a run that was killed; what was judged later stays.

    Raises PartUnreadable for a part that is not one, WarehouseError when a page would stand twice; nothing is changed
    then.
    """
    for path in paths:
        check_part(path)
    if not paths:
        return MergeCounts()
    connection.execute("set variable part_paths = $paths", {"paths": [str(p) for p in paths]})
    connection.execute("set variable left_over = $left_over", {"left_over": left_over})
    connection.execute(statement("merge_incoming"))
    actions = dict(connection.execute(statement("merge_counts")).fetchall())
    connection.execute(statement("merge_stored"))
    try:
        with transaction(connection):
            if actions.keys() - {"unchanged", "merged before", "kept", "failed before"}:
                _write(connection, paths)
            connection.execute(statement("count_run"), {"run_id": run_id, **_counted(actions)})
    except ConstraintError as error:
        raise PartUnreadable(
            f"a row of {', '.join(str(p) for p in paths)} lacks what every page must have: {error}. Nothing was merged."
        ) from error
    return MergeCounts(
        new=actions.get("new", 0),
        updated=actions.get("updated", 0),
        unchanged=actions.get("unchanged", 0) + actions.get("merged before", 0),
        failed=actions.get("failed", 0) + actions.get("kept", 0) + actions.get("failed before", 0),
    )


def _counted(actions: dict[str, int]) -> dict[str, int]:
    """Return what a run's own counts grow by: without what this run had merged before."""
    return {
        "new": actions.get("new", 0),
        "updated": actions.get("updated", 0),
        "unchanged": actions.get("unchanged", 0),
        "failed": actions.get("failed", 0) + actions.get("kept", 0),
    }


def _write(connection: Connection, paths: Sequence[Path]) -> None:
    connection.execute(statement("merge_past"))
    connection.execute(statement("merge_articles"))
    connection.execute(statement("forget_signals"))
    for path in paths:
        signals = signal_table(path)
        add_signals(connection, signals.column_names[2:])
        connection.register("part_signals", signals)
        try:
            connection.execute(statement("merge_signals"), {"filename": str(path)})
        finally:
            connection.unregister("part_signals")
    connection.execute(statement("forget_failures"))
    connection.execute(statement("merge_failures"))
    doubles = connection.execute(statement("merge_doubles")).fetchall()
    if doubles:
        raise WarehouseError(f"page {doubles[0][0]} would stand twice in the warehouse; nothing was merged")


def check_part(path: Path) -> None:
    """Raise PartUnreadable unless the file is a Parquet part with the columns of PART_SCHEMA."""
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise PartUnreadable(f"{path} is no readable part: {error}. Its pages are judged again.") from error
    found, wanted = set(schema.names), set(PART_SCHEMA.names)
    if found != wanted:
        missing, extra = sorted(wanted - found), sorted(found - wanted)
        raise PartUnreadable(
            f"{path} was written by another version of quality (missing columns: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(extra) or 'none'}). Its pages are judged again."
        )
