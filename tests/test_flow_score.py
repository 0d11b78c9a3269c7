"""The flows inside one process: what a run says, retries, refuses, shows and announces, and that it does nothing twice."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import Artifact, FlowRun, State
from prefect.exceptions import ParameterTypeError

from flows import artifacts
from flows import check as check_flow
from flows import gate as gate_flow
from flows import maintain as maintain_flow
from flows import score as score_flow
from flows.check import check
from flows.completion import keep_result
from flows.gate import gate
from flows.inputs import Inputs
from flows.logical_dates import dated, moment_of
from flows.maintain import maintain
from flows.notice import notice
from flows.outcome import read_outcome
from flows.report_flow import report
from flows.rescore import rescore
from flows.score import InputMissing, SecretInInput, locate, score
from flows.scoring import Counts, RunSummary, Settings
from flows.train import train
from quality.policy import default_policy
from warehouse.errors import NoWarehouse
from warehouse.reader import Snapshot
from warehouse.records import Retention

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
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


@pytest.mark.parametrize("flow", [check, gate, maintain, notice, report, rescore, score, train], ids=lambda f: f.name)
def test_every_flow_keeps_its_result(flow: Flow[..., Any]) -> None:
    assert keep_result in flow.on_completion_hooks


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
    [
        "ftp://crawler:hunter2@store.example/pages",
        "https://store.example/pages.warc.gz?X-Amz-Signature=hunter2",
        "https://store.blob.example/pages.warc.gz?sv=2026&sig=hunter2",
        "https://store.example/pages.warc.gz?user=a&pwd=hunter2",
        "https://store.example/pages.warc.gz?PASS=hunter2",
        "simplecache::s3://KEY:hunter2@bucket/pages.warc.gz",
        "s3://KEY:hun/ter2/hunter2@bucket/pages.warc.gz",
    ],
)
def test_credentials_in_an_input_are_refused_and_not_repeated(prefect: None, tmp_path: Path, given: str) -> None:
    with pytest.raises(SecretInInput) as refused:
        score([given], warehouse=str(tmp_path / "w.duckdb"))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "given", ["s3://bucket/key-facts/*.warc.gz", "https://site.example/a?page=2", "inbox/token=1.html", "http://host:8080/@name", "simplecache::s3://b/a:b@c.html",
     "https://site.example/a?design=1&passage=2", "sftp://crawler@store.example/pages", "http://[a/b"]
)  # fmt: skip
def test_addresses_without_credentials_are_taken(given: str) -> None:
    score_flow._refuse_secrets([given])


def test_pages_of_rejected_sources_are_not_said_to_be_stored() -> None:
    counts = Counts(read=6)
    counts.gated["plugs.example"] = 6
    assert score_flow._said(RunSummary("r", counts, 1.0, 0, 0)) == (
        "6 pages read: 0 stored, 0 known, 0 failed, 6 of rejected sources, 0 sources changed (run r)"
    )


def test_a_canary_that_cannot_be_read_is_a_complaint_and_costs_no_run(tmp_path: Path) -> None:
    (complaint,) = score_flow.try_canary.fn(str(tmp_path / "nowhere.html"), default_policy())
    assert complaint.endswith("nowhere.html cannot be read: No such file or directory")


def test_check_knows_sources_by_what_people_type_and_what_people_decided(
    stored: tuple[Path, State[Any], State[Any]], tmp_path: Path
) -> None:
    asked = ["harbour.example", "www.harbour.example", "HARBOUR.example", "https://harbour.example/2", "new.example"]
    lists = tmp_path / "sources.toml"
    lists.write_text('[deny."harbour.example"]\nnote = "sold"\n[allow."new.example"]\nnote = "ours"\n')
    found = check_flow.look_up.fn(asked, str(stored[0]), str(lists))
    assert list(found.values()) == ["rejected"] * 4 + ["accepted"]
    assert set(check_flow.look_up.fn(asked[:4], str(stored[0])).values()) == {"unknown"}, "three pages say nothing"


@pytest.mark.parametrize(
    "task",
    [
        lambda path: gate_flow.judge.fn(path, None, None, 0.0),
        lambda path: maintain_flow.prune.fn(path, Retention(), 0.0),
        lambda path: maintain_flow.vacuum.fn(path, 0.0),
    ],
    ids=["gate", "prune", "vacuum"],
)
def test_a_wrong_path_makes_no_warehouse(task: Callable[[str], object], tmp_path: Path) -> None:
    with pytest.raises(NoWarehouse):
        task(str(tmp_path / "typo" / "quality.duckdb"))
    assert list(tmp_path.iterdir()) == []


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


WRONG = [
    (score, {"inputs": ["seeds"], "workers": -1}),
    (score, {"inputs": ["seeds"], "workers": 0}),
    (score, {"inputs": ["seeds"], "wait_seconds": -1}),
    (rescore, {"workers": -1}),
    (gate, {"wait_seconds": -1}),
    *((maintain, {f"keep_{what}_days": -1}) for what in ("past_assessments", "failures", "statistics", "rescorable")),
]


@pytest.mark.parametrize(("flow", "wrong"), WRONG, ids=lambda value: getattr(value, "name", str(value)))
def test_a_parameter_out_of_bounds_fails_before_anything_runs(
    prefect: None, flow: Flow[..., Any], wrong: dict[str, Any], tmp_path: Path
) -> None:
    warehouse = tmp_path / "w.duckdb"
    with pytest.raises(ParameterTypeError, match=f"{list(wrong)[-1]}: Input should be greater than or equal to"):
        flow(warehouse=str(warehouse), **wrong)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"workers": -1}, {"workers": 1, "wait_seconds": -1.0}], ids=str)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{list(wrong)[-1]} must be"):
        Settings(Path("w.duckdb"), default_policy(), **wrong)


def test_workers_do_not_run_the_callers_script_again(inbox: Path, tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from flows.inputs import find_inputs
from flows.scoring import Settings, open_run
from quality.policy import default_policy
print("begun")
with open_run(["x"], Settings(Path({str(tmp_path / "w.duckdb")!r}), default_policy(), workers=1)) as run:
    print(run.assess(find_inputs([{str(inbox)!r}])).new)
"""
    (tmp_path / "unguarded.py").write_text(script, encoding="utf-8")
    for source in (["-"], [str(tmp_path / "unguarded.py")]):
        done = subprocess.run(
            [sys.executable, *source],
            input=script,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=ROOT,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.stdout == ("begun\n3\n" if source == ["-"] else "begun\n0\n"), done.stderr


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


def test_an_outcome_of_an_unknown_run_is_an_error(stored: tuple[Path, State[Any], State[Any]]) -> None:
    with pytest.raises(LookupError, match="has no run 2020"):
        read_outcome(stored[0], "2020")


@pytest.mark.parametrize(("watched", "fails"), [(True, True), (False, False)])
def test_gate_fails_its_run_only_for_a_watched_source(
    stored: tuple[Path, State[Any], State[Any]], monkeypatch: pytest.MonkeyPatch, watched: bool, fails: bool
) -> None:
    change = {"source": "bad.example", "from": "probation", "to": "rejected", "watched": watched, "reason": "why"}
    monkeypatch.setattr("flows.gate.judge", lambda *_: ("gate-run", [change]))
    state = gate(warehouse=str(stored[0]), fail_on_watched=True, return_state=True)
    assert state.is_failed() is fails
    assert ("bad.example" in (state.message or "")) is fails


def test_a_run_whose_last_answer_is_lost_has_completed(
    prefect: None, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server stores the state, its answer is lost, the client asks again: what happens when a server stalls."""
    request = SyncPrefectClient.request
    answers: list[str] = []

    def ask_twice(client: SyncPrefectClient, method: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        answer = request(client, method, path, *args, **kwargs)
        if path.endswith("/set_state") and kwargs["json"]["state"]["type"] == "COMPLETED":
            answer = request(client, method, path, *args, **kwargs)
            answers.append(answer.json()["status"])
        return answer

    monkeypatch.setattr(SyncPrefectClient, "request", ask_twice)
    summary = score([str(inbox)], warehouse=str(tmp_path / "w.duckdb"), workers=1)
    assert isinstance(summary, RunSummary)
    assert summary.counts.new == 3
    assert answers == ["REJECT"]  # or this was not what a stall makes of it
    (tmp_path / "empty").mkdir()
    assert score([str(tmp_path / "empty")], warehouse=str(tmp_path / "w.duckdb"), workers=1) is None
