"""The project under a real Prefect server and worker: every command of docs/scheduling.md, and what it must lead to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.prefect_server import ROOT, Installation, commands, installation
from warehouse.reader import Snapshot

pytestmark = [pytest.mark.server, pytest.mark.slow]

RUN_SECONDS = 120.0
NOT_REJECTED = "seeds/001_09772aee9e334570.txt"
"""A page that is no canary: a run that takes it for one must count as degraded."""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Type the whole guide; its second run gets a canary that has to be noticed. The server stays up for the tests."""
    with installation(tmp_path_factory.mktemp("server")) as made:
        for line in commands():
            if line.startswith(("export", "prefect server")):
                continue  # the environment has the address; the server is up
            if line.startswith("prefect worker"):
                made.start(line)
            elif "logical_date" in line:
                made.run(line, f"--param=canary={NOT_REJECTED}")
            else:
                made.run(line)
        for flow, count in (("gate", 2), ("notice", 1), ("report", 1)):
            made.wait(
                f"{flow} completed",
                lambda flow=flow, count=count: len(completed(made, flow)) >= count,
                seconds=RUN_SECONDS,
            )
        yield made


def completed(made: Installation, flow: str) -> list[dict[str, Any]]:
    found = made.ask("flow_runs/filter", flows={"name": {"any_": [flow]}}, sort="START_TIME_ASC")
    return [run for run in found if run["state"]["type"] == "COMPLETED"]


def rows(made: Installation, query: str) -> list[dict[str, Any]]:
    with Snapshot(made.folder / "warehouse" / "quality.duckdb") as snapshot:
        return list(snapshot.sql(query).to_pylist())


def test_each_cron_has_scheduled_runs(night: Installation) -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    timed = {deployment["entrypoint"] for deployment in deployments if deployment.get("schedules")}
    ids = {deployment["id"]: deployment["entrypoint"] for deployment in night.ask("deployments/filter", limit=100)}
    scheduled = night.ask("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}}, limit=200)
    assert len(deployments) == len(ids)
    assert {ids[run["deployment_id"]] for run in scheduled if run["auto_scheduled"]} == timed


def test_runs_complete_and_say_what_they_did(night: Installation) -> None:
    first, again = completed(night, "score")
    assert first["name"].startswith("score seeds 20")
    assert first["state"]["message"].startswith("5 pages read: 5 stored, 0 known, 0 failed")
    assert again["name"] == "score seeds 2026-01-31"
    assert again["state"]["message"].startswith("no new input: all 5 pages are stored already")


def test_no_run_failed(night: Installation) -> None:
    bad = night.ask("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["FAILED", "CRASHED", "CANCELLED"]}}})
    assert [(run["name"], run["state"]["message"]) for run in bad] == []


def test_the_warehouse_has_the_rows_and_a_second_run_adds_none(night: Installation) -> None:
    assert len(rows(night, "select page_id from articles")) == 5
    assert rows(night, "select page from failures") == []
    runs = rows(night, "select new, updated, unchanged, failed from runs where len(inputs) = 1 order by started")
    known = {"new": 0, "updated": 0, "unchanged": 5, "failed": 0}
    assert [run for run in runs if run["new"] + run["unchanged"]] == [{**known, "new": 5, "unchanged": 0}, known]


def test_artifacts_show_what_was_found(night: Installation) -> None:
    latest = night.ask("artifacts/latest/filter", limit=100)
    kinds = {artifact["key"]: artifact["type"] for artifact in latest}
    assert kinds.items() >= {
        ("quality-summary", "table"),
        ("quality-worst-spans", "table"),
        ("quality-sources", "table"),
        ("quality-notice", "markdown"),
        ("quality-report", "markdown"),
    }
    notice = next(artifact for artifact in latest if artifact["key"] == "quality-notice")
    assert "canary" in notice["data"]


def test_events_are_emitted(night: Installation) -> None:
    found = night.ask("events/filter", filter={"event": {"prefix": ["quality."]}}, limit=50)["events"]
    assert {event["event"] for event in found} >= {"quality.run.stored", "quality.run.degraded"}
    stored = [event for event in found if event["event"] == "quality.run.stored"]
    assert len(stored) == 2
    assert all(event["resource"]["quality.run"] == event["payload"]["run_id"] for event in stored)


def test_a_refused_source_makes_check_fail(night: Installation) -> None:
    night.run("prefect deployment run check/on-demand --param 'sources=[\"never.example\"]' --watch", expect=1)


def test_the_report_is_there(night: Installation) -> None:
    assert (night.folder / "out" / "report" / "index.html").is_file()


def test_every_command_of_the_guide_was_run(night: Installation) -> None:
    assert {line for line in commands() if not line.startswith("export")} <= night.ran


def test_the_guide_writes_nothing_into_the_checkout() -> None:
    assert not (Path(ROOT) / "inbox").exists()
