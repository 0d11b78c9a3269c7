"""Rows, parts and small warehouses for the tests of the warehouse."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.records import RunRecord
from warehouse.schema import GATE_DECISION_SCHEMA, PART_SCHEMA, SOURCE_STATUS_SCHEMA
from warehouse.store import Warehouse

CASES = Path(__file__).parent / "cases" / "warehouse"
START = datetime(2026, 1, 1, tzinfo=UTC)
STAGED = "quality.work/staging/run"
"""Folder of parts beside quality.duckdb: a merge reads no other."""


def cases(name: str) -> dict[str, Any]:
    """Read one file of tests/cases/warehouse."""
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))


def page_key(name: str) -> str:
    """Return the page id that a page has which the cases call by name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def row(
    name: str, *, run: str, policy: str = "p1", model: str = "m1", at: datetime = START, **columns: Any
) -> dict[str, Any]:
    """Return a row of PART_SCHEMA: a page, or a failure when `failure_error` is given."""
    source = columns.pop("source", "site.example")
    common = {
        "page_id": page_key(name),
        "source": source,
        "url": f"https://{source}/{name}",
        "origin": f"pages.warc.gz#{name}",
        "body_sha256": hashlib.sha256(name.encode()).hexdigest(),
        "assessed_at": at,
        "run_id": run,
        "policy": policy,
        "model": model,
    }
    if "failure_error" in columns:
        return common | {"status": "failed", "failure_stage": "assess"} | columns
    text = columns.pop("text", f"Text of {name}.")
    article = {
        "title": f"Title of {name}",
        "language": "en",
        "page_type": "article",
        "verdict": "accept",
        "reject_probability": 0.1,
        "padding": 0.1,
        "promo": 0.5,
        "repetition": 0.0,
        "residue": 0.2,
        "words": len(text.split()),
        "text": text,
        "clean_text": text,
        "charset": "utf-8",
        "charset_method": "utf-8",
        "charset_confidence": 1.0,
        "repairs": [],
        "damage": 0,
        "flags": [],
        "status": "ok",
        "seconds": 0.01,
        "reasons": [],
        "spans": [],
        "signals": [("padding.recap", 0.0)],
        "article": b"article of " + name.encode(),
    }
    return common | article | columns


def write_part(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write rows as a part, as a worker does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows), schema=PART_SCHEMA), path)
    return path


def begin(
    warehouse: Warehouse,
    run: str,
    *,
    policy: str = "p1",
    model: str = "m1",
    started: datetime = START,
    inputs: Sequence[str] = ("pages.warc.gz",),
) -> None:
    """Put a run on record."""
    warehouse.begin_run(RunRecord(run, started, tuple(inputs), policy, model, "0.1.0", 0.4, 0.7))


def rows_of(warehouse: Warehouse, query: str) -> list[dict[str, Any]]:
    """Run a query on the writer's file."""
    with warehouse.opened() as connection:
        return connection.sql(query).to_arrow_table().to_pylist()


def empty_warehouse(folder: Path) -> Warehouse:
    """Return a warehouse without pages: a copy, since making one takes a moment."""
    shutil.copytree(_empty(), folder, dirs_exist_ok=True)
    return Warehouse(folder / "quality.duckdb")


def small_warehouse(folder: Path) -> Warehouse:
    """Return the published warehouse of pages.toml: a copy, since making one takes a while."""
    shutil.copytree(_small(), folder, dirs_exist_ok=True)
    return Warehouse(folder / "quality.duckdb")


@cache
def _empty() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="empty-warehouse-"))
    atexit.register(shutil.rmtree, folder)
    Warehouse(folder / "quality.duckdb").migrate()
    return folder


@cache
def _small() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="small-warehouse-"))
    atexit.register(shutil.rmtree, folder)
    told = cases("pages")
    warehouse = Warehouse(folder / "quality.duckdb")
    for run in told["run"]:
        started = START + timedelta(days=run["day"] - 1)
        begin(warehouse, run["id"], policy=run["policy"], started=started, inputs=run["inputs"])
        common = {"run": run["id"], "policy": run["policy"], "at": started + timedelta(hours=1)}
        rows = [_page(page, common) for page in told["page"] if page["run"] == run["id"]]
        rows += [_failure(failure, common) for failure in told["failure"] if failure["run"] == run["id"]]
        part = write_part(rows, warehouse.staging_folder(run["id"]) / "part.parquet")
        warehouse.merge_parts([part], run["id"])
        warehouse.discard_parts([part])
        warehouse.finish_run(run["id"], finished=started + timedelta(hours=2), skipped=3 if run["id"] == "r2" else 0)
    record_status(warehouse, "news.example", "probation", run="r3", at=START + timedelta(days=2))
    warehouse.publish()
    return folder


def record_status(warehouse: Warehouse, source: str, status: str, *, run: str, at: datetime) -> None:
    """Let the gate decide on one source."""
    common = {
        "source": source,
        "reason": "few pages",
        "pages": 2,
        "reject_rate": 0.5,
        "reject_low": 0.1,
        "reject_high": 0.9,
    }
    common |= {"decided_at": at, "run_id": run, "policy": "p2", "details": "{}"}
    warehouse.record_gate(
        pa.Table.from_pylist([common | {"status": status, "since": at}], schema=SOURCE_STATUS_SCHEMA),
        pa.Table.from_pylist([common | {"from_status": None, "to_status": status}], schema=GATE_DECISION_SCHEMA),
    )


def _page(page: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    text = page["text"]
    columns = {key: page[key] for key in ("source", "verdict", "language", "text")}
    columns |= {key: page[key] for key in ("page_type", "charset", "damage", "status") if key in page}
    columns["reject_probability"] = page.get("probability")
    columns["signals"] = [(name, None if value == "none" else value) for name, value in page["signals"].items()]
    quotes = {span["signal"]: span["quote"] for span in page.get("spans", [])}
    columns["reasons"] = [
        reason | {"value": 1.0, "quote": quotes.get(reason["signal"], "")} for reason in page["reasons"]
    ]
    columns["repairs"] = [repair | {"codec": "cp1252", "confidence": 1.0} for repair in page.get("repairs", [])]
    columns["spans"] = [
        span | {"start": text.index(span["quote"]), "end": text.index(span["quote"]) + len(span["quote"])}
        for span in page.get("spans", [])
    ]
    return row(page["id"], **common, **columns)


def _failure(failure: dict[str, Any], common: dict[str, Any]) -> dict[str, Any]:
    named = {"source": failure["source"]} if "source" in failure else {}
    return row(failure["id"], **common, **named, failure_stage=failure["stage"], failure_error=failure["error"])
