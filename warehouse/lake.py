"""The warehouse as plain Parquet files, for engines other than DuckDB.

`articles/run_date=YYYY-MM-DD/RUN.parquet` has the pages whose latest assessment that run made; `failures`, `runs`,
`sources` and `gate_decisions` are one file each. Every file is written under a hidden name and renamed, so a glob never
meets half a file. A page that is judged again moves to the file of the later run: the later file is written first, so
for a moment it can be seen twice, never missing. Each file of articles keeps in its footer a fingerprint of the rows that
it was written from: rows of older runs change when lines recur, pages are judged again, or a killed run is taken over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Connection, fetch, stream
from warehouse.migrate import statement

ROWS_A_GROUP = 8192
"""Rows of a row group: text of some 30 MB, so that readers and this writer stay small."""
SMALL_TABLES = ("failures", "runs", "sources", "gate_decisions")
_CONTENT = b"quality.content"
_UNFINISHED = ".unfinished"


def refresh(connection: Connection, folder: Path) -> int:
    """Write the files of runs whose pages changed since, remove those of runs without pages, refresh the small tables.

    Returns the number of runs that were written. Idempotent, and right after a kill at any moment: what a file holds is
    noted in the file itself.
    """
    _remove(folder.rglob(f".*{_UNFINISHED}"))
    there = {path: _content(path) for path in folder.glob("articles/*/*.parquet")}
    columns = ",".join(fetch(connection, statement("lake_articles"), {"run_id": ""}).column_names)
    wanted: set[Path] = set()
    written = 0
    for run_id, date, content in connection.execute(statement("lake_content")).fetchall():
        path = folder / "articles" / f"run_date={date}" / f"{run_id}.parquet"
        content = f"{content}-{hashlib.sha256(columns.encode()).hexdigest()[:16]}"
        wanted.add(path)
        if there.get(path) != content:
            reader = stream(connection, statement("lake_articles"), {"run_id": run_id}, rows=ROWS_A_GROUP)
            _write(reader, path, content)
            written += 1
    _remove(there.keys() - wanted)
    for name in SMALL_TABLES:
        _write(stream(connection, statement(f"lake_{name}"), None, rows=ROWS_A_GROUP), folder / f"{name}.parquet")
    return written


def _content(path: Path) -> str | None:
    """Return what a file was written from; None if it does not say or cannot be read."""
    try:
        found = (pq.read_metadata(path).metadata or {}).get(_CONTENT)
    except (OSError, pa.ArrowException):
        return None
    return None if found is None else str(found, "ascii")


def _remove(paths: Iterable[Path]) -> None:
    """Delete files, and the folder of a date that holds no more."""
    for path in list(paths):
        path.unlink(missing_ok=True)
        if path.parent.name.startswith("run_date=") and not any(path.parent.iterdir()):
            path.parent.rmdir()


def _write(reader: pa.RecordBatchReader, path: Path, content: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}{_UNFINISHED}")
    with pq.ParquetWriter(unfinished, reader.schema, compression="zstd") as writer:
        if content is not None:
            writer.add_key_value_metadata({_CONTENT: content})
        for batch in reader:
            writer.write_batch(batch)
    unfinished.replace(path)
