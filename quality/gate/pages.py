"""Page rows as columns of numbers, and how much each page counts.

A page is worth less than one where it is old (a half-life, counted back from the source's newest page, so that the mere
passing of time changes nothing) and where it repeats a template: near-duplicates share one judgement and its error.
Weights are whole multiples of 2^-20, so that their sums are exact and no order of rows or batches can show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.gate.parameters import GateParameters

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REQUIRED_COLUMNS = ("source", "page_id", "reject_probability", "verdict", "seen_at")
OPTIONAL_COLUMNS = ("template", "subsource")

ONE = float(1 << 20)
"""Units of a whole page: sums of up to 2^33 pages stay exact in a float64."""

NEIGHBOURS = 3
"""Fingerprints compared with each one in the order of a band. Long runs of near-duplicates sort next to each other."""

BANDS = 4
"""Two 64-bit fingerprints that differ in at most 3 bits agree in at least one of 4 bands of 16 bits."""


@dataclass(frozen=True)
class Pages:
    """Columns of n page rows. Codes index `names`, which is sorted; -1 is "no sub-source"."""

    names: tuple[str, ...]
    source: Integers
    subsource_names: tuple[str, ...]
    subsource: Integers
    probability: Floats
    """NaN where the page was not assessed."""
    verdict: pa.ChunkedArray
    day: Integers
    """Days since 1970-01-01 (UTC)."""
    template: NDArray[np.uint64]
    has_template: NDArray[np.bool_]
    page_id: pa.ChunkedArray

    @property
    def assessed(self) -> NDArray[np.bool_]:
        """True for pages with a reject probability."""
        return ~np.isnan(self.probability)


def read_pages(table: pa.Table) -> Pages:
    """Return the columns of a table with one row a page (`REQUIRED_COLUMNS`; `OPTIONAL_COLUMNS` may lack).

    `seen_at` is a date, a timestamp or ISO 8601 text; `template` a 64-bit fingerprint of the page's text, or null.
    Raises ValueError naming a missing column, a null source, or a probability outside 0..1.
    """
    for name in REQUIRED_COLUMNS:
        if name not in table.column_names:
            raise ValueError(f"pages: column {name!r} is missing; found {', '.join(table.column_names)}")
    if table["source"].null_count:
        raise ValueError("pages: column 'source' has nulls; a page without a URL has the source file:<folder>")
    names, source = _codes(table["source"])
    if "subsource" in table.column_names:
        subsource_names, subsource = _codes(table["subsource"])
    else:
        subsource_names, subsource = (), np.full(table.num_rows, -1, dtype=np.int64)
    probability = _floats(table["reject_probability"])
    known = probability[~np.isnan(probability)]
    if known.size and (known.min() < 0 or known.max() > 1):
        raise ValueError("pages: column 'reject_probability' has values outside 0..1")
    template, has_template = _templates(table)
    return Pages(
        names=names,
        source=source,
        subsource_names=subsource_names,
        subsource=subsource,
        probability=probability,
        verdict=table["verdict"],
        day=_days(table["seen_at"]),
        template=template,
        has_template=has_template,
        page_id=table["page_id"],
    )


def age_weights(pages: Pages, code: Integers, count: int, parameters: GateParameters) -> Floats:
    """Return each page's weight by age in units of `ONE`; 0 for pages that were not assessed.

    `code` (-1: none) is the source or sub-source, below `count`, whose newest assessed page has weight 1.
    """
    used = pages.assessed & (code >= 0)
    newest = np.zeros(count, dtype=np.int64)
    newest[:] = np.iinfo(np.int64).min
    np.maximum.at(newest, code[used], pages.day[used])
    age = newest[code[used]] - pages.day[used]
    fading = np.rint(ONE * 0.5 ** (np.arange(int(age.max(initial=0)) + 1) / parameters.half_life_days))
    weights = np.zeros(code.shape[0])
    weights[used] = fading[age]
    return weights


def near_duplicates(pages: Pages, bits: int) -> Integers:
    """Return a group number for each page: pages of one source whose fingerprints differ in at most `bits` bits.

    A page without a fingerprint, or without a match, has the group -1. Groups are not chained: each member is within
    2 * `bits` of the group's first fingerprint, so that drift along a chain cannot merge a whole source.
    """
    group = np.full(pages.source.shape[0], -1, dtype=np.int64)
    rows = np.flatnonzero(pages.has_template & pages.assessed)
    if not rows.size:
        return group
    source, template = pages.source[rows], pages.template[rows]
    order = np.lexsort((template, source))
    source, template = source[order], template[order]
    new = np.ones(rows.size, dtype=bool)
    new[1:] = (source[1:] != source[:-1]) | (template[1:] != template[:-1])
    first = np.flatnonzero(new)
    distinct = np.cumsum(new) - 1
    leader = _leaders(source[first], template[first], bits) if bits else np.arange(first.size)
    label = leader[distinct]
    alone = np.bincount(label, minlength=first.size)[label] == 1
    group[rows[order]] = np.where(alone, -1, label)
    return group


def _leaders(source: Integers, template: NDArray[np.uint64], bits: int) -> Integers:
    leader = np.arange(source.size)
    for band in range(BANDS):
        part = (template >> np.uint64(16 * band)) & np.uint64(0xFFFF)
        key = (source.astype(np.uint64) << np.uint64(16)) | part
        order = np.lexsort((template, key))
        key, ordered = key[order], template[order]
        for lag in range(1, NEIGHBOURS + 1):
            near = (key[lag:] == key[:-lag]) & (np.bitwise_count(ordered[lag:] ^ ordered[:-lag]) <= bits)
            one, other = order[lag:][near], order[:-lag][near]
            np.minimum.at(leader, np.maximum(one, other), np.minimum(one, other))
    for _ in range(BANDS):
        further = leader[leader]
        close = np.bitwise_count(template ^ template[further]) <= 2 * bits
        leader = np.where(close, further, leader)
    return leader


def _codes(column: pa.ChunkedArray) -> tuple[tuple[str, ...], Integers]:
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    order = np.asarray(pc.sort_indices(encoded.dictionary))
    rank = np.empty(order.size + 1, dtype=np.int64)
    rank[order] = np.arange(order.size)
    rank[-1] = -1  # a null is encoded as -1 below
    index = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return tuple(encoded.dictionary.take(pa.array(order)).to_pylist()), rank[index]


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy()
    return values


def _days(column: pa.ChunkedArray) -> Integers:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_slice_codeunits(column, 0, 10)
    if column.null_count:
        raise ValueError("pages: column 'seen_at' has nulls")
    days: Integers = column.cast(pa.date32()).cast(pa.int32()).to_numpy().astype(np.int64)
    return days


def _templates(table: pa.Table) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    if "template" not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.uint64), np.zeros(table.num_rows, dtype=bool)
    column = table["template"]
    if column.type == pa.int64():
        column = pa.chunked_array([chunk.view(pa.uint64()) for chunk in column.chunks], type=pa.uint64())
    filled: NDArray[np.uint64] = pc.fill_null(column.cast(pa.uint64()), 0).to_numpy()
    present: NDArray[np.bool_] = pc.is_valid(column).to_numpy()
    return filled, present
