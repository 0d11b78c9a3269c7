"""Bring a database to today's schema: numbered migrations once, then the views and macros.

Migrations only ever append: each is applied once, and its checksum is kept in the database, so that an edited one is
noticed. A migration and the note that it was applied share one transaction, as do all views and macros. Those are made
anew when their text changed, after a migration, and when a signal adds a column: they bind to columns when they are
made. A view or macro that is no more is dropped by a migration.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.connection import Connection, transaction
from warehouse.errors import MigrationError

ROOM = Path(__file__).parent
_NUMBERED = re.compile(r"(?P<number>\d{3})_(?P<name>[a-z0-9_]+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of warehouse/migrations."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """sha256 of the file's text."""
        return hashlib.sha256(self.sql.encode("utf-8")).hexdigest()


def migrations(folder: Path = ROOM / "migrations") -> tuple[Migration, ...]:
    """Return the migrations of a folder in order. Raises MigrationError on a bad name, a gap or a repeated number."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NUMBERED.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path}: a migration is called NNN_name.sql, such as 002_add_author.sql")
        found.append(Migration(int(match["number"]), match["name"], path.read_text(encoding="utf-8")))
    for expected, migration in enumerate(found, start=1):
        if migration.number != expected:
            raise MigrationError(
                f"{folder}: expected migration {expected:03d}, found {migration.number:03d}_{migration.name}.sql"
            )
    return tuple(found)


def statement(name: str) -> str:
    """Return the SQL of warehouse/statements/NAME.sql."""
    return (ROOM / "statements" / f"{name}.sql").read_text(encoding="utf-8")


def migrate(connection: Connection, *, folder: Path = ROOM / "migrations") -> int:
    """Apply what is missing, and make the views and macros anew if any changed. Returns the migrations applied."""
    wanted = migrations(folder)
    if ("main", "views_made") not in _tables(connection):
        connection.execute(statement("migration_table"))
    applied = dict(connection.execute(statement("applied_migrations")).fetchall())
    _check(wanted, applied)
    missing = [m for m in wanted if m.number not in applied]
    for migration in missing:
        with transaction(connection):
            connection.execute(migration.sql)
            connection.execute(
                statement("note_migration"),
                {
                    "number": migration.number,
                    "name": migration.name,
                    "checksum": migration.checksum,
                    "applied_at": datetime.now(UTC).replace(tzinfo=None),
                },
            )
    if missing or not has_present_views(connection):
        with transaction(connection):
            make_views(connection)
            connection.execute(statement("forget_views_made"))
            connection.execute(statement("note_views_made"), {"checksum": _views_checksum()})
    return len(missing)


def is_warehouse(connection: Connection) -> bool:
    """Return whether a database is a warehouse, of whatever version."""
    return ("main", "migration") in _tables(connection)


def has_present_views(connection: Connection) -> bool:
    """Return whether a database's views and macros were made from this version's text."""
    if ("main", "views_made") not in _tables(connection):
        return False
    return connection.execute(statement("views_made")).fetchall() == [(_views_checksum(),)]


def _views_checksum() -> str:
    return hashlib.sha256(view_sql().encode("utf-8")).hexdigest()


def make_stored(connection: Connection) -> None:
    """Make the table of stored articles in the database that is attached as `stored`."""
    if ("stored", "stored_article") not in _tables(connection):
        connection.execute(statement("stored_table"))


def _tables(connection: Connection) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = connection.execute(statement("tables")).fetchall()
    return found


def make_views(connection: Connection) -> None:
    """Make every view and every macro anew, in the caller's transaction."""
    connection.execute(view_sql())


def view_sql() -> str:
    """Return the SQL of all files of warehouse/views and warehouse/queries, in order."""
    files = [*sorted((ROOM / "views").glob("*.sql")), *sorted((ROOM / "queries").glob("*.sql"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _check(wanted: tuple[Migration, ...], applied: dict[int, str]) -> None:
    newer = sorted(set(applied) - {m.number for m in wanted})
    if newer:
        raise MigrationError(
            f"the warehouse has migration {newer[-1]:03d}, which this version of quality does not know: "
            "it was written by a newer version. Update quality, or name another --warehouse."
        )
    for migration in wanted:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise MigrationError(
                f"migration {migration.number:03d}_{migration.name}.sql was changed after it had been applied. "
                "Restore the file and put the change into a new migration."
            )
