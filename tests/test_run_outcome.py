"""What a run found, in artifacts, events and notices: what is worth worrying about and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from flows import artifacts, events
from flows.notice import markdown
from flows.outcome import Outcome, degradations, read_outcome
from tests import published_warehouse as small


def outcome(**changes: Any) -> Outcome:
    run = {"pages": 1000, "new": 900, "updated": 0, "unchanged": 100, "failed": 10, "policy": "p"}
    facts: dict[str, Any] = {
        "run_id": "r2",
        "run": run,
        "verdicts": ({"verdict": "accept", "pages": 700}, {"verdict": "reject", "pages": 200}),
        "worst_sources": (),
        "worst_spans": (),
        "rejected_sources": (),
        "quarantined": (),
        "previous": {"run_id": "r1", "pages": 1000, "accept": 0.8, "review": 0.0, "reject": 0.2, "not_assessed": 0.0},
        "drift": (),
    }
    return Outcome(**{**facts, **changes})


def previous(reject: float, pages: int = 1000) -> dict[str, Any]:
    return {"run_id": "r1", "pages": pages, "accept": 1 - reject, "review": 0.0, "reject": reject, "not_assessed": 0.0}


def drifted(count: int, pages: int = 900) -> tuple[dict[str, Any], ...]:
    row = {"drift": "shifted", "psi": 0.4, "mean_before": 0.1, "mean": 0.3, "pages": pages, "pages_before": 900}
    return tuple({**row, "signal": f"family.signal_{number}"} for number in range(count))


def with_failed(failed: int, pages: int = 1000) -> dict[str, Any]:
    return {**outcome().run, "failed": failed, "pages": pages}


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (outcome(run=with_failed(201)), "201 of 1,000 pages failed (20%)"),
        (outcome(previous=previous(0.10)), "22% of the pages were rejected, after 10% in run r1"),
        (outcome(previous=previous(0.40)), "22% of the pages were rejected, after 40% in run r1"),
        (outcome(drift=drifted(3)), "the input changed: family.signal_0, family.signal_1, family.signal_2 shifted"),
    ],
)
def test_a_degraded_run_is_called_so(found: Outcome, says: str) -> None:
    (complaint,) = degradations(found)
    assert complaint.startswith(says)


@pytest.mark.parametrize(
    "found",
    [
        outcome(),
        outcome(previous=None),
        outcome(previous=previous(0.15)),  # a nightly swing
        outcome(previous=previous(0.0, pages=20)),  # 20 pages prove nothing
        outcome(run=with_failed(200)),
        outcome(run=with_failed(8, pages=10)),
        outcome(drift=drifted(2)),
        outcome(drift=drifted(9, pages=60)),
        outcome(verdicts=(), previous=previous(0.9)),  # a night without new pages
    ],
)
def test_an_ordinary_run_is_not(found: Outcome) -> None:
    assert degradations(found) == ()


def test_drift_is_shown_against_the_last_run() -> None:
    shown = artifacts.drift_rows(outcome(drift=drifted(1)))
    assert [row["what"] for row in shown] == [
        "share accept",
        "share review",
        "share reject",
        "share not_assessed",
        "family.signal_0",
    ]
    assert shown[2] == {"what": "share reject", "before": 0.2, "now": 0.222, "change": 0.022, "note": ""}
    assert artifacts.drift_rows(outcome(previous=None)) == []


def test_a_small_run_in_between_is_nothing_to_compare_with(tmp_path: Path) -> None:
    def pages(first: int, count: int, value: float) -> list[dict[str, Any]]:
        return [
            small.article(n, "accept", 0.1, f"Text {n}.", signals=[("x", value)]) for n in range(first, first + count)
        ]

    runs = [pages(0, 60, 0.1), pages(100, 3, 0.9), pages(200, 60, 0.5)]
    path = small.publish(tmp_path / "q.duckdb", runs)
    found = read_outcome(path, "run-3")
    assert found.previous is not None
    assert (found.previous["run_id"], found.drift[0]["pages_before"]) == ("run-1", 60)
    assert found.drift[0]["mean_before"] == pytest.approx(0.1)
    assert read_outcome(path, "run-1").drift == ()


def test_the_summary_counts_the_pages_a_second_that_were_judged() -> None:
    unchanged = {**outcome().run, "pages": 90_900, "new": 900, "updated": 0, "unchanged": 90_000}
    shown = artifacts.summary_rows(outcome(run=unchanged), complaints=(), seconds=90.0)
    assert {"what": "judged a second", "value": 10.0} in shown


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "emit_event", lambda **event: found.append(event))
    return found


def test_events_name_the_run_and_come_before_the_one_that_starts_the_gate(emitted: list[dict[str, Any]]) -> None:
    numbers = {"pages": 9, "rejected": 8.0, "reject_rate": 0.9, "reject_low": 0.6, "reject_high": 1.0}
    rejected = tuple({"source": f"s{n}.example", "reason": "spam", **numbers} for n in range(3))
    quarantined = ({"page_id": "p", "page": "https://bomb.example/", "source": "bomb.example", "error": "killed"},)
    found = outcome(rejected_sources=rejected, quarantined=quarantined)
    events.announce_run(found, warehouse=Path("w.duckdb"), complaints=["all is lost"])
    assert [event["event"] for event in emitted] == [
        *["quality.source.rejected"] * 3,
        "quality.page.quarantined",
        "quality.run.degraded",
        "quality.run.stored",
    ]
    assert {event["resource"]["quality.run"] for event in emitted} == {"r2"}
    assert {event["payload"]["warehouse"] for event in emitted} == {"w.duckdb"}
    assert emitted[0]["resource"]["prefect.resource.id"] == "quality.source.s0.example"


def test_a_run_that_rejects_thousands_of_sources_does_not_flood(emitted: list[dict[str, Any]]) -> None:
    numbers = dict.fromkeys(("reason", "pages", "rejected", "reject_rate", "reject_low", "reject_high"), 1)
    many = [{"source": f"s{n}.example", **numbers} for n in range(5000)]
    events.announce_rejections(many, run_id="r", warehouse=Path("w.duckdb"))
    assert len(emitted) == events.MAX_EVENTS


def test_a_notice_names_what_needs_attention_and_quotes_it() -> None:
    text = markdown(outcome(rejected_sources=({"source": "`x` [a](b)", "reason": "8 of 9 pages"},)), "the canary sang")
    assert "**Worrying:** the canary sang" in text
    assert "- ` x  [a](b)`: 8 of 9 pages" in text


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[float, str]]]:
    found: list[tuple[float, str]] = []

    def create(percent: float, *, key: str, description: str) -> UUID:
        found.append((percent, description))
        return uuid4()

    def update(_: UUID, percent: float, *, description: str) -> None:
        found.append((percent, description))

    monkeypatch.setattr(artifacts, "create_progress_artifact", create)
    monkeypatch.setattr(artifacts, "update_progress_artifact", update)
    yield found


def test_a_long_run_shows_its_progress(shown: list[tuple[float, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(artifacts.time, "monotonic", lambda: now[0])
    bar = artifacts.Progress(200)
    for second in range(12):
        now[0] = float(second)
        bar.update(second * 10, f"{second} s")
    bar.finish("done")
    assert shown == [(25.0, "5 s"), (50.0, "10 s"), (100.0, "done")]


def test_a_short_run_shows_none(shown: list[tuple[float, str]]) -> None:
    bar = artifacts.Progress(0)
    bar.update(5, "now")
    bar.finish("done")
    assert shown == []
