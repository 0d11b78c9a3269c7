"""Hand a complete, consistent copy of the writer's database to readers.

The copy is made beside the writer's file after that was closed (POSIX locks are lost when a process closes any handle
of a file, so an open database must never be copied from within), opened and checked, and put in place by a rename:
readers see the old file or the new one, and those that have the old one open keep it. The copy is not forced to the
disk, which would take longer than everything else: the writer's file is, and after a power cut it can be published
again.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from warehouse.connection import EngineError, NoSuchTable, interruptible, open_reader
from warehouse.errors import ForeignDatabase, WarehouseError, WarehouseUnreadable
from warehouse.migrate import statement

UNFINISHED = ".unfinished"
"""Ending of a copy that is not whole yet; whatever has it after a crash is deleted."""


def copy_whole(origin: Path, target: Path, *, work: Path) -> None:
    """Copy a closed database to `target` by way of `work`, or of its own folder on another file system: whole or not at all.

    A link at `target` stays one, and the file it leads to keeps its mode.

    Raises WarehouseError when the disk does not take it.
    """
    unfinished = work / f"{target.name}{UNFINISHED}"
    try:
        target = target.resolve()
        if target.parent.stat().st_dev != work.stat().st_dev:  # a link leads elsewhere
            unfinished = target.with_name(f".{target.name}{UNFINISHED}")
        unfinished.unlink(missing_ok=True)
        shutil.copyfile(origin, unfinished)
        check(unfinished)
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
        # A log beside the old file (somebody opened it for writing) does not belong to the new one.
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)  # it may be what fills the disk
        raise WarehouseError(
            f"{origin} cannot be copied to {target}: {error}. {target} is as it was; the next run publishes again."
        ) from error


def check(path: Path) -> None:
    """Raise WarehouseUnreadable unless the file opens read-only and has the tables of a warehouse, ForeignDatabase if it has none."""
    try:
        connection = open_reader(path)
        try:
            with interruptible():
                connection.execute(statement("check_published")).fetchall()
        finally:
            connection.close()
    except NoSuchTable as error:
        raise ForeignDatabase(
            f"{path} cannot be used: it is a DuckDB file of something else. --warehouse names another place."
        ) from error
    except EngineError as error:
        raise WarehouseUnreadable(
            f"{path} cannot be read as a warehouse: {error}. A DuckDB file of version 1 must be written anew; a damaged "
            "one can be deleted, the next run makes a new one."
        ) from error
