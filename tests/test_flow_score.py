"""The flows inside one process: what a run says, retries, refuses, shows and announces, and that it does nothing twice."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import Artifact, FlowRun, State

from flows import artifacts, events
from flows import score as score_flow
from flows.check import check
from flows.gate import gate
from flows.inputs import Inputs
from flows.logical_dates import dated, moment_of
from flows.maintain import maintain
from flows.notice import markdown, notice
from flows.outcome import Outcome, degradations, read_outcome
from flows.report_flow import report
from flows.rescore import rescore
from flows.score import InputMissing, SecretInInput, locate, score
from flows.train import train
from quality.policy import default_policy
from warehouse.errors import NoWarehouse
from warehouse.reader import Snapshot

SENTENCE = "The harbour office counted {n} ships in week {n}, {m} fewer than the year before, said pilot Jens Berg. "


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three readable pages and one line that is no JSON."""
    folder = tmp_path_factory.mktemp("inbox")
    lines = []
    for number in range(3):
        text = "\n".join(SENTENCE.format(n=number * 10 + line, m=line + 3) * 3 for line in range(4))
        lines.append(json.dumps({"url": f"https://harbour.example/{number}", "text": text}))
    (folder / "pages.jsonl").write_text("\n".join([*lines, "{ this is no JSON"]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def stored(prefect: None, inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State[Any], State[Any]]:
    """A warehouse after the same run was made twice, and how the two runs ended."""
    warehouse = tmp_path_factory.mktemp("stored") / "w.duckdb"
    first, again = (
        score(
            [str(inbox)], warehouse=str(warehouse), workers=1, return_state=True, logical_date=dt.datetime(2026, 1, 31)
        )
        for _ in range(2)
    )
    return warehouse, first, again


def rows(warehouse: Path, query: str) -> list[dict[str, Any]]:
    with Snapshot(warehouse) as snapshot:
        return list(snapshot.sql(query).to_pylist())


def latest_artifact(key: str) -> Artifact:
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])))
    assert found, f"no artifact {key}"
    return max(found, key=lambda artifact: artifact.created or dt.datetime.min)


def test_a_run_completes_and_says_what_it_did(stored: tuple[Path, State[Any], State[Any]]) -> None:
    warehouse, first, _ = stored
    assert first.is_completed()
    assert (first.message or "").startswith("3 pages read: 3 stored, 0 known, 1 failed")
    assert len(rows(warehouse, "select page_id from articles")) == 3
    assert len(rows(warehouse, "select page from failures")) == 1


def test_the_same_run_again_adds_no_row(stored: tuple[Path, State[Any], State[Any]]) -> None:
    warehouse, _, again = stored
    assert again.is_completed()
    assert rows(warehouse, "select new, unchanged from runs order by started desc limit 1") == [
        {"new": 0, "unchanged": 3}
    ]
    assert len(rows(warehouse, "select page_id from articles")) == 3
    assert len(rows(warehouse, "select page from failures")) == 1


def test_the_run_is_named_by_input_and_logical_date(stored: tuple[Path, State[Any], State[Any]], inbox: Path) -> None:
    with get_client(sync_client=True) as client:
        wanted = FlowRunFilter(name=FlowRunFilterName(any_=[f"score {inbox.name} 2026-01-31"]))
        found: list[FlowRun] = client.read_flow_runs(flow_run_filter=wanted)
    assert len(found) == 2


def test_artifacts_show_the_run(stored: tuple[Path, State[Any], State[Any]]) -> None:
    table = json.loads(str(latest_artifact(artifacts.SUMMARY).data))
    facts = {row["what"]: row["value"] for row in table}
    assert (facts["pages"], facts["unchanged"], facts["pages quarantined"]) == (4, 3, 0)


def test_a_night_without_pages_completes_and_says_so(prefect: None, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for given in ("empty", "empty/*.warc.gz"):
        ended = score([str(tmp_path / given)], warehouse=str(tmp_path / "w.duckdb"), return_state=True)
        assert ended.is_completed()
        assert (ended.message or "").startswith("no new input: ")
    assert not (tmp_path / "w.duckdb").exists()


def test_a_wrong_path_fails_and_is_named(prefect: None, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="inbux: no such file"):
        score([str(tmp_path / "inbux")], warehouse=str(tmp_path / "w.duckdb"))


@pytest.mark.parametrize(
    "given",
    ["ftp://crawler:hunter2@store.example/pages", "https://store.example/pages.warc.gz?X-Amz-Signature=hunter2"],
)
def test_credentials_in_an_input_are_refused_and_not_repeated(prefect: None, tmp_path: Path, given: str) -> None:
    with pytest.raises(SecretInInput) as refused:
        score([given], warehouse=str(tmp_path / "w.duckdb"))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "given", ["s3://bucket/key-facts/*.warc.gz", "https://site.example/a?page=2", "inbox/token=1.html"]
)
def test_addresses_without_credentials_are_taken(given: str) -> None:
    score_flow._refuse_secrets([given])


def test_a_store_that_does_not_answer_is_tried_again_and_then_counts_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConnectionError, match="memory://nowhere"):
        locate.fn(["memory://nowhere/pages.jsonl"])
    monkeypatch.setattr(score_flow, "IO_RETRIES", 0)
    found: Inputs = locate.fn(["memory://nowhere/pages.jsonl"])
    assert [failure.origin for failure in found.failures] == ["memory://nowhere/pages.jsonl"]


def test_gate_check_notice_report_maintain_and_rescore_run(
    stored: tuple[Path, State[Any], State[Any]], tmp_path: Path
) -> None:
    warehouse = str(stored[0])
    assert gate(warehouse=warehouse, return_state=True).is_completed()
    assert gate(warehouse=warehouse, return_state=True).message.endswith("; 0 changed")
    assert check(["harbour.example"], warehouse=warehouse, stop_on=["rejected"], return_state=True).is_completed()
    refused = check(["harbour.example", "never.example"], warehouse=warehouse, stop_on=["unknown"], return_state=True)
    assert refused.is_failed()
    assert "never.example is unknown" in (refused.message or "")
    run_id = rows(stored[0], "select run_id from runs order by started limit 1")[0]["run_id"]
    assert f"# Run {run_id}" in notice(run_id, warehouse=warehouse)
    ended = report(warehouse=warehouse, output=str(tmp_path / "report"), base_url="https://quality.example/report/")
    assert ended == "https://quality.example/report/index.html"
    assert rescore(warehouse=warehouse, workers=1, return_state=True).message.startswith("nothing to judge again")
    kept = maintain(warehouse=warehouse, return_state=True)
    assert "1 runs written as Parquet" in (kept.message or "")
    assert "0 runs written as Parquet" in (maintain(warehouse=warehouse, return_state=True).message or "")
    assert len(rows(stored[0], "select page_id from articles")) == 3


def test_training_without_labels_completes_and_says_so(prefect: None, tmp_path: Path) -> None:
    ended = train(labels=str(tmp_path), return_state=True)
    assert ended.is_completed()
    assert (ended.message or "").startswith("no labels: ")


@pytest.mark.parametrize(
    ("status", "completed", "says"),
    [(0, True, "meets the floors"), (1, False, "below the floors"), (2, False, "ended with 2: no such label")],
)
def test_training_ends_as_its_command_does(
    prefect: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, completed: bool, says: str
) -> None:
    (tmp_path / "labels.jsonl").write_text("{}", encoding="utf-8")
    command = tmp_path / "python"
    command.write_text(f"#!/bin/sh\necho no such label\nexit {status}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr("flows.train.sys.executable", str(command))
    ended = train(labels=str(tmp_path), output=str(tmp_path / "out"), return_state=True)
    assert ended.is_completed() is completed
    assert says in (ended.message or "")


def test_a_check_without_a_warehouse_fails(prefect: None, tmp_path: Path) -> None:
    with pytest.raises(NoWarehouse):
        check(warehouse=str(tmp_path / "w.duckdb"))


def test_a_canary_that_is_not_rejected_is_a_complaint(tmp_path: Path) -> None:
    page = (
        "<html><body><article>"
        + "".join(f"<p>{SENTENCE.format(n=n, m=n)}</p>" for n in range(20))
        + "</article></body></html>"
    )
    path = tmp_path / "canary.page"
    path.write_text(page, encoding="utf-8")
    (complaint,) = score_flow.try_canary.fn(str(path), default_policy())
    assert "was not rejected" in complaint


def test_dates_are_filled_in() -> None:
    moment = moment_of(dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-2))))
    assert dated(["crawl/{date}/{hour}.warc.gz", "{other}"], moment) == ["crawl/2026-02-01/01.warc.gz", "{other}"]
    assert moment_of(dt.datetime(2026, 1, 31)) == dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


# -- what a run found


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


def test_an_outcome_of_an_unknown_run_is_an_error(stored: tuple[Path, State[Any], State[Any]]) -> None:
    with pytest.raises(LookupError, match="has no run 2020"):
        read_outcome(stored[0], "2020")
