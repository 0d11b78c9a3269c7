"""One row a page for the warehouse: an article with its assessment, or a failure with its stage and error."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import orjson
import zstandard

from flows.inputs import InputFailure
from quality.fingerprint import body_digest, file_of, page_id, simhash
from quality.records import Article, Assessment, Failure, LineLayout, RawPage, Repair, Span
from quality.segment import words_of
from quality.sources import host_of, path_prefix_of, source_of

QUOTE_CHARS = 500
"""Longest quote that is stored with a span."""
_ZSTD_LEVEL = 3


def page_row(
    page: RawPage, assessment: Assessment, *, run_id: str, assessed_at: dt.datetime, seconds: float
) -> dict[str, Any]:
    """Build the row of a page that was read."""
    digest = body_digest(page.body)
    row = _identity(page, digest) | {
        "run_id": run_id,
        "assessed_at": assessed_at,
        "seconds": seconds,
        "policy": assessment.policy,
        "model": assessment.model,
    }
    if assessment.failure is not None:
        return row | _failed(assessment.failure)
    return row | assessment_columns(assessment)


def failure_row(
    page: RawPage, failure: Failure, *, run_id: str, assessed_at: dt.datetime, policy: str, model: str
) -> dict[str, Any]:
    """Build the row of a page that no worker could finish."""
    return _identity(page, body_digest(page.body)) | {
        "run_id": run_id,
        "assessed_at": assessed_at,
        "policy": policy,
        "model": model,
        **_failed(failure),
    }


def input_failure_row(
    failed: InputFailure, *, run_id: str, assessed_at: dt.datetime, policy: str, model: str
) -> dict[str, Any]:
    """Build the row of an input that gave no page; its identity is its place, so a second run adds no row."""
    origin = failed.origin
    url = failed.url or (origin if origin.startswith(("http://", "https://")) else None)
    return {
        "page_id": page_id(url=None, origin=origin, digest="unread"),
        "source": source_of(url, origin),
        "url": url,
        "origin": origin,
        "run_id": run_id,
        "assessed_at": assessed_at,
        "policy": policy,
        "model": model,
        **_failed(Failure("read", failed.error)),
    }


def encodable(text: str) -> str:
    """Return the text as UTF-8 can hold it: half a surrogate pair, as in a file name that is not UTF-8, becomes `\\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def encodable_row(value: Any) -> Any:
    """Return a row, or a value in it, with every string as UTF-8 can hold it."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {key: encodable_row(entry) for key, entry in value.items()}
    return [encodable_row(entry) for entry in value] if isinstance(value, list) else value


def _failed(failure: Failure) -> dict[str, Any]:
    return {"status": "failed", "failure_stage": failure.stage, "failure_error": failure.error}


def _identity(page: RawPage, digest: str) -> dict[str, Any]:
    return {
        "page_id": page_id(url=page.url, origin=file_of(page.origin), digest=digest),
        "source": source_of(page.url, page.origin),
        "host": host_of(page.url) if page.url else None,
        "path_prefix": path_prefix_of(page.url) if page.url else None,
        "url": page.url,
        "origin": page.origin,
        "body_sha256": digest,
        "fetched_at": page.fetched_at,
        "extra": json.dumps(dict(page.extra), sort_keys=True, allow_nan=False) if page.extra else None,
    }


def assessment_columns(assessment: Assessment) -> dict[str, Any]:
    """Return the columns that an assessment decides; a rescored article gets the same ones."""
    article = assessment.article
    assert article is not None
    words = words_of(assessment.text)
    return {
        "title": assessment.title,
        "author": article.author,
        "published_date": article.date,
        "site_name": article.site_name,
        "language": assessment.language,
        "page_type": assessment.page_type,
        "verdict": assessment.verdict,
        "reject_probability": assessment.reject_probability,
        **{name: assessment.scores.get(name) for name in ("padding", "promo", "repetition", "residue")},
        "words": len(words),
        "text": assessment.text,
        "clean_text": assessment.clean_text,
        "charset": article.charset,
        "charset_method": article.charset_method,
        "charset_confidence": article.charset_confidence,
        "repairs": [dataclasses.asdict(repair) for repair in assessment.repairs],
        "damage": article.damage,
        "flags": list(article.flags),
        "status": assessment.status,
        "text_simhash": simhash(words),
        "reasons": [dataclasses.asdict(reason) for reason in assessment.reasons],
        "spans": [span_columns(assessment.text, span) for span in assessment.spans],
        "signals": list(assessment.signals.items()),
        "line_roles": assessment.line_roles,
        "article": pack_article(article),
        "policy": assessment.policy,
        "model": assessment.model,
    }


def span_columns(text: str, span: Span) -> dict[str, Any]:
    """Return a span as the warehouse keeps it, with its quote."""
    return {
        "start": span.start,
        "end": span.end,
        "kind": span.kind,
        "quote": text[span.start : span.end][:QUOTE_CHARS],
        "signal": span.signal,
        "score": span.score,
    }


def pack_article(article: Article) -> bytes:
    """Serialise an article so that it can be judged again without its page."""
    try:
        document = orjson.dumps(article)
    except orjson.JSONEncodeError:  # half a surrogate pair, which UTF-8 does not hold
        written = json.dumps(article, default=_fields, ensure_ascii=False, separators=(",", ":"))
        document = written.encode("utf-8", "surrogatepass")
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(document)


def _fields(record: Any) -> dict[str, Any]:
    """Return a record's fields as they are; `dataclasses.asdict` copies them all first, for a tenth of a page's time."""
    names, values = _READERS[type(record)]
    return dict(zip(names, values(record), strict=True))


_READERS: Mapping[type, tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {
    kind: (names := tuple(field.name for field in dataclasses.fields(kind)), attrgetter(*names))
    for kind in (Article, LineLayout, Repair)
}


def unpack_article(packed: bytes) -> Article:
    """Read back what `pack_article` wrote."""
    document = zstandard.ZstdDecompressor().decompress(packed)
    try:
        table = orjson.loads(document)
    except orjson.JSONDecodeError:
        table = json.loads(document.decode("utf-8", "surrogatepass"))
    table["layout"] = tuple(_layout(entry) for entry in table["layout"])
    table["repairs"] = tuple(Repair(**entry) for entry in table["repairs"])
    table["headings"] = tuple(table["headings"])
    table["flags"] = tuple(table["flags"])
    return Article(**table)


def _layout(entry: dict[str, Any] | None) -> LineLayout | None:
    if entry is None:
        return None
    return LineLayout(**{key: _tupled(value) for key, value in entry.items()})


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
