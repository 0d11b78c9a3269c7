"""Time the stages that a page goes through, on the user's own pages: where do the milliseconds go?

One process reads, assesses and stores the pages as a run does, chunk by chunk into a warehouse of its own that is thrown
away, and takes the CPU time between one stage and the next. What several stages share (words, sentences) is counted where
it is first asked for. Without an input it makes pages itself, the same on every machine, so that machines and versions
can be compared; they are simpler than real ones.
"""

from __future__ import annotations

import datetime as dt
import gc
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from random import Random

from threadpoolctl import threadpool_limits

from flows.engine.chunks import Chunk, Job, chunked, write_part
from flows.inputs import InputFile
from flows.readers import read_pages
from flows.rows import page_row
from flows.scoring import MERGE_PARTS
from quality.model_files import model_key
from quality.pipeline import assess_page
from quality.policy import Policy
from quality.records import RawPage
from warehouse.records import RunRecord
from warehouse.store import Warehouse

STAGES = {
    "read": "reading",
    "decode": "extraction",
    "parse": "extraction",
    "metadata": "extraction",
    "markup": "extraction",
    "main text": "extraction",
    "layout": "extraction",
    "repair": "extraction",
    "segment": "judgement",
    "signals": "judgement",
    "roles": "judgement",
    "page type": "judgement",
    "verdict": "judgement",
    "spans": "judgement",
    "row": "storing",
    "part": "storing",
    "merge": "storing",
}
"""Each stage and the group it belongs to, in the order of a page's way."""
SLOWEST = 3
RUN_ID = "bench"


@dataclass(frozen=True, slots=True)
class Slow:
    """A page that took long."""

    origin: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Timing:
    """What the pages cost. Times are CPU seconds of the one process unless they say otherwise."""

    pages: int
    failed: int
    """Pages that could not be assessed, and records that could not be read."""
    bytes: int
    seconds: float
    """By the clock, from the first page on."""
    start_seconds: float
    """By the clock, for loading models and libraries; not part of `seconds`."""
    stages: dict[str, float]
    peak_megabytes: float
    slowest: tuple[Slow, ...]

    @property
    def cpu_seconds(self) -> float:
        """All stages together."""
        return sum(self.stages.values())


class StageClock:
    """Adds the CPU time since the last call to the stage that was entered then."""

    def __init__(self, stage: str) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._stage, self._since = stage, time.process_time()

    def enter(self, stage: str) -> None:
        """Begin a stage, which ends the one before."""
        now = time.process_time()
        self.seconds[self._stage] += now - self._since
        self._stage, self._since = stage, now


def bench(files: Iterable[InputFile], *, policy: Policy, pages: int) -> Timing:
    """Assess and store at most `pages` pages of the files, or pages that are made here if there is no file."""
    with threadpool_limits(limits=1), tempfile.TemporaryDirectory(prefix="quality-bench-") as folder:
        began = time.perf_counter()
        assess_page(next(made_pages()), policy=policy)
        gc.collect()
        gc.freeze()  # as every worker does
        start = time.perf_counter() - began
        listed = tuple(files)
        given = islice(_readable(listed, policy) if listed else made_pages(), pages)
        return _Bench(Path(folder), policy).run(given, start_seconds=start)


def _readable(files: Iterable[InputFile], policy: Policy) -> Iterator[RawPage]:
    found = chain.from_iterable(read_pages(file, max_bytes=policy.limits.max_bytes) for file in files)
    return (page for page in found if isinstance(page, RawPage))


class _Bench:
    def __init__(self, folder: Path, policy: Policy) -> None:
        now = dt.datetime.now(dt.UTC)
        model = model_key(policy)
        self._warehouse = Warehouse(folder / "quality.duckdb")
        self._job = Job(RUN_ID, str(self._warehouse.staging_folder(RUN_ID)), policy, now)
        with self._warehouse.lock(RUN_ID):
            self._warehouse.begin_run(RunRecord(RUN_ID, now, ("bench",), policy.key, model, "bench", 0.0, 1.0))
        self._slow: list[Slow] = []

    def run(self, pages: Iterator[RawPage], *, start_seconds: float) -> Timing:
        began = time.perf_counter()
        self._clock = StageClock("read")
        read = failed = size = 0
        parts: list[Path] = []
        with self._warehouse.lock(RUN_ID):
            for chunk in chunked(pages):
                read += len(chunk.pages)
                size += sum(len(page.body) for page in chunk.pages)
                failed += self._assess(chunk, parts)
                self._merge(parts, least=MERGE_PARTS)
                self._clock.enter("read")
            self._merge(parts, least=1)
        self._clock.enter("end")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
        stages = {stage: self._clock.seconds[stage] for stage in STAGES}
        slowest = tuple(sorted(self._slow, key=lambda slow: -slow.seconds)[:SLOWEST])
        return Timing(read, failed, size, time.perf_counter() - began, start_seconds, stages, peak, slowest)

    def _assess(self, chunk: Chunk, parts: list[Path]) -> int:
        rows = []
        for page in chunk.pages:
            began = time.process_time()
            assessment = assess_page(page, policy=self._job.policy, entering=self._clock.enter)
            self._clock.enter("row")
            seconds = time.process_time() - began
            self._slow.append(Slow(page.url or page.origin, seconds))
            rows.append(page_row(page, assessment, run_id=RUN_ID, assessed_at=self._job.assessed_at, seconds=seconds))
        self._clock.enter("part")
        part = write_part(rows, self._job)
        parts.append(Path(part.path))
        return part.failed

    def _merge(self, parts: list[Path], *, least: int) -> None:
        if len(parts) >= least:
            self._clock.enter("merge")
            self._warehouse.merge_parts(parts, RUN_ID)
            self._warehouse.discard_parts(parts)
            parts.clear()


WORDS = (
    "river bridge council report water level engineer village station harbour market teacher museum winter summer "
    "repair measure decide build open close study record find show carry open early later old new wide narrow first last"
).split()
PARAGRAPHS = 24
SENTENCES = 5


def made_pages(*, paragraphs: int = PARAGRAPHS) -> Iterator[RawPage]:
    """Yield pages without end, each different and each time the same: navigation, an article, related links, a footer."""
    number = 0
    while True:
        yield RawPage(
            body=_made_page(number, paragraphs).encode(),
            url=f"https://site{number % 50}.example/news/{number}",
            content_type="text/html; charset=utf-8",
            origin=f"made/{number}",
        )
        number += 1


def _made_page(number: int, paragraphs: int) -> str:
    random = Random(number)

    def sentence() -> str:
        words = random.choices(WORDS, k=random.randrange(7, 22))
        return f"{' '.join(words).capitalize()} {random.randrange(1, 2_000)}."

    def link(name: str) -> str:
        return f'<li class="menu-item"><a href="/{name}/{random.randrange(900)}">{sentence()[:30]}</a></li>'

    blocks = []
    for place in range(paragraphs):
        if place % 6 == 0:
            blocks.append(f"<h2>{sentence()}</h2>")
        blocks.append(f"<p>{' '.join(sentence() for _ in range(SENTENCES))}</p>")
    title = sentence()
    return f"""<!DOCTYPE html><html lang="en"><head><title>{title}</title>
<meta property="og:site_name" content="Site {number % 50}"><script>var page = {number};</script></head><body>
<header><nav><ul>{"".join(link("section") for _ in range(20))}</ul></nav></header>
<main><article><h1>{title}</h1>{"".join(blocks)}
<p>Subscribe to our newsletter for more stories like this one.</p></article>
<aside class="related"><h3>Related articles</h3><ul>{"".join(link("news") for _ in range(12))}</ul></aside></main>
<footer><p>Copyright Site {number % 50}. All rights reserved.</p></footer></body></html>"""
