"""kill -9 at any moment of merging and publishing loses nothing, doubles nothing and leaves a file that can be read."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.warehouse_cases import START, begin, page_key, row, rows_of, write_part
from warehouse.reader import Snapshot
from warehouse.store import Warehouse

ROOT = Path(__file__).parent.parent
PARTS = 6
PAGES = 40
RUN = "run"


def rows_of_part(number: int) -> list[dict[str, object]]:
    """Return the rows of one part: the pages of a chunk, one of them a failure, texts of some length."""
    at = START + timedelta(minutes=number)
    rows = [row(f"{number}-{n}", run=RUN, at=at, text=f"{number} {n} " * 400) for n in range(PAGES - 1)]
    return [*rows, row(f"{number}-bad", run=RUN, at=at, failure_error="boom")]


def work(path: Path) -> None:
    """Do what a run does with parts that are staged: merge each, discard it, finish, publish."""
    warehouse = Warehouse(path)
    with warehouse.lock(RUN, wait_seconds=10):
        print("started", flush=True)  # noqa: T201
        begin(warehouse, RUN)
        for part in warehouse.leftover_parts().get(RUN, []):
            warehouse.merge_parts([part], RUN)
            warehouse.publish()
            warehouse.discard_parts([part])
        warehouse.finish_run(RUN, finished=START + timedelta(hours=1))
        warehouse.refresh_lake()
        warehouse.publish()


def stage(path: Path) -> None:
    """Write the parts."""
    folder = Warehouse(path).staging_folder(RUN)
    for number in range(PARTS):
        write_part(rows_of_part(number), folder / f"{number}.parquet")


def start(path: Path) -> subprocess.Popen[str]:
    """Start `work` in a process and wait until it has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.test_warehouse_crash", str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def check_published(path: Path) -> int:
    """Check that what is published is whole; returns its articles."""
    if not path.exists():
        return 0
    with Snapshot(path) as snapshot:
        counts = snapshot.sql("select count(*) as n, count(distinct page_id) as d from articles").to_pylist()[0]
        failures = snapshot.sql("select count(*) as n from failures").to_pylist()[0]["n"]
    assert counts["n"] == counts["d"]
    assert counts["n"] == failures * (PAGES - 1), "a part is there in part"
    return int(counts["n"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_kill_at_any_moment(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "quality.duckdb"
    stage(path)
    articles = kills = 0
    while True:
        process = start(path)
        patience = chance.uniform(0.01, 0.4)  # one merge and its publication take about as long
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
        if process.wait() == 0:
            break
        now = check_published(path)
        assert now >= articles
        articles = now
        if kills == 12:
            process = start(path)
            assert process.wait(timeout=120) == 0
            break
    assert kills >= 3
    assert check_published(path) == PARTS * (PAGES - 1)
    warehouse = Warehouse(path)
    wanted = {page_key(f"{p}-{n}") for p in range(PARTS) for n in range(PAGES - 1)}
    assert {r["page_id"] for r in rows_of(warehouse, "from articles")} == wanted
    assert {r["page_id"] for r in rows_of(warehouse, "from signals_wide")} == wanted
    assert rows_of(warehouse, 'select "new", failed, pages from runs') == [
        {"new": len(wanted), "failed": PARTS, "pages": PARTS * PAGES}
    ]
    assert sum(t.num_rows for t in warehouse.articles_for_rescore(policy="p2", model="m1")) == len(wanted)
    assert warehouse.leftover_parts() == {}
    assert not [p for p in warehouse.work.rglob("*") if p.name.endswith((".unfinished", ".wal"))]


if __name__ == "__main__":
    work(Path(sys.argv[1]))
