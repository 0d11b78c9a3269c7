"""The `quality` command as a user meets it: results, messages and exit codes, in real processes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from psutil import Process

from warehouse.store import Warehouse

pytestmark = pytest.mark.slow  # a process a command

SEEDS = Path(__file__).parent.parent / "seeds"
QUALITY = Path(sys.executable).with_name("quality")


def quality(
    *arguments: object, cwd: Path | None = None, command: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_API", "QUALITY_"))}
    return subprocess.run(
        [*(command or [str(QUALITY)]), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment | {"COLUMNS": "200"},
        timeout=180,
        check=False,
    )


def rows(warehouse: Path, query: str) -> list[dict[str, object]]:
    done = quality("sql", query, "--warehouse", warehouse, "--format", "json")
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "w.duckdb"
    done = quality("run", SEEDS, "--warehouse", path)
    assert done.returncode == 0, done.stderr
    assert "judged/s" in done.stdout
    assert not done.stderr.strip(), "no progress bar and no warning in a pipe"
    return path


@pytest.mark.parametrize("later", [0.0, 0.4, 0.8], ids=lambda seconds: f"{seconds} s later")
def test_ctrl_c_while_the_models_are_loaded_ends_a_run_without_a_traceback(tmp_path: Path, later: float) -> None:
    run = subprocess.Popen(
        [str(QUALITY), "run", str(SEEDS), "--warehouse", str(tmp_path / "w.duckdb")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not any("multiprocessing.forkserver" in " ".join(child.cmdline()) for child in Process(run.pid).children()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(later)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process
    out, err = run.communicate(timeout=60)  # all of them have closed it
    assert run.returncode == 130, (out, err)
    assert "Traceback" not in err


@pytest.mark.parametrize("later", [0.0, 2.0], ids=lambda seconds: f"{seconds} s later")
def test_ctrl_c_ends_a_rescore_without_a_traceback_and_the_next_one_goes_on(tmp_path: Path, later: float) -> None:
    path = tmp_path / "w.duckdb"
    policy = tmp_path / "policy.toml"
    policy.write_text('extends = "default"\nversion = "stricter"\n[verdict]\nreject = 0.9\n')
    assert quality("run", SEEDS, "--warehouse", path).returncode == 0
    run = subprocess.Popen(
        [str(QUALITY), "rescore", "--policy", str(policy), "--warehouse", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while (
        run.poll() is None and len(Process(run.pid).children(recursive=True)) < 3
    ):  # two that Python needs, and a worker
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(later)
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    done = run.returncode in (0, -signal.SIGINT) and "judged again" in out  # before, or while Python was ending
    assert run.returncode == 130 or done, (run.returncode, out, err)
    assert "Traceback" not in err
    assert done or err == "quality: interrupted; what was staged is taken over by the next run\n"
    assert quality("rescore", "--policy", policy, "--warehouse", path).returncode == 0
    assert rows(path, "select distinct split_part(policy, '+', 1) as version from articles") == [
        {"version": "stricter"}
    ]


def test_a_rescore_shows_a_bar_on_a_terminal_and_none_in_a_pipe(warehouse: Path) -> None:
    reader, terminal = pty.openpty()
    subprocess.run(
        [str(QUALITY), "rescore", "--warehouse", str(warehouse)], stdout=subprocess.DEVNULL, stderr=terminal, check=True
    )
    os.close(terminal)
    assert b"reading" in os.read(reader, 10_000)
    os.close(reader)
    assert not quality("rescore", "--warehouse", warehouse).stderr


def test_five_seeds_are_five_rows_and_a_second_run_adds_none(warehouse: Path) -> None:
    before = rows(warehouse, "select page_id, verdict, first_seen from articles order by page_id")
    assert len(before) == 5
    assert {row["verdict"] for row in rows(warehouse, "select * from articles where origin like '%/004%'")} == {
        "reject"
    }
    again = quality("run", SEEDS, "--warehouse", warehouse)
    assert again.returncode == 0
    assert rows(warehouse, "select page_id, verdict, first_seen from articles order by page_id") == before
    assert rows(warehouse, "select new, unchanged from runs order by started desc limit 1") == [
        {"new": 0, "unchanged": 5}
    ]


def test_evidence_quotes_stand_in_the_text(warehouse: Path) -> None:
    wrong = rows(
        warehouse,
        'select count(*) as n from evidence e join articles a using (page_id) where substr(a.text, e.start + 1, e."end" - e.start) '
        "not like e.quote || '%' and length(e.quote) < 400",
    )
    assert wrong == [{"n": 0}]
    assert rows(warehouse, "select count(*) > 5 as some from evidence") == [{"some": True}]


def test_changed_bytes_under_one_url_are_a_new_page(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    text = "The council approved the bridge on Monday after a hearing. " * 20
    for edition in ("first", "second"):
        (tmp_path / "in.jsonl").write_text(
            json.dumps({"url": "https://a.example/x", "text": f"{edition} {text}"}) + "\n"
        )
        assert quality("run", tmp_path / "in.jsonl", "--warehouse", path).returncode == 0
    assert rows(path, "select count(*) as n, count(distinct url) as urls from articles") == [{"n": 2, "urls": 1}]
    assert rows(path, "select source from sources") == [{"source": "a.example"}]


def test_bad_inputs_are_failures_and_the_rest_is_scored(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.txt").write_text("The council approved the bridge on Monday after a hearing. " * 20)
    (inbox / "empty.html").write_bytes(b"")
    (inbox / "nothing.html").write_text("<html><head><title>t</title></head><body><script>1</script></body></html>")
    (inbox / "scan.html").write_bytes(b"%PDF-1.4 binary")
    (inbox / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00broken")
    (inbox / "mixed.jsonl").write_text('{"text": "too short"}\nnot json\n')
    done = quality("run", inbox, tmp_path / "missing.html", "--warehouse", tmp_path / "w.duckdb")
    assert done.returncode == 0, done.stderr
    assert "missing.html: no such file or folder" in done.stderr
    failures = {
        (str(row["origin"]).rpartition("/")[2], row["stage"]): row["error"]
        for row in rows(tmp_path / "w.duckdb", "select * from failures")
    }
    assert set(failures) == {
        ("empty.html", "read"),
        ("nothing.html", "extract"),
        ("scan.html", "decode"),
        ("cut.jsonl.gz", "read"),
        ("mixed.jsonl#2", "read"),
        ("missing.html", "read"),
    }
    assert all(failures.values())
    names = {
        str(row["origin"]).rpartition("/")[2] for row in rows(tmp_path / "w.duckdb", "select origin from articles")
    }
    assert names == {"good.txt", "mixed.jsonl#1"}
    again = quality("run", inbox, tmp_path / "missing.html", "--warehouse", tmp_path / "w.duckdb")
    assert again.returncode == 0
    assert rows(tmp_path / "w.duckdb", "select count(*) as n from failures") == [{"n": 6}]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["run"], 2, "Missing argument"),
        (["run", "nowhere/at/all"], 2, "no such file or folder"),
        (["run", "pyproject.toml"], 2, "unknown ending"),
        (["run", "seeds", "--engine", "spark"], 2, "expected local or dask"),
        (["run", "seeds", "--policy", "nowhere.toml"], 2, "nowhere.toml: cannot be read"),
        (["inspect", "nowhere.html"], 2, "no such file"),
        (["inspect", "seeds/expected.toml"], 2, "unknown ending"),
        (["inspect", "seeds/000_721552d5c6f5a1f6.txt", "--format", "xml"], 2, "expected text, json or html"),
        (["sql", "select 1", "--warehouse", "nowhere.duckdb"], 2, "there is no warehouse at nowhere.duckdb"),
        (["gate", "--warehouse", "nowhere.duckdb"], 2, "there is no warehouse"),
        (["export", "-o", "x.csv", "--warehouse", "nowhere.duckdb"], 2, ""),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_wrong_usage_ends_with_its_status_and_says_what_to_do(arguments: list[str], status: int, words: str) -> None:
    done = quality(*arguments, cwd=SEEDS.parent)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_policy_key_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('extends = "default"\n[verdict]\nrejct = 0.9\n')
    done = quality("run", SEEDS, "--policy", tmp_path / "p.toml", "--warehouse", tmp_path / "w.duckdb")
    assert done.returncode == 2
    assert "unknown key 'verdict.rejct' (did you mean 'reject'?)" in done.stderr
    assert not (tmp_path / "w.duckdb").exists()


def test_gate_exit_codes(warehouse: Path) -> None:
    assert quality("gate", "--warehouse", warehouse).returncode == 0
    assert quality("gate", "file:seeds", "--warehouse", warehouse).returncode == 0
    unknown = quality("gate", "never.example", "--warehouse", warehouse)
    assert unknown.returncode == 3
    assert "unknown source never.example" in unknown.stderr


@pytest.mark.parametrize(("seconds", "status"), [(0, 2), (60, 0)])
def test_a_rescore_waits_for_another_run_as_long_as_it_is_told(seconds: int, status: int, warehouse: Path) -> None:
    holder = Warehouse(warehouse)
    with ThreadPoolExecutor(1) as pool:
        with holder.lock("run of another"):
            done = pool.submit(quality, "rescore", "--wait", seconds, "--warehouse", warehouse)
            with suppress(TimeoutError):
                done.result(timeout=8)
            assert done.done() == (seconds == 0), "it ends at once, or it waits"
        result = done.result()
    assert result.returncode == status, result.stderr
    assert ("run of another" in result.stderr) == (status == 2)


def test_sql_formats_and_refusals(warehouse: Path) -> None:
    query = "select verdict, count(*) as n from articles group by verdict order by verdict"
    assert quality("sql", query, "--format", "csv", "--warehouse", warehouse).stdout.startswith("verdict,n\n")
    refused = quality("sql", "delete from articles", "--warehouse", warehouse)
    assert refused.returncode == 2
    assert "read-only" in refused.stderr


@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
def test_a_result_that_cannot_be_written_is_a_sentence_and_a_pipe_that_closes_is_none(
    form: str, warehouse: Path
) -> None:
    sql = [str(QUALITY), "sql", "from range(20_000)", "--format", form, "--warehouse", str(warehouse)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(sql, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert f"the result cannot be written as {form}" in done.stderr
    assert "No space left" in done.stderr
    assert done.stderr.count("\n") == 1
    with subprocess.Popen(sql, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout and run.stderr
        run.stdout.close()
        assert run.stderr.read() == b""


def test_inspect_shows_what_an_editor_wants_to_see() -> None:
    seed = next(SEEDS.glob("004*.txt"))
    text = quality("inspect", seed).stdout
    for piece in ("REJECT", "reject probability", "Why", "Repairs of the encoding", "spans", "YOUTUBE"):
        assert piece in text
    table = json.loads(quality("inspect", seed, "--format", "json").stdout)
    assert table["verdict"] == "reject"
    assert table["spans"][0]["kind"] in ("promo", "residue", "padding", "repeat")
    page = quality("inspect", seed, "--format", "html").stdout
    assert page.lstrip().lower().startswith("<!doctype html>")


def test_export_writes_clean_text(warehouse: Path, tmp_path: Path) -> None:
    done = quality("export", "-o", tmp_path / "a.jsonl", "--verdict", "accept", "--warehouse", warehouse)
    assert done.returncode == 0, done.stderr
    exported = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert exported
    assert all("Leave a Comment" not in article["text"] for article in exported)


def test_rescore_judges_again_without_the_inputs(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    seed = next(SEEDS.glob("004*.txt"))
    (inbox / seed.name).write_bytes(seed.read_bytes())
    assert quality("run", inbox, "--warehouse", path).returncode == 0
    (inbox / seed.name).unlink()
    (tmp_path / "p.toml").write_text(
        'extends = "default"\nversion = "lenient"\n[verdict]\nreview = 0.998\nreject = 0.999\n'
    )
    done = quality("rescore", "--policy", tmp_path / "p.toml", "--warehouse", path)
    assert done.returncode == 0, done.stderr
    (row,) = rows(path, "select verdict, policy, text from articles")
    assert str(row["policy"]).startswith("lenient+")
    assert row["verdict"] == "accept"
    assert "Russia’s recognition" in str(row["text"])


def test_python_m_quality_is_the_command() -> None:
    assert "inspect" in quality("--help", command=[sys.executable, "-m", "quality"]).stdout
