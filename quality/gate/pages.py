"""Page rows as columns of numbers, and how much each page counts.

A page is worth less than one where it is old (a half-life, counted back from the source's newest page, so that the mere
passing of time changes nothing) and where it repeats a template (see `templates`). Weights are whole multiples of
2^-20, so that their sums are exact and no order of rows or batches can show.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.gate.parameters import GateParameters
from quality.gate.templates import near_duplicates

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]

REQUIRED_COLUMNS = ("source", "page_id", "reject_probability", "verdict", "seen_at")
OPTIONAL_COLUMNS = ("template", "subsource")

EPOCH = dt.date(1970, 1, 1)
"""Day 0 of the columns of days."""

ONE = float(1 << 20)
"""Units of a whole page: sums of up to 2^33 pages stay exact in a float64."""

NEVER = np.iinfo(np.int32).max
ALWAYS = np.iinfo(np.int32).min

VERDICTS = ("", "accept", "review", "reject")
"""Verdict of each code; anything else is code 0."""


@dataclass(frozen=True)
class Pages:
    """Columns of n page rows. Codes index `names` or `subsource_names`, which are sorted; -1 is "no sub-source"."""

    names: tuple[str, ...]
    source: Codes
    subsource_names: tuple[str, ...]
    subsource: Codes
    probability: Floats
    """NaN where the page was not assessed."""
    verdict: NDArray[np.int8]
    day: Codes
    """Days since 1970-01-01 (UTC)."""
    group: Codes
    """Number of the group of near-duplicates, -1 for a page that is alone."""
    page_id: pa.ChunkedArray

    @property
    def assessed(self) -> Flags:
        """True for pages with a reject probability."""
        return ~np.isnan(self.probability)


def read_pages(table: pa.Table | Pages, parameters: GateParameters) -> Pages:
    """Return the columns of a table with one row a page (`REQUIRED_COLUMNS`; `OPTIONAL_COLUMNS` may lack).

    Pages that were read already are returned as they are, so that several looks can share one reading.

    `seen_at` is a date, a timestamp or ISO 8601 text; `template` a 64-bit fingerprint of the page's text, or null.
    Raises ValueError naming a missing column, a null source or date, or a probability outside 0..1.
    """
    if isinstance(table, Pages):
        return table
    for name in REQUIRED_COLUMNS:
        if name not in table.column_names:
            raise ValueError(f"pages: column {name!r} is missing; found {', '.join(table.column_names)}")
    if table["source"].null_count:
        raise ValueError("pages: column 'source' has nulls; a page without a URL has the source file:<folder>")
    names, source = _codes(table["source"])
    if "subsource" in table.column_names:
        subsource_names, subsource = _codes(table["subsource"])
    else:
        subsource_names, subsource = (), np.full(table.num_rows, -1, dtype=np.int32)
    probability: Floats = pc.fill_null(table["reject_probability"].cast(pa.float64()), float("nan")).to_numpy()
    known = probability[~np.isnan(probability)]
    if known.size and (known.min() < 0 or known.max() > 1):
        raise ValueError("pages: column 'reject_probability' has values outside 0..1")
    if "template" in table.column_names:
        group = near_duplicates(source, *_templates(table["template"]), parameters.template_bits)
    else:
        group = np.full(table.num_rows, -1, dtype=np.int32)
    return Pages(
        names=names,
        source=source,
        subsource_names=subsource_names,
        subsource=subsource,
        probability=probability,
        verdict=_verdicts(table["verdict"]),
        day=_days(table["seen_at"]),
        group=group,
        page_id=table["page_id"],
    )


def age_weights(pages: Pages, code: Codes, count: int, parameters: GateParameters) -> Floats:
    """Return each page's weight by age in units of `ONE`; 0 for pages that were not assessed.

    `code` (-1: none) is the source or sub-source, below `count`, whose newest assessed page has weight 1.
    """
    used = pages.assessed & (code >= 0)
    newest = np.full(count, ALWAYS, dtype=np.int32)
    np.maximum.at(newest, code[used], pages.day[used])
    age = newest[code[used]] - pages.day[used]
    fading = np.rint(ONE * 0.5 ** (np.arange(int(age.max(initial=0)) + 1) / parameters.half_life_days))
    weights = np.zeros(code.shape[0])
    weights[used] = fading[age]
    return weights


def _codes(column: pa.ChunkedArray) -> tuple[tuple[str, ...], Codes]:
    kind = column.type
    if not pa.types.is_dictionary(kind):
        column = column.cast(pa.string()).dictionary_encode()
    encoded = column.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.dictionary(pa.int32(), pa.string()))
    # A table that was filtered keeps names that no row uses.
    index = pc.fill_null(encoded.indices.cast(pa.int32()), -1).to_numpy(zero_copy_only=False)
    used = np.flatnonzero(np.bincount(index[index >= 0], minlength=len(encoded.dictionary)))
    dictionary = encoded.dictionary.cast(pa.string()).take(pa.array(used))
    order = np.asarray(pc.sort_indices(dictionary))
    rank = np.full(len(encoded.dictionary) + 1, -1, dtype=np.int32)  # the last entry answers for nulls
    rank[used[order]] = np.arange(order.size, dtype=np.int32)
    return tuple(dictionary.take(pa.array(order)).to_pylist()), rank[index]


def _verdicts(column: pa.ChunkedArray) -> NDArray[np.int8]:
    place = pc.index_in(column.cast(pa.string()), value_set=pa.array(VERDICTS))
    codes: NDArray[np.int8] = pc.fill_null(place, 0).cast(pa.int8()).to_numpy()
    return codes


def _days(column: pa.ChunkedArray) -> Codes:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_slice_codeunits(column, 0, 10)
    if column.null_count:
        raise ValueError("pages: column 'seen_at' has nulls")
    days: Codes = column.cast(pa.date32(), safe=False).cast(pa.int32()).to_numpy()
    return days


def _templates(column: pa.ChunkedArray) -> tuple[NDArray[np.uint64], Flags]:
    if column.type == pa.int64():
        column = pa.chunked_array([chunk.view(pa.uint64()) for chunk in column.chunks], type=pa.uint64())
    filled: NDArray[np.uint64] = pc.fill_null(column.cast(pa.uint64()), 0).to_numpy()
    present: Flags = pc.is_valid(column).to_numpy()
    return filled, present
