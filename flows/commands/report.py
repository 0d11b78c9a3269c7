"""`quality report`: the static HTML report of the published warehouse."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from flows.cli import fail
from flows.report.build import ReportError, build_report
from warehouse.errors import WarehouseError


def report_command(output: Path, *, warehouse: Path) -> None:
    """Write the report and say where it begins."""
    try:
        index = build_report(warehouse, output)
    except (ReportError, WarehouseError, OSError) as error:
        fail(str(error))
    Console(stderr=True).print(f"open {index}", markup=False, highlight=False, soft_wrap=True)
