"""Every command of the README runs, in order, in a copy of what it names."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOT_AGAIN = ("uv run pytest",)
"""Commands that cannot run inside the test run: it is the test run."""


def commands() -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.strip().splitlines()]
    return [line.removeprefix("pip install uv && ") for line in lines]


@pytest.mark.slow
def test_every_command_runs_in_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_API", "QUALITY_"))}
    ran = 0
    for command in commands():
        if command in NOT_AGAIN:
            continue
        assert command.startswith("uv run quality "), f"nothing runs {command!r}"
        arguments = shlex.split(command.removeprefix("uv run quality "))
        done = subprocess.run(
            [str(Path(sys.executable).with_name("quality")), *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip() or arguments[0] in ("export", "report"), command
        ran += 1
    assert ran >= 10


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_shown_output_is_what_the_command_prints_today() -> None:
    match = re.search(r"<!-- output: (quality [^>]*?) -->\n```text\n(.*?)```", README, re.DOTALL)
    assert match
    done = subprocess.run(
        [str(Path(sys.executable).with_name("quality")), *shlex.split(match[1])[1:]],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "118", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    printed = {line.rstrip() for line in done.stdout.splitlines()}
    shown = [line.rstrip() for line in match[2].splitlines() if line.strip() and line.strip() != "…"]
    assert len(shown) >= 10
    for line in shown:
        assert line in printed, line
