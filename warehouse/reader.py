"""The reader's side of the warehouse: the published file, read-only, closed to everything else.

A `Snapshot` sees one published state from when it is opened until it is closed, however often a run publishes
meanwhile. SQL that people type is run with DuckDB's own limits (read-only file, no file or network access, settings
locked); what would be refused is refused before it runs with a message that says what to do instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from quality.block_lists import source_names
from warehouse.connection import EngineError, fetch, interruptible, open_reader, statement_types, stream
from warehouse.errors import NoWarehouse, QueryError, WarehouseUnreadable
from warehouse.migrate import has_present_views, is_warehouse, statement
from warehouse.named import NamedQuery, Parameter, Value, list_named, named_query

_ALLOWED = {"SELECT", "MULTI"}  # MULTI: a PIVOT statement
_GAP = r"(?:\s|--[^\r\n]*+|/\*.*?\*/)*+"
_EXPLAIN = re.compile(
    rf"\A{_GAP}explain\b{_GAP}(?:analyze\b{_GAP})?(?:\([^()]*\)(?!{_GAP}\Z){_GAP})?", re.IGNORECASE | re.DOTALL
)
_WRITES = {
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE_INTO",
    "CREATE",
    "CREATE_FUNC",
    "ALTER",
    "DROP",
    "TRANSACTION",
    "VACUUM",
}
_FILES = {"COPY", "COPY_DATABASE", "EXPORT", "ATTACH", "DETACH", "LOAD", "EXTENSION"}
_SETTINGS = {"SET", "VARIABLE_SET", "PRAGMA"}
_NO_SUCH_TABLE = re.compile(r"Table with name (\S+) does not exist|Table Function with name \"?(\w+)\"? does not exist")
_NO_SUCH_COLUMN = re.compile(r'Referenced column "\w+" (?:was )?not found|does not have a column named')
_KNOWN = {"run": "known_runs", "source": "known_sources"}
"""Statements that list what a parameter of a named query may name, by its type."""
_OLDER = "This warehouse was published by another version of quality; the next run brings it up to date."
_FOREIGN = "It is a DuckDB file of something else than quality; --warehouse names another."
_LOST_END = re.compile(r'syntax error at or near "end"', re.IGNORECASE)


class Snapshot:
    """The published warehouse as it was when this was opened. Use it as a context manager, or call `close`."""

    def __init__(self, path: Path | str) -> None:
        """Open the file. Raises NoWarehouse when there is none, WarehouseUnreadable when it is something else."""
        self.path = Path(path)
        if not self.path.is_file():
            raise NoWarehouse(self.path)
        try:
            self._connection = open_reader(self.path)
        except EngineError as error:
            raise WarehouseUnreadable(
                f"{self.path} cannot be opened as a DuckDB file: {error}. If another program has it open for "
                "writing, close it there (`duckdb -readonly`); otherwise delete it, the next run publishes a new one."
            ) from error

    def sql(self, query: str, parameters: Mapping[str, Value] | None = None, *, limit: int | None = None) -> pa.Table:
        """Run one query that reads and return its rows, the first `limit` if it is given.

        `parameters`: values for `$name` in the query. Raises QueryError, with a message for the person who typed it.
        """
        self._refuse(query)
        try:
            with interruptible():
                return fetch(self._connection, query, parameters, limit=limit)
        except (EngineError, RuntimeError, ValueError) as error:
            raise QueryError(self._explain(str(error))) from error

    def stream(
        self, query: str, parameters: Mapping[str, Value] | None = None, *, rows: int = 2_000
    ) -> Iterator[pa.RecordBatch]:
        """Run one query that reads and yield its rows in batches of about `rows`, for results that do not fit in memory.

        Raises QueryError as `sql` does. No other query may be run on this snapshot until the last batch was taken.
        """
        self._refuse(query)
        try:
            with interruptible():
                yield from stream(self._connection, query, parameters, rows=rows)
        except (EngineError, RuntimeError, ValueError) as error:
            raise QueryError(self._explain(str(error))) from error

    def named(self, name: str, parameters: Mapping[str, Value] | None = None, *, limit: int | None = None) -> pa.Table:
        """Run a named query. Values may be strings as typed; they are converted. Raises QueryError."""
        sql, values = named_query(name).call(parameters or {})
        return self.sql(sql, values, limit=limit)

    def resolve(self, name: str, parameters: Mapping[str, Value]) -> dict[str, Value]:
        """Return a named query's parameters as the warehouse knows them: a source may be given as the address of a page.

        Raises QueryError, with the nearest name, where there is no such page, run or source.
        """
        resolved = dict(parameters)
        for parameter in named_query(name).parameters:
            value = resolved.get(parameter.name)
            if isinstance(value, str):
                resolved[parameter.name] = self._known(parameter, value)
        return resolved

    @staticmethod
    def list_named() -> tuple[NamedQuery, ...]:
        """Return the named queries with their questions and parameters."""
        return list_named()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _known(self, parameter: Parameter, value: str) -> str:
        if parameter.type == "page" and not self.sql(statement("known_page"), {"page": value}).num_rows:
            raise QueryError(f"there is no page {value}. Expected: {parameter.meaning}.")
        if parameter.type not in _KNOWN:
            return value
        known: list[str] = self.sql(statement(_KNOWN[parameter.type])).column(0).to_pylist()
        names = source_names(value) if parameter.type == "source" else (value,)
        found = next((name for name in names if name in known), None)
        if found is None:
            near = difflib.get_close_matches(names[0], known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise QueryError(f"there is no {parameter.type} {value} in {self.path}.{hint}")
        return found

    # -- messages

    def _refuse(self, query: str) -> None:
        try:
            types = statement_types(query)
        except EngineError as error:
            raise QueryError(self._explain(str(error))) from error
        if not types:
            raise QueryError(
                'there is no query. For example: "select verdict, count(*) from articles group by verdict"'
            )
        if len(types) > 1:
            raise QueryError(f"one query at a time, please; these are {len(types)}.")
        refused = types[0]
        if refused == "EXPLAIN":  # `explain analyze` runs what it explains, a COPY too
            try:
                refused = next(iter(statement_types(_EXPLAIN.sub("", query))), "EXPLAIN")
            except EngineError:
                refused = "EXPLAIN"
        if refused in _ALLOWED:
            return
        if refused in _WRITES:
            why = "the published warehouse is read-only: only `quality run` and `quality rescore` change it."
        elif refused in _FILES:
            why = "queries may touch no file, database or extension but the warehouse. To save a result: --format parquet."
        elif refused in _SETTINGS:
            why = "settings cannot be changed here. `describe articles` and `show tables` say what there is."
        else:
            why = "only queries that read are run: select, from, with, pivot, describe, summarize, show, explain."
        raise QueryError(f"{refused.replace('_', ' ')} is refused: {why}")

    def _explain(self, message: str) -> str:
        if "read-only mode" in message:
            return "the published warehouse is read-only: only `quality run`, `rescore` and `gate` change it."
        if "disabled by configuration" in message or "disabled through configuration" in message:
            return f"queries may touch no file and no network, only the warehouse. {_first_line(message)}"
        missing = _NO_SUCH_TABLE.search(message)
        if missing:
            return self._no_such_table(next(filter(None, missing.groups())))
        if _NO_SUCH_COLUMN.search(message) and not has_present_views(self._connection):
            return f"{message}\n{self._whose()}"
        if _LOST_END.search(message):
            return f'{message}\n"end" is a reserved word: write it in double quotes, evidence."end".'
        return message

    def _no_such_table(self, name: str) -> str:
        views = [row[0] for row in self._connection.execute(statement("view_names")).fetchall()]
        queries = [q.name for q in list_named()]
        if name in queries:
            usage = f"{name} is a named query: from {name}(…) or `quality sql {named_query(name).usage}`."
            return usage if has_present_views(self._connection) else f"{usage} {self._whose()}"
        near = difflib.get_close_matches(name.strip('"'), [*views, *queries], n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        listed = f" There are: {', '.join(views)}; `quality sql --list` shows more." if views else ""
        answer = f"there is no table or view {name} in {self.path}.{hint}{listed}"
        return answer if has_present_views(self._connection) else f"{answer} {self._whose()}"

    def _whose(self) -> str:
        """Say why the views of this version are missing."""
        return _OLDER if is_warehouse(self._connection) else _FOREIGN


def _first_line(message: str) -> str:
    return message.split("\n", 1)[0]
