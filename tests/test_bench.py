"""`quality bench`: each stage is timed, on the user's pages or on pages that it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from flows.bench import STAGES, bench, made_pages
from flows.inputs import find_inputs
from quality.pipeline import assess_page
from quality.policy import default_policy
from quality.records import RawPage

SEEDS = Path(__file__).parent.parent / "seeds"
POLICY = default_policy()


def quality(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("quality")), "bench", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


@pytest.mark.parametrize("body", [next(made_pages()).body, b"Plain text\nof two lines.", b"%PDF-1.7", b"<html></html>"])
def test_stages_come_in_order_and_each_has_a_group(body: bytes) -> None:
    heard: list[str] = []
    assess_page(RawPage(body=body, content_type=None, url=None, origin="x"), policy=POLICY, entering=heard.append)
    assert heard == sorted(heard, key=list(STAGES).index)
    assert body.startswith(b"%PDF") or heard[0] == "decode"


def test_a_html_page_enters_every_stage_of_the_library() -> None:
    heard: list[str] = []
    assess_page(next(made_pages()), policy=POLICY, entering=heard.append)
    assert heard == [stage for stage, group in STAGES.items() if group in ("extraction", "judgement")]


def test_made_pages_are_articles_each_different_and_each_time_the_same() -> None:
    first = list(islice(made_pages(), 20))
    assert first == list(islice(made_pages(), 20))
    assert len({page.body for page in first}) == len({page.url for page in first}) == 20
    judged = [assess_page(page, policy=POLICY) for page in first[:5]]
    assert {assessment.page_type for assessment in judged} == {"article"}
    assert all("newsletter" in assessment.text for assessment in judged)


@pytest.mark.slow
def test_the_stages_are_the_time_of_the_pages() -> None:
    timing = bench((), policy=POLICY, pages=40)
    assert (timing.pages, timing.failed) == (40, 0)
    assert list(timing.stages) == list(STAGES)
    assert all(seconds > 0 for stage, seconds in timing.stages.items() if stage != "decode")
    assert 0 < timing.cpu_seconds <= (os.cpu_count() or 1) * timing.seconds + 1
    assert 50 < timing.peak_megabytes < 5_000
    assert [slow.seconds for slow in timing.slowest] == sorted((s.seconds for s in timing.slowest), reverse=True)


def test_no_more_pages_than_asked_for_and_failures_are_counted(tmp_path: Path) -> None:
    lines = [
        json.dumps({"url": f"https://example.com/{n}", "text": f"Report {n} came in.\nIt was long."}) for n in range(9)
    ]
    lines[1] = json.dumps({"url": "https://example.com/empty", "html": "<html><body></body></html>"})
    (tmp_path / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    timing = bench(find_inputs([str(tmp_path)]).files, policy=POLICY, pages=4)
    assert (timing.pages, timing.failed) == (4, 1)
    assert {slow.origin for slow in timing.slowest} <= {f"https://example.com/{n}" for n in (0, 2, 3, "empty")}


@pytest.mark.slow
def test_the_command_prints_a_table_or_json() -> None:
    done = quality(SEEDS, "--pages", 3, "--format", "json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["pages"] == 3
    assert [stage["stage"] for stage in figures["stages"]] == list(STAGES)
    assert sum(stage["share"] for stage in figures["stages"]) == pytest.approx(1, abs=0.01)
    done = quality("--pages", 5)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in ("signals", "roles", "main text", "pages/s", "peak memory"))


@pytest.mark.parametrize(
    ("arguments", "message"), [(["nowhere.html"], "nothing to read"), (["--format", "xml"], "table or json")]
)
def test_wrong_usage_is_said(arguments: list[str], message: str) -> None:
    done = quality(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
