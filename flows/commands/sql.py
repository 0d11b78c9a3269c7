"""`quality sql`: read-only SQL on the published warehouse, and the named queries."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pyarrow as pa
import typer
from rich.console import Console

from flows.cli import fail
from warehouse.errors import WarehouseError
from warehouse.format import FORMATS, TABLE_ROWS, Format, show, write
from warehouse.named import list_named
from warehouse.reader import Snapshot

PIPE_WIDTH = 160
"""Columns of a table that is not shown on a terminal."""


def sql_command(query: str | None, parameters: list[str], *, warehouse: Path, format: str, list_queries: bool) -> None:
    """Run one query and write its rows; 2 for anything that is wrong with it."""
    form = next((known for known in FORMATS if known == format), None)
    if form is None:
        fail(f"--format {format}: expected {', '.join(FORMATS)}")
    if list_queries and query is not None:
        fail("--list lists the named queries: QUERY does not go with it")
    if list_queries:
        for named in list_named():
            typer.echo(f"{named.usage}\n    {named.question}")
        return
    if query is None:
        fail("a QUERY is needed, or --list for the named ones")
    if parameters and not query.startswith("@"):
        fail("KEY=VALUE parameters go with a named query (@name); write values into the query itself")
    try:
        with Snapshot(warehouse) as snapshot:
            # One row more than a table shows says that there are more, without loading them.
            limit = TABLE_ROWS + 1 if form == "table" else None
            if query.startswith("@"):
                values = snapshot.resolve(query[1:], _pairs(parameters))
                table = snapshot.named(query[1:], values)
            else:
                table = snapshot.sql(query, limit=limit)
    except WarehouseError as error:
        fail(str(error))
    try:
        _print(table, form)
    except BrokenPipeError:
        raise
    except (pa.ArrowException, OSError) as error:
        _forget_output()
        fail(f"the result cannot be written as {form}: {error}")


def _print(table: pa.Table, form: Format) -> None:
    if form == "table":
        show(table, Console() if sys.stdout.isatty() else Console(width=PIPE_WIDTH))
    else:
        write(table, sys.stdout.buffer, form)
    sys.stdout.flush()


def _forget_output() -> None:
    """Let go of what is not written yet: Python would try again at its end, and complain in its own words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _pairs(parameters: list[str]) -> dict[str, str]:
    pairs = {}
    for parameter in parameters:
        key, separator, value = parameter.partition("=")
        if not separator:
            fail(f"{parameter!r}: expected KEY=VALUE")
        pairs[key] = value
    return pairs
