"""`quality train` and `quality evaluate`: fit and measure the line-role model on labelled pages.

The models of the verdict and of the page type are fitted by `flows/training/verdict.py` and `pagetype.py`; they have no
command yet.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.cli import fail

if TYPE_CHECKING:
    from flows.training.role_table import Floors

BELOW_FLOORS = 1


def train_command(labels: Path, output: Path, *, workers: int) -> None:
    """Fit, write the candidate, and hold its out-of-fold table against the floors."""
    from flows.training.roles import train

    _require(labels)
    output.mkdir(parents=True, exist_ok=True)
    _judge(_floors().failures(train(labels, output, workers=workers, say=typer.echo)))


def evaluate_command(labels: Path, *, workers: int) -> None:
    """Measure out of fold and print the table."""
    from flows.training.roles import evaluate

    _require(labels)
    _, failures = evaluate(labels, _floors(), workers=workers, say=lambda line: typer.echo(line))
    _judge(failures)


def _floors() -> Floors:
    from flows.training.role_table import Floors

    with as_file(files("quality") / "models" / "roles" / "floors.toml") as path:
        return Floors.read(path)


def _require(labels: Path) -> None:
    if not any(labels.glob("*.labels.jsonl.gz")):
        fail(f"{labels}: no *.labels.jsonl.gz in it")


def _judge(failures: tuple[str, ...]) -> None:
    for failure in failures:
        typer.echo(failure, err=True)
    if failures:
        raise typer.Exit(BELOW_FLOORS)
