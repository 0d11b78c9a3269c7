"""`quality export`: the clean text of the chosen articles for training or search."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from flows.cli import fail
from flows.export import ExportError, export_articles
from warehouse.errors import WarehouseError

VERDICTS = ("accept", "review", "reject", "not_assessed")


def export_command(output: Path, *, verdicts: list[str], warehouse: Path) -> None:
    """Write the articles and say how many."""
    for verdict in verdicts:
        if verdict not in VERDICTS:
            fail(f"--verdict {verdict}: expected one of {', '.join(VERDICTS)}")
    try:
        manifest = export_articles(warehouse, output, verdicts=verdicts)
    except (ExportError, WarehouseError, OSError) as error:
        fail(str(error))
    Console(stderr=True).print(f"{manifest.articles:,} articles written to {output}", markup=False, highlight=False)
