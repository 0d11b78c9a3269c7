"""A pool of worker processes that can be killed: hung or bursting pages cost one worker, never the run.

A worker tells its parent which page it begins, so when it dies or overstays the time limit the parent knows the culprit.
A page that outlasts the limit is quarantined; one under which a worker died is tried once more by itself, since the
kernel may have killed the worker for a neighbour's memory, and is quarantined if it kills again. The other pages of the
chunk are run again in two smaller chunks. Workers are recycled, because the extractor's memory grows.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from flows.engine.chunks import Chunk, EngineError, Job, Part, assess_chunk, quarantine
from flows.forkserver import let_interrupts_through, worker_context

PAGES_PER_WORKER = 2_000
"""A worker is replaced after so many pages (trafilatura's caches and libxml2's dictionaries grow about 1 MB a page in places)."""
STARTING_DEATHS = 5
"""Workers in a row that may die before their first page; then it is the machine or the policy, and the run stops."""
_POLL_SECONDS = 0.5


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    chunk: Chunk | None = None
    page: int = 0
    page_began: float = 0.0
    pages_done: int = 0


@dataclass(slots=True)
class _Queue:
    """Chunks to run: those that came back from a dead worker go before new ones."""

    source: Iterator[Chunk]
    returned: deque[Chunk] = field(default_factory=deque)
    suspects: set[tuple[str, str | None]] = field(default_factory=set)
    starting_deaths: int = 0
    """Workers in a row that died before they began a page."""

    def next(self) -> Chunk | None:
        if self.returned:
            return self.returned.popleft()
        return next(self.source, None)


def run_local(chunks: Iterator[Chunk], job: Job, *, workers: int) -> Iterator[Part]:
    """Run chunks on `workers` processes; yield each part as it is written, in no particular order."""
    context = worker_context()
    queue = _Queue(chunks)
    pool: list[_Worker] = []
    try:
        while True:
            _feed(pool, queue, job, context, workers)
            if not pool:
                return
            yield from _collect(pool, queue, job)
    finally:
        for worker in pool:
            _end(worker)


def _feed(pool: list[_Worker], queue: _Queue, job: Job, context: Any, workers: int) -> None:
    """Give every idle worker a chunk; start workers while there is work, stop them when there is none."""
    for worker in [worker for worker in pool if worker.chunk is None]:
        chunk = queue.next() if worker.pages_done < PAGES_PER_WORKER else None
        if chunk is None:
            pool.remove(worker)
            _end(worker)
        else:
            _give(worker, chunk)
    while len(pool) < workers and (chunk := queue.next()) is not None:
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, job), daemon=True)
        with without_main():
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        _give(worker, chunk)
        pool.append(worker)


@contextmanager
def without_main() -> Iterator[None]:
    """Keep processes that start in this block from running the parent's main module again.

    A worker needs nothing of it. Under Prefect it is an engine that takes two seconds to import; a notebook or a script
    on standard input has no file to run again; and a script without a main guard would start the run once more.
    """
    main = sys.modules["__main__"].__dict__
    kept: dict[str, Any] = {name: main[name] for name in ("__spec__", "__file__") if name in main}
    main["__spec__"] = None
    main.pop("__file__", None)
    try:
        yield
    finally:
        main.update(kept)


def _give(worker: _Worker, chunk: Chunk) -> None:
    worker.chunk, worker.page, worker.page_began = chunk, 0, 0.0
    with suppress(
        BrokenPipeError, ConnectionResetError
    ):  # it died: _collect sees the closed pipe and takes the chunk back
        worker.pipe.send(chunk)


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _collect(pool: list[_Worker], queue: _Queue, job: Job) -> list[Part]:
    """Wait for news from the workers; handle results, deaths and pages that outlast their limit.

    Each worker is heard just before its time is judged, and the parts are handed over after all were: however long the
    parent was busy with them, no page that is done counts as hanging.
    """
    wait([worker.pipe for worker in pool], timeout=_POLL_SECONDS)
    parts: list[Part] = []
    for worker in list(pool):
        try:
            _hear(worker, parts)
        except (EOFError, OSError):
            pool.remove(worker)
            _end(worker)
            parts += _died(worker, queue, job)
            continue
        if worker.chunk and worker.page_began and time.monotonic() - worker.page_began > job.policy.limits.seconds:
            pool.remove(worker)
            _end(worker)
            parts += _overstayed(worker, queue, job)
    return parts


def _hear(worker: _Worker, parts: list[Part]) -> None:
    """Read all that a worker has said, and keep its parts.

    Raises EOFError or OSError if it is dead, and EngineError if it says that no page can be assessed there.
    """
    while worker.pipe.poll():
        message = worker.pipe.recv()
        if isinstance(message, int):
            worker.page, worker.page_began = message, time.monotonic()
        elif isinstance(message, EngineError):
            raise message
        else:
            assert worker.chunk is not None
            worker.pages_done += len(worker.chunk.pages)
            worker.chunk = None
            parts.append(message)


def _died(worker: _Worker, queue: _Queue, job: Job) -> Iterator[Part]:
    chunk = worker.chunk
    if chunk is None:
        return
    page = chunk.pages[worker.page]
    code = worker.process.exitcode
    how = f"signal {-code}" if code and code < 0 else f"exit status {code}"
    if not worker.page_began:  # no page is to blame: it died while starting, or was killed between two chunks
        queue.starting_deaths += 1
        if queue.starting_deaths > STARTING_DEATHS:
            raise EngineError(
                f"workers die before their first page ({how}); is the memory limit of the policy too low?"
            )
        queue.returned.append(chunk)
        return
    queue.starting_deaths = 0
    key = (page.origin, page.url)
    if key in queue.suspects:
        yield quarantine(page, f"a worker died twice on this page ({how})", job)
        _return_neighbours(chunk, worker.page, queue)
        return
    queue.suspects.add(key)
    queue.returned.append(Chunk(chunk.number, (page,)))
    _return_neighbours(chunk, worker.page, queue)


def _overstayed(worker: _Worker, queue: _Queue, job: Job) -> Iterator[Part]:
    chunk = worker.chunk
    assert chunk is not None
    limit = job.policy.limits.seconds
    yield quarantine(chunk.pages[worker.page], f"took longer than {limit:g} s (limits.seconds in the policy)", job)
    _return_neighbours(chunk, worker.page, queue)


def _return_neighbours(chunk: Chunk, index: int, queue: _Queue) -> None:
    for pages in (chunk.pages[:index], chunk.pages[index + 1 :]):
        if pages:
            queue.returned.append(Chunk(chunk.number, pages))


def _work(pipe: Connection, job: Job) -> None:
    """A worker's life: take a chunk, report each page it begins, answer with the part; end when the parent is gone.

    An EngineError is an answer too: no further worker would fare better.
    """
    from flows.engine.warm import load_everything  # by the fork server, as a rule: a parent has no need of it

    try:
        let_interrupts_through()
        load_everything()
        _limit_memory(job.policy.limits.memory_mb)
        while True:
            chunk = pipe.recv()
            pipe.send(assess_chunk(chunk, job, starting=pipe.send))
    except EngineError as error:
        with suppress(BrokenPipeError, ConnectionResetError):
            pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return


def _limit_memory(megabytes: int) -> None:
    """Let the address space grow by so much and no more: a bomb then ends as MemoryError in its own page."""
    if megabytes <= 0:
        return
    pages = int(open("/proc/self/statm").read().split()[0]) if os.path.exists("/proc/self/statm") else 0  # noqa: PTH110, PTH123, SIM115
    ceiling = pages * resource.getpagesize() + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
