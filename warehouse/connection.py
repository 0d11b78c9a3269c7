"""The one place where DuckDB is opened.

A writer may read and write files below the folders it is given and nothing else; a reader may touch no file but the
database. Both refuse any later change of these settings, so SQL that reaches them cannot widen its own rights. Times
are UTC whatever the machine's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error
DiskError = (duckdb.IOException, duckdb.TransactionException, duckdb.OutOfMemoryException, duckdb.FatalException)
"""What DuckDB raises when a disk is full or fails; a commit that cannot be written is a TransactionException."""
ConstraintError = duckdb.ConstraintException


def open_writer(path: Path, *, stored: Path, folders: Sequence[Path]) -> Connection:
    """Open a database for writing, with another one attached as `stored`.

    `folders`: where Parquet parts may be read and files written. Raises EngineError when a file is no database, of
    another storage version, or locked by another process.
    """
    connection = duckdb.connect(str(path))
    try:
        connection.execute("attach $path as stored", {"path": str(stored)})
        connection.execute("set allowed_directories = $folders", {"folders": [str(f.resolve()) for f in folders]})
        connection.execute("set preserve_insertion_order = false")
        _seal(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> Connection:
    """Open a database read-only, without any access to other files. Raises EngineError as `open_writer` does."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        _seal(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _seal(connection: Connection) -> None:
    connection.execute("set enable_progress_bar = false")  # it would write into the results on standard output
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Run a block in one transaction: all of it or nothing."""
    connection.execute("begin transaction")
    try:
        yield connection
    except BaseException:
        with suppress(EngineError):  # after an error of the disk there is no transaction any more
            connection.execute("rollback")
        raise
    connection.execute("commit")


def fetch(
    connection: Connection, sql: str, parameters: Mapping[str, object] | None = None, *, limit: int | None = None
) -> pa.Table:
    """Run one query and return its rows, the first `limit` of them if it is given."""
    relation = _relation(connection, sql, parameters)
    return (relation if limit is None else relation.limit(limit)).to_arrow_table()


def stream(
    connection: Connection, sql: str, parameters: Mapping[str, object] | None, *, rows: int
) -> pa.RecordBatchReader:
    """Run one query and return its rows as a stream of batches of about `rows`, while the connection stays open."""
    return _relation(connection, sql, parameters).to_arrow_reader(rows)


def _relation(connection: Connection, sql: str, parameters: Mapping[str, object] | None) -> duckdb.DuckDBPyRelation:
    relation = connection.sql(sql, params=dict(parameters) if parameters else None)
    if relation is None or len({name.lower() for name in relation.columns}) == len(relation.columns):
        return relation
    return relation.project("*")  # numbers the columns of one name, as a subquery would: a, a_1


def statement_types(sql: str) -> list[str]:
    """Return the types of the statements of a text: "SELECT", "INSERT" … Raises EngineError when it does not parse."""
    try:
        return [found.type.name for found in duckdb.extract_statements(sql)]
    except ValueError:  # a type that the Python client has no name for, such as UPDATE EXTENSIONS
        return ["EXTENSION"]
