"""Fill a warehouse with a million synthetic articles, publish it, and time every named query on it.

Texts are drawn from a pool of sentences of made-up words with Zipf frequencies; lengths, scores, spans, reasons,
sources and languages follow the shapes that real crawls have (log-normal lengths, few large sources, most signals
silent on most pages). Not a test: `python -m tests.measure.warehouse_rows --rows 1000000 --folder /tmp/rows`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from flows.recurring import mark_recurring_lines
from quality.policy import default_policy
from warehouse.reader import Snapshot
from warehouse.records import RunRecord
from warehouse.schema import PART_SCHEMA
from warehouse.store import Warehouse

SIGNALS = 80
SOURCES = 20_000
POOL = 200_000
PART_ROWS = 20_000
PARTS_A_MERGE = 5
START = datetime(2026, 1, 1, tzinfo=UTC)
T = TypeVar("T")


def sentences(rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Return a pool of sentences of made-up words with Zipf frequencies."""
    letters = np.array(list("eeeettaaooiinnsshhrrddlluccmmwfgypbvk"))
    words = np.array(["".join(rng.choice(letters, size=n)) for n in rng.integers(2, 11, size=30_000)], dtype=object)
    ranks = np.minimum(rng.zipf(1.15, size=POOL * 16) - 1, len(words) - 1).reshape(POOL, 16)
    lengths = rng.integers(6, 17, size=POOL)
    return np.array(
        [" ".join(words[r[:n]]).capitalize() + "." for r, n in zip(ranks, lengths, strict=True)], dtype=object
    )


def part(
    rng: np.random.Generator,
    pool: npt.NDArray[np.object_],
    start: int,
    rows: int,
    policy: str,
    run_id: str,
    moment: datetime,
) -> pa.Table:
    """Return one part of synthetic articles, numbered from `start`."""
    count = np.clip(rng.lognormal(3.6, 0.8, size=rows).astype(int), 3, 1500)
    picks = [pool[rng.integers(0, POOL, size=n)] for n in count]
    weights = np.arange(1, SOURCES + 1) ** -0.8  # the largest source has 3 % of the pages
    source = rng.choice(np.arange(1, SOURCES + 1), p=weights / weights.sum(), size=rows)
    text = [
        "\n".join(p) + (f"\nLetters to the desk of site {s} are read on Fridays." if n % 2 else "")
        for p, s, n in zip(picks, source, count, strict=True)
    ]
    clean = ["\n".join(p[:-2]) if n % 2 else t for p, n, t in zip(picks, count, text, strict=True)]
    probability = rng.beta(0.6, 2.0, size=rows)
    verdict = np.select([probability > 0.7, probability > 0.4], ["reject", "review"], "accept")
    numbers = np.arange(start, start + rows)
    values = np.where(rng.random((rows, SIGNALS)) < 0.6, 0.0, rng.random((rows, SIGNALS)) ** 2)
    mask = rng.random((rows, SIGNALS)) < 0.1
    names = [f"family{k // 10}.signal_{k:02d}" for k in range(SIGNALS)]
    signals = pa.MapArray.from_arrays(
        pa.array(np.arange(rows + 1, dtype=np.int32) * SIGNALS),
        pa.array(names * rows),
        pa.array(values.ravel(), mask=mask.ravel()),
    )
    spans = [
        [
            {
                "start": 10 * k,
                "end": 10 * k + 9,
                "kind": ("promo", "residue", "padding", "repeat")[(n + k) % 4],
                "quote": str(p[k % len(p)]) if k else f"Share this on site {s}",
                "signal": names[(n * 7 + k) % SIGNALS],
                "score": round(float(q), 4),
            }
            for k in range(n % 11)
        ]
        for n, p, s, q in zip(count, picks, source, probability, strict=True)
    ]
    reasons = [
        [
            {
                "signal": names[(n * 3 + k) % SIGNALS],
                "value": float(q),
                "points": float(q) * (3 - k),
                "quote": str(p[k % len(p)]),
            }
            for k in range(4)
        ]
        for n, p, q in zip(count, picks, probability, strict=True)
    ]
    columns: dict[str, object] = {
        "page_id": [f"{(n * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128):032x}" for n in numbers.tolist()],
        "source": [f"site{s}.example" for s in source],
        "host": [f"www.site{s}.example" for s in source],
        "path_prefix": [f"/{('news', 'blog', 'guide')[n % 3]}" for n in numbers],
        "url": [f"https://www.site{s}.example/news/{n}" for s, n in zip(source, numbers, strict=True)],
        "origin": [f"crawl.warc.gz#{n}" for n in numbers],
        "body_sha256": [f"{n:064x}" for n in numbers],
        "fetched_at": [(START + timedelta(minutes=int(n) % 500_000)).isoformat() for n in numbers],
        "title": [str(p[0]) for p in picks],
        "language": rng.choice(["en", "de", "fr", "es", "pl", None], p=[0.7, 0.1, 0.07, 0.06, 0.05, 0.02], size=rows),
        "page_type": rng.choice(["article", "listing", "product", "forum"], p=[0.8, 0.1, 0.06, 0.04], size=rows),
        "verdict": verdict,
        "reject_probability": probability,
        **{name: rng.beta(0.5, 4.0, size=rows) for name in ("padding", "promo", "repetition", "residue")},
        "words": (count * 11).astype(np.int32),
        "text": text,
        "clean_text": clean,
        "charset": rng.choice(["utf-8", "cp1252"], p=[0.97, 0.03], size=rows),
        "charset_method": ["utf-8"] * rows,
        "repairs": [
            [{"original": "â€™", "restored": "’", "codec": "cp1252", "rule": "mojibake", "confidence": 1.0, "count": 3}]
            if n % 25 == 0
            else []
            for n in numbers
        ],
        "damage": np.where(rng.random(rows) < 0.01, 5, 0).astype(np.int32),
        "flags": [[]] * rows,
        "status": ["ok"] * rows,
        "assessed_at": [moment] * rows,
        "run_id": [run_id] * rows,
        "policy": [policy] * rows,
        "model": ["model"] * rows,
        "seconds": rng.exponential(0.02, size=rows),
        "text_simhash": rng.integers(0, 1 << 63, size=rows, dtype=np.uint64),
        "template": rng.integers(0, 1000, size=rows, dtype=np.uint64),
        "reasons": reasons,
        "spans": spans,
        "signals": signals,
        "line_roles": [rng.bytes(4 * (int(n) + int(n) % 2)) for n in count],
        "article": [rng.bytes(int(n) * 28) for n in count],  # zstd of JSON: a third of the text's length
        "failure_stage": [None] * rows,
        "failure_error": [None] * rows,
        "author": [None] * rows,
        "published_date": [None] * rows,
        "site_name": [None] * rows,
        "extra": ["{}"] * rows,
    }
    arrays = [
        columns[f.name]
        if isinstance(columns[f.name], pa.Array)
        else pa.array(columns[f.name], type=f.type, from_pandas=True)
        for f in PART_SCHEMA
    ]
    return pa.table([a.cast(f.type) for a, f in zip(arrays, PART_SCHEMA, strict=True)], schema=PART_SCHEMA)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def timed(label: str, call: Callable[[], T]) -> T:
    """Run and print how long it took."""
    began = time.perf_counter()
    result = call()
    say(f"{label:<48}{time.perf_counter() - began:9.2f} s")
    return result


def fill(warehouse: Warehouse, rows: int, *, policy: str, run_id: str, moment: datetime, seed: int) -> None:
    """Write, merge and finish one run of synthetic articles."""
    rng = np.random.default_rng(seed)
    pool = sentences(rng)
    warehouse.begin_run(RunRecord(run_id, moment, ("crawl.warc.gz",), policy, "model", "0.1", 0.4, 0.7))
    merging = 0.0
    waiting = []
    for start in range(0, rows, PART_ROWS):
        path = warehouse.staging_folder(run_id) / f"{start:09d}.parquet"
        pq.write_table(part(rng, pool, start, min(PART_ROWS, rows - start), policy, run_id, moment), path)
        waiting.append(path)
        if len(waiting) == PARTS_A_MERGE or start + PART_ROWS >= rows:
            began = time.perf_counter()
            warehouse.merge_parts(waiting, run_id)
            merging += time.perf_counter() - began
            warehouse.discard_parts(waiting)
            waiting = []
    say(f"{f'{run_id}: merge of {rows:,} rows':<48}{merging:9.2f} s ({rows / merging:,.0f} rows/s)")
    changed = timed(
        f"{run_id}: recurring lines",
        lambda: mark_recurring_lines(warehouse, default_policy(), run_id=run_id, now=moment),
    )
    say(f"{f'{run_id}: pages with recurring lines':<48}{changed:9,}")
    timed(f"{run_id}: finish", lambda: warehouse.finish_run(run_id, finished=moment + timedelta(hours=1)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--again", type=int, default=50_000, help="rows that a second run judges again")
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    warehouse = Warehouse(options.folder / "quality.duckdb")
    with warehouse.lock("measure"):
        if not warehouse.path.exists():
            fill(warehouse, options.rows, policy="policy 1", run_id="run-1", moment=START, seed=1)
            fill(warehouse, options.again, policy="policy 2", run_id="run-2", moment=START + timedelta(days=1), seed=2)
        timed("publish", warehouse.publish)
        say(f"{'file':<48}{warehouse.path.stat().st_size / 1e6:9.0f} MB")
        timed("known_pages", lambda: warehouse.known_pages("policy 1", "model"))
        timed("source_pages", warehouse.source_pages)
        timed("lake, all runs", warehouse.refresh_lake)
        timed("lake, unchanged", warehouse.refresh_lake)
    given = {"page": f"{0x9E3779B97F4A7C15F39CC0605CEDC835:032x}", "source": "site1.example"}
    with Snapshot(warehouse.path) as snapshot:
        for query in snapshot.list_named():
            values = {p.name: given[p.name] for p in query.parameters if p.default is None}
            table = timed(f"@{query.name} first", lambda q=query, v=values: snapshot.named(q.name, v))
            timed(f"@{query.name} again ({table.num_rows} rows)", lambda q=query, v=values: snapshot.named(q.name, v))
    say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


if __name__ == "__main__":
    main()
