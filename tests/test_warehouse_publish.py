"""One writer, many readers: the lock, publishing, the Parquet lake, upkeep, and a reader that looks on all the while."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from tests.warehouse_cases import (
    START,
    begin,
    empty_warehouse,
    page_key,
    record_status,
    row,
    rows_of,
    small_warehouse,
    write_part,
)
from warehouse import connection as connection_module
from warehouse.connection import Connection
from warehouse.errors import QueryError, WarehouseError, WarehouseLocked, WarehouseUnreadable
from warehouse.reader import Snapshot
from warehouse.records import PruneCounts, Retention
from warehouse.store import Warehouse

ROOT = Path(__file__).parent.parent


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that runs the code from the project's root."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


HOLD = """
    import sys, time
    from warehouse.store import Warehouse
    with Warehouse(sys.argv[1]).lock("run 7"):
        print("held", flush=True)
        time.sleep(60)
"""


def test_a_second_writer_is_told_who_writes_and_can_write_when_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "quality.duckdb"
    holder = python(HOLD, str(path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    began = time.monotonic()
    with pytest.raises(WarehouseLocked) as raised, Warehouse(path).lock("mine", wait_seconds=0.2):
        pass
    assert time.monotonic() - began >= 0.2
    for words in (str(path), "run 7", f"pid {holder.pid}", "Wait for it to end", "no file to delete"):
        assert words in str(raised.value)
    with pytest.raises(WarehouseLocked):
        Warehouse(path).known_pages("p1", "m1")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with Warehouse(path).lock("mine", wait_seconds=5):
        assert json.loads((tmp_path / "quality.work" / "lock").read_text())["pid"] == os.getpid()
    assert (tmp_path / "quality.work" / "lock").read_text() == ""


def test_the_same_process_cannot_lock_twice(tmp_path: Path) -> None:
    path = tmp_path / "quality.duckdb"
    with Warehouse(path).lock("one"), pytest.raises(WarehouseLocked), Warehouse(path).lock("two"):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WarehouseUnreadable, match="--warehouse names another place"):
        Warehouse(tmp_path / "file" / "quality.duckdb").migrate()


def test_a_program_that_has_the_writer_s_file_open_is_told_apart_from_damage(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    other = python(
        "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()",
        str(warehouse.work / "writer.duckdb"),
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    with pytest.raises(WarehouseUnreadable, match="Close it in the other program"):
        warehouse.known_pages("p1", "m1")
    other.communicate("\n")
    (warehouse.work / "writer.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseUnreadable, match="starts from what was published"):
        warehouse.known_pages("p1", "m1")


def test_nothing_is_published_before_publish(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    begin(warehouse, "r1")
    assert not warehouse.path.exists()
    warehouse.publish()
    with Snapshot(warehouse.path) as snapshot:
        assert snapshot.sql("select run_id from runs").to_pylist() == [{"run_id": "r1"}]
    assert sorted(p.name for p in warehouse.work.iterdir()) == [
        "articles.duckdb",
        "lock",
        "published",
        "staging",
        "writer.duckdb",
    ]
    assert list(warehouse.staging.iterdir()) == []


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Let writes fail as they do on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


WRITES: dict[str, tuple[int, Callable[[Warehouse], object]]] = {
    "merge": (2_000, lambda warehouse: warehouse.merge_parts(warehouse.leftover_parts()["r4"], "r4")),
    "publish": (20_000, lambda warehouse: warehouse.publish()),
    "vacuum": (20_000, lambda warehouse: warehouse.vacuum()),
    "begin a run": (0, lambda warehouse: begin(warehouse, "r4")),
    "Parquet": (2_000, lambda warehouse: warehouse.refresh_lake()),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_full_disk_is_said_so_and_costs_nothing(name: str, tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    size, write = WRITES[name]
    part = write_part([row(str(n), run="r4") for n in range(500)], warehouse.staging_folder("r4") / "part.parquet")
    published = warehouse.path.read_bytes()
    warehouse.migrate()
    with (
        no_file_larger_than(size),
        pytest.raises(WarehouseError, match=r"cannot be (written|copied|opened).*File too large"),
    ):
        write(warehouse)
    assert warehouse.path.read_bytes() == published
    again = Warehouse(warehouse.path)
    write(again)
    assert again.merge_parts([part], "r4").failed == 0
    assert rows_of(again, "select count(*) as n from articles") == [{"n": 505}]
    again.publish()
    assert not list(again.work.rglob("*.unfinished"))


def test_a_mistake_in_sql_is_no_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(duckdb.BinderException), small_warehouse(tmp_path).opened() as connection:
        connection.execute("select nonsense from article")


def test_an_open_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    reader = python(
        """
        import sys
        from warehouse.reader import Snapshot
        with Snapshot(sys.argv[1]) as snapshot:
            for _ in range(2):
                print(snapshot.sql("select count(*) as n from articles").to_pylist()[0]["n"], flush=True)
                sys.stdin.readline()
        with Snapshot(sys.argv[1]) as snapshot:
            print(snapshot.sql("select count(*) as n from articles").to_pylist()[0]["n"], flush=True)
        """,
        str(warehouse.path),
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "5\n"
    part = write_part([row("more", run="r4")], warehouse.staging_folder("r4") / "part.parquet")
    warehouse.merge_parts([part], "r4")
    warehouse.publish()
    out, _ = reader.communicate("go on\ngo on\n")
    assert out == "5\n6\n"


def test_readers_of_one_process_see_what_was_published_when_each_was_opened(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    with Snapshot(warehouse.path) as first, Snapshot(warehouse.path) as second:
        part = write_part([row("more", run="r4")], warehouse.staging_folder("r4") / "part.parquet")
        warehouse.merge_parts([part], "r4")
        warehouse.publish()
        with Snapshot(warehouse.path) as third:
            counts = [s.sql("select count(*) as n from articles").to_pylist()[0]["n"] for s in (first, second, third)]
        assert counts == [5, 5, 6]
        assert first.sql("select count(*) as n from quality.main.articles").to_pylist() == [{"n": 5}]


def test_a_reader_has_the_published_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = small_warehouse(tmp_path)
    (tmp_path / "link.duckdb").symlink_to(warehouse.path)
    monkeypatch.chdir(tmp_path)
    with Snapshot("link.duckdb") as snapshot:
        databases = "select database_name, path from duckdb_databases() where not internal"
        assert snapshot.sql(databases).to_pylist() == [{"database_name": "quality", "path": str(warehouse.path)}]
        monkeypatch.chdir("/")
        spilled = snapshot.sql("select value from duckdb_settings() where name = 'temp_directory'").to_pylist()
        assert spilled == [{"value": f"{warehouse.path}.tmp"}]
        with pytest.raises(QueryError):
            snapshot.sql("explain analyze create table memory.main.kept as select 1 as n")


@pytest.mark.parametrize("fails", [True, False], ids=["its parts do not fit", "nothing is noticed"])
def test_a_file_that_is_replaced_while_it_is_opened_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    warehouse = small_warehouse(tmp_path)
    part = write_part([row("more", run="r4")], warehouse.staging_folder("r4") / "part.parquet")
    warehouse.merge_parts([part], "r4")
    opened: list[Path] = []
    attach = connection_module._attach_alone

    def replaced_meanwhile(path: Path) -> Connection:
        opened.append(path)
        connection = attach(path)
        if path == warehouse.path and opened.count(path) == 1:
            warehouse.publish()
            if fails:
                connection.close()
                raise duckdb.IOException("No more data remaining in MetadataReader")
        return connection

    monkeypatch.setattr(connection_module, "_attach_alone", replaced_meanwhile)
    with Snapshot(warehouse.path) as snapshot:
        assert snapshot.sql("select count(*) as n from articles").to_pylist() == [{"n": 6}]
    assert opened.count(warehouse.path) == 2


@pytest.mark.parametrize(
    "name",
    [
        "quality.duckdb",
        "memory.duckdb",
        "main.db",
        ".duckdb",
        'a "b".c.duckdb',
        "Zürich-1",
        "information_schema.duckdb",
        "x?y.duckdb",
        "..a.duckdb",
    ],
)
def test_a_warehouse_may_have_any_name(tmp_path: Path, name: str) -> None:
    small = small_warehouse(tmp_path)
    path = tmp_path / "elsewhere" / name
    path.parent.mkdir()
    shutil.copyfile(small.path, path)
    with Snapshot(path) as snapshot:
        assert snapshot.sql("select count(*) as n from articles").to_pylist() == [{"n": 5}]
        assert snapshot.sql("select verdict from why('https://shop.example/spam')").to_pylist() == [
            {"verdict": "reject"}
        ]


def test_the_published_file_needs_nothing_but_duckdb(tmp_path: Path) -> None:
    path = small_warehouse(tmp_path).path
    connection = duckdb.connect(str(path), read_only=True)
    assert connection.sql("select verdict from why('https://shop.example/spam')").fetchall() == [("reject",)]
    assert connection.sql("select count(*) from signals_wide").fetchall() == [(5,)]
    connection.close()


def test_a_log_beside_the_old_file_is_not_replayed_into_the_new_one(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    log = tmp_path / "quality.duckdb.wal"
    log.write_bytes(b"of a writer that should not have been")
    warehouse.publish()
    assert not log.exists()


def test_a_copy_that_cannot_be_read_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = small_warehouse(tmp_path)
    before = warehouse.path.read_bytes()
    monkeypatch.setattr(
        "shutil.copyfile", lambda origin, target: Path(target).write_bytes(Path(origin).read_bytes()[:9000])
    )
    with pytest.raises(WarehouseUnreadable, match="cannot be read as a warehouse"):
        warehouse.publish()
    assert warehouse.path.read_bytes() == before


def test_a_file_that_is_no_warehouse_is_named_and_nothing_is_made_of_it(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("hello")
    with pytest.raises(WarehouseUnreadable, match=r"notes\.duckdb cannot be read as a warehouse"):
        Warehouse(path).migrate()
    assert path.read_text() == "hello"
    assert not list((tmp_path / "notes.work").glob("*.duckdb*"))


def test_the_writer_s_file_is_made_from_the_published_one(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    for path in sorted(warehouse.work.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    warehouse.work.rmdir()
    again = Warehouse(warehouse.path)
    part = write_part([row("more", run="r4")], again.staging_folder("r4") / "part.parquet")
    assert again.merge_parts([part], "r4").new == 1
    again.publish()
    with Snapshot(again.path) as snapshot:
        assert snapshot.sql("select count(*) as n from articles").to_pylist() == [{"n": 6}]
    assert [t["page_id"].to_pylist() for t in again.articles_for_rescore(policy="p9", model="m9")] == [
        [page_key("more")]
    ]
    assert again.unstored_pages(policy="p9", model="m9") == 5


def test_names_that_differ_after_a_dot_are_two_warehouses(tmp_path: Path) -> None:
    names = ["quality.duckdb", "crawl.v1", "crawl.v2", "2026.01", "2026.01.duckdb", "quality.db"]
    folders = [(Warehouse(tmp_path / name).work.name, Warehouse(tmp_path / name).lake.name) for name in names]
    assert folders[:3] == [
        ("quality.work", "quality.lake"),
        ("crawl.v1.work", "crawl.v1.lake"),
        ("crawl.v2.work", "crawl.v2.lake"),
    ]
    assert len(set(folders)) == len(names) - 1  # 2026.01 and 2026.01.duckdb


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_a_folder_is_no_warehouse(name: str) -> None:
    with pytest.raises(WarehouseError, match="is a folder; name the DuckDB file"):
        Warehouse(name)


def test_publishing_keeps_the_mode_of_the_file_and_a_link_to_it(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    warehouse.path.rename(tmp_path / "real.duckdb")
    warehouse.path.symlink_to("real.duckdb")
    (tmp_path / "real.duckdb").chmod(0o600)
    before = (tmp_path / "real.duckdb").stat().st_ino
    warehouse.publish()
    assert warehouse.path.is_symlink()
    after = (tmp_path / "real.duckdb").stat()
    assert after.st_ino != before
    assert after.st_mode & 0o777 == 0o600


def test_publishing_follows_a_link_to_another_file_system_and_names_one_that_leads_nowhere(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        elsewhere = Path(folder) / "real.duckdb"
        warehouse.path.rename(tmp_path / "old.duckdb")
        warehouse.path.symlink_to(elsewhere)
        warehouse.publish()
        assert warehouse.path.is_symlink()
        assert [path.name for path in Path(folder).iterdir()] == ["real.duckdb"]
        with Snapshot(warehouse.path) as snapshot:
            assert snapshot.sql("select count(*) as n from articles").to_pylist() == [{"n": 5}]
    warehouse.path.unlink()
    warehouse.path.symlink_to(warehouse.path.name)
    with pytest.raises(WarehouseError, match="cannot be copied"):
        warehouse.publish()


def test_leftover_parts_are_found_by_run_and_discarded(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    parts = {
        run: [write_part([row(run, run=run)], warehouse.staging_folder(run) / "part.parquet")] for run in ("r1", "r2")
    }
    (warehouse.staging_folder("r1") / "half.tmp").write_bytes(b"PAR1")
    assert warehouse.leftover_parts() == parts
    warehouse.discard_parts(parts["r2"])
    assert warehouse.leftover_parts() == {"r1": parts["r1"]}
    assert (warehouse.staging / "r2").is_dir()  # a worker may be about to write into it
    warehouse.publish()
    assert [folder.name for folder in warehouse.staging.iterdir()] == ["r1"]
    warehouse.forget_staging()
    assert warehouse.leftover_parts() == {}


def test_the_gate_is_recorded_once_a_run(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    for _ in range(2):
        record_status(warehouse, "shop.example", "rejected", run="r3", at=START + timedelta(days=2))
    assert rows_of(warehouse, "select source, to_status from gate_decisions order by source") == [
        {"source": "news.example", "to_status": "probation"},
        {"source": "shop.example", "to_status": "rejected"},
    ]
    assert rows_of(warehouse, "select status from sources where source = 'shop.example'") == [{"status": "rejected"}]
    assert warehouse.source_status()["status"].to_pylist() == ["probation", "rejected"]
    assert warehouse.source_pages().num_rows == 5


def test_what_the_gate_said_last_holds_whatever_the_clock_says(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    record_status(warehouse, "shop.example", "rejected", run="r8", at=START + timedelta(days=30))
    record_status(warehouse, "shop.example", "unknown", run="r9", at=START + timedelta(days=3))
    warehouse.vacuum()
    history = warehouse.gate_history().to_pylist()
    assert [row["to_status"] for row in history if row["source"] == "shop.example"][-2:] == ["rejected", "unknown"]


def test_a_source_without_pages_keeps_its_status(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    record_status(warehouse, "gone.example", "rejected", run="r3", at=START)
    found = rows_of(warehouse, "select pages, rejected, status from sources where source = 'gone.example'")
    assert found == [{"pages": 0, "rejected": 0, "status": "rejected"}]


def test_the_lake_has_every_article_once_and_no_half_file(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    assert [warehouse.refresh_lake() for _ in range(2)] == [3, 0]
    articles = ds.dataset(warehouse.lake / "articles", format="parquet", partitioning="hive").to_table()
    stored = rows_of(warehouse, "select page_id, verdict, run_id from articles order by page_id")
    assert articles.select(["page_id", "verdict", "run_id"]).sort_by("page_id").to_pylist() == stored
    dates = dict(zip(articles["run_id"].to_pylist(), map(str, articles["run_date"].to_pylist()), strict=True))
    assert dates == {"r1": "2026-01-01", "r2": "2026-01-02", "r3": "2026-01-03"}
    assert {p.name for p in warehouse.lake.glob("*.parquet")} == {
        "failures.parquet",
        "runs.parquet",
        "sources.parquet",
        "gate_decisions.parquet",
    }
    assert pq.read_table(warehouse.lake / "failures.parquet").num_rows == 3
    assert list(warehouse.lake.rglob(".*")) == []
    counted = duckdb.sql(
        f"select count(*) from read_parquet('{warehouse.lake}/articles/*/*.parquet', hive_partitioning = true)"
    )
    assert counted.fetchall() == [(5,)]


def test_the_lake_loses_the_file_of_a_run_whose_pages_were_all_judged_again(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    for number, run in enumerate(("r1", "r2")):
        started = START + timedelta(days=number)
        begin(warehouse, run, policy=run, started=started)
        part = write_part([row("a", run=run, policy=run, at=started)], warehouse.staging_folder(run) / "part.parquet")
        warehouse.merge_parts([part], run)
        assert warehouse.refresh_lake() == 1
    assert [p.name for p in warehouse.lake.glob("articles/*/*.parquet")] == ["r2.parquet"]


def lake_rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    return [row for path in warehouse.lake.glob("articles/*/*.parquet") for row in pq.read_table(path).to_pylist()]


CHANGES = {
    "a part of the first run is taken over": "part",
    "its recurring lines are marked": "update article set spans = [{'start': 0, 'end': 4, 'kind': 'promo', 'quote': 'Text',"
    " 'signal': 's', 'score': 1}], clean_text = ' of a.', clean_characters = 6 where run_id = 'r1'",
    "a page goes": "delete from article where page_id in (select min(page_id) from article where run_id = 'r1')",
    "the run goes": "delete from article where run_id = 'r1'",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_lake_follows_what_changes_in_older_runs(change: str, tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    for number, run in enumerate(("r1", "r2")):
        started = START + timedelta(days=number)
        begin(warehouse, run, started=started)
        rows = [row(f"{run}-{page}", run=run, at=started) for page in "ab"]
        warehouse.merge_parts([write_part(rows, warehouse.staging_folder(run) / "part.parquet")], run)
    assert warehouse.refresh_lake() == 2
    untouched = warehouse.lake / "articles" / "run_date=2026-01-02" / "r2.parquet"
    written = untouched.stat().st_mtime_ns
    if change == "part":
        late = write_part([row("late", run="r1")], warehouse.staging_folder("r1") / "late.parquet")
        warehouse.merge_parts([late], "r1")
    else:
        with warehouse.opened() as connection:
            connection.execute(change)
    warehouse.refresh_lake()
    columns = "page_id, run_id, clean_text"
    stored = rows_of(warehouse, f"select {columns} from articles order by page_id")
    found = [{key: r[key] for key in columns.split(", ")} for r in lake_rows(warehouse)]
    assert sorted(found, key=lambda r: str(r["page_id"])) == stored
    assert untouched.stat().st_mtime_ns == written
    assert len(list((warehouse.lake / "articles").iterdir())) == len({r["run_id"] for r in stored})
    assert warehouse.refresh_lake() == 0


def test_the_small_tables_are_refreshed_when_no_page_changed(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    warehouse.refresh_lake()
    begin(warehouse, "r9", started=START + timedelta(days=9))
    record_status(warehouse, "shop.example", "rejected", run="r9", at=START + timedelta(days=9))
    warehouse.prune(Retention(failures=0), now=START + timedelta(days=9))
    assert warehouse.refresh_lake() == 0
    for table in ("failures", "runs", "sources", "gate_decisions"):
        assert pq.read_table(warehouse.lake / f"{table}.parquet").num_rows == len(rows_of(warehouse, f"from {table}"))


def test_the_lake_has_the_pages_of_a_run_that_is_not_on_record(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    part = write_part([row("a", run="lost")], warehouse.staging_folder("lost") / "part.parquet")
    warehouse.merge_parts([part], "lost")
    assert warehouse.refresh_lake() == 1
    assert [r["run_id"] for r in lake_rows(warehouse)] == ["lost"]


def test_what_a_killed_refresh_left_is_written_anew(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    warehouse.refresh_lake()
    first, second, _ = sorted(warehouse.lake.glob("articles/*/*.parquet"))
    first.write_bytes(first.read_bytes()[:100])
    second.rename(second.with_name(f".{second.name}.unfinished"))
    assert warehouse.refresh_lake() == 2
    assert len(lake_rows(warehouse)) == 5
    assert list(warehouse.lake.rglob(".*")) == []


def test_pruning_removes_what_is_old_and_no_article(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    now = START + timedelta(days=3)  # the runs are three, two and one day old
    assert warehouse.prune(Retention(), now=now) == PruneCounts(0, 0, 0, 0)
    assert warehouse.prune(Retention(past_assessments=2), now=now).past_assessments == 0  # replaced a day ago
    counts = warehouse.prune(
        Retention(past_assessments=0, failures=1, signal_statistics=1, articles_for_rescore=1), now=now
    )
    assert counts.past_assessments == 2
    assert counts.failures == 2
    assert counts.signal_statistics > 0
    assert counts.articles_for_rescore == 3
    assert rows_of(warehouse, "select count(*) as n from articles") == [{"n": 5}]
    assert rows_of(warehouse, "select distinct run_id from run_signals") == [{"run_id": "r3"}]
    assert warehouse.unstored_pages(policy="p9", model="m1") == 3


def test_what_was_judged_long_ago_and_again_yesterday_is_kept_as_a_change_of_yesterday(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    for run, policy, verdict, day in (
        ("r1", "p1", "accept", 0),
        ("r2", "p2", "reject", 400),
        ("r3", "p3", "review", 401),
    ):
        begin(warehouse, run, policy=policy, started=START + timedelta(days=day))
        page = row("a", run=run, policy=policy, verdict=verdict, at=START + timedelta(days=day))
        warehouse.merge_parts([write_part([page], warehouse.staging_folder(run) / "part.parquet")], run)
    changes = rows_of(warehouse, "select verdict, next_verdict from verdict_changes order by next_run_id")
    assert len(changes) == 2
    assert warehouse.prune(Retention(past_assessments=365), now=START + timedelta(days=402)).past_assessments == 0
    assert rows_of(warehouse, "select verdict, next_verdict from verdict_changes order by next_run_id") == changes
    assert rows_of(warehouse, "select verdict_before from changed_between_runs(first := 'r1', second := 'r2')")
    assert warehouse.prune(Retention(past_assessments=1), now=START + timedelta(days=402)).past_assessments == 1


@pytest.mark.parametrize("what", ["past_assessments", "failures", "signal_statistics", "articles_for_rescore"])
def test_a_retention_that_would_remove_everything_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match=f"{what} must be 0 days or more, found -1"):
        Retention(**{what: -1})


def test_vacuum_makes_the_file_smaller_and_changes_nothing(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    long = [row(str(n), run="r4", policy="p4", text=f"{n} " * 5000, at=START + timedelta(days=4)) for n in range(200)]
    part = write_part(long, warehouse.staging_folder("r4") / "part.parquet")
    for policy in ("p4", "p5", "p6"):  # each overwrites the last
        at = START + timedelta(days=int(policy[1]))
        write_part([r | {"policy": policy, "assessed_at": at} for r in long], part)
        warehouse.merge_parts([part], "r4" if policy == "p4" else policy)
    queries = (
        "from articles order by page_id",
        "from failures order by page_id",
        "from runs order by run_id",
        "from signals_wide order by page_id",
    )
    tables = [rows_of(warehouse, q) for q in queries]
    before, after = warehouse.vacuum()
    assert after < before
    assert [rows_of(warehouse, q) for q in queries] == tables
    assert rows_of(warehouse, "from why('https://shop.example/spam')")[0]["verdict"] == "reject"
    assert sum(t.num_rows for t in warehouse.articles_for_rescore(policy="p9", model="m1")) == 205
    warehouse.publish()


READ = """
    import os, sys, time
    from warehouse.reader import Snapshot
    path, pages = sys.argv[1], int(sys.argv[2])
    by_run = "select run_id, count(*) as n, count(distinct page_id) as d from articles group by run_id"
    looks = seen = 0
    while not os.path.exists(path + ".done"):
        if not os.path.exists(path):
            time.sleep(0.01)
            continue
        with Snapshot(path) as snapshot:
            runs = snapshot.sql("select run_id, finished, pages, failed from runs").to_pylist()
            articles = snapshot.sql(by_run).to_pylist()
            signals = snapshot.sql("select count(*) as n from signals_wide").to_pylist()[0]["n"]
            assert all(r["finished"] is not None for r in runs), runs
            assert all(a["n"] == a["d"] == pages for a in articles), articles
            assert len(runs) == len(articles) and signals == pages * len(runs), (runs, articles, signals)
            assert len(runs) >= seen, "older than before"
            seen = len(runs)
            looks += 1
        time.sleep(0.02)
    print(looks, seen)
"""


@pytest.mark.slow
def test_a_reader_sees_only_whole_runs_while_fifty_are_written(tmp_path: Path) -> None:
    pages = 20
    warehouse = Warehouse(tmp_path / "quality.duckdb")
    reader = python(READ, str(warehouse.path), str(pages))
    for number in range(50):
        run = f"r{number:02d}"
        with warehouse.lock(run):
            begin(warehouse, run, started=START + timedelta(minutes=number))
            rows = [row(f"{run}-{n}", run=run) for n in range(pages)]
            halves = [
                write_part(rows[:10], warehouse.staging_folder(run) / "0.parquet"),
                write_part(rows[10:], warehouse.staging_folder(run) / "1.parquet"),
            ]
            warehouse.merge_parts(halves, run)
            warehouse.discard_parts(halves)
            warehouse.finish_run(run, finished=START + timedelta(minutes=number, seconds=30))
            warehouse.publish()
    time.sleep(0.5)
    Path(f"{warehouse.path}.done").touch()
    out, _ = reader.communicate(timeout=60)
    assert reader.returncode == 0
    looks, seen = map(int, out.split())
    assert looks >= 20
    assert seen == 50


def test_a_link_has_the_writer_of_the_file_it_leads_to(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    begin(warehouse, "r1")
    warehouse.publish()
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.duckdb"
    link.symlink_to(warehouse.path)
    linked = Warehouse(link)
    assert (linked.work, linked.lake) == (warehouse.work, warehouse.lake)
    begin(linked, "r2")
    linked.publish()
    begin(warehouse, "r3")
    warehouse.publish()
    with Snapshot(link) as snapshot:
        assert snapshot.sql("select run_id from runs order by run_id")["run_id"].to_pylist() == ["r1", "r2", "r3"]
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["link.duckdb"]


def test_two_published_files_do_not_share_a_writer(tmp_path: Path) -> None:
    first = Warehouse(tmp_path / "prod")
    begin(first, "r1")
    first.publish()
    second = Warehouse(tmp_path / "prod.duckdb")
    with pytest.raises(WarehouseError, match=r"prod\.work belongs to .*prod; name that"):
        begin(second, "r2")
    assert not second.path.exists()
    first.path.rename(second.path)  # renamed, it keeps its writer
    begin(second, "r2")
    second.publish()
    with Snapshot(second.path) as snapshot:
        assert snapshot.sql("select run_id from runs order by run_id")["run_id"].to_pylist() == ["r1", "r2"]


def test_a_path_that_duckdb_cannot_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="question mark"):
        Warehouse(tmp_path / "what?" / "q.duckdb")


def test_a_database_of_something_else_is_not_written_over(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    warehouse.path.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse.path)) as other:
        other.execute("create table books as select 1 as isbn")
    before = warehouse.path.read_bytes()
    for attempt in (Warehouse(warehouse.path).publish, Warehouse(warehouse.path).migrate):
        with pytest.raises(WarehouseUnreadable, match="a DuckDB file of something else"):
            attempt()
    assert warehouse.path.read_bytes() == before


def test_a_damaged_published_file_is_replaced(tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    warehouse.path.write_bytes(b"\0" * 5000)
    Warehouse(warehouse.path).publish()
    with Snapshot(warehouse.path) as snapshot:
        assert snapshot.sql("select count(*) as n from articles").to_pylist()[0]["n"] > 0
