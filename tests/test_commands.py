"""Commands in this process, over a small warehouse: what they print and refuse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
from collections import Counter
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
    print_summary(RunSummary("run-1", Counts(new=5, failed=1), 2.0, 0, 0), warehouse)
    printed = capsys.readouterr().out
    assert SHOWN in printed
    assert r"no \x1b[31m[bold]page" in printed
    assert "\x1b" not in printed


def test_the_command_that_the_summary_ends_with_is_one_line(
    warehouse: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    print_summary(RunSummary("run-1", Counts(), 2.0, 0, 0), warehouse)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f'next: quality sql "select * from articles limit 5" --warehouse {warehouse}'


def test_a_path_that_a_command_names_is_not_broken(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    folder = tmp_path / ("a name that is longer than a line of the terminal " * 3).strip()
    assert said("export", "-o", folder / "a.jsonl", "--warehouse", warehouse)[2].count("\n") == 1
    assert str(folder / "report" / "index.html") in said("report", "-o", folder / "report", "--warehouse", warehouse)[2]
    assert f"quality: {folder / 'b.txt'}: no such file" in said("run", folder / "b.txt", "--warehouse", warehouse)[2]


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        (Counts(read=25, new=1, failed=3, gated=Counter({"bad.example": 24})), {"pages": "4", "judged/s": "0.5"}),
        (
            Counts(read=9, new=4, updated=4, unchanged=1, skipped=1),
            {"pages": "9", "judged again": "4", "judged/s": "4.0"},
        ),
        (Counts(read=2, unchanged=2, skipped=2), {"pages": "2", "judged/s": None}),
        (Counts(failed=1), {"pages": "1", "new": "0", "judged/s": None}),
    ],
    ids=["some passed over", "some judged again", "nothing new", "nothing read"],
)
def test_the_summary_of_a_run_counts_pages_as_the_runs_do(
    counts: Counts, shown: dict[str, str | None], warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_summary(RunSummary("run-1", counts, 2.0, 0, 0), warehouse)
    lines = [[cell.strip() for cell in line.split("│")[1:3]] for line in capsys.readouterr().out.splitlines()]
    table = {line[0]: line[1] for line in lines if len(line) == 2}
    assert {name: table.get(name) for name in shown} == shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--drift", "a.example"], "SOURCE"),
        (["--drift", "--sources", "sources.toml"], "--sources"),
        (["--drift", "--explain", "a.example"], "--explain"),
    ],
)
def test_drift_refuses_what_would_have_no_effect(arguments: list[str], words: str, warehouse: Path) -> None:
    status, printed, error = said("gate", *arguments, "--warehouse", warehouse)
    assert (status, printed, words in error) == (2, "", True)


@pytest.mark.parametrize("options", [[], ["--explain"], ["--format", "csv"]], ids=["table", "explained", "csv"])
@pytest.mark.parametrize("asked", [["bad.example", "nope.example"], ["nope.example", "bad.example"]])
def test_the_gate_says_what_it_knows_before_what_it_does_not(
    asked: list[str], options: list[str], warehouse: Path
) -> None:
    status, printed, error = said("gate", *asked, *options, "--warehouse", warehouse)
    assert status == 3
    assert "bad.example" in printed
    assert "rejected" in printed
    assert "unknown source nope.example: no page of it is in" in error


@pytest.mark.parametrize(
    ("word", "order"),
    [
        (None, ["accepted a.example", "accepted z.example", "unknown m.example"]),
        ("", ["accepted a.example", "accepted z.example", "unknown m.example"]),
        (
            '[allow."never.example"]',
            ["accepted a.example", "accepted z.example", "accepted never.example", "unknown m.example"],
        ),
        ('[deny."m.example"]', ["rejected m.example", "accepted a.example", "accepted z.example"]),
    ],
    ids=["the file of the run", "no word", "one allowed", "one denied"],
)
def test_the_gate_lists_sources_in_one_order_whatever_people_say(
    word: str | None, order: list[str], warehouse: Path, tmp_path: Path
) -> None:
    lists = tmp_path / "sources.toml"
    lists.write_text(word or "")
    options = [] if word is None else ["--sources", lists]
    _, printed, _ = said("gate", "--format", "json", *options, "--warehouse", warehouse)
    named = [f"{row['status']} {row['source']}" for row in json.loads(printed)]
    assert [name for name in named if "bad" not in name and "\x1b" not in name and "\n" not in name] == order


def test_the_text_of_an_inspected_page_turns_no_letters_round() -> None:
    lines = [f"خبر {number} \u202egnp.exe\u202c [bold]هنا المدينة" for number in range(30)]
    assessment = assess_page(RawPage(body="\n".join(lines).encode(), url=None, origin="a.txt"), policy=default_policy())
    assert "\u202e" in assessment.text
    out = io.StringIO()
    print_assessment(assessment, Console(file=out, width=120))
    assert "\u202e" not in out.getvalue()
    assert "\ufffdgnp.exe\u202c [bold]" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["sql", "@worst_sentences", "source=https://www.a.example/"], 0, "0 rows"),
        (["sql", "@worst_sentences", "source=b.example"], 2, "there is no source b.example"),
        (["sql", "@why", "page=zzz"], 2, "there is no page zzz"),
        (["sql", "--list", "select 1"], 2, "QUERY does not go with it"),
        (["sql", "--lits"], 2, "No such option: --lits"),
        (["export", "-o", "x.jsonl", "--page-type", "artikle"], 2, "did you mean 'article'?"),
    ],
)
def test_a_name_that_the_warehouse_does_not_have_is_an_error(
    arguments: list[str], status: int, words: str, warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found, printed, error = said(*arguments, "--warehouse", warehouse)
    assert (found, words in printed + error) == (status, True), printed + error


def test_a_quote_that_the_gate_cuts_ends_with_dots(tmp_path: Path) -> None:
    plug = "Sign up " + "for our " * 40 + "newsletter."
    row = small.article(
        1, "accept", 0.1, plug, source="a.example", spans=[small.span(plug, plug, "promo", 0.9, "promo.x")]
    )
    path = small.publish(tmp_path / "quality.duckdb", [[row]], gate=[decided("a.example", "accepted", 0.1)])
    assert "for our for o…”" in said("gate", "--explain", "a.example", "--warehouse", path)[1]


def test_a_source_that_is_rejected_is_among_the_worst_without_a_rejected_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [small.article(number, "review", 0.9, "Text.", source=f"{name}.example") for number, name in enumerate("ab")]
    gate = [
        decided("a.example", "rejected", 0.3),
        decided("b.example", "accepted", 0.1),
        decided("none.example", "rejected", 0.9),
    ]
    print_summary(
        RunSummary("run-1", Counts(new=2), 2.0, 0, 0), small.publish(tmp_path / "q.duckdb", [rows], gate=gate)
    )
    printed = capsys.readouterr().out
    assert [f"{name}.example" in printed for name in ("a", "b", "none")] == [True, False, False]


def test_an_inspected_page_says_how_sure_its_charset_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "a.html"
    page.write_bytes("<html><meta charset=windows-1252><p>Größe, Maß und Straße, sagt er.".encode("cp1252"))
    table = json.loads(said("inspect", page, "--format", "json")[1])
    assert (table["charset"], table["charset_method"]) == ("cp1252", "meta")
    assert 0 < table["charset_confidence"] < 1
    shown = f"cp1252 (meta, {table['charset_confidence']:.2f})"
    assert shown in said("inspect", page)[1]
    assert shown in said("inspect", page, "--format", "html")[1]


def test_the_gate_explains_with_the_rate_that_the_interval_belongs_to(warehouse: Path) -> None:
    _, printed, _ = said("gate", "--explain", "a.example", "--warehouse", warehouse)
    assert "estimated rate 0." in printed
    assert "reject rate" not in printed


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (["-- top pages\nselect 1 as a"], "a\n1\n"),
        (["--top pages\n-- of all\nselect 1 as a", "--format=csv"], "a\n1\n"),
        (["select 1 as a -- top"], "a\n1\n"),
        (["--", "-- top pages\nselect 1 as a"], "a\n1\n"),
    ],
)
def test_a_query_may_begin_with_a_comment(arguments: list[str], rows: str, warehouse: Path, tmp_path: Path) -> None:
    beside = tmp_path / "a folder" / "w.duckdb"
    beside.parent.mkdir()
    beside.write_bytes(warehouse.read_bytes())
    assert said("sql", "--format", "csv", f"--warehouse={beside}", *arguments) == (0, rows, "")


@pytest.mark.parametrize("causes", [5, 6])
def test_the_summary_says_that_pages_failed_of_more_than_it_names(
    causes: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failures = [small.failure(number, "read", f"cause {number}") for number in range(causes)]
    path = small.publish(tmp_path / "quality.duckdb", [failures])
    print_summary(RunSummary("run-1", Counts(failed=causes), 2.0, 0, 0), path)
    printed = capsys.readouterr().out
    assert printed.count("cause ") == 5
    assert ("and more: quality sql @failure_causes" in printed) == (causes > 5)


OBEYED = ("\x1b", "\x7f", "\x9b", "\u061c", "\u202a", "\u202e", "\u2066", "\u2069", "\U000e0041")


@pytest.mark.parametrize("mark", OBEYED, ids=ascii)
@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "from nowhere_{}"),
        ("sql", 'select "{}" from articles'),
        ("bench", "{}.html"),
        ("run", "{}.html"),
        ("inspect", "{}.html"),
        ("gate", "{}.example"),
        ("export", "-o", "{}.csv"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_errors_are_printed_as_text(arguments: tuple[str, ...], mark: str, warehouse: Path) -> None:
    known = () if arguments[0] in ("bench", "inspect") else ("--warehouse", warehouse)
    status, printed, error = said(*(argument.format(f"a{mark}b") for argument in arguments), *known)
    assert status in (2, 3)
    assert mark not in printed + error
    assert f"{ord(mark):02x}" in error or arguments[0] == "gate"  # names of hosts are written in ASCII


@pytest.mark.parametrize("mark", OBEYED, ids=ascii)
def test_json_holds_the_same_text_in_escapes(mark: str, warehouse: Path, tmp_path: Path) -> None:
    text = f"The council met on Monday {mark}and approved the bridge. "
    page = tmp_path / "a.html"
    page.write_text(
        f"<html><title>Bridge {mark}news</title><body><article><p>{text * 8}</p></article></body></html>",
        encoding="utf-8",
    )
    status, inspected, _ = said("inspect", page, "--format", "json")
    assert (status, mark in inspected) == (0, False)
    assert (
        json.loads(inspected)["text"]
        == assess_page(RawPage(body=page.read_bytes(), url=None, origin=str(page)), policy=default_policy()).text
    )
    status, printed, _ = said(
        "sql", f"select '{mark}' as \"{mark}x\", ['{mark}'] as list", "--format", "json", "--warehouse", warehouse
    )
    assert (status, mark in printed) == (0, False)
    assert json.loads(printed) == [{f"{mark}x": mark, "list": [mark]}]


@pytest.mark.parametrize("mark", ["\u061c", "\u202a", "\u2066", "\u2069", "\U000e0041"], ids=ascii)
def test_marks_that_are_not_seen_are_shown_in_an_inspected_page(mark: str) -> None:
    body = "\n".join(
        f"The council met for the {number}th time {mark}and talked about the bridge." for number in range(30)
    )
    assessment = assess_page(RawPage(body=body.encode(), url=None, origin="a.txt"), policy=default_policy())
    out = Console(file=io.StringIO(), width=200)
    print_assessment(assessment, out)
    assert mark not in out.file.getvalue()  # type: ignore[attr-defined]
