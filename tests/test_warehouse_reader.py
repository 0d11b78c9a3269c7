"""What people see: named queries over a small warehouse, refusals, messages, formats."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from flows.report.build import build_report
from tests import published_warehouse as small
from tests.warehouse_cases import cases, page_key, small_warehouse
from warehouse import dictionary
from warehouse.connection import fetch
from warehouse.errors import NoWarehouse, QueryError, WarehouseUnreadable
from warehouse.format import show, write
from warehouse.named import parse
from warehouse.reader import Snapshot

QUERIES = cases("queries")["case"]
REFUSED = cases("refused")["case"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Any:
    warehouse = small_warehouse(tmp_path_factory.mktemp("small"))
    with Snapshot(warehouse.path) as opened:
        yield opened


LONG = "select count(*) as n from range(800_000_000) as a where a.range % 7 = 3"
"""Seconds of work: DuckDB sometimes hears of a signal only when a statement ends."""


@pytest.mark.slow
@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_ctrl_c_in_a_statement_is_an_interrupt_and_no_error_of_the_query(writing: bool, tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    try:
        with pytest.raises(KeyboardInterrupt):
            if writing:
                with warehouse.opened() as connection:
                    timer.start()
                    fetch(connection, LONG)
            else:
                with Snapshot(warehouse.path) as opened:
                    timer.start()
                    opened.sql(LONG)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("case", QUERIES, ids=lambda c: " ".join([c["query"], *map(str, c["parameters"].values())]))
def test_named_query(case: dict[str, Any], snapshot: Snapshot) -> None:
    parameters = dict(case["parameters"])
    if "page" in parameters and "/" not in parameters["page"]:
        parameters["page"] = page_key(parameters["page"])[:12]
    table = snapshot.named(case["query"], parameters)
    assert table.num_rows == case["count"]
    for found, wanted in zip(table.to_pylist(), case["rows"], strict=False):
        for column, value in wanted.items():
            value = page_key(value) if column == "page_id" else None if value == "none" else value
            assert found[column] == (pytest.approx(value) if isinstance(value, float) else value), column


EXAMPLES = re.findall(r"^```sql\n(.*?)^```", dictionary.TARGET.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("query", "".join(EXAMPLES).splitlines())
def test_the_examples_of_the_dictionary_run(query: str, snapshot: Snapshot) -> None:
    assert snapshot.sql(query).num_columns > 0


def test_drift_and_distributions_agree_on_how_often_a_signal_fires(tmp_path: Path) -> None:
    def rows(*values: float | None) -> list[dict[str, Any]]:
        return [small.article(n, "accept", 0.1, f"Text {n}.", signals=[("x", v)]) for n, v in enumerate(values)]

    first, second = rows(0.5, 0.0, None), rows(0.1, None, None, 0.2)
    for page in second:
        page["policy"] = "2026.2+00000000"
    with Snapshot(small.publish(tmp_path / "q.duckdb", [first, second])) as snapshot:
        (drift,) = snapshot.named("signal_drift").to_pylist()
        before, now = (snapshot.named("signal_distributions", {"run": run}).to_pylist() for run in ("run-1", "run-2"))
    assert [drift["fired_before"], drift["fired"]] == [before[0]["fired_fraction"], now[0]["fired_fraction"]]
    assert [drift["fired_before"], drift["fired"]] == [0.5, 1.0]


def test_ties_end_alike_in_whatever_order_pages_were_stored(tmp_path: Path) -> None:
    text, line = "Share this now.", "Share this now."

    def page(number: int, kinds: tuple[str, ...]) -> dict[str, Any]:
        spans = [small.span(text, line, kind, 0.9, f"{kind}.rule_{(number + k) % 3}") for k, kind in enumerate(kinds)]
        reasons = [{"signal": s["signal"], "value": 1.0, "points": 0.5, "quote": line} for s in spans]
        repair = {
            "original": "x",
            "restored": f"y{number % 3}",
            "codec": "c",
            "rule": "r",
            "confidence": 1.0,
            "count": 2,
        }
        return small.article(number, "reject", 0.4, text, spans=spans, reasons=reasons, repairs=[repair], signals=[])

    pages = [page(n, (("promo", "residue"), ("residue",), ("promo",), ("padding", "promo"))[n % 4]) for n in range(12)]
    rows = [*pages, *(small.failure(n, "decode", f"line {n} is broken") for n in range(6))]
    found, reports = [], []
    for name, given in (("a", rows), ("b", rows[::-1])):
        (tmp_path / name).mkdir()
        with Snapshot(small.publish(tmp_path / name / "q.duckdb", [given])) as snapshot:
            asked: list[tuple[str, dict[str, str | int | float]]] = [
                ("worst_sentences", {"source": "example.com"}),
                ("boilerplate_lines", {"source": "example.com"}),
                ("encoding_damage", {}),
                ("source_scorecard", {}),
                ("failure_causes", {}),
                ("near_misses", {"margin": 0.5}),
                ("page_evidence", {"page": "https://example.com/articles/0"}),
                ("why", {"page": "https://example.com/articles/0"}),
            ]
            found.append({query: snapshot.named(query, values).to_pylist() for query, values in asked})
        build_report(tmp_path / name / "q.duckdb", tmp_path / name / "report")
        reports.append({path.name: path.read_bytes() for path in (tmp_path / name / "report").rglob("*.html")})
    assert [query for query in found[0] if found[0][query] != found[1][query]] == []
    assert [name for name in reports[0] if reports[0][name] != reports[1][name]] == []


@pytest.mark.parametrize("case", {case["query"]: case for case in QUERIES}.values(), ids=lambda case: case["query"])
def test_counts_are_whole_numbers(case: dict[str, Any], snapshot: Snapshot) -> None:
    schema = snapshot.named(case["query"], dict(case["parameters"])).schema
    assert [field.name for field in schema if pa.types.is_decimal(field.type)] == []


def test_nothing_is_missing_from_the_summary_of_a_warehouse_without_pages(tmp_path: Path) -> None:
    with Snapshot(small.publish(tmp_path / "q.duckdb", [[]])) as snapshot:
        found = {row["measure"]: row["value"] for row in snapshot.named("summary").to_pylist()}
    assert found.pop("runs") == 1
    assert set(found.values()) == {0}


def test_every_named_query_has_a_case(snapshot: Snapshot) -> None:
    assert {q.name for q in snapshot.list_named()} == {case["query"] for case in QUERIES}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["query"])
def test_refused(case: dict[str, Any], snapshot: Snapshot) -> None:
    with pytest.raises(QueryError) as raised:
        snapshot.sql(case["query"])
    for words in case["says"]:
        assert words in str(raised.value)
    assert "Traceback" not in str(raised.value)


@pytest.mark.parametrize(
    "query",
    [
        "select verdict, count(*) as pages from articles group by verdict",
        "from articles limit 1",
        "with x as (select 1 as a) select * from x",
        "describe articles",
        "show tables",
        "summarize select reject_probability from articles",
        "pivot articles on verdict using count(*) group by source",
        "explain select 1",
        "explain analyze (select 1)",
        "explain (analyze, format json) from articles",
        "explain pivot articles on verdict using count(*)",
        "from why('nothing')",
        "values (1, 2);",
        "select 1 -- and a comment",
    ],
)
def test_queries_that_read_are_run(query: str, snapshot: Snapshot) -> None:
    assert snapshot.sql(query).num_columns > 0


@pytest.mark.parametrize(
    "query", ["from articles", "explain select 1", "pivot articles on verdict using count(*)", "show tables"]
)
def test_a_limit_cuts_any_query(query: str, snapshot: Snapshot) -> None:
    assert snapshot.sql(query, limit=1).num_rows == 1
    assert snapshot.named("coverage", limit=2).num_rows == 2


def test_values_go_into_a_query_by_name(snapshot: Snapshot) -> None:
    hostile = "'; drop table article; --"
    assert snapshot.sql("select $word as word", {"word": hostile}).to_pylist() == [{"word": hostile}]


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("whi", {}, "Did you mean why?"),
        ("why", {}, "why needs page"),
        ("why", {"pag": "x"}, "Did you mean page?"),
        ("worst_sentences", {"source": "x", "number": "ten"}, "number must be a whole number from 0 on, not 'ten'"),
        ("worst_sentences", {"source": "x", "number": "-1"}, "number must be a whole number from 0 on, not '-1'"),
        ("worst_sentences", {"source": "x", "number": -1}, "number must be a whole number from 0 on, not '-1'"),
        ("worst_sentences", {"source": "x", "number": "9" * 30}, "number must be a whole number from 0 on"),
        ("near_misses", {"margin": "wide"}, "margin must be a number"),
        ("near_misses", {"margin": "nan"}, "margin must be a number, not 'nan'"),
        ("source_trend", {"source": "x", "step": "fortnight"}, "step must be one of day, week, month, quarter, year"),
    ],
)
def test_a_named_query_that_is_called_wrongly(
    name: str, parameters: dict[str, str], says: str, snapshot: Snapshot
) -> None:
    with pytest.raises(QueryError, match=says.replace("?", r"\?")):
        snapshot.named(name, parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("changed_between_runs", {"first": "nope"}, "there is no run nope in "),
        ("changed_between_runs", {"first": "r1", "second": "r33"}, "there is no run r33 in .* Did you mean r3?"),
        ("signal_drift", {"against": "R1"}, "there is no run R1"),
        ("failure_causes", {"run": ""}, "there is no run"),
        ("why", {"page": "zzz"}, "there is no page zzz. Expected: page id, its first characters .six or more., URL or"),
        ("page_evidence", {"page": page_key("good")[:5]}, "there is no page"),
        (
            "worst_sentences",
            {"source": "new.example"},
            "there is no source new.example in .* Did you mean news.example?",
        ),
    ],
)
def test_what_the_warehouse_does_not_have_is_said(
    name: str, parameters: dict[str, str], says: str, snapshot: Snapshot
) -> None:
    with pytest.raises(QueryError, match=says.replace("?", r"\?")):
        snapshot.resolve(name, parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "resolved"),
    [
        ("worst_sentences", {"source": "https://www.news.example/"}, {"source": "news.example"}),
        (
            "source_trend",
            {"source": "NEWS.example/2026/a.html", "step": "day"},
            {"source": "news.example", "step": "day"},
        ),
        ("encoding_damage", {"source": "alt.example"}, {"source": "alt.example"}),
        ("encoding_damage", {}, {}),
        ("why", {"page": "https://news.example/good"}, {"page": "https://news.example/good"}),
        ("why", {"page": page_key("killer")[:12]}, {"page": page_key("killer")[:12]}),
        ("changed_between_runs", {"first": "r1", "second": None}, {"first": "r1", "second": None}),
        ("policy_flips", {"before": "p"}, {"before": "p"}),
        ("worst_sentences", {"sauce": "x"}, {"sauce": "x"}),
    ],
)
def test_a_source_is_known_by_the_address_of_a_page(
    name: str, parameters: dict[str, Any], resolved: dict[str, Any], snapshot: Snapshot
) -> None:
    assert snapshot.resolve(name, parameters) == resolved


def test_a_query_file_whose_comment_and_macro_disagree_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "odd.sql"
    for text in (
        "-- other: Question?\ncreate or replace macro odd() as table\nselect 1;",
        "-- odd: Question?\ncreate or replace macro odd(page) as table\nselect 1;",
        "-- odd: Question?\n--   page  text  a page\ncreate or replace macro odd() as table\nselect 1;",
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"odd\.sql"):
            parse(path)


def test_the_questions_of_files_and_of_the_database_are_the_same(snapshot: Snapshot) -> None:
    for query in snapshot.list_named():
        assert query.question.replace("'", "''") in query.sql.split("comment on macro table")[1]


def test_no_warehouse_and_no_database(tmp_path: Path) -> None:
    with pytest.raises(NoWarehouse, match="quality run INPUT"):
        Snapshot(tmp_path / "none.duckdb")
    (tmp_path / "odd.duckdb").write_text("text")
    with pytest.raises(WarehouseUnreadable, match=r"odd\.duckdb cannot be opened"):
        Snapshot(tmp_path / "odd.duckdb")


@pytest.mark.parametrize(
    "query",
    [
        "from page_sources",
        "select hidden from recurring_lines",
        "from summary",
        "select articles.verdicts from articles",
    ],
)
def test_a_file_of_another_version_is_told_apart_from_a_wrong_name(query: str, tmp_path: Path) -> None:
    warehouse = small_warehouse(tmp_path)
    with Snapshot(warehouse.path) as present, pytest.raises(QueryError) as wrong:
        present.sql(query.replace("page_sources", "page_source"))
    assert "another version" not in str(wrong.value)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("drop view page_sources; update views_made set checksum = 'older'")
    with Snapshot(warehouse.path) as older, pytest.raises(QueryError, match="published by another version of quality"):
        older.sql(query)


@pytest.mark.parametrize(
    ("query", "header", "row"),
    [
        ("select 1 as a, 2 as a, 3 as b", ["a", "a_1", "b"], ["1", "2", "3"]),
        ("select 1 as a, 2 as A, 3 as a", ["a", "A_1", "a_2"], ["1", "2", "3"]),
        ("select interval '1 month 3 days' as i, interval '5.5 seconds' as j", ["i", "j"], ["P1M3D", "PT5.5S"]),
        (
            "select a.source, s.source, e.* from evidence as e join articles as a using (page_id), sources as s limit 1",
            ["source", "source_1", "page_id"],
            None,
        ),
    ],
)
def test_columns_of_one_name_keep_their_values(
    query: str, header: list[str], row: list[str] | None, snapshot: Snapshot
) -> None:
    table = snapshot.sql(query)
    for form in ("csv", "json", "parquet"):
        out = io.BytesIO()
        write(table, out, form)
        if form == "csv":
            names, values = csv.reader(io.StringIO(out.getvalue().decode()))
        elif form == "json":
            names, values = map(list, zip(*json.loads(out.getvalue())[0].items(), strict=True))
        else:
            names, values = pq.read_table(out).column_names, row or names
        assert names[: len(header)] == header
        assert len(names) == len(values) == table.num_columns
        assert row is None or form == "parquet" or [str(value) for value in values] == row


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        ("0", "5", 0.0, 0.4345),
        ("5", "5", 0.5655, 1.0),
        ("null", "5", None, None),
        ("3", "null", None, None),
        ("0", "0", None, None),
        ("6", "5", None, None),
    ],
)
def test_wilson(hits: str, trials: str, low: float | None, high: float | None, snapshot: Snapshot) -> None:
    query = f"select wilson_low({hits}, {trials}) as low, wilson_high({hits}, {trials}) as high"
    found = snapshot.sql(query).to_pylist()[0]
    for name, wanted in (("low", low), ("high", high)):
        assert found[name] is None if wanted is None else found[name] == pytest.approx(wanted, abs=1e-4)


ODD = pa.table(
    {
        "text": ['a,"b"\nc', "\x1b[31mred\x07", None],
        "number": [1.5, math.nan, math.inf],
        "nested": [[{"a": 1}], [], None],
        "pairs": pa.array([[("k", 1.0)], [], None], pa.map_(pa.string(), pa.float64())),
        "raw": [b"\x00\xff", b"", None],
    }
)


def test_csv_reads_back() -> None:
    out = io.BytesIO()
    write(ODD, out, "csv")
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode())))
    assert rows[0] == {
        "text": 'a,"b"\nc',
        "number": "1.5",
        "nested": '[{"a": 1}]',
        "pairs": '{"k": 1.0}',
        "raw": "00ff",
    }
    assert rows[1]["number"] == "nan"
    assert rows[1]["pairs"] == "{}"
    assert rows[2] == {"text": "", "number": "inf", "nested": "", "pairs": "", "raw": ""}


@pytest.mark.parametrize("cell", ["a\rb", "a\r\nb", "\n", '"', ",", ""])
def test_any_text_is_one_cell_of_csv(cell: str) -> None:
    out = io.BytesIO()
    write(pa.table({"t": [cell]}), out, "csv")
    assert list(csv.reader(io.StringIO(out.getvalue().decode(), newline=""), strict=True)) == [["t"], [cell]]


def test_json_reads_back_and_is_strict() -> None:
    out = io.BytesIO()
    write(ODD, out, "json")
    rows = json.loads(out.getvalue(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert rows[0] == {"text": 'a,"b"\nc', "number": 1.5, "nested": [{"a": 1}], "pairs": {"k": 1.0}, "raw": "00ff"}
    assert rows[1]["number"] is None
    assert rows[1]["pairs"] == {}
    empty = io.BytesIO()
    write(ODD.slice(0, 0), empty, "json")
    assert json.loads(empty.getvalue()) == []


def test_sums_are_numbers_in_json(snapshot: Snapshot) -> None:
    out = io.BytesIO()
    write(
        snapshot.sql("select sum(pages) as pages, 1.25::decimal(9,2) as d, date '2026-01-31' as day from sources"),
        out,
        "json",
    )
    assert json.loads(out.getvalue()) == [{"pages": 5, "d": 1.25, "day": "2026-01-31"}]


LARGEST = "340282366920938463463374607431768211455"


@pytest.mark.parametrize(
    ("value", "in_csv", "in_json"),
    [
        (f"{LARGEST}::uhugeint", LARGEST, f'"{LARGEST}"'),
        (f"[{LARGEST}::uhugeint]", f'["{LARGEST}"]', f'["{LARGEST}"]'),
        ("'101'::bit", "101", '"101"'),
        ("{'BIT': '101'::bit}", '{"BIT": "101"}', '{"BIT": "101"}'),
        ("(9::bignum, 1)", '{"element1": "9", "element2": 1}', '{"element1": "9", "element2": 1}'),
        ("timetz '10:00:00+02'", "10:00:00+02", '"10:00:00+02"'),
        ("12345678901234567890.1234567", "12345678901234567890.1234567", "12345678901234567890.1234567"),
        ("[0.00000001, null]", "[0.00000001, null]", "[0.00000001, null]"),
        ("5.00::decimal(9, 2)", "5.00", "5.00"),
        ("map {}", "{}", "{}"),
        ("map {1.5: date '2026-01-31'}", '{"1.5": "2026-01-31"}', '{"1.5": "2026-01-31"}'),
        ("[map {}]", "[{}]", "[{}]"),
        ("union_value(n := {'a': 2})", '{"a": 2}', '{"a": 2}'),
        ("'-inf'::double", "-inf", "null"),
        ("true", "true", "true"),
        ("date 'infinity'", "infinity", '"infinity"'),
        ("date '-0044-01-01'", "0045-01-01 (BC)", '"0045-01-01 (BC)"'),
        ("timestamp '290000-01-01'", "290000-01-01 00:00:00", '"290000-01-01 00:00:00"'),
        ("timestamptz '-infinity'", "-infinity", '"-infinity"'),
        ("'infinity'::timestamptz_ns", "infinity", '"infinity"'),
        ("{'date': [date 'infinity']}", '{"date": ["infinity"]}', '{"date": ["infinity"]}'),
        (
            "timestamp_ns '2020-01-01 00:00:00.123456789'",
            "2020-01-01 00:00:00.123456789",
            '"2020-01-01 00:00:00.123456789"',
        ),
    ],
)
def test_any_value_keeps_what_it_says(value: str, in_csv: str, in_json: str, snapshot: Snapshot) -> None:
    table = snapshot.sql(f"select {value} as value, 1 as one")
    out = io.BytesIO()
    write(table, out, "csv")
    assert list(csv.reader(io.StringIO(out.getvalue().decode())))[1] == [in_csv, "1"]
    out = io.BytesIO()
    write(table, out, "json")
    assert out.getvalue().decode() == f'[\n{{"value": {in_json}, "one": 1}}\n]\n'
    assert in_csv[:30] in _printed(table)
    write(table, io.BytesIO(), "parquet")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("map {}", "{}"),
        ("union_value(num := 2)", "2"),
        ("struct_pack()", "{}"),
        ("[{'a': interval '1 day'}, null]", '[{"a": "P1D"}, null]'),
        ("interval '1 month'", "P1M"),
        ("null::interval", None),
    ],
)
def test_what_parquet_cannot_hold_is_text_in_it(value: str, text: str | None, snapshot: Snapshot) -> None:
    out = io.BytesIO()
    write(snapshot.sql(f"select {value} as value"), out, "parquet")
    assert pq.read_table(out).to_pylist() == [{"value": text}]


def test_parquet_reads_back(snapshot: Snapshot) -> None:
    out = io.BytesIO()
    table = snapshot.sql("from articles")
    write(table, out, "parquet")
    assert pq.read_table(io.BytesIO(out.getvalue())).to_pylist() == table.to_pylist()


def _printed(table: pa.Table, **options: int) -> str:
    out = io.StringIO()
    show(table, Console(file=out, width=120, color_system="truecolor", force_terminal=True), **options)
    return out.getvalue()


def test_a_table_shows_no_control_character_of_a_page() -> None:
    printed = _printed(ODD)
    assert r"\x1b[31mred\x07" in printed
    assert "\x1b[31m" not in printed
    assert "3 rows" in printed


def test_text_of_pages_is_no_markup() -> None:
    assert "[bold]x[/nonsense]" in _printed(pa.table({"t": ["[bold]x[/nonsense]"]}))


def test_a_long_table_says_that_there_is_more() -> None:
    printed = _printed(pa.table({"n": list(range(5000))}), rows=10)
    assert "more than 10 rows; the first 10 are shown" in printed
    assert "4999" not in printed


def test_rows_that_are_too_wide_are_shown_one_below_the_other(snapshot: Snapshot) -> None:
    printed = _printed(snapshot.sql("from articles limit 2"))
    assert "reject_probability" in printed
    assert "row 2" in printed
    assert max(map(len, printed.splitlines())) <= 140


def test_a_database_of_something_else_is_called_that(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("create table books as select 1 as isbn")
    with Snapshot(path) as snapshot:
        assert snapshot.sql("from books").num_rows == 1
        with pytest.raises(QueryError, match="a DuckDB file of something else") as wrong:
            snapshot.sql("from articles")
    assert "another version" not in str(wrong.value)
