"""What people see of a run in Prefect's interface: a summary, the worst sources and sentences, drift, and progress.

Artifacts have fixed keys, so each one shows its history over the runs. Tables hold text and numbers only; what came
from a page is cut short and shown as it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.outcome import Outcome

SUMMARY = "quality-summary"
WORST_SOURCES = "quality-worst-sources"
WORST_SPANS = "quality-worst-spans"
DRIFT = "quality-drift"
PROGRESS = "quality-progress"
SOURCES = "quality-sources"
NOTICE = "quality-notice"
REPORT = "quality-report"

PROGRESS_AFTER_SECONDS = 5.0
PROGRESS_EVERY_SECONDS = 5.0
"""How soon a run shows its progress, and how often: each update is a request to the server."""

Cell = str | int | float | None


def show_run(outcome: Outcome, *, complaints: Iterable[str], seconds: float) -> None:
    """Make the artifacts of a finished run; tables without rows are left out."""
    table(SUMMARY, summary_rows(outcome, complaints=complaints, seconds=seconds), f"Run {outcome.run_id}")
    table(WORST_SOURCES, map(_plain, outcome.worst_sources), "Sources by the lower end of their rejected share")
    table(WORST_SPANS, map(_plain, outcome.worst_spans), f"What speaks most against the pages of run {outcome.run_id}")
    table(DRIFT, drift_rows(outcome), "This run against the last one that is large enough to compare with")


def summary_rows(outcome: Outcome, *, complaints: Iterable[str], seconds: float) -> list[dict[str, Cell]]:
    """List what the run did, one fact a row."""
    run = outcome.run
    rows: list[dict[str, Cell]] = [{"what": name, "value": run[name]} for name in ("pages", "new", "updated")]
    rows += [{"what": name, "value": run[name]} for name in ("unchanged", "failed")]
    rows += [{"what": f"verdict {row['verdict']}", "value": row["pages"]} for row in outcome.verdicts]
    rows.append({"what": "sources newly rejected", "value": len(outcome.rejected_sources)})
    rows.append({"what": "pages quarantined", "value": len(outcome.quarantined)})
    rows.append({"what": "seconds", "value": round(seconds, 1)})
    rows.append({"what": "judged a second", "value": round(outcome.judged / seconds, 1) if seconds else None})
    rows.append({"what": "policy", "value": run["policy"]})
    rows += [{"what": "worrying", "value": complaint} for complaint in complaints]
    return rows


def drift_rows(outcome: Outcome) -> list[dict[str, Cell]]:
    """List the shares of verdicts and the signals that moved most; empty when there is no run to compare with."""
    rows: list[dict[str, Cell]] = []
    if outcome.previous is not None and outcome.judged:
        pages = {row["verdict"]: row["pages"] for row in outcome.verdicts}
        for verdict in ("accept", "review", "reject", "not_assessed"):
            before, now = outcome.previous[verdict], pages.get(verdict, 0) / outcome.judged
            rows.append(_moved(f"share {verdict}", before, now, ""))
    rows += [
        _moved(row["signal"], row["mean_before"], row["mean"], f"{row['drift']}, index {row['psi']:.2f}")
        for row in outcome.drift
    ]
    return rows


def table(key: str, rows: Iterable[Mapping[str, Cell]], description: str) -> None:
    """Make a table artifact, or none when there is no row."""
    found = [dict(row) for row in rows]
    if found:
        create_table_artifact(found, key=key, description=description)


def note(markdown: str, description: str) -> None:
    """Make the markdown artifact of a notice."""
    create_markdown_artifact(markdown, key=NOTICE, description=description)


def link_report(index: Path, base_url: str | None) -> str:
    """Make the link to a report: below the URL that serves its folder, or its file; returns the link."""
    link = f"{base_url.rstrip('/')}/{index.name}" if base_url else index.resolve().as_uri()
    create_link_artifact(link, link_text="quality report", key=REPORT, description="The report of the warehouse")
    return link


class Progress:
    """A progress bar in the interface, for runs that last: the first update after PROGRESS_AFTER_SECONDS makes it."""

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._artifact: UUID | None = None
        self._next = time.monotonic() + PROGRESS_AFTER_SECONDS

    def update(self, done: int, text: str) -> None:
        """Show that `done` of the total is done, if it is time to."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PROGRESS_EVERY_SECONDS
        self._show(min(99.0, 100 * done / self._total), text)

    def finish(self, text: str) -> None:
        """Fill the bar, if there is one."""
        if self._artifact is not None:
            self._show(100.0, text)

    def _show(self, percent: float, text: str) -> None:
        if self._artifact is None:
            made = create_progress_artifact(percent, key=PROGRESS, description=text)
            assert isinstance(made, UUID)  # typed as a coroutine too; it is one only inside an event loop
            self._artifact = made
        else:
            update_progress_artifact(self._artifact, percent, description=text)


def _moved(what: str, before: float | None, now: float | None, note: str) -> dict[str, Cell]:
    change = None if before is None or now is None else round(now - before, 3)
    return {"what": what, "before": _rounded(before), "now": _rounded(now), "change": change, "note": note}


def _plain(row: Mapping[str, Any]) -> dict[str, Cell]:
    return {key: _rounded(value) for key, value in row.items()}


def _rounded(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
