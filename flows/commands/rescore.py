"""`quality rescore`: today's policy and models on the stored articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from flows.cli import fail
from flows.commands.run import interrupted, print_summary, progress_bar
from flows.engine.chunks import EngineError
from flows.rescoring import rescore
from flows.scoring import Counts
from flows.sources import people_say
from quality.source_lists import SourceListError
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from quality.policy import Policy


def rescore_command(*, warehouse: Path, policy: Policy, workers: int, sources: Path | None, wait: float) -> None:
    """Judge again and print the summary."""
    try:
        with progress_bar(Console(stderr=True)) as bar:
            task = bar.add_task("reading", total=None)

            def show(counts: Counts) -> None:
                bar.update(task, description=f"{counts.updated:,} pages judged again")

            lists = people_say(sources)
            summary = rescore(warehouse, policy, workers=workers, lists=lists, progress=show, wait_seconds=wait)
        print_summary(summary, warehouse)
    except (WarehouseError, SourceListError, EngineError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        interrupted()
