"""Kill a run with SIGKILL at random moments, resume it, and count: each page exactly once, database readable.

`python tests/crash.py --rounds 30 --pages 1000` runs the long version; tests/test_engine.py a short one.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warehouse.reader import Snapshot
from warehouse.store import Warehouse

QUALITY = Path(sys.executable).with_name("quality")
TOPICS = ("bridge", "harbour", "school", "library", "tram line", "market hall", "reservoir", "theatre")


@dataclass(frozen=True)
class Round:
    """What was killed in one round, when, and how long the resumed run took."""

    victim: str
    after: float
    resumed_seconds: float


def write_pages(path: Path, count: int) -> None:
    """Write a WARC of `count` small distinct articles on 40 sites."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    rng = random.Random(count)
    for number in range(count):
        topic = rng.choice(TOPICS)
        paragraphs = "".join(
            f"<p>On day {rng.randrange(400)} the council of ward {rng.randrange(90)} spent {rng.randrange(9_000)} euros on the "
            f"{topic}, said engineer {rng.choice('ABCDEFG')}. Berg in report {number}-{n}, which lists {rng.randrange(50)} defects.</p>"
            for n in range(8)
        )
        html = f"<html><head><title>The {topic} {number}</title></head><body><article><h1>The {topic}</h1>{paragraphs}</article></body></html>"
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://site{number % 40}.example/{number}",
                "response",
                payload=io.BytesIO(html.encode()),
                http_headers=headers,
            )
        )
    path.write_bytes(buffer.getvalue())
    assert gzip.decompress(path.read_bytes())


def start(warc: Path, warehouse: Path) -> subprocess.Popen[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_API")}
    command = [str(QUALITY), "run", str(warc), "--workers", "2", "--wait", "30", "--warehouse", str(warehouse)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)


def kill_something(process: subprocess.Popen[bytes], victim: str, rng: random.Random) -> None:
    """SIGKILL the run's parent, one of its workers, or all of them."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return
    targets = {"parent": [process.pid], "worker": [], "all": [process.pid]}[victim]
    workers = [child.pid for child in children if not child.children()]
    if victim == "worker" and workers:
        targets = [rng.choice(workers)]
    if victim == "all":
        targets += [child.pid for child in children]
    for pid in targets:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def one_round(warc: Path, pages: int, warehouse: Path, *, victim: str, after: float, rng: random.Random) -> Round:
    """Kill once, resume, check; raises AssertionError if a page is lost or doubled."""
    process = start(warc, warehouse)
    time.sleep(after)
    kill_something(process, victim, rng)
    process.wait(timeout=300)
    if warehouse.is_file():
        Snapshot(warehouse).close()
    began = time.perf_counter()
    resumed = start(warc, warehouse)
    _, errors = resumed.communicate(timeout=300)
    assert resumed.returncode == 0, errors.decode()
    with Snapshot(warehouse) as snapshot:
        (row,) = snapshot.sql(
            "select (select count(*) from articles) as articles, (select count(distinct url) from articles) as urls, "
            "(select count(*) from failures) as failures, (select count(*) from evidence e anti join articles using (page_id)) as orphans"
        ).to_pylist()
    assert row == {"articles": pages, "urls": pages, "failures": 0, "orphans": 0}, (victim, after, row)
    assert not Warehouse(warehouse).leftover_parts()
    return Round(victim, round(after, 2), round(time.perf_counter() - began, 1))


def rounds(count: int, pages: int, folder: Path, *, longest: float, seed: int = 7) -> Iterator[Round]:
    """Run `count` rounds, each on a fresh warehouse, killing within `longest` seconds; yield each as it ends."""
    warc = folder / "pages.warc.gz"
    write_pages(warc, pages)
    rng = random.Random(seed)
    for number in range(count):
        victim = ("parent", "worker", "all")[number % 3]
        after = rng.uniform(0.3, longest)
        yield one_round(warc, pages, folder / f"w{number}.duckdb", victim=victim, after=after, rng=rng)


def main() -> None:
    """Run the long version and print each round."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--longest", type=float, default=30.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for result in rounds(arguments.rounds, arguments.pages, Path(folder), longest=arguments.longest):
            sys.stdout.write(json.dumps(dataclasses.asdict(result)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
