"""The one place where DuckDB is opened.

A writer may read and write files below the folders it is given and nothing else; a reader may touch no file but the
database. Both refuse any later change of these settings, so SQL that reaches them cannot widen its own rights. Times
are UTC whatever the machine's zone.
"""

from __future__ import annotations

import re
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
NoSuchTable = duckdb.CatalogException
_REPLACED_AT_MOST = 100
_INTERRUPTED = "Query interrupted"
_TAKEN_NAMES = {"", "main", "memory", "system", "temp"}
_QUOTED = r"""("(?:[^"]|"")*"|'(?:[^']|'')*')"""
_TYPE_ENDS = r"(?=[),\[]|$)"
_NOT_IN_ARROW = re.compile(rf"{_QUOTED}|\b(?:UHUGEINT|BIGNUM|BIT|VARIANT|TIME WITH TIME ZONE){_TYPE_ENDS}")
"""Types that Arrow holds as other numbers, as bytes of DuckDB's own, or without their offset; by name, in a type's text."""
_TIMES = re.compile(
    rf"{_QUOTED}|\b(?:DATE|TIME(?:STAMP)?(?:_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ_NS){_TYPE_ENDS}"
)


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
    """Open a database read-only, without any access to other files. Raises EngineError as `open_writer` does.

    The connection sees the file that is at `path` now, whatever takes its place later and whatever this process has
    open of what was there before.
    """
    # DuckDB opens a file three times by its name, and reads its headers and its blocks by different ones. When another
    # file is put in its place in between, the two do not fit: "No more data remaining in MetadataReader", or worse.
    for _ in range(_REPLACED_AT_MOST):
        before = _identity(path)
        try:
            connection = _attach_alone(path)
        except EngineError:
            if _identity(path) == before:
                raise
            continue
        if _identity(path) == before:
            return connection
        connection.close()
    raise duckdb.IOException(f"{path} was replaced {_REPLACED_AT_MOST} times while it was being opened")


def _identity(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _attach_alone(path: Path) -> Connection:
    # All connections of a process to one path share what was opened first, so each reader attaches the file to a
    # database of its own, under the name that DuckDB gives the file.
    whole = path.resolve()
    connection = duckdb.connect(config={"temp_directory": f"{whole}.tmp"})
    try:
        name = whole.name.lstrip(".").partition("?")[0].partition(".")[0]
        if name.lower() in _TAKEN_NAMES:
            name += "_db"
        quoted = name.replace('"', '""')
        connection.execute(f'attach $path as "{quoted}" (read_only)', {"path": str(whole)})
        connection.execute(f'use "{quoted}".main')
        connection.execute("detach memory")
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
def interruptible() -> Iterator[None]:
    """Let Ctrl-C be a KeyboardInterrupt also where it ends a statement: DuckDB takes it and raises a RuntimeError."""
    try:
        yield
    except RuntimeError as error:
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        raise


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
    if relation is None:
        return relation
    if len({name.lower() for name in relation.columns}) != len(relation.columns):
        relation = relation.project("*")  # numbers the columns of one name, as a subquery would: a, a_1
    return _as_text(relation, _NOT_IN_ARROW)


def dates_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column with its dates and times, nested ones too, as DuckDB writes them: it knows years that Python does
    not, infinity and nanoseconds."""
    with duckdb.connect() as connection:
        _seal(connection)
        relation = _as_text(connection.from_arrow(pa.table({"column": column})), _TIMES)
        return relation.to_arrow_table()["column"]


def _as_text(relation: duckdb.DuckDBPyRelation, types: re.Pattern[str]) -> duckdb.DuckDBPyRelation:
    """Return a relation with all values of some types as text, nested ones too."""
    wanted = [types.sub(lambda found: found[1] or "VARCHAR", str(kind)) for kind in relation.types]
    if wanted == [str(kind) for kind in relation.types]:
        return relation
    columns = []
    for name, kind in zip(relation.columns, wanted, strict=True):
        quoted = name.replace('"', '""')
        columns.append(f'cast("{quoted}" as {kind}) as "{quoted}"')
    return relation.project(", ".join(columns))


def statement_types(sql: str) -> list[str]:
    """Return the types of the statements of a text: "SELECT", "INSERT" … Raises EngineError when it does not parse."""
    try:
        return [found.type.name for found in duckdb.extract_statements(sql)]
    except ValueError:  # a type that the Python client has no name for, such as UPDATE EXTENSIONS
        return ["EXTENSION"]
