"""Numbers about each block of a page's text, by which a model tells the main text from what stands around it.

A unit is a block element that owns text: a paragraph, a list item, a table cell, a `<div>` with loose words. What it is
shows in where it stands: how much of the page's prose its ancestors hold, how link-heavy its neighbours are, the names
that its ancestors carry, and how far it is from the headline. All columns are computed for the whole page at once from
the running totals of `PageText`; none needs the words of a language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.dom import HEADING_TAGS, PageText

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TAGS = (
    "p li h1 h2 h3 h4 h5 h6 td th div section article button figcaption dt dd pre blockquote footer header nav aside form "
    "main table figure ul ol caption address body center summary details"
).split()
_TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}
_CONTAINERS = ("nav", "footer", "header", "aside", "form", "main", "article", "table", "figure", "li", "ul")
_CONTAINER_BIT = {tag: 1 << number for number, tag in enumerate(_CONTAINERS)}

PROSE_CHARS, PROSE_LINK_DENSITY = 60, 0.3
"""A unit of this many letters and digits, with fewer of them in links, counts as prose."""
LEVELS = 5
"""Ancestors described."""
WIDE_LEVELS = 3
"""Ancestors of which also the tag, the number of blocks and the density of prose are told."""
WINDOWS = (3, 8)
"""Units on each side that a window spans."""
MAX_LEVEL = 12
COPY_CHARS, MAX_COPIES = 40, 9
HEADING_REACH, PAGE_REACH = 50, 200
DECAY = 0.7
"""How much of an ancestor's summed name weights a block inherits."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one page, in document order."""

    blocks: Ints
    """Index of each unit's block in `PageText.blocks`."""
    chars: Floats
    """Letters and digits that the unit itself owns."""
    matrix: NDArray[np.float32]
    """One row a unit, one column a feature."""


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Numbers about each block of the page."""

    parent: Ints
    first: Ints
    last: Ints
    inner: Floats
    tag: Ints
    chars: Floats
    link_chars: Floats


def units_of(page: PageText, weights: Mapping[str, float]) -> Units:
    """Describe every unit of a page that has text.

    `weights` say how strongly a name that a block carries speaks for the main text (log-odds).
    """
    count = len(page.blocks)
    owner = np.asarray(page.blocks_of, dtype=np.intp)
    totals, link_totals = np.asarray(page.chars_before, dtype=float), np.asarray(page.link_chars_before, dtype=float)
    sizes = np.diff(totals)
    own = sum_by(owner, sizes, count)
    links = sum_by(owner, np.diff(link_totals), count)
    hidden = sum_by(owner, sizes * (np.asarray(page.flags) & 1), count)
    blocks = _blocks(page, totals, link_totals)
    units = np.flatnonzero(own > 0).astype(np.intp)
    start = np.full(count, len(owner), dtype=np.intp)
    np.minimum.at(start, owner, np.arange(len(owner)))
    chars, links = own[units], links[units]
    density = links / chars
    is_prose = (chars >= PROSE_CHARS) & (density < PROSE_LINK_DENSITY)
    prose = np.where(is_prose, chars - links, 0.0)
    at = start[units]
    columns = [
        *_shape(page, units, blocks, chars, density, hidden[units] / chars),
        *_place(page, units, blocks, totals, at),
        *_ancestors(units, blocks, prose, at, len(owner)),
        *_names(page, weights, units),
        *_neighbours(units, blocks, chars, links, prose, density),
        *_repeats(page, units, blocks, at),
    ]
    return Units(units, chars, np.stack(columns, axis=1).astype(np.float32))


def sum_by(owner: Ints, values: Floats, count: int) -> Floats:
    """Sum the values of each owner, 0..count-1."""
    return np.bincount(owner, weights=values, minlength=count).astype(np.float64)


def _blocks(page: PageText, totals: Floats, link_totals: Floats) -> _Blocks:
    count = len(page.blocks)
    first = np.fromiter((block.first_node for block in page.blocks), dtype=np.intp, count=count)
    last = np.fromiter((block.last_node for block in page.blocks), dtype=np.intp, count=count)
    return _Blocks(
        parent=np.fromiter((block.parent for block in page.blocks), dtype=np.intp, count=count),
        first=first,
        last=last,
        inner=np.fromiter((block.inner_blocks for block in page.blocks), dtype=float, count=count),
        tag=np.fromiter((_TAG_NUMBER.get(block.tag, len(TAGS)) for block in page.blocks), dtype=np.intp, count=count),
        chars=totals[last] - totals[first],
        link_chars=link_totals[last] - link_totals[first],
    )


def _shape(
    page: PageText, units: Ints, blocks: _Blocks, chars: Floats, density: Floats, hidden: Floats
) -> list[Floats]:
    masks, depths = [0] * len(page.blocks), [0] * len(page.blocks)
    for number, block in enumerate(page.blocks):
        bit = _CONTAINER_BIT.get(block.tag, 0)
        if block.parent >= 0:
            masks[number], depths[number] = masks[block.parent] | bit, depths[block.parent] + 1
        else:
            masks[number] = bit
    mask = np.asarray(masks)[units]
    depth = np.asarray(depths, dtype=float)[units]
    inside = [(mask & bit > 0).astype(float) for bit in _CONTAINER_BIT.values()]
    return [np.log1p(chars), density, hidden, blocks.tag[units].astype(float), depth, *inside]


def _place(page: PageText, units: Ints, blocks: _Blocks, totals: Floats, at: Ints) -> list[Floats]:
    count = len(units)
    index = np.arange(count)
    headlines = np.flatnonzero(blocks.tag[units] == _TAG_NUMBER["h1"])
    headline = np.clip(index - headlines[0], -HEADING_REACH, PAGE_REACH) if len(headlines) else np.full(count, np.nan)
    heading = np.fromiter((page.blocks[unit].tag in HEADING_TAGS for unit in units), dtype=bool, count=count)
    last_heading = np.maximum.accumulate(np.where(heading, index, -1))
    return [
        totals[at] / max(1.0, totals[-1]),
        index / max(1, count),
        np.full(count, np.log1p(totals[-1])),
        np.full(count, np.log1p(count)),
        headline.astype(float),
        np.clip(index - last_heading, 0, HEADING_REACH).astype(float),
    ]


def _ancestors(units: Ints, blocks: _Blocks, prose: Floats, at: Ints, nodes: int) -> list[Floats]:
    """Size, link density and share of the page's prose of each ancestor, and how far up half of the prose is held."""
    spread = np.zeros(nodes + 1)
    np.add.at(spread, at + 1, prose)
    before = np.cumsum(spread)
    held = before[blocks.last] - before[blocks.first]
    total = float(prose.sum())
    columns = [before[at] / max(1.0, total), np.full(len(units), np.log1p(total))]
    ancestor, level = units, np.zeros(len(units))
    found = np.zeros(len(units), dtype=bool)
    for number in range(MAX_LEVEL):
        found |= held[ancestor] >= 0.5 * max(total, 1.0)
        level += ~found
        ancestor = np.where(blocks.parent[ancestor] >= 0, blocks.parent[ancestor], ancestor)
        if number < LEVELS:
            size = np.maximum(1.0, blocks.chars[ancestor])
            columns += [np.log1p(size), blocks.link_chars[ancestor] / size, held[ancestor] / max(1.0, total)]
            if number < WIDE_LEVELS:
                columns += [np.log1p(blocks.inner[ancestor]), blocks.tag[ancestor].astype(float), held[ancestor] / size]
    return [*columns, level]


def _names(page: PageText, weights: Mapping[str, float], units: Ints) -> list[Floats]:
    """What the names of a block and its ancestors say: best, worst, fading sum, own sum, nearest."""
    rows: list[tuple[float, float, float, float, float]] = []
    known: dict[tuple[str, ...], tuple[float, float, float]] = {}
    for block in page.blocks:
        words = block.tokens
        own = known.get(words)
        if own is None:
            found = [weights[word] for word in words if word in weights] or [0.0]
            own = known[words] = (max(found), min(found), sum(found))
        best, worst, total = own
        if block.parent >= 0:
            above = rows[block.parent]
            rows.append(
                (
                    max(above[0], best),
                    min(above[1], worst),
                    above[2] * DECAY + total,
                    total,
                    total if total else above[4],
                )
            )
        else:
            rows.append((best, worst, total, total, total))
    return list(np.asarray(rows, dtype=float)[units].T)


def _neighbours(
    units: Ints, blocks: _Blocks, chars: Floats, links: Floats, prose: Floats, density: Floats
) -> list[Floats]:
    columns = []
    tag = blocks.tag[units].astype(float)
    for shift in (1, -1):
        columns += [_shifted(np.log1p(chars), shift), _shifted(density, shift), _shifted(tag, shift, -1.0)]
    for reach in WINDOWS:
        size, linked, running = (_window(values, reach) for values in (chars, links, prose))
        columns += [np.log1p(size), linked / np.maximum(1.0, size), running / np.maximum(1.0, size)]
    return columns


def _shifted(values: Floats, shift: int, fill: float = 0.0) -> Floats:
    moved = np.full(len(values), fill)
    if shift > 0:
        moved[shift:] = values[:-shift]
    else:
        moved[:shift] = values[-shift:]
    return moved


def _window(values: Floats, reach: int) -> Floats:
    """Sum of the values up to `reach` places before and after each."""
    totals = np.concatenate(([0.0], np.cumsum(values)))
    index = np.arange(len(values))
    window: Floats = totals[np.minimum(len(values), index + reach + 1)] - totals[np.maximum(0, index - reach)]
    return window


def _repeats(page: PageText, units: Ints, blocks: _Blocks, at: Ints) -> list[Floats]:
    """Copies of the unit's beginning on the page, units of the same tag under one parent, and under one grandparent."""
    keys = [page.string[page.starts[node] : page.starts[node] + COPY_CHARS] for node in at]
    copies = Counter(keys)
    parent = blocks.parent[units]
    siblings = _same(parent * (len(TAGS) + 1) + blocks.tag[units])
    cousins = _same(np.where(parent >= 0, blocks.parent[parent], -1))
    return [
        np.fromiter((min(MAX_COPIES, copies[key]) for key in keys), dtype=float, count=len(keys)),
        np.log1p(siblings),
        np.log1p(cousins),
    ]


def _same(keys: Ints) -> Floats:
    """How many have the same key as each."""
    _, number, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return counts[number].astype(float)


__all__ = ["Units", "sum_by", "units_of"]
