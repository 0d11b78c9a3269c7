"""Chunks: the unit of work, large enough to be cheap and small enough to be lost.

A worker assesses the pages of a chunk and writes one Parquet part under a temporary name, which it then renames: a part
either is there and whole, or is not there. Rows depend on the pages alone, so a chunk that is run twice changes nothing.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from flows.inputs import InputFailure
from flows.rows import encodable_row, failure_row, input_failure_row, page_row
from quality.extract import forget_pages
from quality.model_files import model_key
from quality.pipeline import assess_page
from quality.policy import Policy
from quality.records import Failure, RawPage
from warehouse.schema import PART_SCHEMA

CHUNK_PAGES = 32
CHUNK_BYTES = 8_000_000
HEAVY_SECONDS = 1.0
HEAVY_BYTES = 1_000_000
"""After a page that took longer or is larger, memory is given back: it may have left hundreds of megabytes behind."""


class EngineError(RuntimeError):
    """The engine itself cannot work; no page is to blame."""


@dataclass(frozen=True, slots=True)
class Job:
    """What all chunks of a run share."""

    run_id: str
    staging: str
    """Folder (an absolute path or any fsspec URL, which all workers see) that the parts go to."""
    policy: Policy
    assessed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some pages to assess together."""

    number: int
    pages: tuple[RawPage, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A written part and what it holds."""

    path: str
    pages: int
    failed: int


def chunked(pages: Iterable[RawPage]) -> Iterator[Chunk]:
    """Cut a stream of pages into chunks of at most CHUNK_PAGES pages and about CHUNK_BYTES bytes."""
    number, held, size = 0, list[RawPage](), 0
    for page in pages:
        held.append(page)
        size += len(page.body)
        if len(held) >= CHUNK_PAGES or size >= CHUNK_BYTES:
            yield Chunk(number, tuple(held))
            number, held, size = number + 1, [], 0
    if held:
        yield Chunk(number, tuple(held))


def assess_chunk(chunk: Chunk, job: Job, *, starting: Callable[[int], None] = lambda _: None) -> Part:
    """Assess a chunk's pages and write its part; `starting` is called with each page's index before it begins."""
    return write_part(assessed_rows(chunk, job, starting=starting), job)


def assessed_rows(chunk: Chunk, job: Job, *, starting: Callable[[int], None]) -> list[dict[str, object]]:
    """Assess a chunk's pages; see `assess_chunk`."""
    rows: list[dict[str, object]] = []
    for index, page in enumerate(chunk.pages):
        starting(index)
        began = time.perf_counter()
        assessment = assess_page(page, policy=job.policy)
        seconds = time.perf_counter() - began
        rows.append(page_row(page, assessment, run_id=job.run_id, assessed_at=job.assessed_at, seconds=seconds))
        if seconds > HEAVY_SECONDS or len(page.body) > HEAVY_BYTES:
            del assessment
            _give_memory_back()
    return rows


def _give_memory_back() -> None:
    """Empty the extractor's caches, and return freed memory to the system, which glibc would keep."""
    forget_pages()
    with suppress(OSError, AttributeError):  # other C libraries have no malloc_trim
        ctypes.CDLL(None).malloc_trim(0)


def quarantine(page: RawPage, error: str, job: Job) -> Part:
    """Write the part of a page that no worker survived."""
    row = failure_row(
        page,
        Failure("worker", error),
        run_id=job.run_id,
        assessed_at=job.assessed_at,
        policy=job.policy.key,
        model=model_key(job.policy),
    )
    return write_part([row], job)


def unread(failures: Iterable[InputFailure], job: Job) -> Part:
    """Write the part of inputs that gave no page."""
    rows = [
        input_failure_row(
            failure,
            run_id=job.run_id,
            assessed_at=job.assessed_at,
            policy=job.policy.key,
            model=model_key(job.policy),
        )
        for failure in failures
    ]
    return write_part(rows, job)


def write_part(rows: list[dict[str, object]], job: Job) -> Part:
    """Write rows as one Parquet part: under a temporary name first, then renamed.

    Raises EngineError when the staging folder cannot be written, which is no fault of the pages.
    """
    try:
        table = pa.Table.from_pylist(rows, schema=PART_SCHEMA)
    except UnicodeEncodeError:
        table = pa.Table.from_pylist(encodable_row(rows), schema=PART_SCHEMA)
    fs, folder = (LocalFileSystem(), job.staging) if job.staging.startswith("/") else url_to_fs(job.staging)
    name = uuid.uuid4().hex
    unfinished = f"{folder}/{name}.tmp"
    try:
        fs.makedirs(folder, exist_ok=True)
        with fs.open(unfinished, "wb") as stream:
            pq.write_table(table, stream, compression="zstd")
        fs.mv(unfinished, f"{folder}/{name}.parquet")
    except OSError as error:
        with suppress(OSError):
            fs.rm(unfinished)
        raise EngineError(
            f"{job.staging} cannot be written: {error}. The next run goes on from what is stored."
        ) from error
    failed = sum(row.get("failure_stage") is not None for row in rows)
    return Part(path=f"{job.staging.rstrip('/')}/{name}.parquet", pages=len(rows), failed=failed)
