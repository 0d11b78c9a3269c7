"""Engines: the same rows from a local pool and from Dask; killed workers, hung pages and hostile pages cost only themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from flows.engine.chunks import Chunk, EngineError, Job, Part, chunked
from flows.engine.local import run_local
from flows.inputs import find_inputs
from flows.scoring import Settings, open_run
from quality.policy import default_policy
from quality.records import RawPage
from tests import crash, hostile

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SENTENCE = "The council of ward {n} spent {n} euros on the bridge on Monday, said engineer Berg after the hearing. "
MINUTE = 60.0


def pages(count: int) -> list[RawPage]:
    return [
        RawPage(
            body=f"<html><body><h1>Bridge {n}</h1>{''.join(f'<p>{SENTENCE.format(n=n * 31 + k)}</p>' for k in range(9))}</body></html>".encode(),
            url=f"https://s{n % 7}.example/{n}",
            content_type="text/html",
        )
        for n in range(count)
    ]


def job(tmp_path: Path, *, seconds: float = 30.0, memory_mb: int = 3_000) -> Job:
    policy = default_policy()
    limits = dataclasses.replace(policy.limits, seconds=seconds, memory_mb=memory_mb)
    return Job(
        "run",
        str(tmp_path / "staging"),
        dataclasses.replace(policy, limits=limits),
        dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
    )


def rows(parts: Iterator[Part]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for part in parts:
        for row in pq.read_table(part.path).to_pylist():
            key = row["url"] or row["origin"]
            assert key not in found, f"{key} came twice"
            row.pop("seconds")
            found[key] = row
    return found


def local(chunks: list[Chunk], job: Job) -> dict[str, dict[str, object]]:
    return rows(run_local(iter(chunks), job, workers=2))


class Killer(bytes):
    """A body that kills the process that asks for its start: what a crash in C code looks like from outside."""

    def startswith(self, *arguments: object) -> bool:  # type: ignore[override]
        os.kill(os.getpid(), signal.SIGKILL)
        return False


class Locker(bytes):
    """A body that hangs in C code and lets no other thread of Python run."""

    def startswith(self, *arguments: object) -> bool:  # type: ignore[override]
        return re.fullmatch("(a+)+b", "a" * 40) is not None


class Sleeper(bytes):
    """A body that hangs: what an endless loop in C code looks like from outside."""

    def startswith(self, *arguments: object) -> bool:  # type: ignore[override]
        time.sleep(MINUTE)
        return False


def test_a_page_that_kills_its_worker_is_quarantined_and_its_neighbours_are_not(tmp_path: Path) -> None:
    good = pages(20)
    bad = dataclasses.replace(good[7], body=Killer(good[7].body))
    found = local([Chunk(0, (*good[:7], bad, *good[8:14])), Chunk(1, tuple(good[14:]))], job(tmp_path))
    assert len(found) == 20
    failed = {url: row["failure_error"] for url, row in found.items() if row["failure_stage"]}
    assert list(failed) == [bad.url]
    assert "a worker died twice on this page (signal 9)" in str(failed[bad.url])


def test_a_page_that_hangs_ends_at_its_limit(tmp_path: Path) -> None:
    good = pages(6)
    bad = dataclasses.replace(good[2], body=Sleeper(good[2].body))
    began = time.monotonic()
    found = local([Chunk(0, (*good[:2], bad, *good[3:]))], job(tmp_path, seconds=3.0))
    assert time.monotonic() - began < MINUTE / 2
    assert len(found) == 6
    assert [row["failure_error"] for row in found.values() if row["failure_stage"]] == [
        "took longer than 3 s (limits.seconds in the policy)"
    ]


def test_a_parent_that_is_busy_for_longer_than_the_limit_blames_no_page(tmp_path: Path) -> None:
    good = pages(30)
    chunks = iter([Chunk(0, tuple(good[:2])), Chunk(1, tuple(good[2:24])), Chunk(2, tuple(good[24:]))])
    limits = job(tmp_path, seconds=3.0)

    def with_slow_merges() -> Iterator[Part]:
        for part in run_local(chunks, limits, workers=2):
            time.sleep(4.0)
            yield part

    found = rows(with_slow_merges())
    assert len(found) == 30
    assert not [row for row in found.values() if row["failure_stage"]]


@pytest.mark.parametrize("body", [b"", None], ids=["a page that fails", "a page"])
def test_a_staging_folder_that_cannot_be_written_ends_the_run_and_blames_no_page(
    body: bytes | None, tmp_path: Path
) -> None:
    (tmp_path / "staging").write_text("no folder")
    good = pages(3)
    chunk = Chunk(0, (good[0], good[1] if body is None else dataclasses.replace(good[1], body=body), good[2]))
    with pytest.raises(EngineError, match="staging cannot be written"):
        local([chunk], job(tmp_path))


@pytest.mark.parametrize(("kilobytes", "says"), [(20, "q.work"), (1_500, "the language model cannot be unpacked")])
def test_a_full_disk_ends_the_command_with_status_2_and_a_sentence(kilobytes: int, says: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "quality", "run", "seeds", "--workers", "1", "--warehouse", str(tmp_path / "q.duckdb")],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert says in ended.stderr
    assert "File too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "q.duckdb").exists()


def test_a_page_that_fails_everywhere_stops_the_warming_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.engine import warm

    def full(text: str) -> tuple[str, float]:
        raise OSError(27, "File too large")

    monkeypatch.setattr("quality.language.classify", full)
    with pytest.raises(EngineError, match="language model cannot be unpacked"):
        warm.load_everything.__wrapped__()
    monkeypatch.setattr("quality.language.load", lambda: None)
    with pytest.raises(EngineError, match="failed at extract: OSError"):
        warm.load_everything.__wrapped__()


def test_killed_workers_lose_and_double_nothing(tmp_path: Path) -> None:
    stop = threading.Event()

    def kill_one() -> None:
        killed = 0
        while not stop.is_set() and killed < 3:
            time.sleep(1.0)
            leaves = [p for p in psutil.Process().children(recursive=True) if not p.children()]
            workers = [p for p in leaves if "resource_tracker" not in " ".join(p.cmdline())]
            if workers:
                workers[0].kill()
                killed += 1

    thread = threading.Thread(target=kill_one)
    thread.start()
    try:
        found = local(list(chunked(pages(300))), job(tmp_path))
    finally:
        stop.set()
        thread.join()
    assert len(found) == 300
    assert not [row for row in found.values() if row["failure_stage"]]


@pytest.mark.server
def test_dask_gives_the_rows_of_the_local_engine_even_if_a_worker_dies(tmp_path: Path) -> None:
    import dask
    from distributed import LocalCluster

    from flows.engine.cluster import run_dask

    chunks = list(chunked(pages(200)))
    expected = local(chunks, job(tmp_path / "local"))
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 3}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
    ):
        parts = run_dask(iter(chunks), job(tmp_path / "dask"), workers=2, address=cluster.scheduler_address)
        first = next(parts)
        os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)
        found = rows(iter([first, *parts]))
    assert found == expected


@pytest.mark.server
def test_a_page_that_hangs_on_dask_ends_and_its_neighbours_do_not(tmp_path: Path) -> None:
    from flows.engine.cluster import run_dask

    good = pages(8)
    bad = dataclasses.replace(good[1], body=Locker(good[1].body))
    chunks = [Chunk(0, (good[0], bad)), Chunk(1, tuple(good[2:5])), Chunk(2, tuple(good[5:]))]
    began = time.monotonic()
    found = rows(run_dask(iter(chunks), job(tmp_path, seconds=3.0), workers=2, address=None))
    assert time.monotonic() - began < 4 * MINUTE
    assert len(found) == 8
    failed = {url: row["failure_error"] for url, row in found.items() if row["failure_stage"]}
    assert list(failed) == [bad.url]
    assert "took longer than 3 s (limits.seconds in the policy)" in str(failed[bad.url])


@pytest.mark.server
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "foo://x:1", "tcp://127.0.0.1:99999"])
def test_an_address_without_a_scheduler_is_named(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.engine import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with pytest.raises(EngineError, match=f"no Dask scheduler answers at {address}"):
        next(cluster.run_dask(iter(chunked(pages(1))), job(tmp_path), workers=1, address=address))


@pytest.mark.server
def test_a_cluster_without_workers_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    from flows.engine import cluster

    monkeypatch.setattr(cluster, "WORKER_SECONDS", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as empty,
        pytest.raises(EngineError, match="had no worker for"),
    ):
        next(cluster.run_dask(iter(chunked(pages(1))), job(tmp_path), workers=1, address=empty.scheduler_address))


@pytest.mark.server
def test_workers_of_a_cluster_may_have_another_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    elsewhere.mkdir()
    here.mkdir()
    (here / "page.txt").write_text(SENTENCE * 20, encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        monkeypatch.chdir(here)
        settings = Settings(Path("w.duckdb"), default_policy(), 1, "dask", dask_address=cluster.scheduler_address)
        with open_run(["page.txt"], settings) as run:
            assert run.assess(find_inputs(["page.txt"])).new == 1
            assert run.warehouse.leftover_parts() == {}
            run.publish()
            assert not any(run.warehouse.staging.iterdir())
    assert list(elsewhere.rglob("*.parquet")) == []


def test_a_run_killed_at_any_moment_is_resumed_without_loss(tmp_path: Path) -> None:
    results = list(crash.rounds(3, 120, tmp_path, longest=6.0))
    assert [result.victim for result in results] == ["parent", "worker", "all"]


def test_hostile_pages_end_within_their_limit_and_leave_their_neighbours_alone(tmp_path: Path) -> None:
    limits = job(tmp_path, seconds=6.0)
    hostile_pages = [
        RawPage(body=make(), url=f"https://hostile.example/{name}", content_type="text/html")
        for name, make in hostile.PAGES.items()
    ]
    good = pages(len(hostile_pages))
    mixed = [page for pair in zip(hostile_pages, good, strict=True) for page in pair]
    peak = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.2):
            for child in psutil.Process().children(recursive=True):
                try:
                    peak = max(peak, child.memory_info().rss)
                except psutil.Error:
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        found = local(list(chunked(mixed)), limits)
    finally:
        stop.set()
        thread.join()
    assert set(found) == {page.url for page in mixed}
    for page in good:
        assert not found[str(page.url)]["failure_stage"], found[str(page.url)]
    for page in hostile_pages:
        row = found[str(page.url)]
        assert row["failure_error"] or row["verdict"], page.url
    assert peak < 1_000_000_000
