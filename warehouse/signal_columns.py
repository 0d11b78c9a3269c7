"""One column a signal: the only place where SQL is made from names.

Signals are stored as columns of article_signal, because a query then reads the two it needs and not all eighty: at a
million pages an average takes 5 ms against 400 ms over a long table. A signal that appears for the first time adds a
column. Its id becomes an identifier, so it must match `SIGNAL_ID`; anything else is refused before any SQL is made.
A page that was judged before the signal existed has NULL there, like a page on which it is not measurable.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Connection
from warehouse.errors import PartUnreadable
from warehouse.migrate import make_views, statement

SIGNAL_ID = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
ROW_NUMBER = "row number"
"""Column with a row's place in its part. With a space: no signal can have that name."""


def signal_table(path: Path) -> pa.Table:
    """Return page_id, row number and one column a signal of a part, a row a page. Raises PartUnreadable on a bad id."""
    part = pq.read_table(path, columns=["page_id", "signals"]).combine_chunks()
    columns: dict[str, pa.Array] = {
        "page_id": part["page_id"],
        ROW_NUMBER: pa.array(np.arange(part.num_rows, dtype=np.int64)),
    }
    signals = part["signals"].combine_chunks() if part.num_rows else pa.array([], part.schema.field("signals").type)
    lengths = signals.offsets.to_numpy()
    rows = np.repeat(np.arange(part.num_rows), np.diff(lengths))
    first, last = (int(lengths[0]), int(lengths[-1])) if part.num_rows else (0, 0)
    names = signals.keys[first:last].dictionary_encode()
    values = signals.items[first:last]
    codes = names.indices.to_numpy(zero_copy_only=False)
    measured = values.is_valid().to_numpy(zero_copy_only=False)
    numbers = values.fill_null(0.0).to_numpy(zero_copy_only=False)
    for code, name in enumerate(names.dictionary.to_pylist()):
        if not SIGNAL_ID.fullmatch(name) or name == "page_id":
            raise PartUnreadable(
                f"{path}: {name!r} is no signal id. An id is made of a-z, 0-9, _ and single dots, such as "
                "repetition.duplicate_ngrams."
            )
        mine = (codes == code) & measured
        column = np.zeros(part.num_rows)
        missing = np.ones(part.num_rows, dtype=bool)
        column[rows[mine]] = numbers[mine]
        missing[rows[mine]] = False
        columns[name] = pa.array(column, mask=missing)
    return pa.table(columns)


def known_signals(connection: Connection) -> tuple[str, ...]:
    """Return the ids that have a column, in alphabetical order."""
    return tuple(sorted(row[0] for row in connection.execute(statement("signal_columns")).fetchall()))


def add_signals(connection: Connection, names: list[str]) -> None:
    """Add the columns that are missing and make the views anew if there were any."""
    missing = sorted(set(names) - set(known_signals(connection)))
    for name in missing:
        if not SIGNAL_ID.fullmatch(name):
            raise ValueError(f"{name!r} is no signal id")
        connection.execute(f'alter table article_signal add column "{name}" double')  # checked on the line above
    if missing:
        make_views(connection)
