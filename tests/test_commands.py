"""Commands in this process, over a small warehouse: what they print and refuse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.inspect import print_assessment
from flows.commands.run import print_summary
from flows.scoring import Counts, RunSummary
from quality.gate import Standing
from quality.pipeline import assess_page
from quality.policy import default_policy
from quality.records import RawPage
from tests import published_warehouse as small

ODD = "file:\x1b[31m\u202e[bold]x[/wiki]"
SHOWN = r"file:\x1b[31m\x202e[bold]x[/wiki]"
PLUG = "Buy \x1b[31m my \u202ecourse today!"


def decided(source: str, status: Any, low: float, override: str = "") -> dict[str, Any]:
    """Return the gate's word on a source, as its first decision."""
    standing = Standing(source=source, status=status, since=dt.date(2026, 3, 1), measured=status, override=override)
    return {
        "source": source, "status": status, "to_status": status, "reason": override or "made up", "pages": 1, "effective_pages": 1.0,
        "rejected": 1.0, "reject_rate": 0.45, "reject_low": low, "reject_high": 0.9, "decided_at": dt.datetime(2026, 3, 1),
        "policy": small.POLICY, "run_id": "run-1", "details": json.dumps({"standing": dataclasses.asdict(standing)}, default=str),
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sources = {
        ODD: "reject",
        "a.example": "accept",
        "m.example": "accept",
        "z.example": "accept",
        "bad.example": "reject",
    }
    text = f"The council approved the bridge on Monday.\n{PLUG}"
    rows = [
        small.article(
            number,
            verdict,
            0.9 if verdict == "reject" else 0.1,
            text,
            source=source,
            url=None if source == ODD else f"https://{source}/a/{number}",
            host=None if source == ODD else source,
            spans=[small.span(text, PLUG, "promo", 0.9, "promo.x")] if source == ODD else [],
        )
        for number, (source, verdict) in enumerate(sources.items())
    ]
    gate = [
        decided(ODD, "rejected", 0.3, override="link \x1b[31mfarm [bold]!"),
        decided("a.example", "accepted", 0.1),
        decided("z.example", "accepted", 0.05),
        decided("bad.example", "rejected", 0.2),
        decided("medium.example/x\n||a.example^", "rejected", 0.2),
    ]
    failures = [small.failure(1, "read", "no \x1b[31m[bold]page")]
    return small.publish(tmp_path_factory.mktemp("commands") / "quality.duckdb", [[*rows, *failures]], gate=gate)


def said(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("options", [[], [ODD], ["--explain", ODD]], ids=["all", "one", "explained"])
def test_the_gate_prints_names_notes_and_quotes_as_text(options: list[str], warehouse: Path) -> None:
    status, printed, _ = said("gate", *options, "--warehouse", warehouse)
    assert status == 1
    assert SHOWN in printed
    assert r"\x1b[31m my \x202ecourse" in printed or "--explain" not in options
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert r"\x1b[31mfarm [bold]!" in printed


def test_a_block_list_holds_no_line_that_a_source_wrote(warehouse: Path) -> None:
    assert said("gate", "--format", "ublock", "--warehouse", warehouse)[1] == "||bad.example^\n"


def test_the_summary_of_a_run_prints_names_and_errors_as_text(
    warehouse: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    print_summary(RunSummary("run-1", Counts(read=6), 2.0, 0, 0), warehouse)
    printed = capsys.readouterr().out
    assert SHOWN in printed
    assert r"no \x1b[31m[bold]page" in printed
    assert "\x1b" not in printed


def test_the_text_of_an_inspected_page_turns_no_letters_round() -> None:
    lines = [f"خبر {number} \u202egnp.exe\u202c [bold]هنا المدينة" for number in range(30)]
    assessment = assess_page(RawPage(body="\n".join(lines).encode(), url=None, origin="a.txt"), policy=default_policy())
    assert "\u202e" in assessment.text
    out = io.StringIO()
    print_assessment(assessment, Console(file=out, width=120))
    assert "\u202e" not in out.getvalue()
    assert "\ufffdgnp.exe\u202c [bold]" in out.getvalue()
