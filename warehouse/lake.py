"""The warehouse as plain Parquet files, for engines other than DuckDB.

`articles/run_date=YYYY-MM-DD/RUN.parquet` has the pages whose latest assessment that run made; `failures`, `runs`,
`sources` and `gate_decisions` are one file each. Every file is written under a hidden name and renamed, so a glob never
meets half a file. A page that is judged again moves to the file of the later run: the later file is written first, so
for a moment it can be seen twice, never missing.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Connection, stream
from warehouse.migrate import statement

ROWS_A_GROUP = 8192
"""Rows of a row group: text of some 30 MB, so that readers and this writer stay small."""
SMALL_TABLES = ("failures", "runs", "sources", "gate_decisions")


def export(connection: Connection, folder: Path, *, run_id: str) -> int:
    """Write the run's pages, rewrite the files of runs that lost pages to it, refresh the small tables.

    Returns the number of pages that the run judged. Idempotent.
    """
    pages = _export_run(connection, folder, run_id)
    for (loser,) in connection.execute(statement("lake_losers"), {"run_id": run_id}).fetchall():
        _export_run(connection, folder, loser)
    for name in SMALL_TABLES:
        _write(stream(connection, statement(f"lake_{name}"), None, rows=ROWS_A_GROUP), folder / f"{name}.parquet")
    return pages


def _export_run(connection: Connection, folder: Path, run_id: str) -> int:
    dates = connection.execute(statement("lake_run_date"), {"run_id": run_id}).fetchall()
    if not dates:
        return 0
    path = folder / "articles" / f"run_date={dates[0][0]}" / f"{run_id}.parquet"
    reader = stream(connection, statement("lake_articles"), {"run_id": run_id}, rows=ROWS_A_GROUP)
    pages = _write(reader, path)
    if not pages:
        path.unlink(missing_ok=True)
    return pages


def _write(reader: pa.RecordBatchReader, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    rows = 0
    with pq.ParquetWriter(unfinished, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    unfinished.replace(path)
    return rows
