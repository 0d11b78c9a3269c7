"""`quality train` and `quality evaluate`: fit and measure the models on labelled pages."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.cli import fail

if TYPE_CHECKING:
    from flows.training.candidate import Model
    from quality.policy import Policy

BELOW_FLOORS = 1


def train_command(labels: Path, output: Path, *, models: Sequence[str], policy: Policy, workers: int) -> None:
    """Fit, write the candidates, and hold their out-of-fold tables against the floors."""
    _require_jax()
    from flows.training.candidate import failures
    from flows.training.models import Labels, train

    chosen = _chosen(models)
    _require(labels)
    output.mkdir(parents=True, exist_ok=True)
    _judge(failures(train(Labels(labels, policy, workers, typer.echo, _tell), output, chosen), typer.echo))


def evaluate_command(
    labels: Path, *, models: Sequence[str], policy: Policy, workers: int, predictions: Path | None = None
) -> None:
    """Measure out of fold, print the tables, and hold them against the floors; write what the pipeline says, if asked."""
    _require_jax()
    from flows.training.candidate import failures
    from flows.training.models import Labels, evaluate
    from flows.training.predictions import write_predictions

    chosen = _chosen(models)
    _require(labels)
    if predictions is not None:
        _require_writable(predictions)  # before an hour of measuring, not after it
    read = Labels(labels, policy, workers, typer.echo, _tell)
    tables = evaluate(read, chosen)
    if predictions is not None:
        typer.echo(f"{predictions}: {write_predictions(read, predictions)} pages")
    _judge(failures(tables, typer.echo))


def _require_jax() -> None:
    """The networks of the line roles are fitted with JAX, which nothing else needs."""
    if find_spec("jax") is None or find_spec("optax") is None:
        fail("models are trained and measured with JAX and Optax: pip install 'quality[train]'")


def _tell(what: str) -> None:
    """Say on standard error what is done now."""
    typer.echo(what, err=True)


def _chosen(names: Sequence[str]) -> tuple[Model, ...]:
    from flows.training.candidate import MODELS

    unknown = [name for name in names if name not in MODELS]
    if unknown:
        fail(f"--model {unknown[0]}: expected {', '.join(MODELS)}")
    return tuple(model for model in MODELS if not names or model in names)


def _require(labels: Path) -> None:
    if not any(labels.glob("*.labels.jsonl.gz")):
        fail(f"{labels}: no *.labels.jsonl.gz in it")


def _require_writable(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        fail(f"--predictions {path}: {error.strerror}")


def _judge(failures: Sequence[str]) -> None:
    for failure in failures:
        typer.echo(failure, err=True)
    if failures:
        raise typer.Exit(BELOW_FLOORS)
