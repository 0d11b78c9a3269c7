"""Write the clean text of chosen articles for training or search, in the shape that the field's tools read.

One record an article: `id`, `text`, `metadata`. Records stand in the order of their ids, which are digests: the order
is the same each time and as good as shuffled. A manifest beside the file says what was asked for, how much was written
and with which digests. The same snapshot and options give the same bytes.

With `attributes`, the text is whole and the findings stand beside it as Dolma writes them, [start, end, score] by name:
what to cut is then the mixer's decision.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows.export_files import ENDINGS, METADATA_NAMES, RecordFile, ending_of, open_records, put_in_place, unfinished
from quality.language import identified_languages
from quality.pagetype import PAGE_TYPES
from warehouse.reader import Snapshot

VERDICTS = ("accept", "review", "reject", "not_assessed")
UNKNOWN = "unknown"
"""What a page type is called that a page has none of: plain text has no markup to tell it by."""
STATUSES = ("accepted", "probation", "rejected", "unknown")
KINDS = ("promo", "residue", "padding", "repeat")
SCORES = ("padding", "promo", "repetition", "residue")
BATCH_ROWS = 2_000
ROWS_SORTED = 30_000
"""Articles that are sorted, with their texts, at the same time: some 300 MB."""
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class ExportError(Exception):
    """The export cannot be written; the message says what was asked for and what would work."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of an export."""

    name: str
    """Path relative to the manifest."""
    bytes: int
    sha256: str
    records: int


@dataclass(frozen=True, slots=True)
class ExportManifest:
    """What an export holds and how it was chosen."""

    articles: int
    words: int
    """Words of the articles' whole texts, as the warehouse counts them."""
    characters: int
    """Characters of the exported texts."""
    empty: int
    """Chosen articles of which nothing was left to write."""
    text: str
    """Column of the warehouse that became `text`: "clean_text", or "text" for an export with attributes."""
    files: tuple[WrittenFile, ...]
    filters: Mapping[str, Any]
    verdicts: Mapping[str, int]
    languages: Mapping[str, int]
    sources: int
    """How many different sources the articles come from."""
    policies: Mapping[str, int]
    models: Mapping[str, int]


@dataclass(slots=True)
class _Tally:
    articles: int = 0
    words: int = 0
    characters: int = 0
    empty: int = 0
    by: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in ("verdict", "language", "source", "policy", "model")}
    )

    def add(self, row: Mapping[str, Any]) -> None:
        self.articles += 1
        self.words += row["words"] or 0
        self.characters += len(row["text"])
        for name, counter in self.by.items():
            counter[row[name] or "unknown"] += 1

    def counted(self, name: str) -> dict[str, int]:
        return dict(sorted(self.by[name].items(), key=lambda item: (-item[1], item[0])))


# A filter that was not given is null. Findings are collected only for whole texts: their offsets refer to those.
_CHOSEN = """
with findings as (
    select
        e.page_id,
        list({'kind': e.kind, 'start': e.start, 'end': e."end", 'score': e.score} order by e.start, e."end", e.kind) as spans
    from evidence as e
    where $whole and e.page_id >= $first and e.page_id < $behind
    group by e.page_id
),

-- The standing a page is treated by, as `standing_of` has it: people's word, the finest first, then what pages say.
known as (
    select
        s.source,
        s.status,
        coalesce(json_extract_string(s.details, '$.standing.override'), '') <> ''
        and not coalesce(cast(json_extract(s.details, '$.standing.watched') as boolean), false) as by_people,
        coalesce(json_extract_string(s.details, '$.standing.measured'), s.status) <> 'unknown' as by_pages
    from source_status as s
),

standing as (
    select
        p.page_id,
        arg_min(k.status, (
            case when k.by_people then 0 when k.by_pages then 1 else 2 end,
            case when k.by_people or k.by_pages then -length(k.source) else length(k.source) end
        )) as status
    from page_sources as p
    inner join known as k on p.source = k.source
    where p.page_id >= $first and p.page_id < $behind
    group by p.page_id
)

select
    a.page_id as id,
    case when $whole then a.text else a.clean_text end as text,
    a.url, a.source, coalesce(s.status, 'unknown') as source_status, a.title, a.author, a.site_name,
    a.language, a.page_type, a.verdict, a.reject_probability, a.padding, a.promo, a.repetition, a.residue, a.words,
    cast(a.published_date as varchar) as published_date,
    strftime(a.fetched_at, '%Y-%m-%dT%H:%M:%SZ') as fetched_at,
    strftime(a.first_seen, '%Y-%m-%dT%H:%M:%SZ') as first_seen,
    a.policy, a.model, f.spans
from articles as a
left join standing as s on a.page_id = s.page_id
left join findings as f on a.page_id = f.page_id
where
    a.page_id >= $first
    and a.page_id < $behind
    and a.verdict in (select unnest(from_json($verdicts, '["varchar"]')))
    and ($statuses is null or coalesce(s.status, 'unknown') in (select unnest(from_json($statuses, '["varchar"]'))))
    and ($languages is null or a.language in (select unnest(from_json($languages, '["varchar"]'))))
    and ($page_types is null or coalesce(a.page_type, 'unknown') in (select unnest(from_json($page_types, '["varchar"]'))))
    and ($max_probability is null or a.reject_probability <= $max_probability)
order by a.page_id
"""


def export_articles(
    warehouse: Path | str,
    output: Path | str,
    *,
    verdicts: Iterable[str],
    source_status: Iterable[str] | None = None,
    languages: Iterable[str] | None = None,
    page_types: Iterable[str] | None = None,
    max_probability: float | None = None,
    attributes: str | None = None,
) -> ExportManifest:
    """Write the chosen articles to a file, and a manifest to `<output>.manifest.json`.

    Args:
        warehouse: the published DuckDB file.
        output: file to write; .jsonl, .jsonl.gz, .jsonl.zst or .parquet.
        verdicts: verdicts to export.
        source_status: only articles of sources that the gate gave one of these statuses, an author's own before the
            platform's; None: of all.
        languages, page_types: only these; None: all.
        max_probability: only articles with a reject probability up to this; None: all.
        attributes: name of a set of Dolma attributes to write to `attributes/<name>/<file>` beside the documents (JSONL
            only); the documents then hold the whole text, which the offsets refer to.

    Each file appears whole under its name or not at all, and with its manifest: of two exports to one place the files of the
    one that ends last are there. Raises ExportError for what cannot be done, WarehouseError when there is nothing to read.
    """
    output = Path(output)
    verdicts = _listed("verdicts", verdicts) or []
    source_status, page_types = _listed("source_status", source_status), _listed("page_types", page_types)
    languages = [language.lower() for language in given] if (given := _listed("languages", languages)) else given
    ending = _checked(output, verdicts, source_status, languages, page_types, max_probability, attributes)
    filters = {
        "verdicts": sorted(set(verdicts)),
        "source_status": _sorted(source_status),
        "languages": _sorted(languages),
        "page_types": _sorted(page_types),
        "max_probability": max_probability,
    }
    tally = _Tally()
    places = [output] if attributes is None else [output, _attributes_file(output, attributes)]
    with Snapshot(warehouse) as snapshot, ExitStack() as stack:
        own = [stack.enter_context(unfinished(place)) for place in places]
        with ExitStack() as open_files:
            documents, *beside = [open_files.enter_context(open_records(path, ending)) for path in own]
            for rows in _batches(snapshot, filters, whole=attributes is not None):
                written = [row for row in rows if row["text"]]
                tally.empty += len(rows) - len(written)
                documents.write([_record(row) for row in written])
                for file in beside:
                    file.write([_attribute_record(row, attributes or "") for row in written])
                for row in written:
                    tally.add(row)
        files = [_written(file, place, output) for file, place in zip((documents, *beside), places, strict=True)]
        manifest = _manifest(tally, filters, files, attributes)
        manifest_place = output.with_name(f"{output.name}.manifest.json")
        own.append(stack.enter_context(unfinished(manifest_place)))
        own[-1].write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        put_in_place(list(zip(own, [*places, manifest_place], strict=True)))
    return manifest


def _checked(
    output: Path,
    verdicts: Sequence[str],
    source_status: Sequence[str] | None,
    languages: Sequence[str] | None,
    page_types: Sequence[str] | None,
    max_probability: float | None,
    attributes: str | None,
) -> str:
    ending = ending_of(output)
    if ending is None:
        raise ExportError(f"{output}: the ending says how to write it; these work: {', '.join(ENDINGS)}")
    if output.is_dir():
        raise ExportError(f"{output}: this is a folder; name a file in it")
    file = next((folder for folder in output.parents if folder.exists() and not folder.is_dir()), None)
    if file is not None:
        raise ExportError(f"{output}: {file} is a file, not a folder")
    _known("verdict", verdicts, VERDICTS)
    _known("source status", source_status or (), STATUSES)
    _known("page type", page_types or (), (*PAGE_TYPES, UNKNOWN))
    for language in languages or ():
        if language not in identified_languages():
            raise ExportError(
                f"language {language!r} is none that pages are found to be in; expected a code such as en"
            )
    if max_probability is not None and not 0 <= max_probability <= 1:
        raise ExportError(f"a probability lies between 0 and 1, not at {max_probability}")
    if attributes is not None and not _ATTRIBUTE_NAME.fullmatch(attributes):
        raise ExportError(f"attributes {attributes!r}: a name of letters, digits, '_', '-' and '.' becomes a folder")
    if attributes is not None and ending == ".parquet":
        raise ExportError(f"{output}: attributes are written for JSONL; name a file that ends in .jsonl.gz")
    return ending


def _listed(name: str, given: Iterable[str] | None) -> list[str] | None:
    if isinstance(given, str):
        raise ExportError(f"{name} is a list, not a text; write [{given!r}]")
    return None if given is None else list(given)


def _known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name.lower(), known, n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise ExportError(f"{what} {name!r}: expected one of {', '.join(known)}{hint}")


def _sorted(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else sorted(set(values))


def _batches(snapshot: Snapshot, filters: Mapping[str, Any], *, whole: bool) -> Iterator[list[dict[str, Any]]]:
    values = {
        "verdicts": json.dumps(filters["verdicts"]),
        "statuses": _json_or_none(filters["source_status"]),
        "languages": _json_or_none(filters["languages"]),
        "page_types": _json_or_none(filters["page_types"]),
        "max_probability": filters["max_probability"],
    }
    chosen = snapshot.sql("select count(*) as articles from articles").to_pylist()[0]["articles"]
    for first, behind in _slices(chosen):
        within = {"first": first, "behind": behind, "whole": whole}
        for batch in snapshot.stream(_CHOSEN, values | within, rows=BATCH_ROWS):
            rows: list[dict[str, Any]] = batch.to_pylist()
            yield rows


def _slices(articles: int) -> Iterator[tuple[str, str]]:
    """Yield the bounds of slices of the ids, in order. Ids are hexadecimal digests, so slices of equal width hold
    about equally many: sorting one slice after the other needs the memory of one."""
    number = min(256, max(1, math.ceil(articles / ROWS_SORTED)))
    bounds = ["", *(f"{256 * place // number:02x}" for place in range(1, number)), "g"]
    yield from itertools.pairwise(bounds)


def _json_or_none(values: list[str] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "text": row["text"], "metadata": {name: row[name] for name in METADATA_NAMES}}


def _attribute_record(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, list[list[float]]] = {f"{name}__spans__{kind}": [] for kind in KINDS}
    for span in row["spans"] or ():
        found[f"{name}__spans__{span['kind']}"].append([span["start"], span["end"], round(span["score"], 5)])
    for score in ("reject_probability", *SCORES):
        if row[score] is not None:
            found[f"{name}__document__{score}"] = [[0, len(row["text"]), round(row[score], 5)]]
    return {"id": row["id"], "attributes": found}


def _attributes_file(output: Path, name: str) -> Path:
    """Return the place of the attributes: Dolma keeps `documents/` and `attributes/<name>/` side by side."""
    root = output.parent.parent if output.parent.name == "documents" else output.parent
    return root / "attributes" / name / output.name


def _manifest(
    tally: _Tally, filters: Mapping[str, Any], files: Sequence[WrittenFile], attributes: str | None
) -> ExportManifest:
    return ExportManifest(
        articles=tally.articles,
        words=tally.words,
        characters=tally.characters,
        empty=tally.empty,
        text="clean_text" if attributes is None else "text",
        files=tuple(files),
        filters=filters,
        verdicts=tally.counted("verdict"),
        languages=tally.counted("language"),
        sources=len(tally.by["source"]),
        policies=tally.counted("policy"),
        models=tally.counted("model"),
    )


def _written(file: RecordFile, place: Path, output: Path) -> WrittenFile:
    with file.path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    try:
        name = place.relative_to(output.parent)
    except ValueError:
        name = Path("..") / place.relative_to(output.parent.parent)
    return WrittenFile(name.as_posix(), file.path.stat().st_size, digest, file.records)
