"""Merging staged parts: each page once, in articles or in failures, whatever is merged again or in another order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.sources import gate_pages
from tests.warehouse_cases import STAGED, START, begin, cases, empty_warehouse, page_key, row, rows_of, write_part
from warehouse.errors import PartUnreadable
from warehouse.page_ids import PageIds
from warehouse.records import MergeCounts
from warehouse.schema import PART_SCHEMA
from warehouse.store import Warehouse

MERGES = cases("merge")["case"]


@pytest.mark.parametrize("case", MERGES, ids=lambda case: case["name"])
def test_merge(case: dict[str, Any], tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    with warehouse.lock("test"):
        for step in case["steps"]:
            counts = _merge(warehouse, step, tmp_path)
            assert counts == MergeCounts(*step["counts"])
        articles = rows_of(warehouse, "select page_id, verdict from articles")
        failures = rows_of(warehouse, "select page_id, error from failures")
        assert {a["page_id"]: a["verdict"] for a in articles} == {page_key(k): v for k, v in case["articles"].items()}
        assert {f["page_id"]: f["error"] for f in failures} == {page_key(k): v for k, v in case["failures"].items()}
        assert len(articles) == len(case["articles"])
        assert len(failures) == len(case["failures"])
        assert rows_of(warehouse, "select count(*) as n from past_assessment") == [{"n": case["history"]}]
        assert rows_of(warehouse, "select count(*) as n from signals_wide") == [{"n": len(articles)}]
        _check_counts(warehouse, case)


def _merge(warehouse: Warehouse, step: dict[str, Any], folder: Path) -> MergeCounts:
    policy, model = step["policy"], step.get("model", "m1")
    begin(warehouse, step["run"], policy=policy, model=model, started=START + timedelta(hours=step["at"]))
    common: dict[str, Any] = {
        "run": step["run"],
        "policy": policy,
        "model": model,
        "at": START + timedelta(hours=step["at"]),
    }
    paths = []
    for number, part in enumerate(step["parts"]):
        rows = [row(name, **common, verdict=verdict) for name, verdict in part.get("pages", {}).items()]
        rows += [row(name, **common, failure_error=error) for name, error in part.get("failures", {}).items()]
        paths.append(write_part(rows, folder / STAGED / f"{number}.parquet"))
    return warehouse.merge_parts(paths, step["run"], left_over=step.get("left_over", False))


def _check_counts(warehouse: Warehouse, case: dict[str, Any]) -> None:
    """A run's own counts grow by what a merge changed, so that merging again does not double them."""
    runs = rows_of(warehouse, 'select sum("new") as "new", sum(updated) as updated from runs')[0]
    assert runs["new"] == sum(step["counts"][0] for step in case["steps"])
    assert runs["updated"] == sum(step["counts"][1] for step in case["steps"])


def test_merging_a_part_again_does_not_change_the_run(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    begin(warehouse, "r1")
    part = write_part(
        [row("a", run="r1"), row("b", run="r1", failure_error="boom")], tmp_path / STAGED / "part.parquet"
    )
    warehouse.merge_parts([part], "r1")
    before = rows_of(warehouse, "from runs")
    warehouse.merge_parts([part], "r1")
    assert rows_of(warehouse, "from runs") == before
    assert before[0]["pages"] == 2


def test_a_killed_run_has_no_end_and_no_duration(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    begin(warehouse, "killed")
    warehouse.merge_parts([write_part([row("a", run="killed")], tmp_path / STAGED / "part.parquet")], "killed")
    warehouse.close_stopped_runs(finished=START + timedelta(days=1))
    assert warehouse.close_stopped_runs(finished=START + timedelta(days=2)) == 0
    assert rows_of(warehouse, "select status, pages, finished, seconds from runs") == [
        {"status": "stopped", "pages": 1, "finished": None, "seconds": None}
    ]
    assert rows_of(warehouse, "select pages_a_second from run_history()") == [{"pages_a_second": None}]


@pytest.mark.parametrize("folder", ["source=web", "page_id=x", "policy=strict/language=de", "env=prod", "a::b", "100%"])
def test_the_name_of_a_folder_is_no_column(tmp_path: Path, folder: str) -> None:
    warehouse = empty_warehouse(tmp_path / folder)
    begin(warehouse, "r1")
    rows = [row("a", run="r1"), row("b", run="r1"), row("c", run="r1", failure_error="boom")]
    part = write_part(rows, tmp_path / folder / STAGED / "part.parquet")
    assert (warehouse.merge_parts([part], "r1").new, warehouse.merge_parts([part], "r1").new) == (2, 0)
    found = rows_of(warehouse, "select page_id, source, policy, language from articles order by url")
    assert found == [
        {"page_id": page_key(name), "source": "site.example", "policy": "p1", "language": "en"} for name in "ab"
    ]
    assert list(warehouse.known_pages("p1", "m1")) == sorted([page_key("a"), page_key("b")])
    assert rows_of(warehouse, "select page_id, source from failures") == [
        {"page_id": page_key("c"), "source": "site.example"}
    ]


def test_failures_of_an_input_go_when_it_is_read_to_its_end(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    origins = [
        "in/a.warc",
        "in/a.warc#<urn:1>",
        "in/a.warc.gz#<urn:1>",
        "in/b#c.jsonl#7",
        "in/b#c.jsonl",
        "in/b",
        "s3://x/#1",
    ]
    begin(warehouse, "r1")
    rows = [row(origin, run="r1", failure_error="torn") | {"origin": origin, "body_sha256": None} for origin in origins]
    rows.append(row("judged", run="r1", failure_error="boom") | {"origin": "in/a.warc#<urn:2>"})
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")

    def left(run: str, read: list[str], present: list[str]) -> list[str]:
        begin(warehouse, run)
        warehouse.finish_run(run, finished=START, inputs_read=read, inputs_present=present)
        return [line["origin"] for line in rows_of(warehouse, "select origin from failures order by origin")]

    assert len(left("r1", origins, origins)) == len(origins) + 1  # the run's own failures stay
    assert len(left("r2", [], [])) == len(origins) + 1
    after = sorted([*origins, "in/a.warc#<urn:2>"])
    after.remove("in/a.warc")
    assert left("r3", [], ["in/a.warc"]) == after
    after.remove("in/a.warc#<urn:1>")
    assert left("r4", ["in/a.warc"], ["in/a.warc"]) == after
    after.remove("in/b#c.jsonl#7")
    after.remove("in/b#c.jsonl")
    assert left("r5", ["in/b#c.jsonl"], []) == after


def test_a_run_whose_clock_went_back_judges_again(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    for run, policy, at in (("r1", "p1", START + timedelta(days=30)), ("r2", "p2", START)):
        begin(warehouse, run, policy=policy, started=at)
        part = write_part([row("a", run=run, policy=policy, at=at)], tmp_path / STAGED / f"{run}.parquet")
        warehouse.merge_parts([part], run)
    assert rows_of(warehouse, "select policy, run_id from articles") == [{"policy": "p2", "run_id": "r2"}]


def test_first_seen_stays_when_a_page_is_judged_again(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    later = START + timedelta(days=1)
    for run, policy, at in (("r1", "p1", START), ("r2", "p2", later)):
        warehouse.merge_parts(
            [write_part([row("a", run=run, policy=policy, at=at)], tmp_path / STAGED / "part.parquet")], run
        )
    article = rows_of(warehouse, "select first_seen, assessed_at, run_id from articles")[0]
    assert article == {
        "first_seen": START.replace(tzinfo=None),
        "assessed_at": later.replace(tzinfo=None),
        "run_id": "r2",
    }


def test_dates_that_are_none_become_null(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    rows = [
        row("a", run="r1", fetched_at="2026-01-01T12:00:00+02:00", published_date="2025-12-31"),
        row("b", run="r1", fetched_at="yesterday", published_date="2025-02-30"),
    ]
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")
    found = rows_of(
        warehouse,
        "select cast(fetched_at as varchar) as f, cast(published_date as varchar) as p from articles order by url",
    )
    assert found == [{"f": "2026-01-01 10:00:00", "p": "2025-12-31"}, {"f": None, "p": None}]


@pytest.mark.parametrize(
    "said",
    ["99999-01-31", "10000-01-01T00:00:00Z", "infinity", "-infinity", "0044-03-15 (BC)", "1969-12-31", "2062-11-01"],
)
def test_a_time_of_fetching_that_cannot_be_true_is_none(said: str, tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    rows = [row("a", run="r1", fetched_at=said), row("b", run="r1", fetched_at=said, failure_error="no text")]
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")
    assert rows_of(warehouse, "select count(*) as n, count(fetched_at) as dated from articles") == [
        {"n": 1, "dated": 0}
    ]
    assert rows_of(warehouse, "select count(*) as n, count(fetched_at) as dated from failure") == [{"n": 1, "dated": 0}]


@pytest.mark.parametrize("said", ["infinity", "-infinity", "99999-01-31", "0044-03-15 (BC)", "2062-11-01"])
def test_the_gate_does_not_believe_such_a_time_where_it_is_stored(said: str, tmp_path: Path) -> None:
    """Older versions stored it, and then no run could judge the sources."""
    warehouse = empty_warehouse(tmp_path)
    warehouse.merge_parts([write_part([row("a", run="r1")], tmp_path / STAGED / "part.parquet")], "r1")
    with warehouse.opened() as connection:
        connection.execute("update article set fetched_at = cast($said as timestamp)", {"said": said})
    assert gate_pages(warehouse.source_pages())["seen_at"].to_pylist() == [START.replace(tzinfo=None)]


def test_signals_are_columns_and_rows(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    assert rows_of(warehouse, "from signals") == []  # the view stands before there is any signal
    first = write_part([row("a", run="r1", signals=[("f.x", 0.5), ("f.y", None)])], tmp_path / STAGED / "1.parquet")
    second = write_part(
        [row("b", run="r1", signals=[("f.z", 0.0), ("f.x", 1.0)]), row("c", run="r1", signals=[])],
        tmp_path / STAGED / "2.parquet",
    )
    warehouse.merge_parts([first, second], "r1")
    wide = rows_of(warehouse, 'select page_id, "f.x" as x, "f.y" as y, "f.z" as z from signals_wide')
    assert {w["page_id"]: (w["x"], w["y"], w["z"]) for w in wide} == {
        page_key("a"): (0.5, None, None),
        page_key("b"): (1.0, None, 0.0),
        page_key("c"): (None, None, None),
    }
    long = rows_of(warehouse, f"select signal, value from signals where page_id = '{page_key('b')}' order by signal")
    assert long == [{"signal": "f.x", "value": 1.0}, {"signal": "f.y", "value": None}, {"signal": "f.z", "value": 0.0}]


@pytest.mark.parametrize(
    "name", ['x" double; drop table article; --', "Upper.Case", "page_id", "a..b", "", "ü.x", "a b"]
)
def test_a_signal_id_that_is_none_is_refused_and_nothing_is_merged(name: str, tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    part = write_part([row("a", run="r1", signals=[(name, 1.0)])], tmp_path / STAGED / "part.parquet")
    with pytest.raises(PartUnreadable, match="is no signal id"):
        warehouse.merge_parts([part], "r1")
    assert rows_of(warehouse, "from article") == []


def test_a_part_that_is_none_is_named_and_nothing_is_merged(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    good = write_part([row("a", run="r1")], tmp_path / STAGED / "good.parquet")
    half = tmp_path / STAGED / "half.parquet"
    half.write_bytes(good.read_bytes()[:500])
    other = tmp_path / STAGED / "other.parquet"
    pq.write_table(pa.table({"page_id": ["x"]}), other)
    missing = tmp_path / STAGED / "missing.parquet"
    for bad in (half, other, missing):
        with pytest.raises(PartUnreadable, match=bad.name):
            warehouse.merge_parts([good, bad], "r1")
    assert rows_of(warehouse, "from article") == []


@pytest.mark.parametrize("column", ["verdict", "source", "status", "policy"])
def test_a_page_that_lacks_what_every_page_has_is_refused(column: str, tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    part = write_part([row("a", run="r1"), row("b", run="r1") | {column: None}], tmp_path / STAGED / "part.parquet")
    with pytest.raises(PartUnreadable, match=column):
        warehouse.merge_parts([part], "r1")
    assert rows_of(warehouse, "from article") == []


def test_known_pages_are_those_judged_under_the_same_policy_and_model(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    rows = [row("a", run="r1"), row("b", run="r1", policy="p2"), row("c", run="r1", failure_error="boom")]
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")
    known = warehouse.known_pages("p1", "m1")
    assert list(known) == [page_key("a")]
    assert page_key("a") in known
    assert page_key("b") not in known
    assert len(warehouse.known_pages("p1", "other")) == 0


def test_page_ids_with_zero_bytes_at_either_end() -> None:
    ids = ["00" * 16, "00" * 15 + "01", "01" + "00" * 15, "ff" * 16]
    held = PageIds.of([*ids, ids[0]])
    assert sorted(held) == sorted(ids)
    assert len(held) == 4
    asked = [*ids, "01" + "00" * 14 + "01", "00" * 14 + "0100"]
    assert held.isin(asked).tolist() == [True] * 4 + [False] * 2
    assert PageIds.of([]).isin(asked).tolist() == [False] * 6
    assert "no id" not in ids


def test_a_million_page_ids_fit_in_sixteen_megabytes() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 256, size=(1_000_000, 16), dtype=np.uint8)
    held = PageIds.from_arrow(pa.array([bytes(v) for v in values[:1000]], pa.binary()))
    assert held._sorted.nbytes == 16 * len(held) == 16_000
    assert all(bytes(v).hex() in held for v in values[:1000])
    assert not held.isin([bytes(v).hex() for v in values[1000:2000]]).any()


def test_articles_for_rescore_are_those_of_other_policies_in_batches(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    rows = [row(str(n), run="r1") for n in range(7)] + [
        row("new", run="r2", policy="p2"),
        row("bare", run="r1", article=None),
    ]
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")
    tables = list(warehouse.articles_for_rescore(policy="p2", model="m1", batch=3))
    assert [t.num_rows for t in tables] == [3, 3, 1]
    found = pa.concat_tables(tables)
    assert sorted(found["page_id"].to_pylist()) == sorted(page_key(str(n)) for n in range(7))
    assert set(found["article"].to_pylist()) == {f"article of {n}".encode() for n in range(7)}
    assert set(found.column_names) <= {*PART_SCHEMA.names}


def test_failures_of_records_stay_until_their_file_is_read_to_its_end(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    begin(warehouse, "r1")
    lost = {"url": None, "body_sha256": None, "failure_error": "no JSON"}
    rows = [row("a", run="r1", origin="/in/a.jsonl#3", **lost), row("b", run="r1", origin="/in/a.jsonl", **lost)]
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")
    left = []
    for run, read, there in (("r2", (), ("/in/a.jsonl",)), ("r3", ("/in/a.jsonl",), ("/in/a.jsonl",))):
        begin(warehouse, run)
        warehouse.finish_run(run, finished=START, inputs_read=read, inputs_present=there)
        left.append([found["origin"] for found in rows_of(warehouse, "select origin from failure order by origin")])
    assert left == [["/in/a.jsonl#3"], []]


def test_failures_of_an_input_go_when_it_can_be_read(tmp_path: Path) -> None:
    warehouse = empty_warehouse(tmp_path)
    rows = [
        row("whole file", run="r1", failure_error="truncated", body_sha256=None, origin="a.jsonl.gz"),
        row("line", run="r1", failure_error="no JSON", body_sha256=None, origin="a.jsonl.gz#17"),
        row("page", run="r1", failure_error="timeout", origin="a.jsonl.gz#18"),
        row("other file", run="r1", failure_error="truncated", body_sha256=None, origin="a.jsonl.gz2"),
    ]
    begin(warehouse, "r1")
    warehouse.merge_parts([write_part(rows, tmp_path / STAGED / "part.parquet")], "r1")
    warehouse.finish_run("r1", finished=START, inputs_read=["a.jsonl.gz"])
    assert len(rows_of(warehouse, "from failures")) == 4  # what this run found stays
    begin(warehouse, "r2", started=START + timedelta(days=1))
    warehouse.finish_run("r2", finished=START + timedelta(days=1), inputs_read=["a.jsonl.gz"])
    assert {f["origin"] for f in rows_of(warehouse, "from failures")} == {"a.jsonl.gz#18", "a.jsonl.gz2"}
