"""Rows for people and programs: a table for the terminal, CSV, JSON, Parquet.

The table shows what fits: long texts and nested values are cut, and so are the rows beyond `rows`; the other three
formats give everything. Text of pages is printed as text: control characters, which could move a terminal's cursor or
change its colours, are shown as escapes.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

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
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


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
    shown = [[_cell(value) for value in row.values()] for row in table.slice(0, rows).to_pylist()]
    names = [_plain(name) for name in table.column_names]
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


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | Decimal):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(_jsonable(value), ensure_ascii=False)
    text = _plain(text)
    return text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + "…"


def _plain(text: str) -> str:
    return _CONTROL.sub(lambda m: f"\\x{ord(m[0]):02x}", text.replace("\n", "⏎").replace("\t", " "))


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) and abs(value) < 1e15 else str(value)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _jsonable(value: object) -> object:
    """Return the value as JSON can hold it; a number that is not finite becomes null, bytes become hexadecimal."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pa.MonthDayNano):
        return _duration(value)
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(v, tuple) and len(v) == 2 for v in value):  # a map
            return {str(k): _jsonable(v) for k, v in value}
        return [_jsonable(v) for v in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _storable(table: pa.Table) -> pa.Table:
    """Return the table with intervals, which pyarrow cannot write to Parquet, as text."""
    for place, field in enumerate(table.schema):
        if pa.types.is_interval(field.type):
            texts = [value if value is None else _duration(value) for value in table[place].to_pylist()]
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    return table


def _duration(value: pa.MonthDayNano) -> str:
    """Write an interval as ISO 8601 does."""
    seconds = Decimal(value.nanoseconds).scaleb(-9).normalize()
    parts = [f"{number}{unit}" for number, unit in ((value.months, "M"), (value.days, "D")) if number]
    return "P" + "".join(parts) + (f"T{seconds:f}S" if seconds or not parts else "")


def _json(table: pa.Table) -> str:
    rows = (json.dumps(_jsonable(row), ensure_ascii=False) for row in table.to_pylist())
    return "[\n" + ",\n".join(rows) + "\n]\n" if table.num_rows else "[]\n"


def _csv(table: pa.Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow(_csv_cell(value) for value in row.values())
    return out.getvalue()


def _csv_cell(value: object) -> object:
    plain = _jsonable(value)
    if isinstance(plain, dict | list):
        return json.dumps(plain, ensure_ascii=False)
    return plain
