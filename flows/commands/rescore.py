"""`quality rescore`: today's policy and models on the stored articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli import fail
from flows.commands.run import print_summary
from flows.engine.chunks import EngineError
from flows.rescoring import rescore
from flows.sources import people_say
from quality.source_lists import SourceListError
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from quality.policy import Policy


def rescore_command(*, warehouse: Path, policy: Policy, workers: int, sources: Path | None) -> None:
    """Judge again and print the summary."""
    try:
        print_summary(rescore(warehouse, policy, workers=workers, lists=people_say(sources)), warehouse)
    except (WarehouseError, SourceListError, EngineError) as error:
        fail(str(error))
