"""A small published warehouse with known rows, for the tests of what reads one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from quality.fingerprint import body_digest, page_id
from warehouse.records import RunRecord
from warehouse.schema import GATE_DECISION_SCHEMA, PART_SCHEMA, SOURCE_STATUS_SCHEMA
from warehouse.store import Warehouse

POLICY, MODEL = "2026.1+00000000", "roles.verdict.type"
STARTED = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)

Row = Mapping[str, Any]


def span(text: str, quote: str, kind: str, score: float, signal: str) -> dict[str, Any]:
    """Return the span of the first place where a quote stands in a text."""
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "kind": kind, "quote": quote, "signal": signal, "score": score}


def article(number: int, verdict: str, probability: float | None, text: str, **columns: Any) -> dict[str, Any]:
    """Return the row of an article; `columns` replace what is made up."""
    source = columns.get("source", "example.com")
    url = columns.get("url", f"https://{source}/articles/{number}")
    cuts = sorted((s["start"], s["end"]) for s in columns.get("spans", ()) if s["kind"] in ("promo", "residue"))
    clean = text
    for start, end in reversed(cuts):
        clean = clean[:start] + clean[end:]
    row = {
        "page_id": page_id(url=url, origin=f"pages.warc/{number}", digest=body_digest(text.encode())),
        "source": source,
        "url": url,
        "origin": f"pages.warc/{number}",
        "title": f"Article {number}",
        "language": "en",
        "page_type": "article",
        "verdict": verdict,
        "reject_probability": probability,
        "padding": 0.1,
        "promo": 0.0,
        "repetition": 0.2,
        "residue": None,
        "words": len(text.split()),
        "text": text,
        "clean_text": clean,
        "charset": "utf-8",
        "charset_method": "utf-8",
        "charset_confidence": 1.0,
        "damage": 0,
        "status": "ok",
        "assessed_at": STARTED,
        "policy": POLICY,
        "model": MODEL,
        "signals": [("promo.calls_to_action", 0.1), ("padding.keyword_lists", None)],
    }
    return row | columns


def failure(number: int, stage: str, error: str, **columns: Any) -> dict[str, Any]:
    """Return the row of a page that failed."""
    origin = f"pages.warc/broken/{number}"
    return {
        "page_id": page_id(url=None, origin=origin, digest=body_digest(b"")),
        "origin": origin,
        "source": "file:broken",
        "assessed_at": STARTED,
        "policy": POLICY,
        "model": MODEL,
        "failure_stage": stage,
        "failure_error": error,
    } | columns


def publish(path: Path, runs: Sequence[Sequence[Row]], *, gate: Sequence[Row] = ()) -> Path:
    """Write one run a sequence of rows, an hour apart, and publish; returns the warehouse's path."""
    warehouse = Warehouse(path)
    for number, rows in enumerate(runs, start=1):
        run_id = f"run-{number}"
        started = STARTED + dt.timedelta(hours=number)
        warehouse.begin_run(
            RunRecord(
                run_id=run_id,
                started=started,
                inputs=("pages.warc",),
                policy=POLICY,
                model=MODEL,
                code_version="0.1.0",
                review_threshold=0.35,
                reject_threshold=0.7,
            )
        )
        part = warehouse.staging_folder(run_id) / "part.parquet"
        pq.write_table(pa.Table.from_pylist([{**row, "run_id": run_id} for row in rows], schema=PART_SCHEMA), part)
        warehouse.merge_parts([part], run_id)
        warehouse.finish_run(run_id, finished=started + dt.timedelta(seconds=20 + number))
    if gate:
        status = [{name: row.get(name) for name in SOURCE_STATUS_SCHEMA.names} for row in gate]
        decisions = [{name: row.get(name) for name in GATE_DECISION_SCHEMA.names} for row in gate if "to_status" in row]
        warehouse.record_gate(
            pa.Table.from_pylist(status, schema=SOURCE_STATUS_SCHEMA),
            pa.Table.from_pylist(decisions, schema=GATE_DECISION_SCHEMA),
        )
    warehouse.publish()
    return path
