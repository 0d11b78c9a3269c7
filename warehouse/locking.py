"""One writer at a time, over processes: flock on a file that also says who holds it.

The kernel frees the lock when the process ends, however it ends, so a lock is never stale and nobody has to delete a
file. The JSON in it is for people only. The file is never removed: a process that waits on a removed file would hold a
lock that nobody else sees.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from warehouse.errors import WarehouseLocked, WarehouseUnreadable

POLL_SECONDS = 0.05
"""How often a waiting process asks again; short beside the second that a merge takes."""


@contextmanager
def exclusive(lock: Path, *, subject: Path, run_id: str, wait_seconds: float) -> Iterator[None]:
    """Hold the lock file during the block. `subject` is the warehouse that messages name.

    Raises WarehouseLocked when another process (or another block of this one) still holds it after `wait_seconds`,
    WarehouseUnreadable when the folder cannot be written.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WarehouseUnreadable(
            f"{lock.parent} cannot be written: {error.strerror}. --warehouse names another place."
        ) from error
    try:
        _acquire(descriptor, subject=subject, deadline=time.monotonic() + wait_seconds)
        holder = {
            "run_id": run_id,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        with suppress(OSError):  # on a full disk the lock holds without a name
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)  # frees the lock


def _acquire(descriptor: int, *, subject: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise WarehouseLocked(subject, _holder(descriptor)) from None
            time.sleep(POLL_SECONDS)


def _holder(descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        return f"run {holder['run_id']} (pid {holder['pid']} on {holder['host']}, since {holder['started']})"
    except (ValueError, KeyError):
        return "another process"
