"""Whole runs over awkward inputs: a page ends in articles or in failures, once, and a second run over the same adds nothing."""

from __future__ import annotations

import dataclasses
import io
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.inputs import find_inputs
from flows.scoring import RunSummary, Settings, open_run
from quality.policy import Policy, default_policy
from warehouse.reader import Snapshot
from warehouse.store import Warehouse

SENTENCE = "The council of ward {n} spent {m} euros on the bridge on Monday, said engineer Berg after the hearing. "


def article(number: int, sentences: int = 12) -> str:
    lines = "".join(f"<p>{SENTENCE.format(n=number, m=number * 31 + k)}</p>" for k in range(sentences))
    return f"<html><body><h1>Bridge {number}</h1>{lines}</body></html>"


def score(folder: Path | str, warehouse: Path, policy: Policy | None = None, engine: str = "local") -> RunSummary:
    settings = Settings(warehouse, policy or default_policy(), workers=1, engine=engine)
    with open_run([str(folder)], settings) as run:
        run.assess(find_inputs([str(folder)]))
        return run.publish()


def rows(warehouse: Path, query: str) -> list[tuple[object, ...]]:
    with Snapshot(warehouse) as snapshot:
        return [tuple(row.values()) for row in snapshot.sql(query).to_pylist()]


def warc(path: Path, pages: list[tuple[str, str]], *, without: int = 0) -> None:
    """Write a WARC of these pages (URL, HTML), without its last bytes."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False)
    for url, html in pages:
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=io.BytesIO(html.encode()), http_headers=http)
        record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:{len(html)}>")
        writer.write_record(record)
    path.write_bytes(buffer.getvalue()[: -without or None])


def test_failures_of_one_file_are_staged_before_they_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.scoring.FAILURES_A_PART", 3)
    (tmp_path / "a.jsonl").write_text("1\n" * 100 + json.dumps({"html": article(1)}) + "\n" + "1\n" * 7)
    for _ in range(2):
        summary = score(tmp_path / "a.jsonl", tmp_path / "w.duckdb")
        assert summary.counts.failed == 107
        assert rows(tmp_path / "w.duckdb", "select count(*), count(distinct origin) from failures") == [(107, 107)]
        assert rows(tmp_path / "w.duckdb", "select origin from articles") == [(f"{tmp_path}/a.jsonl#101",)]


@pytest.mark.slow
def test_pages_too_long_for_one_policy_are_failures_by_place_and_none_under_the_next(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    warc(
        tmp_path / "in" / "a.warc",
        [("https://a.example/1", article(1)), *(("https://a.example/2", article(2, n)) for n in (200, 300))],
    )
    short = dataclasses.replace(default_policy(), limits=dataclasses.replace(default_policy().limits, max_bytes=5_000))
    for _ in range(2):
        score(tmp_path / "in", tmp_path / "w.duckdb", short)
        assert rows(tmp_path / "w.duckdb", "select url from articles") == [("https://a.example/1",)]
        failures = rows(tmp_path / "w.duckdb", "select page, url, source, origin from failures order by origin")
        assert [row[:3] for row in failures] == [("https://a.example/2", "https://a.example/2", "a.example")] * 2
        assert len({row[3] for row in failures}) == 2
    score(tmp_path / "in", tmp_path / "w.duckdb")
    assert len(rows(tmp_path / "w.duckdb", "select page_id from articles")) == 3
    assert not rows(tmp_path / "w.duckdb", "select * from failures")


def test_a_page_that_the_inputs_hold_twice_counts_once_in_every_run(tmp_path: Path) -> None:
    pages = [(f"https://a.example/{n}", article(n)) for n in range(2)]
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        warc(tmp_path / "in" / f"{name}.warc", [*pages, pages[0]])
    seen = []
    for _ in range(2):
        counts = score(tmp_path / "in", tmp_path / "w.duckdb").counts
        seen.append((counts.pages, counts.new, counts.unchanged))
    assert seen == [(2, 2, 0), (2, 0, 2)]
    assert rows(tmp_path / "w.duckdb", 'select pages, "new", unchanged from runs order by started') == seen


@pytest.mark.slow
def test_a_truncated_file_that_comes_whole_later_leaves_no_failure(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pages = [(f"https://a.example/{n}", article(n, 12 + n)) for n in range(3)]
    counts = []
    for without in (900, 0):
        warc(tmp_path / "in" / "a.warc", pages, without=without)
        score(tmp_path / "in", tmp_path / "w.duckdb")
        counts += rows(
            tmp_path / "w.duckdb",
            "select (select count(*) from articles), (select list(url) from failures where starts_with(error, 'truncated'))",
        )
    assert counts == [(2, ["https://a.example/2"]), (3, None)]


@pytest.mark.slow
def test_strings_that_utf8_cannot_hold_cost_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    half = "\ud800"
    lines = [
        {"url": "https://a.example/0", "html": article(0)},
        {"url": f"https://a.example/1{half}", "html": article(1)},
        {"url": f"https://a{half}.example/2", "html": article(2)},
        {"url": f"https://a.example/{half}/3", "html": article(3), "fetched_at": half},
        {"url": "https://a.example/4", "html": article(4), "id": half, half: [half, {half: half}]},
        {"url": "https://a.example/5", "html": article(5).replace("Bridge", half)},
        {"text": SENTENCE * 9 + half},
        {"url": f"https://a.example/7{half}"},
    ]
    (tmp_path / "in" / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    name = os.fsencode(tmp_path / "in") + b"/caf\xe9"
    try:
        Path(os.fsdecode(name + b".html")).write_text(article(8))
    except OSError:  # a file system that takes UTF-8 names only
        pytest.skip("needs a file system that takes any bytes as a name")
    Path(os.fsdecode(name + b".jsonl")).write_text("no JSON\n" + json.dumps({"text": SENTENCE * 10}) + "\n")
    Path(os.fsdecode(name + b".warc")).write_bytes(b"no WARC")
    for _ in range(2):
        score(tmp_path / "in", tmp_path / "w.duckdb")
        (counts,) = rows(
            tmp_path / "w.duckdb",
            "select (select count(*) from articles), (select count(*) from failures), "
            r"(select count(*) from failures where contains(origin, 'caf\udce9'))",
        )
        assert counts == (9, 3, 2)
        assert rows(tmp_path / "w.duckdb", r"select fetched_at, url from articles where contains(url, '\ud800/3')") == [
            (None, r"https://a.example/\ud800/3")
        ]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_rows_without_url_are_known_by_file_and_content_wherever_they_stand(tmp_path: Path, ending: str) -> None:
    def put(numbers: list[int]) -> None:
        texts = [article(number) for number in numbers]
        path = tmp_path / "in" / f"a.{ending}"
        if ending == "jsonl":
            path.write_text("".join(json.dumps({"html": text}) + "\n" for text in texts))
        else:
            pq.write_table(pa.table({"html": texts}), path)

    (tmp_path / "in").mkdir()
    found = []
    for numbers in ([1, 2], [3, 1, 2], [1, 2, 3, 3]):
        put(numbers)
        counts = score(tmp_path / "in", tmp_path / "w.duckdb").counts
        found.append((counts.read, counts.new, counts.unchanged))
    assert found == [(2, 2, 0), (3, 1, 2), (3, 0, 3)]  # a page that a file holds twice counts once
    assert len(rows(tmp_path / "w.duckdb", "select page_id from articles")) == 3
    assert not rows(tmp_path / "w.duckdb", "select * from failures")


@pytest.mark.parametrize("engine", ["local", pytest.param("dask", marks=[pytest.mark.slow, pytest.mark.server])])
def test_rows_with_awkward_keys_go_through_the_engine_and_are_stored_as_json(tmp_path: Path, engine: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    deep = "[" * 900 + "]" * 900
    (folder / "a.jsonl").write_text(f'{{"html": {json.dumps(article(1))}, "deep": {deep}, "n": NaN}}\n')
    pq.write_table(pa.table({"html": [article(2)], "b": [b"\xff"], "x": [float("inf")]}), folder / "b.parquet")
    score(folder, tmp_path / "w.duckdb", engine=engine)
    found = [
        json.loads(str(extra)) for (extra,) in rows(tmp_path / "w.duckdb", "select extra from articles order by origin")
    ]
    assert found[0]["n"] is None
    assert found[1] == {"b": "/w==", "x": None}
    assert rows(
        tmp_path / "w.duckdb", "select json_valid(extra), extra like '%left out%' from articles order by origin"
    ) == [
        (True, True),
        (True, False),
    ]


def test_error_pages_of_an_archive_are_neither_articles_nor_failures(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "a.warc").open("wb") as stream:
        writer = WARCWriter(stream, gzip=False)
        for number, status, media in (
            (1, "200 OK", "text/html"),
            (2, "404 Not Found", "text/html"),
            (3, "200 OK", "image/png"),
        ):
            http = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
            body = io.BytesIO(article(number).encode())
            writer.write_record(
                writer.create_warc_record(f"https://a.example/{number}", "response", payload=body, http_headers=http)
            )
    counts = score(tmp_path / "in", tmp_path / "w.duckdb").counts
    assert counts.left_alone == {"HTTP status 404": 1, "image/png": 1}
    assert (counts.read, counts.new, counts.failed) == (1, 1, 0)
    assert rows(tmp_path / "w.duckdb", "select source, pages from sources") == [("a.example", 1)]
    assert not rows(tmp_path / "w.duckdb", "select * from failures")


@pytest.mark.slow
def test_an_input_that_comes_later_is_no_failure_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = []
    for come in (False, True):
        for given in ("a.html", "in", "in/*.txt"):
            if come:
                Path("in").mkdir(exist_ok=True)
                Path("a.html").write_text(article(1))
                Path("in/b.txt").write_text(SENTENCE * 9)
            score(given, tmp_path / "w.duckdb")
        found.append(rows(tmp_path / "w.duckdb", "select origin from failures order by origin"))
    assert found == [[("a.html",), ("in",), ("in/*.txt",)], []]


def test_reading_a_file_leaves_the_failures_of_files_whose_names_go_on(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.html (copy).html", "a.html!.html", "a.html:1.html"):
        (tmp_path / "in" / name).write_bytes(b"")
    score(tmp_path / "in", tmp_path / "w.duckdb")
    (tmp_path / "in" / "a.html").write_text(article(1))
    score(tmp_path / "in" / "a.html", tmp_path / "w.duckdb")
    assert len(rows(tmp_path / "w.duckdb", "select origin from failures")) == 3


def test_an_empty_folder_beside_another_input_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.html").write_text(article(1))
    settings = Settings(tmp_path / "w.duckdb", default_policy(), workers=1)
    given = [str(tmp_path / "empty"), str(tmp_path / "a.html")]
    with open_run(given, settings) as run:
        counts = run.assess(find_inputs(given))
        run.publish()
    assert (counts.inputs, counts.new, counts.failed) == (1, 1, 0)
    assert not rows(tmp_path / "w.duckdb", "select * from failures")


def test_the_warehouse_in_a_folder_that_is_read_is_no_input(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "page.html").write_text(article(1))
    warehouse = tmp_path / "w" / "q.duckdb"
    assert score(tmp_path, warehouse).counts.new == 1
    Warehouse(warehouse).refresh_lake()
    assert list((tmp_path / "w" / "q.lake").rglob("*.parquet"))
    summary = score(tmp_path, warehouse)
    assert (summary.counts.inputs, summary.counts.read, summary.counts.unchanged) == (1, 1, 1)
    assert "files of the warehouse itself are among the inputs" in caplog.text


def test_a_folder_of_the_warehouse_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(article(1))
    warehouse = tmp_path / "page_id=x" / "a::b" / "q.duckdb"
    assert score(tmp_path / "page.html", warehouse).counts.new == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "page_id=x"]
    assert [path.name for path in (tmp_path / "page_id=x").iterdir()] == ["a::b"]
    assert rows(warehouse, "select origin from articles") == [(str(tmp_path / "page.html"),)]


def test_an_engine_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="engine must be one of local, dask, found 'foo'"):
        Settings(tmp_path / "w.duckdb", default_policy(), workers=1, engine="foo")
