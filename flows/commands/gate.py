"""`quality gate`: each source's status, its interval and its reasons, from the published warehouse."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli import fail
from flows.report.formats import clipped
from flows.sources import gate_pages, known_name, people_say, people_were_asked, standings_of
from quality.gate import Estimates, Standing, drift, estimate_sources, explain, read_pages, with_overrides
from quality.policy import Policy
from quality.source_lists import Override, Rating, SourceListError, SourceLists
from quality.sources import is_registry
from warehouse.errors import WarehouseError
from warehouse.migrate import statement
from warehouse.reader import Snapshot
from warehouse.terminal import plain, plain_json

FORMATS = ("table", "json", "csv", "ublock")
STYLES = {"accepted": "green", "probation": "yellow", "rejected": "bold red", "unknown": "dim"}
ONE_REJECTED = 1
UNKNOWN_SOURCE = 3
_ORDER = ("rejected", "probation", "accepted", "unknown")
"""The order in which sources are listed, by status."""
WEEKS = 12
QUOTES = 10
QUOTE_CHARS = 150
_COLUMNS = (
    "source",
    "status",
    "pages",
    "rejected",
    "reject_rate",
    "reject_low",
    "reject_high",
    "since",
    "reason",
    "estimated_rate",
)
_QUERY = f"select {', '.join(_COLUMNS)} from sources"


def gate_command(sources: list[str], *, warehouse: Path, sources_file: Path | None, format: str) -> None:
    """Print the sources, as people want them today; 1 if one is rejected, 3 if one that was asked for has no pages or
    too few to say."""
    if format not in FORMATS:
        fail(f"--format {format}: expected {', '.join(FORMATS)}")
    try:
        lists = people_say(sources_file) if people_were_asked(sources_file) else None
        with Snapshot(warehouse) as snapshot:
            rows: list[dict[str, Any]] = snapshot.sql(_QUERY).to_pylist()
            if lists is not None:
                rows = _as_of_today(rows, snapshot, lists)
    except (WarehouseError, SourceListError) as error:
        fail(str(error))
    missing = []
    rows = _in_order(rows)
    if sources:
        known = {row["source"]: row for row in rows}
        named = list(dict.fromkeys(known_name(source, known) for source in sources))
        missing = [source for source in named if source not in known]
        rows = [known[source] for source in named if source in known]
    if rows or not missing:
        _PRINTERS[format](rows)
    if missing:
        _fail_of_unknown(missing, warehouse)
    if any(row["status"] == "rejected" for row in rows):
        raise typer.Exit(ONE_REJECTED)
    if sources and any(row["status"] == "unknown" for row in rows):
        raise typer.Exit(UNKNOWN_SOURCE)


def _fail_of_unknown(sources: list[str], warehouse: Path) -> NoReturn:
    them = "it" if len(sources) == 1 else "them"
    fail(f"unknown source {', '.join(sources)}: no page of {them} is in {warehouse}", status=UNKNOWN_SOURCE)


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sources by status, then those first of which it is surest that many pages are bad."""
    return sorted(
        rows,
        key=lambda row: (
            _ORDER.index(row["status"]),
            row["reject_low"] is None,
            -(row["reject_low"] or 0),
            row["source"],
        ),
    )


def _as_of_today(rows: list[dict[str, Any]], snapshot: Snapshot, lists: SourceLists) -> list[dict[str, Any]]:
    """Return the sources as the last run judged them, under what people say now."""
    today = dt.datetime.now(dt.UTC).date()
    _, judged = standings_of(snapshot.sql(statement("gate_history")), today)
    standings = with_overrides(judged, lists.overrides, today)
    for row in rows:
        now, before = standings.pop(row["source"], None), judged.get(row["source"])
        if now is not None and (before is None or now.override != before.override):
            since = row["since"] if row["status"] == now.status else None  # people say so since they wrote it
            # what its pages say now, the row alone knows; the standing knows what they said at the last decision
            current = now.watched and (before is None or not before.override)
            why = f"{row['reason']}; {now.override}" if current else now.why
            row |= {"status": now.status, "since": since, "reason": why}
    named = [standing for standing in standings.values() if standing.override]
    return rows + [dict.fromkeys(_COLUMNS) | _unseen(standing) for standing in named]


def _unseen(standing: Standing) -> dict[str, Any]:
    """Return what there is to print of a source that people named and that has no page."""
    return {
        "source": standing.source,
        "status": standing.status,
        "pages": 0,
        "rejected": 0,
        "reason": standing.why,
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table("source", "status", "pages", "rejected", "bad pages, estimated", "reason", highlight=False)
    for row in rows:
        interval = "–"
        if row["reject_low"] is not None:
            rate = "" if row["estimated_rate"] is None else f"{row['estimated_rate']:.2f} "
            interval = f"{rate}[{row['reject_low']:.2f}, {row['reject_high']:.2f}]"
        status = Text(row["status"], style=STYLES[row["status"]])
        pages, rejected = str(row["pages"]), str(row["rejected"])
        source, reason = Text(plain(row["source"])), Text(plain(row["reason"] or ""))
        table.add_row(source, status, pages, rejected, Text(interval), reason)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _print_json(rows: list[dict[str, Any]]) -> None:
    typer.echo(plain_json(json.dumps(rows, ensure_ascii=False, indent=2, default=str)))


def _print_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _print_ublock(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        source = row["source"]
        if is_registry(source):  # the rule would block all sites of, say, co.uk
            continue
        if row["status"] == "rejected" and not source.startswith("file:") and plain(source) == source:
            typer.echo(f"||{source}^")


def explain_command(sources: list[str], *, warehouse: Path, policy: Policy, sources_file: Path | None) -> None:
    """Print numbers, trend, quotes, and what would change the status, of each source; 1 if one is rejected, 3 if one is
    unknown."""
    if not sources:
        fail("--explain needs a SOURCE")
    statuses: list[str] = []
    missing: list[str] = []
    try:
        lists = people_say(sources_file) if people_were_asked(sources_file) else None
        with Snapshot(warehouse) as snapshot:
            look = _look(snapshot, policy, lists)
            for source in sources:
                try:
                    statuses.append(_explain_one(source, look, snapshot))
                except KeyError as error:
                    missing.append(error.args[0])
    except (WarehouseError, SourceListError) as error:
        fail(str(error))
    if missing:
        _fail_of_unknown(missing, warehouse)
    if "rejected" in statuses:
        raise typer.Exit(ONE_REJECTED)
    if "unknown" in statuses:
        raise typer.Exit(UNKNOWN_SOURCE)


@dataclass(frozen=True)
class _Look:
    pages: pa.Table
    standings: Mapping[str, Standing]
    estimates: Estimates
    lists: SourceLists | None
    """What people say now; None: what the last run was told holds on."""
    policy: Policy
    as_of: dt.date
    today: Mapping[str, Standing]
    """The latest standings under what people say."""

    @property
    def overrides(self) -> Mapping[str, Override]:
        return self.lists.overrides if self.lists else {}

    @property
    def ratings(self) -> Mapping[str, Rating]:
        return self.lists.ratings if self.lists else {}


def _look(snapshot: Snapshot, policy: Policy, lists: SourceLists | None) -> _Look:
    """Estimate every source from the published pages, as the gate would today."""
    pages = gate_pages(snapshot.sql(statement("source_pages")))
    today = dt.datetime.now(dt.UTC).date()
    _, latest = standings_of(snapshot.sql(statement("gate_history")), today)  # what comes, comes after the last run
    ratings = lists.ratings if lists else {}
    estimates = estimate_sources(read_pages(pages, policy.gate), policy.gate, standings=latest, ratings=ratings)
    named = latest if lists is None else with_overrides(latest, lists.overrides, today)
    return _Look(pages, latest, estimates, lists, policy, today, named)


def _explain_one(asked: str, look: _Look, snapshot: Snapshot) -> str:
    """Print what there is to say of a source; return its status. Raises KeyError if nobody knows it."""
    out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    source = known_name(asked, set(look.estimates.source))
    named = look.today.get(source)
    if look.estimates.index(source) is None and named is not None and named.override:
        _print_standing(named, out)
        return named.status
    said = explain(
        source,
        look.estimates,
        look.pages,
        standings=look.standings,
        overrides=look.overrides,
        parameters=look.policy.gate,
        as_of=look.as_of,
        ratings=look.ratings,
    )
    standing = named or said.standing
    _print_standing(standing, out)
    if said.standing.status != standing.status and not (look.lists is None and standing.override):
        next_ = said.standing
        out.print(
            Text.assemble("  the next run would say ", (next_.status, STYLES[next_.status]), f": {plain(next_.why)}")
        )
    out.print(
        f"{said.pages} page{'s' * (said.pages != 1)}, worth {said.effective_pages:.1f} independent recent ones; "
        f"estimated rate {said.reject_rate:.2f} [{said.reject_low:.2f}, {said.reject_high:.2f}], "
        f"{said.population_rate:.2f} for a source nobody has seen",
        markup=False,
    )
    for condition in said.conditions:
        out.print(f"  {'✓' if condition.met else '✗'} {condition.asks}: {condition.found}", markup=False)
    decided = bool(standing.override) and not standing.watched
    for change in said.changes:
        out.print(f"  → {change.describe(decided=decided)}", markup=False)
    trend = Table("week of", "pages", "rejected", "mean reject probability")
    for week in said.weeks[-WEEKS:]:
        trend.add_row(week.monday.isoformat(), str(week.pages), str(week.rejected), f"{week.mean:.2f}")
    out.print(trend)
    for row in snapshot.named("worst_sentences", {"source": source, "number": QUOTES}).to_pylist():
        quote = plain(clipped(row["quote"], QUOTE_CHARS))
        out.print(Text(f"  {row['kind']:<8} “{quote}”"), soft_wrap=True)
    return standing.status


def _print_standing(standing: Standing, out: Console) -> None:
    name, status = (plain(standing.source), "bold"), (standing.status, STYLES[standing.status])
    out.print(Text.assemble(name, "  ", status, "  ", plain(standing.why)))


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
        typer.echo(plain(alarm.describe()))
    if not alarms:
        typer.echo("no source's quality has fallen")


_PRINTERS = {"table": _print_table, "json": _print_json, "csv": _print_csv, "ublock": _print_ublock}
