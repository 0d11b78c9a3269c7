"""The columns that workers and the gate hand to the warehouse.

A worker writes one Parquet part a chunk, with one row a page: an article, or a failure when `failure_error` is set.
This module knows Arrow only, so that a worker never loads DuckDB. Times are UTC; a column without a value is null.
"""

from __future__ import annotations

import pyarrow as pa

TIMESTAMP = pa.timestamp("us")
"""Microseconds UTC, without a zone. Arrow converts aware datetimes."""

REPAIR = pa.struct(
    [
        ("original", pa.string()),
        ("restored", pa.string()),
        ("codec", pa.string()),
        ("rule", pa.string()),
        ("confidence", pa.float64()),
        ("count", pa.int32()),
    ]
)
REASON = pa.struct([("signal", pa.string()), ("value", pa.float64()), ("points", pa.float64()), ("quote", pa.string())])
SPAN = pa.struct(
    [
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("kind", pa.string()),
        ("quote", pa.string()),
        ("signal", pa.string()),
        ("score", pa.float64()),
    ]
)

PART_SCHEMA = pa.schema(
    [
        pa.field("page_id", pa.string(), nullable=False),  # 32 hexadecimal characters
        pa.field("source", pa.string()),
        pa.field("host", pa.string()),
        pa.field("path_prefix", pa.string()),
        pa.field("url", pa.string()),
        pa.field("origin", pa.string()),
        pa.field("body_sha256", pa.string()),
        pa.field("fetched_at", pa.string()),  # as the container wrote it; what is no ISO time is stored as null
        pa.field("title", pa.string()),
        pa.field("author", pa.string()),
        pa.field("published_date", pa.string()),
        pa.field("site_name", pa.string()),
        pa.field("language", pa.string()),
        pa.field("page_type", pa.string()),
        pa.field("verdict", pa.string()),
        pa.field("reject_probability", pa.float64()),
        pa.field("padding", pa.float64()),
        pa.field("promo", pa.float64()),
        pa.field("repetition", pa.float64()),
        pa.field("residue", pa.float64()),
        pa.field("words", pa.int32()),
        pa.field("text", pa.string()),
        pa.field("clean_text", pa.string()),
        pa.field("charset", pa.string()),
        pa.field("charset_method", pa.string()),
        pa.field("charset_confidence", pa.float64()),
        pa.field("repairs", pa.list_(REPAIR)),
        pa.field("damage", pa.int32()),
        pa.field("flags", pa.list_(pa.string())),
        pa.field("status", pa.string()),
        pa.field("assessed_at", TIMESTAMP, nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("policy", pa.string()),
        pa.field("model", pa.string()),
        pa.field("seconds", pa.float64()),
        pa.field("text_simhash", pa.uint64()),
        pa.field("template", pa.uint64()),
        pa.field("reasons", pa.list_(REASON)),
        pa.field("spans", pa.list_(SPAN)),
        pa.field("signals", pa.map_(pa.string(), pa.float64())),  # a null value: not measurable on this page
        pa.field("line_roles", pa.binary()),
        pa.field("article", pa.binary()),  # zstd JSON of the Article, for judging again without the input
        pa.field("failure_stage", pa.string()),
        pa.field("failure_error", pa.string()),
        pa.field("extra", pa.string()),  # JSON object
    ]
)
"""One row a page of a part. Required on each row: page_id, origin, assessed_at, run_id, policy, model; on an article
also source, verdict and status; on a failure failure_stage and failure_error."""

SOURCE_STATUS_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),  # accepted | probation | rejected | unknown
        pa.field("since", TIMESTAMP),
        pa.field("reason", pa.string()),
        pa.field("pages", pa.int64()),
        pa.field("effective_pages", pa.float64()),
        pa.field("rejected", pa.float64()),
        pa.field("reject_rate", pa.float64()),
        pa.field("reject_low", pa.float64()),
        pa.field("reject_high", pa.float64()),
        pa.field("policy", pa.string()),
        pa.field("decided_at", TIMESTAMP),
        pa.field("run_id", pa.string()),
        pa.field("details", pa.string()),  # JSON object
    ]
)
"""The gate's present word on a source."""

GATE_DECISION_SCHEMA = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("decided_at", TIMESTAMP, nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field("from_status", pa.string()),
        pa.field("to_status", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("pages", pa.int64()),
        pa.field("effective_pages", pa.float64()),
        pa.field("rejected", pa.float64()),
        pa.field("reject_rate", pa.float64()),
        pa.field("reject_low", pa.float64()),
        pa.field("reject_high", pa.float64()),
        pa.field("policy", pa.string()),
        pa.field("details", pa.string()),  # JSON object
    ]
)
"""One change of a source's status, with the numbers it was decided on."""
