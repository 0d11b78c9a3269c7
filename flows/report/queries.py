"""What the report asks the warehouse; every question is one query over many sources or pages, never one each.

The questions that people ask by name (`quality sql --list`) are asked by name here too, so that the report and the
named query cannot disagree. The rest is in `sql/`, one question a file. Lists of ids and sources are handed over as
JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from warehouse.named import Value
from warehouse.reader import Snapshot

Row = Mapping[str, Any]

FOLDER = Path(__file__).with_name("sql")
SENTENCES_A_SOURCE = 15
ARTICLES_A_SOURCE = 12
ROWS_AT_ONCE = 100
TREND_PERIODS = 16
"""Points that a trend can show side by side on a phone."""


def rows(snapshot: Snapshot, question: str, **values: Value) -> list[Row]:
    """Ask one of the questions in `sql/`, with the values of its parameters."""
    found: list[Row] = snapshot.sql(_text(question), values).to_pylist()
    return found


def streamed(snapshot: Snapshot, question: str, **values: Value) -> Iterator[Row]:
    """Ask like `rows`, for answers with long texts; no other question may be asked until the last row was taken."""
    for batch in snapshot.stream(_text(question), values, rows=ROWS_AT_ONCE):
        yield from batch.to_pylist()


def named(snapshot: Snapshot, name: str, **values: Value) -> list[Row]:
    """Ask a named query of the warehouse."""
    found: list[Row] = snapshot.named(name, values).to_pylist()
    return found


def listed(values: Iterable[str]) -> str:
    """Write a list of ids or sources the way the queries take it."""
    return json.dumps(list(values), ensure_ascii=False)


@lru_cache(maxsize=64)
def _text(question: str) -> str:
    return (FOLDER / f"{question}.sql").read_text(encoding="utf-8")
