"""Run chunks on Dask through a plain distributed client: the same chunks, the same parts, on more machines.

Workers write their parts to the staging folder, so it must be storage that all of them see. Futures are released as soon
as their part is known: a held future is computed again when its worker dies. Dask blames a worker's death on all that it was
given, so chunks under which workers keep dying are tried again one at a time, with nothing else in flight; the one that
kills alone is taken apart, and the page that still kills is quarantined by name.

A running task cannot be ended from outside, so a page that takes longer than `limits.seconds` of the policy ends its
worker's process from a thread of C that waits for no lock, and counts as one that kills; the worker's nanny starts another.
That needs workers of one thread with a nanny, as `dask worker --nthreads 1` makes them; others wait for the page. Memory is
limited by the nannies (`--memory-limit`), not by `limits.memory_mb`.
"""

from __future__ import annotations

import asyncio
import faulthandler
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import distributed
from distributed.scheduler import KilledWorker

from flows.engine.chunks import (
    Chunk,
    EngineError,
    Job,
    Part,
    assess_chunk,
    assessed_rows,
    quarantine,
    write_part,
)

_untyped: Any = distributed
"""The package has types for half of its calls."""

CHUNKS_IN_FLIGHT = 3
"""A worker: enough to keep it busy, few enough that the pages in flight stay small in memory."""
CONNECT_SECONDS = 30.0
WORKER_SECONDS = 60.0
"""How long a cluster may take to have its first worker: a machine that is being started needs longer than a process."""
RETRIES = 1
_ALLOWED_FAILURES = 1
"""Deaths of workers that a chunk survives before it counts as their cause."""


def run_dask(chunks: Iterator[Chunk], job: Job, *, workers: int, address: str | None) -> Iterator[Part]:
    """Run chunks on a running cluster, or on a local one of `workers` processes; yield each part as it is written."""
    with _client(workers, address) as client:
        suspects: deque[Chunk] = deque()
        running: dict[str, Chunk] = {}
        finished: Any = _untyped.as_completed(loop=client.loop)
        limit = CHUNKS_IN_FLIGHT * max(1, len(client.scheduler_info()["workers"]))
        alone = False
        while True:
            while len(running) < limit and not alone and not (suspects and running):
                alone = bool(suspects)
                chunk = suspects.popleft() if suspects else next(chunks, None)
                if chunk is None:
                    break
                future = client.submit(_assess, chunk, job, pure=False, retries=RETRIES)
                running[future.key] = chunk
                finished.add(future)
            if not running:
                return
            future = next(finished)
            chunk = running.pop(future.key)
            error = future.exception()
            if error is None:
                yield future.result()
            elif not isinstance(error, KilledWorker):
                raise error
            elif not alone:
                suspects.append(chunk)
            elif len(chunk.pages) == 1:
                yield quarantine(chunk.pages[0], _cause(error, job), job)
            else:
                suspects.extendleft(reversed(_halves(chunk)))
            alone = False
            future.release()


def _cause(error: Exception, job: Job) -> str:
    limit = f"{job.policy.limits.seconds:g} s (limits.seconds in the policy)"
    return f"Dask workers died on this page, or it took longer than {limit}: {error}"[:300]


def _halves(chunk: Chunk) -> tuple[Chunk, Chunk]:
    middle = len(chunk.pages) // 2
    return Chunk(chunk.number, chunk.pages[:middle]), Chunk(chunk.number, chunk.pages[middle:])


def _assess(chunk: Chunk, job: Job) -> Part:
    from flows.engine.warm import load_everything  # in the worker: the client has no need of it

    load_everything()
    worker = _untyped.get_worker()
    if not worker.nanny or worker.state.nthreads != 1:
        return assess_chunk(chunk, job)
    seconds = job.policy.limits.seconds
    try:
        judged = assessed_rows(chunk, job, starting=lambda _: faulthandler.dump_traceback_later(seconds, exit=True))
    finally:
        faulthandler.cancel_dump_traceback_later()
    return write_part(judged, job)


@contextmanager
def _client(workers: int, address: str | None) -> Iterator[Any]:
    if address:
        with _connected(address) as client:
            try:
                client.wait_for_workers(1, timeout=WORKER_SECONDS)
            except TimeoutError as error:
                raise EngineError(
                    f"the Dask cluster at {address} had no worker for {WORKER_SECONDS:g} s; "
                    f"start one with `dask worker {address}`"
                ) from error
            yield client
        return
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": _ALLOWED_FAILURES}),
        _untyped.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        _untyped.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _connected(address: str) -> Any:
    """Return a client of the cluster. A client that fails to connect closes badly, so a plain connection is tried first."""
    try:
        with ThreadPoolExecutor(1) as thread:  # the caller's thread may run a loop
            thread.submit(asyncio.run, _greet(address)).result()
        return _untyped.Client(address, set_as_default=False, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"no Dask scheduler answers at {address}: {error}. It is started with `dask scheduler`, which prints its "
            "address, such as tcp://10.0.0.5:8786; without one the local engine does the same work"
        ) from error


async def _greet(address: str) -> None:
    secured = _untyped.Security().get_connection_args("client")
    connection = await _untyped.comm.connect(address, timeout=CONNECT_SECONDS, **secured)
    await connection.close()
