"""`quality rescore`: today's policy and models on the stored articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli import fail
from flows.commands.run import print_summary
from flows.rescoring import rescore
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from quality.policy import Policy


def rescore_command(*, warehouse: Path, policy: Policy, workers: int) -> None:
    """Judge again and print the summary."""
    try:
        print_summary(rescore(warehouse, policy, workers=workers), warehouse)
    except WarehouseError as error:
        fail(str(error))
