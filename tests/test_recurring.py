"""Lines that come back on a source's pages: what is marked, what must not be, and that order, crashes and runs agree."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.inputs import find_inputs
from flows.recurring import mark_recurring_lines
from flows.rescoring import rescore
from flows.scoring import Settings, open_run
from quality import recurring
from quality.policy import default_policy
from quality.records import Span
from quality.recurring import RecurringLine
from quality.source_lists import SourceLists
from quality.verdict import span_scores
from warehouse.reader import Snapshot
from warehouse.store import Warehouse

POLICY = default_policy()
FURNITURE = "The magazine Harbour Week appears every Thursday."
"""The line roles leave it alone where it stands: they doubt it at about a third, since it names the publisher."""
CONTENT = "The names of some speakers were changed."
"""Comes back as well, doubted at less than .1."""
HEADING = "The week in ships"
SENTENCES = (
    "The harbour office counted {n} ships in week {n}, {m} fewer than the year before, said pilot Jens Berg.",
    "The crane at pier {m} stood still for {n} hours because its brake had to be replaced by two fitters.",
    "Of the {n} berths, {m} were empty on Sunday, and the tide gauge read {m}.{n} metres at noon.",
)


def page(
    number: int, *, source: str = "harbour", title: str | None = None, extra: tuple[str, ...] = ()
) -> dict[str, str]:
    body = [" ".join(s.format(n=number * 17 + line, m=number + 3 * line) for s in SENTENCES) for line in range(6)]
    title = title or f"Ships of week {number}"
    paragraphs = "".join(f"<p>{text}</p>" for text in (*body[:3], *extra, *body[3:]))
    html = (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    return {"url": f"https://{source}.example/{number}", "html": html}


def stored(tmp_path: Path, pages: list[dict[str, str]], *, name: str = "w") -> Path:
    inbox = tmp_path / f"{name}.jsonl"
    inbox.write_text("\n".join(map(json.dumps, pages)), encoding="utf-8")
    return run(inbox, tmp_path / f"{name}.duckdb")


def run(inbox: Path, warehouse: Path) -> Path:
    with open_run([str(inbox)], Settings(warehouse, POLICY, workers=1)) as scoring:
        scoring.assess(find_inputs([str(inbox)]))
        scoring.mark_recurring_lines()
        scoring.judge_sources()
        scoring.publish()
    return warehouse


def rows(warehouse: Path, query: str) -> list[dict[str, Any]]:
    with Snapshot(warehouse) as snapshot:
        return snapshot.sql(query).to_pylist()


def marked(warehouse: Path) -> dict[str, list[str]]:
    """Quotes of the recurring lines by address of the page."""
    found = rows(
        warehouse,
        "select a.url, e.quote from articles as a left join evidence as e "
        f"on a.page_id = e.page_id and e.signal = '{recurring.SIGNAL}' order by 1, 2",
    )
    quotes: dict[str, list[str]] = {row["url"]: [] for row in found}
    for row in found:
        if row["quote"] is not None:
            quotes[row["url"]].append(row["quote"])
    return quotes


PAGES = [page(number, extra=(HEADING, CONTENT, FURNITURE)) for number in range(1, 5)]


@pytest.mark.slow
def test_a_doubted_line_that_comes_back_leaves_the_clean_texts(tmp_path: Path) -> None:
    warehouse = stored(tmp_path, [*PAGES, page(9, source="other", extra=(FURNITURE,))])
    found = marked(warehouse)
    assert found.pop("https://other.example/9") == []  # it stands alone there
    assert set(map(tuple, found.values())) == {(FURNITURE,)}
    for row in rows(
        warehouse, "select url, text, clean_text, clean_characters from article where source = 'harbour.example'"
    ):
        assert FURNITURE in row["text"] and FURNITURE not in row["clean_text"], row["url"]
        assert CONTENT in row["clean_text"] and HEADING in row["clean_text"]
        assert row["clean_characters"] == len(row["clean_text"])
    (line,) = rows(warehouse, "select * from recurring_lines")
    assert (line["source"], line["line"], line["pages"], line["source_pages"]) == ("harbour.example", FURNITURE, 4, 4)
    assert POLICY.recurring.doubt <= line["doubt"] < POLICY.spans.promo


@pytest.mark.slow
def test_the_same_article_under_many_addresses_proves_nothing(tmp_path: Path) -> None:
    copies = [page(number, title="Ships", extra=(FURNITURE,)) for number in range(4)]
    assert not any(marked(stored(tmp_path, copies)).values())


def test_a_line_on_few_of_many_pages_stays(tmp_path: Path) -> None:
    pages = [page(number, extra=(FURNITURE,) if number < 3 else ()) for number in range(16)]
    assert not any(marked(stored(tmp_path, pages)).values())


def test_the_order_of_the_pages_changes_nothing(tmp_path: Path) -> None:
    query = "select url, clean_text, spans from article order by url"
    there, back = (
        rows(stored(tmp_path, pages, name=name), query) for name, pages in (("a", PAGES), ("b", PAGES[::-1]))
    )
    assert there == back


@pytest.mark.slow
def test_shares_of_the_sources_give_what_all_sources_together_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {source: FURNITURE.replace("Harbour", source.title()) for source in ("harbour", "lantern", "bridge")}
    pages = [
        page(number, source=source, extra=(HEADING, CONTENT, line))
        for source, line in lines.items()
        for number in range(1, 5)
    ]
    query = "select url, clean_text, spans from article order by url"
    together = rows(stored(tmp_path, pages, name="together"), query)
    monkeypatch.setattr("warehouse.recurring.SHARE_PAGES", 2)
    monkeypatch.setattr("warehouse.recurring.BATCH_PAGES", 3)
    shared = stored(tmp_path, pages, name="shared")
    assert rows(shared, query) == together
    assert {row["line"] for row in rows(shared, "select * from recurring_lines")} == set(lines.values())


def test_later_pages_of_the_source_profit_from_what_was_found(tmp_path: Path) -> None:
    warehouse = stored(tmp_path, PAGES)
    later = tmp_path / "later.jsonl"
    later.write_text(json.dumps(page(77, extra=(FURNITURE,))), encoding="utf-8")
    assert marked(run(later, warehouse))["https://harbour.example/77"] == [FURNITURE]
    assert len(rows(warehouse, "select * from recurring_lines")) == 1


def test_pages_of_a_killed_run_are_marked_by_the_next(tmp_path: Path) -> None:
    inbox = tmp_path / "w.jsonl"
    inbox.write_text("\n".join(map(json.dumps, PAGES)), encoding="utf-8")
    warehouse = tmp_path / "w.duckdb"
    with open_run([str(inbox)], Settings(warehouse, POLICY, workers=1)) as scoring:
        scoring.assess(find_inputs([str(inbox)]))  # and nothing more: the process is gone
    assert set(map(tuple, marked(run(inbox, warehouse)).values())) == {(FURNITURE,)}


def test_marking_again_changes_nothing(tmp_path: Path) -> None:
    path = stored(tmp_path, PAGES)
    warehouse = Warehouse(path)
    query = "select page_id, clean_text, spans from article order by page_id"
    before = rows(path, query)
    with warehouse.lock("again"):
        with warehouse.opened() as connection:
            connection.execute("update run set lines_marked = null")
        assert mark_recurring_lines(warehouse, POLICY, run_id="again", now=dt.datetime(2026, 1, 2, tzinfo=dt.UTC)) == 0
        warehouse.publish()
    assert rows(path, query) == before


@pytest.mark.slow
def test_pages_of_a_run_that_died_before_it_merged_are_marked_after_a_rescore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, warehouse = tmp_path / "w.jsonl", tmp_path / "w.duckdb"
    inbox.write_text("\n".join(map(json.dumps, PAGES)), encoding="utf-8")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Warehouse, "merge_parts", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with open_run([str(inbox)], Settings(warehouse, POLICY, workers=1)) as scoring:
            scoring.assess(find_inputs([str(inbox)]))
    assert rescore(warehouse, POLICY, workers=1, lists=SourceLists()).not_rescorable == 0
    assert set(map(tuple, marked(run(inbox, warehouse)).values())) == {(FURNITURE,)}
    (stopped,) = rows(warehouse, "select run_id from runs where status = 'stopped'")
    (signals,) = rows(warehouse, f"select count(*) as n from run_signal where run_id = '{stopped['run_id']}'")
    assert signals["n"] > 50


@pytest.mark.slow
def test_pages_whose_stored_articles_are_gone_are_counted_and_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = stored(tmp_path, PAGES)
    shutil.rmtree(Warehouse(path).work)
    stricter = dataclasses.replace(POLICY, version="stricter")
    summary = rescore(path, stricter, workers=1, lists=SourceLists())
    assert (summary.counts.updated, summary.not_rescorable) == (0, len(PAGES))


def test_scores_are_the_shares_of_the_spans_that_were_marked(tmp_path: Path) -> None:
    found = rows(stored(tmp_path, PAGES), "select text, spans, padding, promo, repetition, residue from article")
    for page_row in found:
        spans = [
            Span(*(span[key] for key in ("start", "end", "kind", "score", "signal"))) for span in page_row["spans"]
        ]
        assert any(span.signal == recurring.SIGNAL for span in spans)
        scores = span_scores(page_row["text"], spans)
        assert {name: page_row[name] for name in scores} == pytest.approx(scores)


def test_a_part_of_another_version_is_set_aside_and_its_pages_are_judged_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inbox, warehouse = tmp_path / "w.jsonl", tmp_path / "w.duckdb"
    inbox.write_text(json.dumps(PAGES[0]), encoding="utf-8")
    folder = Warehouse(warehouse).staging_folder("killed")
    pq.write_table(pa.table({"page_id": ["x"]}), folder / "old.parquet")
    (folder / "torn.parquet").write_bytes(b"PAR1")
    run(inbox, warehouse)
    assert len(rows(warehouse, "select * from article")) == 1
    assert {path.name for path in folder.iterdir()} == {"old.parquet.unreadable", "torn.parquet.unreadable"}
    assert "was written by another version of quality" in caplog.text
    assert "is no readable part" in caplog.text


@pytest.mark.slow
def test_rescored_pages_keep_their_recurring_lines(tmp_path: Path) -> None:
    path = stored(tmp_path, PAGES)
    stricter = dataclasses.replace(POLICY, version="stricter")
    assert rescore(path, stricter, workers=1, lists=SourceLists()).counts.updated == len(PAGES)
    assert set(map(tuple, marked(path).values())) == {(FURNITURE,)}


LINE = {"Write to the desk.": RecurringLine("residue", 0.4, 0.5)}


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("A\n Write to the desk. \nB", [], [Span(3, 21, "residue", 0.4, recurring.SIGNAL)]),
        ("A\nDo write to the desk.", [], []),
        ("Write to the desk.", [Span(0, 18, "promo", 0.9, "x")], [Span(0, 18, "promo", 0.9, "x")]),
        (
            "Write to the desk.",
            [Span(0, 5, "promo", 0.9, "x")],
            [Span(0, 5, "promo", 0.9, "x"), Span(6, 18, "residue", 0.4, recurring.SIGNAL)],
        ),
        (
            "A\nWrite to the desk.",
            [Span(0, 20, "padding", 0.9, "x")],
            [Span(0, 20, "padding", 0.9, "x"), Span(2, 20, "residue", 0.4, recurring.SIGNAL)],
        ),
    ],
    ids=["marked", "only whole lines", "cut already", "cut in part", "padding stays padding"],
)
def test_spans_of_recurring_lines(text: str, before: list[Span], after: list[Span]) -> None:
    assert list(recurring.apply(text, before, LINE, judged=True, policy=POLICY)) == after


def test_a_page_that_is_one_line_over_and_over_takes_linear_time() -> None:
    times = 40_000
    line = "Write to the desk."
    cut = [Span(at, at + 5, "promo", 0.9, "x") for at in range(0, times * (len(line) + 1), len(line) + 1)]
    began = time.perf_counter()
    after = recurring.apply("\n".join([line] * times), cut, LINE, judged=True, policy=POLICY)
    assert len(after) == 2 * times
    assert time.perf_counter() - began < 10.0


def test_pages_that_are_no_articles_need_more_doubt() -> None:
    assert recurring.apply("Write to the desk.", (), LINE, judged=False, policy=POLICY) == ()
