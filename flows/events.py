"""Events that automations can wait for: a run was stored or is degraded, a source was rejected, a page quarantined.

Each event names its run in the label `quality.run`, so that an automation can act once a run (`for_each:
[quality.run]`) however many sources were rejected in it; the payload says where to read the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from prefect.events import emit_event

from flows.outcome import Outcome

RUN_STORED = "quality.run.stored"
RUN_DEGRADED = "quality.run.degraded"
SOURCE_REJECTED = "quality.source.rejected"
SOURCE_CHANGED = "quality.source.changed"
PAGE_QUARANTINED = "quality.page.quarantined"

MAX_EVENTS = 100
"""Events of one kind a run: the first big run can reject thousands of sources, and `gate_decisions` has them all."""
_NUMBERS = ("pages", "rejected", "reject_rate", "reject_low", "reject_high")


def announce_run(outcome: Outcome, *, warehouse: Path, complaints: Iterable[str]) -> None:
    """Emit what a run found; last of all that it is stored, since gating starts at that."""
    announce_rejections(outcome.rejected_sources, run_id=outcome.run_id, warehouse=warehouse)
    for row in outcome.quarantined[:MAX_EVENTS]:
        _emit(PAGE_QUARANTINED, f"quality.page.{row['page_id']}", row["page"], outcome.run_id, warehouse, row)
    found = list(complaints)
    if found:
        _emit(RUN_DEGRADED, f"quality.run.{outcome.run_id}", outcome.run_id, outcome.run_id, warehouse, {"why": found})
    counts = {name: outcome.run[name] for name in ("pages", "new", "updated", "unchanged", "failed")}
    _emit(RUN_STORED, f"quality.run.{outcome.run_id}", outcome.run_id, outcome.run_id, warehouse, counts)


def announce_rejections(decisions: Iterable[Mapping[str, object]], *, run_id: str, warehouse: Path) -> None:
    """Emit an event for each source that was rejected."""
    for row in list(decisions)[:MAX_EVENTS]:
        source = str(row["source"])
        numbers = {name: row[name] for name in ("reason", *_NUMBERS)}
        _emit(SOURCE_REJECTED, f"quality.source.{source}", source, run_id, warehouse, numbers)


def announce_changes(changes: Iterable[Mapping[str, object]], *, run_id: str, warehouse: Path) -> None:
    """Emit an event for each source whose status changed, whichever way."""
    for row in list(changes)[:MAX_EVENTS]:
        source = str(row["source"])
        _emit(SOURCE_CHANGED, f"quality.source.{source}", source, run_id, warehouse, row)


def _emit(event: str, resource: str, name: str, run_id: str, warehouse: Path, payload: Mapping[str, object]) -> None:
    emit_event(
        event=event,
        resource={"prefect.resource.id": resource, "prefect.resource.name": name, "quality.run": run_id},
        payload={**payload, "run_id": run_id, "warehouse": str(warehouse)},
    )
