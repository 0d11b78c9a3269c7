"""Engines run chunks of pages: a local pool of killable workers, or Dask. Both write the same parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.engine.chunks import Chunk, Job, Part

if TYPE_CHECKING:
    from flows.scoring import Settings


def run_chunks(chunks: Iterator[Chunk], job: Job, settings: Settings) -> Iterator[Part]:
    """Run chunks on the engine that the settings name; yield each part as it is written, in no particular order."""
    if settings.engine == "dask":
        from flows.engine.cluster import run_dask  # distributed takes 0.5 s to import

        return run_dask(chunks, job, workers=settings.workers, address=settings.dask_address)
    from flows.engine.local import run_local

    return run_local(chunks, job, workers=settings.workers)
