"""The gate as a curator meets it: people's word in sources.toml, exit codes, what a rejected source costs, the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import quality, rows

pytestmark = pytest.mark.slow

TEXT = "The council of ward {n} approved bridge {n} on Monday, said engineer Berg after a hearing of {n} hours. " * 12
DENY = '[deny."bad.example"]\nnote = "link farm"\nwho = "mk"\n'


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    pages = [
        {"url": f"https://{host}/{n}", "text": TEXT.format(n=n)}
        for host in ("bad.example", "good.example")
        for n in range(20)
    ]
    path.write_text("".join(json.dumps(page) + "\n" for page in pages))
    return path


def test_a_denied_source_is_rejected_passed_over_and_comes_back(tmp_path: Path, inbox: Path) -> None:
    warehouse, lists = tmp_path / "w.duckdb", tmp_path / "sources.toml"
    lists.write_text(DENY)
    seed = tmp_path / "seed.jsonl"
    seed.write_text(json.dumps({"url": "https://bad.example/first", "text": TEXT.format(n=99)}) + "\n")
    assert quality("run", seed, "--sources", lists, "--warehouse", warehouse).returncode == 0

    gate = quality("gate", "bad.example", "--warehouse", warehouse)
    assert gate.returncode == 1
    assert "rejected" in gate.stdout
    assert "link farm" in gate.stdout
    assert quality("gate", "--format", "ublock", "--warehouse", warehouse).stdout == "||bad.example^\n"

    run = quality("run", inbox, "--sources", lists, "--warehouse", warehouse)
    assert run.returncode == 0
    assert "pages of rejected sources passed over" in run.stdout
    counts = {
        row["source"]: row["n"] for row in rows(warehouse, "select source, count(*) as n from articles group by source")
    }
    assert counts["good.example"] == 20
    assert 1 <= int(str(counts["bad.example"])) < 12, "only a sampled share of a rejected source is assessed"

    lists.write_text("")
    assert quality("run", seed, "--sources", lists, "--warehouse", warehouse).returncode == 0
    assert quality("gate", "bad.example", "--warehouse", warehouse).returncode == 3, "one page: nobody knows"
    assert quality("run", inbox, "--sources", lists, "--warehouse", warehouse).returncode == 0
    assert rows(warehouse, "select count(*) as n from articles where source = 'bad.example'") == [{"n": 21}]
    changes = rows(
        warehouse, "select to_status, reason from gate_decisions where source = 'bad.example' order by decided_at"
    )
    assert changes[0]["to_status"] == "rejected"
    assert changes[-1]["to_status"] != "rejected"


def test_the_word_of_people_holds_in_the_run_that_first_hears_it(tmp_path: Path, inbox: Path) -> None:
    warehouse, lists = tmp_path / "w.duckdb", tmp_path / "sources.toml"
    seed = tmp_path / "seed.jsonl"
    seed.write_text(json.dumps({"url": "https://bad.example/first", "text": TEXT.format(n=99)}) + "\n")
    assert quality("run", seed, "--warehouse", warehouse).returncode == 0
    lists.write_text('[deny."bad.example"]\nnote = "see [/wiki] and [bold]this"\n')
    run = quality("run", inbox, "--sources", lists, "--warehouse", warehouse)
    assert "pages of rejected sources passed over" in run.stdout
    found = rows(warehouse, "select pages, passed_over, details from runs order by started desc limit 1")[0]
    assert int(str(found["pages"])) + int(str(found["passed_over"])) == 40
    assert int(str(found["passed_over"])) > 8

    for options in ([], ["--explain"]):  # nothing is withdrawn by a look, and brackets are no markup
        gate = quality("gate", "www.BAD.example", *options, "--warehouse", warehouse)
        assert gate.returncode == 1, gate.stderr
        assert "see [/wiki] and [bold]this" in " ".join(gate.stdout.replace("│", " ").split())

    lists.write_text('[allow."bad.example"]\n[deny."never.example"]\n')
    for options in ([], ["--explain"]):
        gate = quality("gate", "bad.example", *options, "--sources", lists, "--warehouse", warehouse)
        assert (gate.returncode, "allowed in sources.toml" in gate.stdout) == (0, True)
        gate = quality("gate", "never.example", *options, "--sources", lists, "--warehouse", warehouse)
        assert (gate.returncode, "denied in sources.toml" in gate.stdout) == (1, True)
    assert "passed over" not in quality("run", inbox, "--sources", lists, "--warehouse", warehouse).stdout
    assert rows(warehouse, "select count(*) as n from articles where source = 'bad.example'") == [{"n": 21}]


def test_rescoring_withdraws_nothing_that_people_said(tmp_path: Path, inbox: Path) -> None:
    warehouse, lists = tmp_path / "w.duckdb", tmp_path / "sources.toml"
    lists.write_text(DENY)
    assert quality("run", inbox, "--sources", lists, "--warehouse", warehouse).returncode == 0
    assert quality("rescore", "--sources", lists, "--warehouse", warehouse).returncode == 0
    assert quality("gate", "bad.example", "--warehouse", warehouse).returncode == 1
    wrong = quality("rescore", "--sources", tmp_path / "none.toml", "--warehouse", warehouse)
    assert (wrong.returncode, "none.toml" in wrong.stderr) == (2, True)
    missing = quality("rescore", "--warehouse", tmp_path / "none.duckdb")
    assert (missing.returncode, "there is no warehouse" in missing.stderr) == (2, True)
    assert not (tmp_path / "none.work").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--policy", "nope.toml"], "nope.toml"),
        (["--sources", "nope.toml"], "nope.toml"),
        (["x.example", "--explain", "--format", "json"], "--format json"),
        (["--drift", "--format", "csv"], "--format csv"),
    ],
)
def test_an_option_without_effect_is_refused(tmp_path: Path, options: list[str], words: str) -> None:
    done = quality("gate", *options, "--warehouse", tmp_path / "w.duckdb")
    assert (done.returncode, words in done.stderr) == (2, True)


def test_include_rejected_assesses_everything(tmp_path: Path, inbox: Path) -> None:
    warehouse, lists = tmp_path / "w.duckdb", tmp_path / "sources.toml"
    lists.write_text(DENY)
    for options in ([], ["--include-rejected"]):
        assert quality("run", inbox, "--sources", lists, "--warehouse", warehouse, *options).returncode == 0
    assert rows(warehouse, "select count(*) as n from articles") == [{"n": 40}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[dny."x.example"]\n', ["sources.toml:1", "'dny'", "deny"]),
        ('[deny."x.example"]\nnote = "a"\nexpirry = 2026-01-01\n', ["sources.toml:3", "expirry", "expiry"]),
        ('[deny."x.example"]\nexpiry = "soon"\n', ["sources.toml:2", "expiry"]),
        ('[deny."x.example"\n', ["sources.toml", "TOML"]),
    ],
)
def test_a_malformed_list_names_line_and_key(tmp_path: Path, inbox: Path, text: str, words: list[str]) -> None:
    (tmp_path / "sources.toml").write_text(text)
    done = quality("run", inbox, "--sources", tmp_path / "sources.toml", "--warehouse", tmp_path / "w.duckdb")
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_an_expired_entry_has_no_effect(tmp_path: Path, inbox: Path) -> None:
    (tmp_path / "sources.toml").write_text(DENY + "expiry = 2020-01-01\n")
    warehouse = tmp_path / "w.duckdb"
    assert quality("run", inbox, "--sources", tmp_path / "sources.toml", "--warehouse", warehouse).returncode == 0
    assert quality("gate", "bad.example", "--warehouse", warehouse).returncode == 0


def test_explain_states_what_gate_states_and_what_comes_next(tmp_path: Path, inbox: Path) -> None:
    warehouse, policy = tmp_path / "w.duckdb", tmp_path / "strict.toml"
    policy.write_text('extends = "default"\n[gate]\nmin_pages = 900\nmin_pages_rejected = 1000\n')
    assert quality("run", inbox, "--warehouse", warehouse).returncode == 0
    status = rows(warehouse, "select status from sources where source = 'good.example'")[0]["status"]
    assert status == "accepted"
    same = quality("gate", "--explain", "good.example", "--warehouse", warehouse)
    assert "next run" not in same.stdout
    said = quality("gate", "--explain", "good.example", "--policy", policy, "--warehouse", warehouse)
    assert said.stdout.startswith(f"good.example  {status}  ")
    assert "the next run would say unknown: only 20 pages" in said.stdout
    assert said.returncode == quality("gate", "good.example", "--warehouse", warehouse).returncode == 0


def test_a_watched_source_has_the_reason_of_its_last_run(tmp_path: Path, inbox: Path) -> None:
    warehouse, lists, more = tmp_path / "w.duckdb", tmp_path / "watch.toml", tmp_path / "more.jsonl"
    pages = [{"url": f"https://good.example/more/{n}", "text": TEXT.format(n=n)} for n in range(30, 45)]
    more.write_text("".join(json.dumps(page) + "\n" for page in pages))
    assert quality("run", inbox, "--warehouse", warehouse).returncode == 0
    assert quality("run", more, "--warehouse", warehouse).returncode == 0
    changes = rows(warehouse, "select reason from gate_decisions where source = 'good.example'")
    assert ["20 pages" in str(change["reason"]) for change in changes] == [True], "the second run decided nothing"
    lists.write_text('[watch."good.example"]\nnote = "a new owner"\n')
    said = quality("gate", "good.example", "--sources", lists, "--warehouse", warehouse, "--format", "csv").stdout
    assert "35 pages" in said and "20 pages" not in said
    assert "a new owner" in said


def test_a_source_that_is_named_twice_is_printed_once(tmp_path: Path, inbox: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    assert quality("run", inbox, "--warehouse", warehouse).returncode == 0
    said = quality("gate", "--format", "csv", "good.example", "https://www.good.example/x", "--warehouse", warehouse)
    assert said.stdout.count("good.example") == 1


def test_explain_says_what_would_change_the_status(tmp_path: Path, inbox: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    assert quality("run", inbox, "--warehouse", warehouse).returncode == 0
    said = quality("gate", "--explain", "good.example", "--warehouse", warehouse)
    assert said.returncode == 0, said.stderr
    for piece in ("good.example", "independent", "more bad page", "week of"):
        assert piece in said.stdout
    assert quality("gate", "--explain", "never.example", "--warehouse", warehouse).returncode == 3
    assert quality("gate", "--drift", "--warehouse", warehouse).returncode == 0
