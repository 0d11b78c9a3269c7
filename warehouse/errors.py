"""What can go wrong in the warehouse, said to a person: what was found, where, and what to do."""

from __future__ import annotations

from pathlib import Path


class WarehouseError(Exception):
    """Base of the errors that a user can act on."""


class WarehouseLocked(WarehouseError):
    """Another run is writing."""

    def __init__(self, path: Path, holder: str) -> None:
        self.path = path
        self.holder = holder
        super().__init__(
            f"{path} is being written by {holder}. Wait for it to end and start again; "
            "the lock frees itself when that process ends, so there is no file to delete. "
            "Reading (quality sql, report, export) works all the while."
        )


class WarehouseUnreadable(WarehouseError):
    """The file is not a warehouse, or not one that this version can read."""


class ForeignDatabase(WarehouseUnreadable):
    """The file is a DuckDB database of something else, which must not be written over."""


class MigrationError(WarehouseError):
    """The migrations on disk and those in the database disagree."""


class PartUnreadable(WarehouseError):
    """A staged part is no Parquet file or has other columns than PART_SCHEMA."""


class NoWarehouse(WarehouseError):
    """Nothing has been published at that path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"there is no warehouse at {path}. `quality run INPUT` makes one; --warehouse names another.")


class QueryError(WarehouseError):
    """A query that was refused or did not work; the message says why and what would."""
