"""The flow `train`: fit the models on labelled pages, as a candidate that people look at before they take it over.

It runs `quality train` as a process of its own, whose memory goes when it ends and whose exit status says whether the
floors were met. A candidate replaces no model: it takes a change of the policy, which pins their digests.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.artifacts import note
from flows.completion import completed, keep_result
from flows.logical_dates import run_name

BELOW_FLOORS = 1
"""Exit status of `quality train` when the candidate is worse than the floors allow."""
SHOWN_LINES = 200


@flow(name="train", flow_run_name=run_name, on_completion=[keep_result])
def train(labels: str = "labels", output: str = "out/models", options: Sequence[str] = ()) -> State[str]:
    """Fit and measure the models on labelled pages; complete when the candidate meets the floors.

    Args:
        labels: Folder with the labels and their pages; without a file in it the run says so and completes.
        output: Folder that the candidate is written to.
        options: Further options of `quality train`.
    """
    if not any(path.is_file() for path in Path(labels).rglob("*")):
        return completed(f"no labels: {labels} holds no file")
    status, printed = fit([sys.executable, "-m", "quality", "train", labels, "--output", output, *options])
    note(f"```text\n{printed}\n```", f"quality train {labels}")
    if status == BELOW_FLOORS:
        return Failed(message="the candidate is below the floors; the artifact says which")
    if status:
        return Failed(message=f"quality train ended with {status}: {printed.splitlines()[-1] if printed else ''}")
    return completed(f"a candidate that meets the floors is in {output}", output)


@task(name="fit and measure", cache_policy=NO_CACHE)
def fit(command: list[str]) -> tuple[int, str]:
    """Run a command; returns its exit status and the end of what it printed. It ends when the run does."""
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                lines.append(line.rstrip())
                get_run_logger().info(lines[-1])
        except BaseException:
            process.kill()
            raise
    return process.returncode, "\n".join(lines[-SHOWN_LINES:])
