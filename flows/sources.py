"""Judge the sources: read their pages from the warehouse, estimate, decide, record.

What the gate must remember of a source between runs is kept as JSON in the `details` of its decisions, so the history
of decisions is the gate's whole state and a look at any day can be repeated.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from quality.block_lists import source_names
from quality.gate import Decision, Estimates, Judgement, Standing, decide, estimate_sources, read_pages, with_overrides
from quality.policy import Policy
from quality.source_lists import SourceLists, load_sources
from quality.sources import subsource_key
from warehouse.migrate import statement
from warehouse.reader import Snapshot
from warehouse.schema import GATE_DECISION_SCHEMA, SOURCE_STATUS_SCHEMA
from warehouse.store import Warehouse

SOURCES_FILE = Path("sources.toml")
"""People's own word on sources, read from the working folder where there is one."""
FIRST_PAGES = dt.datetime(1990, 1, 1)
CLOCKS_DIFFER = dt.timedelta(days=1)
"""How much later than its assessment a page may claim to have been fetched."""
_STATUSES = "select source, status from sources order by source"
_DATES = ("since", "rejected_on", "evidence_from")


def judge_sources(
    warehouse: Warehouse, policy: Policy, lists: SourceLists, *, run_id: str, as_of: dt.datetime
) -> tuple[Decision, ...]:
    """Re-estimate every source, record statuses and changes in the warehouse, and return the changes."""
    pages = read_pages(gate_pages(warehouse.source_pages()), policy.gate)
    start_of_day, current = standings(warehouse, as_of.date())
    estimates = estimate_sources(pages, policy.gate, standings=start_of_day, ratings=lists.ratings)
    judgement = decide(
        estimates,
        pages,
        at_start_of_day=start_of_day,
        current=current,
        overrides=lists.overrides,
        parameters=policy.gate,
        as_of=as_of.date(),
        policy=policy.key,
    )
    warehouse.record_gate(
        _status_table(judgement, estimates, policy=policy.key, run_id=run_id, as_of=as_of),
        _decision_table(judgement.decisions, run_id=run_id, as_of=as_of),
    )
    return judgement.decisions


def people_say(path: Path | None) -> SourceLists:
    """Read sources.toml: the file that was named, else the one in the working folder, else nothing.

    Raises SourceListError for a malformed file or a named one that is missing.
    """
    if path is None and not SOURCES_FILE.is_file():
        return SourceLists()
    return load_sources(path or SOURCES_FILE)


def people_were_asked(path: Path | None) -> bool:
    """Return whether `people_say` has a file to read; without one, what they said before is not withdrawn by a look."""
    return path is not None or SOURCES_FILE.is_file()


def known_name(source: str, known: Container[str]) -> str:
    """Return the name that a source is known by."""
    names = source_names(source)
    return next((name for name in names if name in known), names[1])


def statuses_today(snapshot: Snapshot, lists: SourceLists | None) -> dict[str, str]:
    """Return the status of every source as the last run judged it, under what people say now.

    `lists` None: what the last run was told holds on.
    """
    known: dict[str, str] = {row["source"]: row["status"] for row in snapshot.sql(_STATUSES).to_pylist()}
    if lists is None:
        return known
    today = dt.datetime.now(dt.UTC).date()
    _, judged = standings_of(snapshot.sql(statement("gate_history")), today)
    standings = with_overrides(judged, lists.overrides, today)
    named = {name: standing.status for name, standing in standings.items() if name in known or standing.override}
    return known | named


def gate_pages(table: pa.Table) -> pa.Table:
    """Return the warehouse's page rows as the gate reads them: the time a page was seen, its author, its template."""
    seen = pc.coalesce(_believed(table["fetched_at"], table["assessed_at"]), table["first_seen"], table["assessed_at"])
    return pa.table(
        {
            "source": table["source"],
            "page_id": table["page_id"],
            "reject_probability": table["reject_probability"],
            "verdict": table["verdict"],
            "seen_at": seen,
            "template": table["text_simhash"],
            "words": table["words"],
            "subsource": _subsources(table["host"], table["path_prefix"]),
        }
    )


def _believed(fetched: pa.ChunkedArray, assessed: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the times of fetching that can be true: since there are web pages, and before the page was assessed.

    One page of a crawler whose clock is wrong would make all others of its source look old. Rows that older versions
    stored may hold any time that DuckDB knows.
    """
    latest = pc.add(assessed, pa.scalar(CLOCKS_DIFFER, pa.duration("us")))
    true = pc.and_(pc.greater_equal(fetched, pa.scalar(FIRST_PAGES, fetched.type)), pc.less_equal(fetched, latest))
    return pc.if_else(true, fetched, None)


def _subsources(hosts: pa.ChunkedArray, prefixes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Name each page's author by host and first path segment; each distinct pair is looked up once."""
    address = pc.binary_join_element_wise("https://", hosts, "/", pc.fill_null(prefixes, ""), "/page", "")
    encoded = address.combine_chunks().dictionary_encode()
    names = pa.array([subsource_key(url) if url else None for url in encoded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([pc.take(names, encoded.indices)])


def standings(warehouse: Warehouse, day: dt.date) -> tuple[dict[str, Standing], dict[str, Standing]]:
    """Return every source's standing before the first run of a day, and its latest."""
    return standings_of(warehouse.gate_history(), day)


def standings_of(history: pa.Table, day: dt.date) -> tuple[dict[str, Standing], dict[str, Standing]]:
    """Return the standings before a day and the latest from `Warehouse.gate_history`'s table."""
    before: dict[str, Standing] = {}
    latest: dict[str, Standing] = {}
    for row in history.to_pylist():
        standing = _standing(json.loads(row["details"])["standing"])
        latest[standing.source] = standing
        if row["decided_at"].date() < day:
            before[standing.source] = standing
    return before, latest


def _standing(table: Mapping[str, Any]) -> Standing:
    dates = {key: dt.date.fromisoformat(table[key]) if table[key] else None for key in _DATES}
    return Standing(**{**table, **dates})


def _details(standing: Standing, **more: object) -> str:
    return json.dumps({"standing": dataclasses.asdict(standing), **more}, sort_keys=True, default=str)


def _status_table(
    judgement: Judgement, estimates: Estimates, *, policy: str, run_id: str, as_of: dt.datetime
) -> pa.Table:
    places = {name: index for index, name in enumerate(estimates.source)}
    rows = []
    for name, standing in judgement.standings.items():
        row: dict[str, Any] = {
            "source": name,
            "status": standing.status,
            "since": dt.datetime.combine(standing.since, dt.time()) if standing.since else None,
            "reason": standing.why,
            "policy": policy,
            "decided_at": as_of,
            "run_id": run_id,
            "details": _details(standing),
        }
        if name in places:
            row |= _numbers(estimates, places[name])
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=SOURCE_STATUS_SCHEMA)


def _numbers(estimates: Estimates, index: int) -> dict[str, Any]:
    if not estimates.assessed[index]:
        return {"pages": 0, "effective_pages": 0.0}
    return {
        "pages": int(estimates.assessed[index]),
        "effective_pages": float(estimates.effective_pages[index]),
        "rejected": float(estimates.rejected[index]),
        "reject_rate": float(estimates.reject_rate[index]),
        "reject_low": float(estimates.reject_low[index]),
        "reject_high": float(estimates.reject_high[index]),
    }


def _decision_table(decisions: tuple[Decision, ...], *, run_id: str, as_of: dt.datetime) -> pa.Table:
    rows = [
        {
            "source": decision.source,
            "decided_at": as_of,
            "run_id": run_id,
            "from_status": decision.previous,
            "to_status": decision.standing.status,
            "reason": decision.standing.why,
            "pages": decision.pages,
            "effective_pages": decision.effective_pages,
            "rejected": float(decision.rejected),
            "reject_rate": decision.reject_rate,
            "reject_low": decision.reject_low,
            "reject_high": decision.reject_high,
            "policy": decision.policy,
            "details": _details(
                decision.standing,
                accepted=decision.accepted,
                review=decision.review,
                worst_pages=list(decision.worst_pages),
            ),
        }
        for decision in decisions
    ]
    return pa.Table.from_pylist(rows, schema=GATE_DECISION_SCHEMA)
