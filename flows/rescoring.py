"""Judge what is stored again under today's policy and models, from the stored articles, without the inputs.

The articles are small and were extracted safely before, so they are judged in plain worker processes; the parts take the
same road into the warehouse as those of a run.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.engine.chunks import EngineError, Job, Part, write_part
from flows.engine.local import without_main
from flows.forkserver import end_at_interrupts, interrupts_wait, worker_context
from flows.recurring import mark_recurring_lines
from flows.rows import assessment_columns, unpack_article
from flows.scoring import Counts, RunSummary, take_over
from flows.sources import judge_sources
from quality.model_files import check_models, model_key
from quality.pipeline import assess_article
from quality.policy import Policy
from quality.source_lists import SourceLists
from warehouse.errors import NoWarehouse
from warehouse.records import RunRecord
from warehouse.store import Warehouse

BATCH_PAGES = 256
_KEPT = ("page_id", "source", "host", "path_prefix", "url", "origin", "body_sha256", "fetched_at", "extra")


def rescore(
    path: Path,
    policy: Policy,
    *,
    workers: int,
    lists: SourceLists,
    progress: Callable[[Counts], None] = lambda _: None,
    wait_seconds: float = 0.0,
) -> RunSummary:
    """Judge every stored article that has no assessment under this policy and model, then the sources; publish.

    Raises NoWarehouse if there is none, and WarehouseLocked if a run holds it for longer than `wait_seconds`.
    """
    check_models(policy)
    clock = time.perf_counter()
    started = dt.datetime.now(dt.UTC)
    run_id = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    counts = Counts(inputs=1)
    warehouse = Warehouse(path)
    if not warehouse.exists():
        raise NoWarehouse(path)
    with warehouse.lock(run_id, wait_seconds=wait_seconds):
        warehouse.migrate()
        take_over(warehouse)
        warehouse.close_stopped_runs(finished=started)
        warehouse.begin_run(
            RunRecord(
                run_id=run_id,
                started=started,
                inputs=("rescore",),
                policy=policy.key,
                model=model_key(policy),
                code_version=version("quality"),
                review_threshold=policy.verdict.review,
                reject_threshold=policy.verdict.reject,
            )
        )
        job = Job(run_id, str(warehouse.staging_folder(run_id)), policy, started)
        _judge_all(warehouse, job, counts, workers=workers, progress=progress)
        mark_recurring_lines(warehouse, policy, run_id=run_id, now=dt.datetime.now(dt.UTC))
        changes = judge_sources(warehouse, policy, lists, run_id=run_id, as_of=started)
        warehouse.finish_run(run_id, finished=dt.datetime.now(dt.UTC))
        warehouse.publish()
        lost = warehouse.unstored_pages(policy=policy.key, model=model_key(policy))
    return RunSummary(run_id, counts, time.perf_counter() - clock, 0, len(changes), lost)


def _judge_all(
    warehouse: Warehouse, job: Job, counts: Counts, *, workers: int, progress: Callable[[Counts], None]
) -> None:
    tables = warehouse.articles_for_rescore(policy=job.policy.key, model=model_key(job.policy), batch=BATCH_PAGES)
    with without_main(), ProcessPoolExecutor(workers, worker_context(), end_at_interrupts) as pool:
        for table in tables:
            rows = table.to_pylist()
            counts.read += len(rows)
            shares = [rows[index::workers] for index in range(workers) if rows[index::workers]]
            try:
                with interrupts_wait():
                    found = pool.map(rescore_rows, shares, [job] * len(shares))
                parts = list(found)
            except BrokenProcessPool as error:
                raise EngineError(
                    "a worker was killed, perhaps for want of memory: fewer --workers need less. What was judged before "
                    "stays; `quality rescore` again judges the rest."
                ) from error
            paths = [Path(part.path) for part in parts]
            merged = warehouse.merge_parts(paths, job.run_id)
            warehouse.discard_parts(paths)
            counts.new += merged.new
            counts.updated += merged.updated
            counts.unchanged += merged.unchanged
            progress(counts)


def rescore_rows(rows: Iterable[Mapping[str, Any]], job: Job) -> Part:
    """Judge stored articles and write their part."""
    judged = []
    for row in rows:
        assessment = assess_article(unpack_article(row["article"]), policy=job.policy)
        kept = {key: row[key] for key in _KEPT}
        judged.append({**kept, "run_id": job.run_id, "assessed_at": job.assessed_at, **assessment_columns(assessment)})
    return write_part(judged, job)
