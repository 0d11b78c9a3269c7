"""The writer's side of the warehouse.

Readers open the published file at `path`. Writers work on a file of their own in the folder beside it (`.work`), under
a lock, and publish a copy when they are done. The database is open only inside each call, so that pages are scored
with the file closed and a killed run leaves at most a log that DuckDB replays. If the folder is missing, the writer's
file is made from the published one. What `rescore` reads is kept in that folder, in a file that is never published.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa

from warehouse import lake, maintenance, merging, publishing
from warehouse.connection import Connection, DiskError, EngineError, fetch, interruptible, open_writer, transaction
from warehouse.errors import ForeignDatabase, PartUnreadable, WarehouseError, WarehouseUnreadable
from warehouse.locking import exclusive
from warehouse.migrate import make_stored, migrate, statement
from warehouse.page_ids import PageIds
from warehouse.records import MergeCounts, PruneCounts, Retention, RunRecord
from warehouse.schema import GATE_DECISION_SCHEMA, SOURCE_STATUS_SCHEMA

RunStatus = Literal["done", "stopped", "failed"]


def own_folders(path: Path) -> tuple[Path, Path]:
    """Return the writer's folder and that of the Parquet lake, beside the file that a link at `path` leads to."""
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    beside = path.name.removesuffix(".duckdb")  # what else follows a dot is part of the name
    return path.with_name(f"{beside}.work"), path.with_name(f"{beside}.lake")


class Warehouse:
    """A warehouse that can be written. Hold `lock()` around a run; a call outside it takes the lock for itself.

    Raises WarehouseError for a path that names no file. Every method may raise WarehouseLocked, WarehouseUnreadable or MigrationError.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        if not self.path.name or self.path.is_dir():
            raise WarehouseError(f"{self.path} is a folder; name the DuckDB file, such as warehouse/quality.duckdb")
        if "?" in str(self.path.absolute()):  # DuckDB takes what follows for the query of an address
            raise WarehouseError(f"{self.path} cannot be a warehouse: DuckDB reads no path with a question mark in it")
        self.work, self.lake = own_folders(self.path)
        self.staging = (self.work / "staging").resolve()  # workers elsewhere have working folders of their own
        self._writer = self.work / "writer.duckdb"
        self._stored = self.work / "articles.duckdb"
        self._held = False
        self._migrated = False

    def exists(self) -> bool:
        """True once a run has begun or published one."""
        return self.path.exists() or self._writer.exists()

    # -- lock, open, migrate

    @contextmanager
    def lock(self, run_id: str, wait_seconds: float = 0.0) -> Iterator[None]:
        """Be the only writer during the block; raises WarehouseLocked if another is after `wait_seconds`."""
        with exclusive(self.work / "lock", subject=self.path, run_id=run_id, wait_seconds=wait_seconds):
            self._claim()
            self._held = True
            try:
                yield
            finally:
                self._held = False

    def _refuse_foreign(self) -> None:
        """A damaged file may go, a good one of something else may not."""
        if self.path.is_file():
            try:
                publishing.check(self.path)
            except ForeignDatabase:
                raise
            except WarehouseUnreadable:
                return

    def _claim(self) -> None:
        """Note whose folder `work` is; raises WarehouseError if it is that of another published file, which is there."""
        note, name = self.work / "published", Path(os.path.realpath(self.path)).name
        noted = ""
        with suppress(OSError, UnicodeDecodeError):
            noted = Path(note.read_text(encoding="utf-8")).name
        other = self.work.with_name(noted or name)
        if other.is_file() and os.path.realpath(other) != os.path.realpath(self.path):
            raise WarehouseError(
                f"{self.path} cannot be written: {self.work} belongs to {other}; name that, or another"
            )
        if noted != name:
            with self._writing():
                note.write_text(name, encoding="utf-8")

    def migrate(self) -> int:
        """Bring the writer's file to today's schema; returns how many migrations were applied. Idempotent.

        Raises ForeignDatabase if a database of something else stands where this one is published.
        """
        self._refuse_foreign()
        with self.opened(migrated=False) as connection:
            applied = migrate(connection)
            make_stored(connection)
        self._migrated = True
        return applied

    @contextmanager
    def opened(self, *, migrated: bool = True) -> Iterator[Connection]:
        """Open the writer's file for a block of calls, under the lock."""
        if not self._held:
            with self.lock("a single call"), self.opened(migrated=migrated) as connection:
                yield connection
            return
        if migrated and not self._migrated:
            self.migrate()
        new = not self._writer.exists() and self.path.exists()
        if new:
            publishing.check(self.path)
        with self._writing():
            self.staging.mkdir(parents=True, exist_ok=True)
            self.lake.mkdir(parents=True, exist_ok=True)
        if new:
            publishing.copy_whole(self.path, self._writer, work=self.work)
        try:
            connection = open_writer(self._writer, stored=self._stored, folders=[self.work, self.lake])
        except EngineError as error:
            raise WarehouseUnreadable(f"{self._writer} cannot be opened: {error}. {self._advice(error)}") from error
        try:
            with self._writing(), interruptible():
                yield connection
        finally:
            connection.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say of an error of the disk where it happened; other errors pass."""
        try:
            yield
        except (*DiskError, OSError) as error:
            raise WarehouseError(
                f"{self.work} or {self.lake} cannot be written: {error}. What was published before is as it was; "
                "the next run goes on from what is stored."
            ) from error

    def _advice(self, error: EngineError) -> str:
        if "lock" in str(error):
            return f"Close it in the other program; for reading there is {self.path}, which can be open all the while."
        if "Could not write" in str(error):
            return "Is the disk full?"
        return f"If it is damaged, delete {self.work}: the next run starts from what was published in {self.path}."

    # -- runs

    def begin_run(self, run: RunRecord) -> None:
        """Note that a run began. A run id that is known already is left as it is."""
        with self.opened() as connection:
            connection.execute(
                statement("begin_run"),
                {
                    "run_id": run.run_id,
                    "started": _utc(run.started),
                    "inputs": list(run.inputs),
                    "policy": run.policy,
                    "model": run.model,
                    "code_version": run.code_version,
                    "review_threshold": run.review_threshold,
                    "reject_threshold": run.reject_threshold,
                    "details": run.details_json,
                },
            )

    def close_stopped_runs(self, *, finished: datetime) -> int:
        """Mark runs that never ended as stopped; returns how many. Call it under the lock, before `begin_run`.

        The distributions of their signals are those of the pages that were merged so far.
        """
        with self.opened() as connection, transaction(connection):
            stopped = connection.execute(statement("stop_runs"), {"finished": _utc(finished)}).fetchall()
            for (run_id,) in stopped:
                _record_signals(connection, run_id)
        return len(stopped)

    def finish_run(
        self,
        run_id: str,
        *,
        finished: datetime,
        skipped: int = 0,
        passed_over: int = 0,
        status: RunStatus = "done",
        inputs_read: Sequence[str] = (),
        inputs_present: Sequence[str] = (),
    ) -> None:
        """Note that a run ended, with the distributions of its signals.

        `skipped`: pages that were seen but not judged, as `known_pages` had them; they count as unchanged.
        `passed_over`: pages that were not judged because their source is rejected.
        `inputs_read`: inputs that this run could read to their end; failures of reading them in earlier runs go.
        `inputs_present`: inputs that are there, read or not; failures to find them go.
        """
        with self.opened() as connection, transaction(connection):
            connection.execute(
                statement("finish_run"),
                {
                    "run_id": run_id,
                    "finished": _utc(finished),
                    "status": status,
                    "skipped": skipped,
                    "passed_over": passed_over,
                },
            )
            connection.execute(
                statement("resolve_inputs"),
                {"run_id": run_id, "inputs": list(inputs_read), "present": list(inputs_present)},
            )
            _record_signals(connection, run_id)

    # -- pages

    def known_pages(self, policy: str, model: str) -> PageIds:
        """Return the pages whose present assessment was made under this policy and model."""
        with self.opened() as connection:
            ids = fetch(connection, statement("known_pages"), {"policy": policy, "model": model})
        return PageIds.from_arrow(ids["page_id"].combine_chunks())

    def staging_folder(self, run_id: str) -> Path:
        """Return the folder for a run's parts; it exists."""
        folder = self.staging / run_id
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def leftover_parts(self) -> dict[str, list[Path]]:
        """Return the staged parts by run id, for example those of a run that was killed before it merged them."""
        found: dict[str, list[Path]] = {}
        for path in sorted(self.staging.glob("*/*.parquet")):
            found.setdefault(path.parent.name, []).append(path)
        return found

    def merge_parts(self, paths: Sequence[Path], run_id: str, *, left_over: bool = False) -> MergeCounts:
        """Merge staged parts in one transaction; the run's counts grow by what changed. Merging again does nothing.

        `left_over`: a killed run left them, and pages that were judged since stay as they are.
        Raises PartUnreadable for a file that is no part; nothing is merged then. Parts are left where they are.
        """
        with self.opened() as connection:
            return merging.merge(connection, paths, run_id=run_id, left_over=left_over)

    def set_aside_unreadable(self, paths: Sequence[Path]) -> list[PartUnreadable]:
        """Rename the files that are no parts, so that nothing merges them; returns what is wrong with each."""
        wrong = []
        for path in paths:
            try:
                merging.check_part(path)
            except PartUnreadable as error:
                path.rename(path.with_name(f"{path.name}.unreadable"))
                wrong.append(error)
        return wrong

    def discard_parts(self, paths: Sequence[Path]) -> None:
        """Delete parts that were merged. Their folder stays until `publish`: a worker may be about to write into it."""
        for path in paths:
            path.unlink(missing_ok=True)

    def articles_for_rescore(self, *, policy: str, model: str, batch: int = 512) -> Iterator[pa.Table]:
        """Yield stored articles that were not judged under this policy and model, `batch` pages a table.

        Columns: page_id, source, host, path_prefix, url, origin, body_sha256, fetched_at (ISO string), page_type,
        text_simhash, template, article (zstd JSON), extra; in the order of page ids. The file is closed between batches.
        """
        with self.opened() as connection:
            pending = fetch(connection, statement("rescore_ids"), {"policy": policy, "model": model})
        ids = pending["page_id"].to_pylist()
        for start in range(0, len(ids), batch):
            with self.opened() as connection:
                table = fetch(connection, statement("rescore_articles"), {"ids": ids[start : start + batch]})
            yield table

    def unstored_pages(self, *, policy: str, model: str) -> int:
        """Count the pages that `articles_for_rescore` leaves out although they were not judged under this key.

        Their articles were pruned, or the folder of the writer was lost; only the inputs can give them again.
        """
        with self.opened() as connection:
            found = connection.execute(statement("unstored_pages"), {"policy": policy, "model": model}).fetchall()
        return int(found[0][0])

    # -- the gate

    def source_pages(self) -> pa.Table:
        """Return what the gate judges sources on, one row a page that has an assessment.

        Columns: source, host, path_prefix, page_id, verdict, status, reject_probability, assessed_at, fetched_at,
        first_seen, text_simhash, template, words; ordered by source and page.
        """
        with self.opened() as connection:
            return fetch(connection, statement("source_pages"))

    def source_status(self) -> pa.Table:
        """Return the gate's present word on each source, as SOURCE_STATUS_SCHEMA."""
        with self.opened() as connection:
            return fetch(connection, statement("source_status")).cast(SOURCE_STATUS_SCHEMA)

    def gate_history(self) -> pa.Table:
        """Return every change of a source's status in the order they were made.

        Columns: source, decided_at, run_id, from_status, to_status, details.
        """
        with self.opened() as connection:
            return fetch(connection, statement("gate_history"))

    def record_gate(self, statuses: pa.Table, decisions: pa.Table) -> None:
        """Replace the status of each source in `statuses`; append `decisions`, once for each run and source."""
        with self.opened() as connection:
            connection.register("incoming_status", statuses.cast(SOURCE_STATUS_SCHEMA))
            connection.register("incoming_decision", decisions.cast(GATE_DECISION_SCHEMA))
            with transaction(connection):
                for name in ("forget_source_status", "record_source_status", "record_gate_decision"):
                    connection.execute(statement(name))

    # -- handing over

    def publish(self) -> None:
        """Put a complete copy of the writer's file where readers look."""
        with self._held_or_locked():
            with self.opened() as connection:
                connection.execute("checkpoint")
            publishing.copy_whole(self._writer, self.path, work=self.work)
            for folder in self.staging.iterdir():
                with suppress(OSError):  # one that holds a part stays
                    folder.rmdir()

    def refresh_lake(self) -> int:
        """Make the Parquet lake say what the writer's file says; returns the runs whose files were written."""
        with self._held_or_locked(), self.opened() as connection:
            return lake.refresh(connection, self.lake)

    # -- upkeep

    def prune(self, retention: Retention, *, now: datetime) -> PruneCounts:
        """Remove what is older than the retention allows. Articles and their latest assessments are never removed."""
        with self.opened() as connection:
            return maintenance.prune(connection, retention, now=_utc(now))

    def vacuum(self) -> tuple[int, int]:
        """Rewrite the writer's files without their holes; returns their size in bytes before and after."""
        with self._held_or_locked(), self._writing():
            with self.opened() as connection:
                connection.execute(statement("forget_stored"))
            before = self._size()
            with self.opened() as connection:
                compact = maintenance.compact(connection, "writer", self.work)
            compact.replace(self._writer)
            with self.opened() as connection:
                compact = maintenance.compact(connection, "stored", self.work)
            compact.replace(self._stored)
            self.migrate()
            return before, self._size()

    def _size(self) -> int:
        return sum(path.stat().st_size for path in (self._writer, self._stored))

    def forget_staging(self) -> None:
        """Delete every staged part, merged or not."""
        with self._held_or_locked():
            shutil.rmtree(self.staging, ignore_errors=True)

    @contextmanager
    def _held_or_locked(self) -> Iterator[None]:
        if self._held:
            yield
        else:
            with self.lock("a single call"):
                yield


def _record_signals(connection: Connection, run_id: str) -> None:
    for name in ("forget_run_signals", "forget_run_signal_bins", "run_signals", "run_signal_bins"):
        connection.execute(statement(name), {"run_id": run_id})


def _utc(moment: datetime) -> datetime:
    """Return the time in UTC without a zone, as the tables keep it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
