"""The run of `score`, stage by stage, without Prefect: find inputs, assess chunks, store, judge sources, publish.

`quality run` and the Prefect flow call the same stages; the flow adds states, retries and artifacts. A run holds the
warehouse's lock from start to end, scores with the database closed, and merges whole parts in one transaction each, so
it can be killed anywhere: parts that are staged and not yet merged are taken over by the next run.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from flows.credentials import without_credentials
from flows.engine import run_chunks
from flows.engine.chunks import Job, Part, chunked, unread
from flows.inputs import InputFailure, InputFile, Inputs
from flows.readers import read_pages
from flows.recurring import mark_recurring_lines
from flows.rows import encodable
from flows.sources import judge_sources, standings
from quality.fingerprint import body_digest, file_of, page_id
from quality.gate import admission, with_overrides
from quality.model_files import check_models, model_key
from quality.policy import Policy
from quality.records import RawPage
from quality.source_lists import SourceLists
from quality.sources import source_of, subsource_key
from warehouse.page_ids import PageIds
from warehouse.records import RunRecord
from warehouse.store import Warehouse

_log = logging.getLogger(__name__)

MERGE_PARTS = 12
"""Parts that are merged in one transaction: a merge costs about as much for one part as for twelve."""
MERGE_SECONDS = 30.0
ENGINES = ("local", "dask")
FAILURES_A_PART = 10_000
"""Inputs and records that could not be read, after which they are staged: an archive may hold any number of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where and how to run."""

    warehouse: Path
    policy: Policy
    workers: int
    engine: str = "local"
    """"local" or "dask"."""
    dask_address: str | None = None
    """Scheduler of a running cluster; a local cluster is started if None."""
    lists: SourceLists = field(default_factory=SourceLists)
    """What people said of sources."""
    include_rejected: bool = False
    """Assess the pages of rejected sources too, instead of a sampled share of them."""
    wait_seconds: float = 0.0
    """How long to wait for another run that holds the warehouse."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"workers must be 1 or more, found {self.workers}")
        if self.engine not in ENGINES:
            raise ValueError(f"engine must be one of {', '.join(ENGINES)}, found {self.engine!r}")
        if not self.wait_seconds >= 0:
            raise ValueError(f"wait_seconds must be 0 or more, found {self.wait_seconds}")


@dataclass(slots=True)
class Counts:
    """What a run has done so far."""

    inputs: int = 0
    read: int = 0
    """Different pages read out of the inputs."""
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    """Pages that are stored under today's policy and models already; part of `unchanged`."""
    failed: int = 0
    gated: Counter[str] = field(default_factory=Counter)
    """Pages of rejected sources that were passed over, by source; a later run reads them when the status changed."""
    left_alone: Counter[str] = field(default_factory=Counter)
    """Records of archives that are no pages (redirects, errors, images …), by why."""
    bytes_done: int = 0
    """Size of the inputs that were read to their end."""

    @property
    def judged(self) -> int:
        """Pages that were judged and stored."""
        return self.new + self.updated

    @property
    def pages(self) -> int:
        """Pages as `runs` counts them: those that were not passed over, and inputs that failed."""
        return self.judged + self.unchanged + self.failed


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a finished run did."""

    run_id: str
    counts: Counts
    seconds: float
    ignored_files: int
    changed_sources: int
    not_rescorable: int = 0
    """Pages under another policy or other models that `rescore` could not judge: their stored articles are gone."""


class ScoreRun:
    """One run in progress: the warehouse is locked, the run is on record. Use `open_run`."""

    def __init__(self, warehouse: Warehouse, settings: Settings, run_id: str, started: dt.datetime) -> None:
        self.warehouse = warehouse
        self.settings = settings
        self.run_id = run_id
        self.started = started
        self.counts = Counts()
        self._read_inputs: list[str] = []
        self._present: list[str] = []
        self._unread: list[Part] = []
        self._clock = time.perf_counter()
        self._job = Job(run_id, str(warehouse.staging_folder(run_id)), settings.policy, started)
        _, judged = standings(warehouse, started.date())
        self._standings = with_overrides(judged, settings.lists.overrides, started.date())
        self._known: PageIds = warehouse.known_pages(settings.policy.key, model_key(settings.policy))

    def assess(self, inputs: Inputs, *, progress: Callable[[Counts], None] = lambda _: None) -> Counts:
        """Read, assess and store all pages of the inputs; returns the counts so far."""
        files = self._foreign(inputs.files)
        self.counts.inputs = len(files) + len(inputs.failures)
        self._present += [encodable(given) for given in inputs.present]
        unreadable: list[InputFailure] = list(inputs.failures)
        parts: list[Part] = []
        merged_at = time.monotonic()
        chunks = chunked(self._new_pages(files, unreadable))
        for part in run_chunks(chunks, self._job, self.settings):
            parts.append(part)
            if len(parts) >= MERGE_PARTS or time.monotonic() - merged_at > MERGE_SECONDS:
                self._merge(parts)
                parts, merged_at = [], time.monotonic()
            progress(self.counts)
        if unreadable:
            parts.append(unread(unreadable, self._job))
        parts += self._unread
        for first in range(0, len(parts), MERGE_PARTS):
            self._merge(parts[first : first + MERGE_PARTS])
        progress(self.counts)
        return self.counts

    def _foreign(self, files: Sequence[InputFile]) -> list[InputFile]:
        """Return the files without those of the warehouse itself, which may lie in a folder that is read."""
        own = tuple(f"{os.path.realpath(folder)}/" for folder in (self.warehouse.work, self.warehouse.lake))
        foreign = [file for file in files if not os.path.realpath(file.path).startswith(own)]
        if passed := len(files) - len(foreign):
            _log.warning("%s files of the warehouse itself are among the inputs and are passed over.", f"{passed:,}")
        return foreign

    def mark_recurring_lines(self) -> int:
        """Mark the lines that come back on the pages of a source; returns how many pages changed."""
        return mark_recurring_lines(
            self.warehouse, self.settings.policy, run_id=self.run_id, now=dt.datetime.now(dt.UTC)
        )

    def judge_sources(self) -> int:
        """Re-estimate every source and record the changes of status; returns how many changed."""
        settings = self.settings
        changes = judge_sources(self.warehouse, settings.policy, settings.lists, run_id=self.run_id, as_of=self.started)
        return len(changes)

    def publish(self, *, ignored_files: int = 0, changed_sources: int = 0) -> RunSummary:
        """Close the run's record and publish the snapshot that people read."""
        counts = self.counts
        self.warehouse.finish_run(
            self.run_id,
            finished=dt.datetime.now(dt.UTC),
            skipped=counts.skipped,
            passed_over=counts.gated.total(),
            inputs_read=self._read_inputs,
            inputs_present=self._present,
        )
        self.warehouse.publish()
        return RunSummary(self.run_id, counts, time.perf_counter() - self._clock, ignored_files, changed_sources)

    def _merge(self, parts: Sequence[Part]) -> None:
        if parts:
            paths = [Path(part.path) for part in parts]
            merged = self.warehouse.merge_parts(paths, self.run_id)
            self.warehouse.discard_parts(paths)
            self.counts.new += merged.new
            self.counts.updated += merged.updated
            self.counts.unchanged += merged.unchanged
            self.counts.failed += merged.failed

    def _new_pages(self, files: Iterable[InputFile], unreadable: list[InputFailure]) -> Iterator[RawPage]:
        """Yield the pages that were not assessed under today's policy and models; one that the inputs hold twice counts once."""
        met: set[bytes] = set()
        for file in files:
            whole = True
            limit = self.settings.policy.limits.max_bytes
            for page in read_pages(file, max_bytes=limit, left_alone=self.counts.left_alone):
                if isinstance(page, InputFailure):
                    unreadable.append(page)
                    whole = whole and page.origin != file.name
                    if len(unreadable) >= FAILURES_A_PART:
                        self._unread.append(unread(unreadable, self._job))
                        unreadable.clear()
                    continue
                identity = page_id(url=page.url, origin=file_of(page.origin), digest=body_digest(page.body))
                key = bytes.fromhex(identity)
                if key in met:
                    continue
                met.add(key)
                self.counts.read += 1
                if identity in self._known:
                    self.counts.skipped += 1
                    self.counts.unchanged += 1
                elif self._admits(page, identity):
                    yield page
            self.counts.bytes_done += file.size
            if whole:
                self._read_inputs.append(encodable(file.name))

    def _admits(self, page: RawPage, identity: str) -> bool:
        """True unless the page's source is rejected and the page is not among the share that is assessed all the same."""
        if self.settings.include_rejected:
            return True
        source = source_of(page.url, page.origin)
        author = subsource_key(page.url)
        decision = admission(self._standings, source, author, page.url or identity, self.settings.policy.gate)
        if decision == "skip":
            self.counts.gated[source] += 1
        return decision != "skip"


@contextmanager
def open_run(inputs: Sequence[str], settings: Settings) -> Iterator[ScoreRun]:
    """Lock the warehouse, take over what a killed run left staged, and put this run on record.

    Raises PolicyError if the models are not those that the policy pins, and WarehouseLocked if another run holds the
    warehouse for longer than `settings.wait_seconds`.
    """
    check_models(settings.policy)
    started = dt.datetime.now(dt.UTC)
    run_id = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    warehouse = Warehouse(settings.warehouse)
    with warehouse.lock(run_id, wait_seconds=settings.wait_seconds):
        warehouse.migrate()
        take_over(warehouse)
        warehouse.close_stopped_runs(finished=started)
        warehouse.begin_run(
            RunRecord(
                run_id=run_id,
                started=started,
                inputs=tuple(encodable(without_credentials(given)) for given in inputs),
                policy=settings.policy.key,
                model=model_key(settings.policy),
                code_version=version("quality"),
                review_threshold=settings.policy.verdict.review,
                reject_threshold=settings.policy.verdict.reject,
                details={"engine": settings.engine, "workers": settings.workers},
            )
        )
        yield ScoreRun(warehouse, settings, run_id, started)


def take_over(warehouse: Warehouse) -> None:
    """Merge the whole parts that a killed run left staged; they count for the run that wrote them.

    What is no part of this version is set aside: its pages are judged again when the input is read again.
    """
    for run_id, found in sorted(warehouse.leftover_parts().items()):
        wrong = warehouse.set_aside_unreadable(found)
        for error in wrong:
            _log.warning("%s The file is kept beside it as .unreadable.", error)
        paths = [path for path in found if path.exists()]
        warehouse.merge_parts(paths, run_id, left_over=True)
        warehouse.discard_parts(paths)
