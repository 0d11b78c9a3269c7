"""What the warehouse knows of lines that come back on a source's pages: candidates, verdicts on them, marked pages.

It looks at the runs whose pages were not marked yet: the present one, and one that was killed before it got there. Each
step can be repeated after a crash: the candidates are those of the same pages, what is recorded replaces what the same
line had before, and a page that is marked again gets the same spans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.connection import Connection, fetch, stream, transaction
from warehouse.migrate import statement
from warehouse.schema import SPAN, TIMESTAMP
from warehouse.store import Warehouse

SHARE_PAGES = 100_000
"""Pages that are looked at together, sources whole: counting the lines of so many takes DuckDB about 400 MB."""
BATCH_PAGES = 2_000
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
        *(pa.field(name, pa.float64()) for name in ("padding", "promo", "repetition", "residue")),
        pa.field("spans", pa.list_(SPAN)),
    ]
)


class RecurringLines:
    """The lines of the runs that were not marked yet, one share of the sources at a time. Use `recurring_lines`."""

    def __init__(self, connection: Connection, marked: Path) -> None:
        self._connection = connection
        self._marked = marked
        (pages,) = self._rows("unmarked_count", {})
        self.shares = -(-pages["pages"] // SHARE_PAGES)
        """How many shares there are; 0 if no page waits."""

    def candidates(self, share: int, *, min_pages: int, min_fraction: float) -> list[dict[str, Any]]:
        """Return source, line, pages, source_pages of the lines that recur, ordered by source and line."""
        parameters = {"min_pages": min_pages, "min_fraction": min_fraction, "min_characters": MIN_CHARACTERS}
        return self._rows("recurring_candidates", {**parameters, **self._share(share)})

    def stored(self, share: int) -> list[dict[str, Any]]:
        """Return source, line, kind, pages, source_pages, doubt of what was found before on sources of these runs."""
        return self._rows("stored_recurring_lines", self._share(share))

    def pages(self, sources: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        """Yield page_id, source, page_type, verdict, text, line_roles, spans of the unmarked pages of sources."""
        reading = self._connection.cursor()
        try:
            for batch in stream(reading, statement("unmarked_pages"), {"sources": list(sources)}, rows=BATCH_PAGES):
                yield batch.to_pylist()
        finally:
            reading.close()

    def record(self, found: list[dict[str, Any]]) -> None:
        """Keep lines (rows of FOUND_SCHEMA); each replaces what is known of the same line."""
        self._connection.register("found_line", pa.Table.from_pylist(found, schema=FOUND_SCHEMA))
        with transaction(self._connection):
            self._connection.execute(statement("forget_recurring_lines"))
            self._connection.execute(statement("record_recurring_lines"))

    def mark(self, pages: Iterable[list[dict[str, Any]]]) -> int:
        """Replace the spans, what depends on them and the clean text of pages (batches of rows of MARKED_SCHEMA); returns how many."""
        changed = 0
        with pq.ParquetWriter(self._marked, MARKED_SCHEMA, compression="zstd") as writer:
            for batch in pages:
                writer.write_table(pa.Table.from_pylist(batch, schema=MARKED_SCHEMA))
                changed += len(batch)
        with transaction(self._connection):
            self._connection.execute(statement("mark_pages"), {"path": str(self._marked)})
        self._marked.unlink()
        return changed

    def finish(self, *, now: datetime) -> None:
        """Note that the pages of all runs so far are marked."""
        self._connection.execute(statement("lines_marked"), {"now": now.astimezone(UTC).replace(tzinfo=None)})

    def _share(self, share: int) -> dict[str, int]:
        return {"shares": self.shares, "share": share}

    def _rows(self, name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = fetch(self._connection, statement(name), parameters).to_pylist()
        return rows


@contextmanager
def recurring_lines(warehouse: Warehouse) -> Iterator[RecurringLines]:
    """Open the warehouse for the stage that marks recurring lines; under its lock."""
    with warehouse.opened() as connection:
        yield RecurringLines(connection, warehouse.work / "marked.parquet")
