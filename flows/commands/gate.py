"""`quality gate`: each source's status, its interval and its reasons, from the published warehouse."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli import fail
from flows.sources import gate_pages, people_say, standings_of
from quality.gate import Estimates, Standing, drift, estimate_sources, explain, read_pages
from quality.policy import Policy
from quality.source_lists import SourceListError, SourceLists
from warehouse.errors import WarehouseError
from warehouse.migrate import statement
from warehouse.reader import Snapshot

FORMATS = ("table", "json", "csv", "ublock")
STYLES = {"accepted": "green", "probation": "yellow", "rejected": "bold red", "unknown": "dim"}
ONE_REJECTED = 1
UNKNOWN_SOURCE = 3
WEEKS = 12
QUOTES = 10
QUOTE_CHARS = 150
_COLUMNS = ("source", "status", "pages", "rejected", "reject_rate", "reject_low", "reject_high", "since", "reason")
_QUERY = f"""
select {", ".join(_COLUMNS)} from sources
order by status = 'rejected' desc, status = 'probation' desc, reject_low desc nulls last, source
"""


def gate_command(sources: list[str], *, warehouse: Path, format: str) -> None:
    """Print the sources; 1 if one is rejected, 3 if one that was asked for has no pages or too few to say."""
    if format not in FORMATS:
        fail(f"--format {format}: expected {', '.join(FORMATS)}")
    try:
        with Snapshot(warehouse) as snapshot:
            rows = snapshot.sql(_QUERY).to_pylist()
    except WarehouseError as error:
        fail(str(error))
    if sources:
        known = {row["source"]: row for row in rows}
        missing = [source for source in sources if source not in known]
        if missing:
            fail(f"unknown source {missing[0]}: no page of it is in {warehouse}", status=UNKNOWN_SOURCE)
        rows = [known[source] for source in sources]
    _PRINTERS[format](rows)
    if any(row["status"] == "rejected" for row in rows):
        raise typer.Exit(ONE_REJECTED)
    if sources and any(row["status"] == "unknown" for row in rows):
        raise typer.Exit(UNKNOWN_SOURCE)


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table("source", "status", "pages", "rejected", "reject rate, interval", "reason", highlight=False)
    for row in rows:
        interval = "–"
        if row["reject_low"] is not None:
            rate = "" if row["reject_rate"] is None else f"{row['reject_rate']:.2f} "
            interval = f"{rate}[{row['reject_low']:.2f}, {row['reject_high']:.2f}]"
        style = STYLES[row["status"]]
        status = f"[{style}]{row['status']}[/{style}]"
        table.add_row(row["source"], status, str(row["pages"]), str(row["rejected"]), interval, row["reason"] or "")
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _print_json(rows: list[dict[str, Any]]) -> None:
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))


def _print_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _print_ublock(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["status"] == "rejected" and not row["source"].startswith("file:"):
            typer.echo(f"||{row['source']}^")


def explain_command(sources: list[str], *, warehouse: Path, policy: Policy, sources_file: Path | None) -> None:
    """Print numbers, trend, quotes, and what would change the status, of each source; 3 if one is unknown."""
    if not sources:
        fail("--explain needs a SOURCE")
    try:
        lists = people_say(sources_file)
        with Snapshot(warehouse) as snapshot:
            look = _look(snapshot, policy, lists)
            rejected = [_explain_one(source, look, snapshot) for source in sources]
    except (WarehouseError, SourceListError) as error:
        fail(str(error))
    except KeyError as error:
        fail(f"unknown source {error.args[0]}: no page of it is in {warehouse}", status=UNKNOWN_SOURCE)
    if any(rejected):
        raise typer.Exit(ONE_REJECTED)


@dataclass(frozen=True)
class _Look:
    pages: pa.Table
    standings: Mapping[str, Standing]
    estimates: Estimates
    lists: SourceLists
    policy: Policy
    as_of: dt.date


def _look(snapshot: Snapshot, policy: Policy, lists: SourceLists) -> _Look:
    """Estimate every source from the published pages, as the gate would today."""
    pages = gate_pages(snapshot.sql(statement("source_pages")))
    today = dt.datetime.now(dt.UTC).date()
    before, _ = standings_of(snapshot.sql(statement("gate_history")), today)
    estimates = estimate_sources(read_pages(pages, policy.gate), policy.gate, standings=before, ratings=lists.ratings)
    return _Look(pages, before, estimates, lists, policy, today)


def _explain_one(source: str, look: _Look, snapshot: Snapshot) -> bool:
    said = explain(
        source,
        look.estimates,
        look.pages,
        standings=look.standings,
        overrides=look.lists.overrides,
        parameters=look.policy.gate,
        as_of=look.as_of,
        ratings=look.lists.ratings,
    )
    out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    standing = said.standing
    out.print(
        f"[bold]{source}[/bold]  [{STYLES[standing.status]}]{standing.status}[/]  {standing.override or standing.reason}"
    )
    out.print(
        f"{said.pages} pages, worth {said.effective_pages:.1f} independent recent ones; reject rate {said.reject_rate:.2f} "
        f"[{said.reject_low:.2f}, {said.reject_high:.2f}], {said.population_rate:.2f} for a source nobody has seen",
        markup=False,
    )
    for condition in said.conditions:
        out.print(f"  {'✓' if condition.met else '✗'} {condition.asks}: {condition.found}", markup=False)
    for change in said.changes:
        out.print(f"  → {change.describe()}", markup=False)
    trend = Table("week of", "pages", "rejected", "mean reject probability")
    for week in said.weeks[-WEEKS:]:
        trend.add_row(week.monday.isoformat(), str(week.pages), str(week.rejected), f"{week.mean:.2f}")
    out.print(trend)
    for row in snapshot.named("worst_sentences", {"source": source, "number": QUOTES}).to_pylist():
        out.print(Text(f"  {row['kind']:<8} “{' '.join(row['quote'].split())[:QUOTE_CHARS]}”"), soft_wrap=True)
    return standing.status == "rejected"


def drift_command(*, warehouse: Path, policy: Policy) -> None:
    """Print the sources whose quality has fallen within the policy's window before their newest pages."""
    try:
        with Snapshot(warehouse) as snapshot:
            pages = gate_pages(snapshot.sql(statement("source_pages")))
    except WarehouseError as error:
        fail(str(error))
    newest = pc.max(pages["seen_at"]).as_py()
    alarms = drift(pages, policy.gate, newest.date()) if newest else ()
    for alarm in alarms:
        typer.echo(alarm.describe())
    if not alarms:
        typer.echo("no source's quality has fallen")


_PRINTERS = {"table": _print_table, "json": _print_json, "csv": _print_csv, "ublock": _print_ublock}
