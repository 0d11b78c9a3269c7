"""Rows for people and programs: a table for the terminal, CSV, JSON, Parquet.

The table shows what fits: long texts and nested values are cut, and so are the rows beyond `rows`; the other three
formats give everything, decimal numbers with all their digits. Text of pages is printed as text: control characters,
which could move a terminal's cursor or change its colours, are shown as escapes.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.connection import dates_as_text
from warehouse.terminal import plain, plain_json

Format = Literal["table", "csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = ("table", "csv", "json", "parquet")
TABLE_ROWS = 200
"""Rows that a terminal shows; more scroll away unread."""
CELL_WIDTH = 72
"""Characters of a cell before it is cut: two of them and a few numbers fit on a wide terminal."""
LEAST_WIDTH = 6
"""Characters below which a column of a grid cannot be read."""
LEAST_COLUMNS = 4
"""So many columns always make a grid."""
_QUOTED_IN_CSV = re.compile(r'[,"\r\n]')


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: pa.DataType
    values: list[Any]


def write(table: pa.Table, to: BinaryIO, form: Format) -> None:
    """Write all rows as CSV, JSON (one array of objects) or Parquet; "table" as text of 160 columns."""
    if form == "csv":
        to.write(_csv(table).encode("utf-8"))
    elif form == "json":
        to.write(_json(table).encode("utf-8"))
    elif form == "parquet":
        pq.write_table(_storable(table), to, compression="zstd")
    else:
        text = io.StringIO()
        show(table, Console(file=text, width=160))
        to.write(text.getvalue().encode("utf-8"))


def show(table: pa.Table, console: Console, *, rows: int = TABLE_ROWS) -> None:
    """Print at most `rows` rows as a table, and say whether there are more; it is enough to fetch `rows` + 1.

    Rows that would not fit the console's width, even cut, are printed one below the other, a column a line.
    """
    columns = _columns(table.slice(0, rows))
    cells = [[_cell(value, column.kind) for value in column.values] for column in columns]
    shown = [list(row) for row in zip(*cells, strict=True)]
    names = [plain(name) for name in table.column_names]
    if sum(max(LEAST_WIDTH, len(name)) + 3 for name in names) > console.width and len(names) > LEAST_COLUMNS:
        _show_records(names, shown, console)
    else:
        _show_grid(table, names, shown, console)
    count = f"{table.num_rows:,} row{'' if table.num_rows == 1 else 's'}"
    more = f"more than {rows:,} rows; the first {rows:,} are shown, --format csv gives all"
    console.print(Text(more if table.num_rows > rows else count, style="dim"))


def _show_grid(table: pa.Table, names: list[str], shown: list[list[str]], console: Console) -> None:
    grid = Table(header_style="bold")
    for name, field in zip(names, table.schema, strict=True):
        grid.add_column(Text(name), justify="right" if _is_number(field.type) else "left", overflow="fold")
    for cells in shown:
        grid.add_row(*(Text(cell) for cell in cells))
    console.print(grid)


def _show_records(names: list[str], shown: list[list[str]], console: Console) -> None:
    for number, cells in enumerate(shown, start=1):
        record = Table(box=None, show_header=False, padding=(0, 1))
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for name, cell in zip(names, cells, strict=True):
            record.add_row(Text(name), Text(cell))
        console.print(Text(f"── row {number}", style="dim"))
        console.print(record)


def _columns(table: pa.Table) -> list[_Column]:
    return [_column(name, values) for name, values in zip(table.column_names, table.columns, strict=True)]


def _column(name: str, values: pa.ChunkedArray) -> _Column:
    try:
        return _Column(name, values.type, values.to_pylist())
    except (OverflowError, ValueError):  # a date that Python cannot hold
        texts = dates_as_text(values)
        return _Column(name, texts.type, texts.to_pylist())


def _cell(value: object, kind: pa.DataType) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return str(value)
    text = plain(_text(_jsonable(value, kind)))
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) and abs(value) < 1e15 else str(value)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _jsonable(value: Any, kind: pa.DataType) -> object:
    """Return the value as JSON can hold it: a number that is not finite becomes null, bytes become hexadecimal, a map
    becomes an object. Decimal numbers stay what they are."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {_text(_jsonable(key, kind.key_type)): _jsonable(item, kind.item_type) for key, item in value}
    if pa.types.is_struct(kind):
        return {field.name: _jsonable(value[field.name], field.type) for field in kind}
    if _is_list(kind):
        return [_jsonable(item, kind.value_type) for item in value]
    if pa.types.is_union(kind):
        return _jsonable(value, pa.infer_type([value]))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pa.MonthDayNano):
        return _duration(value)
    return value if isinstance(value, bool | int | str | Decimal) else str(value)


def _text(value: object) -> str:
    """Return a text as it is, and any other value of `_jsonable` as JSON."""
    return value if isinstance(value, str) else _json_of(value)


def _json_of(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"  # the encoder of the standard library knows numbers of 17 digits at most
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json_of(name)}: {_json_of(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_of, value)) + "]"
    return plain_json(json.dumps(value, ensure_ascii=False))


def _storable(table: pa.Table) -> pa.Table:
    """Return the table with columns that Parquet cannot hold, such as intervals, as the text that stands in CSV."""
    for place, column in enumerate(table.columns):
        if not _fits_parquet(column.type):
            name = table.column_names[place]
            found = _column(name, column)
            texts = [None if value is None else _csv_cell(value, found.kind) for value in found.values]
            table = table.set_column(place, name, pa.array(texts, pa.string()))
    return table


def _fits_parquet(kind: pa.DataType) -> bool:
    if pa.types.is_interval(kind) or pa.types.is_union(kind):
        return False
    if pa.types.is_struct(kind) and kind.num_fields == 0:
        return False
    if pa.types.is_map(kind):
        return not pa.types.is_null(kind.key_type) and _fits_parquet(kind.key_type) and _fits_parquet(kind.item_type)
    return all(_fits_parquet(kind.field(place).type) for place in range(kind.num_fields))


def _duration(value: pa.MonthDayNano) -> str:
    """Write an interval as ISO 8601 does."""
    seconds = Decimal(value.nanoseconds).scaleb(-9).normalize()
    parts = [f"{number}{unit}" for number, unit in ((value.months, "M"), (value.days, "D")) if number]
    return "P" + "".join(parts) + (f"T{seconds:f}S" if seconds or not parts else "")


def _json(table: pa.Table) -> str:
    columns = _columns(table)
    names = [_json_of(column.name) for column in columns]
    values = ([_json_of(_jsonable(value, column.kind)) for value in column.values] for column in columns)
    rows = (
        "{" + ", ".join(f"{name}: {value}" for name, value in zip(names, row, strict=True)) + "}"
        for row in zip(*values, strict=True)
    )
    return "[\n" + ",\n".join(rows) + "\n]\n" if table.num_rows else "[]\n"


def _csv(table: pa.Table) -> str:
    columns = _columns(table)
    cells = [[_csv_cell(value, column.kind) for value in column.values] for column in columns]
    lines = [table.column_names, *zip(*cells, strict=True)]
    return "".join(_csv_line(line) for line in lines)


def _csv_line(cells: Iterable[str]) -> str:
    line = ",".join('"' + cell.replace('"', '""') + '"' if _QUOTED_IN_CSV.search(cell) else cell for cell in cells)
    return f"{line}\n" if line else '""\n'  # an empty line would be no row


def _csv_cell(value: object, kind: pa.DataType) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else _text(_jsonable(value, kind))
