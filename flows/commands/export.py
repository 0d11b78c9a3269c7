"""`quality export`: the clean text of the chosen articles for training or search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from flows.cli import fail
from flows.export import ExportError, export_articles
from warehouse.errors import WarehouseError


def export_command(output: Path, *, warehouse: Path, **choice: Any) -> None:
    """Write the articles and say how many; `choice` is what `export_articles` takes."""
    try:
        manifest = export_articles(warehouse, output, **choice)
    except (ExportError, WarehouseError, OSError) as error:
        fail(str(error))
    words = f"{manifest.articles:,} articles written to {output}"
    Console(stderr=True).print(words, markup=False, highlight=False, soft_wrap=True)
