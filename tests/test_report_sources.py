"""Sources in the report: authors on platforms have their pages, and what is known comes before what is not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from flows.report import choose
from flows.report.build import build_report
from flows.report.names import source_file
from tests import published_warehouse as small
from warehouse.reader import Snapshot

PLUG = "Buy my course today and save half of it!"


def _page(number: int, host: str, prefix: str | None, verdict: str, **columns: Any) -> dict[str, Any]:
    text = f"Page {number} is about the harbour of the town.\n{PLUG}"
    return small.article(
        number, verdict, {"accept": 0.1, "reject": 0.9}[verdict], text,
        url=f"https://{host}/{prefix or 'p'}/{number}", host=host, path_prefix=prefix,
        spans=[small.span(text, PLUG, "promo", 0.9, "promo.x")], **columns,
    )  # fmt: skip


def _status(source: str, status: str, low: float) -> dict[str, Any]:
    return {
        "source": source, "status": status, "reason": "made up", "pages": 1, "effective_pages": 1.0, "rejected": 1.0,
        "reject_rate": 0.5, "reject_low": low, "reject_high": 0.9, "decided_at": dt.datetime(2026, 3, 1),
        "policy": small.POLICY, "run_id": "run-1", "details": "{}",
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        _page(1, "anna.stacks.com", None, "reject", source="stacks.com"),
        _page(2, "www.anna.stacks.com", "a", "accept", source="stacks.com"),
        _page(3, "bert.stacks.com", None, "accept", source="stacks.com"),
        _page(4, "www.hub.com", "@eve", "reject", source="hub.com"),
        _page(5, "www.hub.com", "@tom", "accept", source="hub.com"),
        *(_page(10 + n, f"single{n}.com", None, "reject", source=f"single{n}.com") for n in range(6)),
        *(_page(20 + n, "good.com", None, "accept", source="good.com") for n in range(3)),
    ]
    gate = [
        _status("anna.stacks.com", "unknown", 0.2),
        _status("hub.com/@eve", "unknown", 0.15),
        _status("good.com", "accepted", 0.01),
        _status("gone.com", "unknown", 0.9),
        *(_status(f"single{n}.com", "unknown", 0.19) for n in range(6)),
    ]
    return small.publish(tmp_path_factory.mktemp("authors") / "quality.duckdb", [rows], gate=gate)


def test_the_pages_of_an_author_count_for_the_author_and_for_the_platform(warehouse: Path) -> None:
    with Snapshot(warehouse) as snapshot:
        found = snapshot.sql("select source, pages, accepted, rejected, platform from sources").to_pylist()
    pages = {row.pop("source"): tuple(row.values()) for row in found}
    assert pages["anna.stacks.com"] == (2, 1, 1, "stacks.com")
    assert pages["hub.com/@eve"] == (1, 0, 1, "hub.com")
    assert pages["stacks.com"] == (3, 2, 1, None)
    assert pages["hub.com"] == (2, 1, 1, None)
    assert pages["gone.com"] == (0, 0, 0, None)
    assert "bert.stacks.com" not in pages and "hub.com/@tom" not in pages  # the gate does not judge them by themselves


def test_an_author_has_a_page_with_articles_and_sentences(warehouse: Path, tmp_path: Path) -> None:
    report = build_report(warehouse, tmp_path / "report").parent
    page = (report / "sources" / source_file("anna.stacks.com")).read_text(encoding="utf-8")
    assert "author on" in page and "2 pages" in page
    assert PLUG in page and "Article 1<" in page and "Article 3<" not in page
    assert "(2 of them authors on platforms)" in (report / "index.html").read_text(encoding="utf-8")
    assert not (report / "sources" / source_file("gone.com")).exists()


def test_a_source_that_the_gate_knows_has_a_page_before_single_pages(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "MOST_SOURCES_LISTED", 3)
    monkeypatch.setattr(choose, "MOST_SOURCES_IN_FULL", 2)
    report = build_report(warehouse, tmp_path / "report").parent
    named = {source_file(source) for source in ("good.com", "anna.stacks.com")}
    assert {file.name for file in report.glob("sources/*-*.html")} == named
    assert "good.com" in (report / "sources" / "index.html").read_text(encoding="utf-8")


def test_named_queries_answer_for_an_author(warehouse: Path) -> None:
    given = {"source": "anna.stacks.com"}
    with Snapshot(warehouse) as snapshot:
        (sentence,) = snapshot.named("worst_sentences", given).to_pylist()
        (card,) = snapshot.named("source_scorecard", given).to_pylist()
        (month,) = snapshot.named("source_trend", given).to_pylist()
        (line,) = snapshot.named("boilerplate_lines", given).to_pylist()
    assert (sentence["quote"], sentence["pages"]) == (PLUG, 2)
    assert card["pages"] == 2 and card["mean_probability"] == pytest.approx(0.5)
    assert month["pages"] == 2 and line["page_fraction"] == 1.0
