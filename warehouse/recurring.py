"""What the warehouse knows of lines that come back on a source's pages: candidates, verdicts on them, marked pages.

It looks at the runs whose pages were not marked yet: the present one, and one that was killed before it got there. Each
step can be repeated after a crash: the candidates are those of the same pages, what is recorded replaces what the same
line had before, and a page that is marked again gets the same spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from warehouse.connection import fetch, transaction
from warehouse.migrate import statement
from warehouse.schema import SPAN, TIMESTAMP
from warehouse.store import Warehouse

MIN_CHARACTERS = 4
"""Shorter lines are not looked at: they are the most frequent and have no words to speak of."""

FOUND_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("line", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("pages", pa.int64(), nullable=False),
        pa.field("source_pages", pa.int64(), nullable=False),
        pa.field("doubt", pa.float64(), nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("found_at", TIMESTAMP, nullable=False),
    ]
)
MARKED_SCHEMA = pa.schema(
    [
        pa.field("page_id", pa.string(), nullable=False),
        pa.field("clean_text", pa.string()),
        pa.field("spans", pa.list_(SPAN)),
    ]
)


class RecurringLines:
    """The lines of the runs that were not marked yet. Use it under the warehouse's lock."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def candidates(self, *, min_pages: int, min_fraction: float) -> list[dict[str, Any]]:
        """Return source, line, pages, source_pages of the lines that recur, ordered by source and line."""
        parameters = {"min_pages": min_pages, "min_fraction": min_fraction, "min_characters": MIN_CHARACTERS}
        return self._rows("recurring_candidates", parameters)

    def stored(self) -> list[dict[str, Any]]:
        """Return source, line, kind, pages, source_pages, doubt of what was found before on sources of these runs."""
        return self._rows("stored_recurring_lines", {})

    def pages(self, sources: Sequence[str], *, batch: int) -> Iterator[list[dict[str, Any]]]:
        """Yield page_id, source, page_type, verdict, text, line_roles, spans of the unmarked pages of sources."""
        ids = [row["page_id"] for row in self._rows("unmarked_ids", {"sources": list(sources)})]
        for start in range(0, len(ids), batch):
            yield self._rows("unmarked_pages", {"ids": ids[start : start + batch]})

    def record(self, found: list[dict[str, Any]]) -> None:
        """Keep lines (rows of FOUND_SCHEMA); each replaces what is known of the same line."""
        with self._warehouse.opened() as connection:
            connection.register("found_line", pa.Table.from_pylist(found, schema=FOUND_SCHEMA))
            with transaction(connection):
                connection.execute(statement("forget_recurring_lines"))
                connection.execute(statement("record_recurring_lines"))

    def mark(self, pages: list[dict[str, Any]]) -> None:
        """Replace the spans and the clean text of pages (rows of MARKED_SCHEMA)."""
        with self._warehouse.opened() as connection:
            connection.register("marked_page", pa.Table.from_pylist(pages, schema=MARKED_SCHEMA))
            with transaction(connection):
                connection.execute(statement("mark_pages"))

    def close(self, *, now: datetime) -> None:
        """Note that the pages of all runs so far are marked."""
        with self._warehouse.opened() as connection:
            connection.execute(statement("lines_marked"), {"now": now.astimezone(UTC).replace(tzinfo=None)})

    def _rows(self, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        with self._warehouse.opened() as connection:
            rows: list[dict[str, Any]] = fetch(connection, statement(name), parameters).to_pylist()
        return rows
