"""What the lines around a line say about it.

A role is seldom told from a line alone: a bullet is promo because its list is, a name is a byline because a date
follows. For every first-stage score this module gives its values at the neighbours, at the heading above, its mean over
the section and over the lines with the same markup, its running means from both ends and the level of the whole
article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.segment import Line

FloatArray = NDArray[np.float64]

OFFSETS = (-3, -2, -1, 1, 2, 3)
SHAPE_OFFSETS = (-2, -1, 1, 2)
DECAY = 0.7
"""Weight of what came before in the running means."""
SIGNATURE_TOKENS = 5
TOP_SHARE = 10
"""The highest tenth of an article's lines sets its top level."""


@dataclass(frozen=True)
class Structure:
    """Row of the heading above each line (-1: none), section numbers, and numbers of like markup."""

    heading: NDArray[np.int64]
    section: NDArray[np.int64]
    group: NDArray[np.int64]


def structure(lines: Sequence[Line]) -> Structure:
    """Read headings, sections and markup groups off the lines."""
    count = len(lines)
    heading, section, group = np.full(count, -1), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    signatures: dict[object, int] = {}
    above, number = -1, 0
    for row, line in enumerate(lines):
        if line.is_heading:
            above, number = row, number + 1
        else:
            heading[row] = above
        section[row] = number
        layout = line.layout
        signature: object = (
            (layout.tag, layout.tokens[:SIGNATURE_TOKENS], len(layout.path))
            if layout is not None
            else (line.is_list_item, line.is_heading, line.is_table_row)
        )
        group[row] = signatures.setdefault(signature, len(signatures))
    return Structure(heading, section, group)


def context(
    scores: Mapping[str, FloatArray], marks: Mapping[str, FloatArray], around: Structure
) -> dict[str, FloatArray]:
    """Return the context columns. `scores`: log-odds by name; `marks`: other columns whose neighbours matter."""
    columns: dict[str, FloatArray] = {}
    for name, values in scores.items():
        columns.update({f"context.{kind}.{name}": column for kind, column in _around(values, around)})
    for name, values in marks.items():
        for offset in SHAPE_OFFSETS:
            columns[f"context.{offset}.{name}"] = _shift(values, offset)
    count = len(around.heading)
    sizes = np.bincount(around.group, minlength=1)[around.group].astype(float)
    columns["context.section_lines"] = np.bincount(around.section, minlength=1)[around.section].astype(float)
    columns["context.group_lines"] = sizes
    columns["context.group_share"] = sizes / max(1, count)
    return columns


def _around(values: FloatArray, around: Structure) -> list[tuple[str, FloatArray]]:
    count = len(values)
    odds = 1.0 / (1.0 + np.exp(-values))
    total = float(odds.sum())
    before = np.cumsum(odds) - odds
    rows = np.arange(count)
    top = np.sort(values)[-max(1, count // TOP_SHARE) :]
    forward, backward = _running(odds)
    heading = np.where(around.heading >= 0, values[np.maximum(around.heading, 0)], np.nan)
    return [
        *((str(offset), _shift(values, offset)) for offset in OFFSETS),
        ("heading", heading),
        ("section", _others_mean(values, around.section)),
        ("group", _others_mean(values, around.group)),
        ("forward", forward),
        ("backward", backward),
        ("article", np.full(count, total / max(1, count))),
        ("top", np.full(count, float(top.mean()))),
        ("relative", values - values.mean()),
        ("before", before / np.maximum(1, rows)),
        ("after", (total - before - odds) / np.maximum(1, count - 1 - rows)),
    ]


def _shift(values: FloatArray, offset: int) -> FloatArray:
    """The value `offset` lines further; NaN beyond the ends."""
    result = np.empty(len(values))
    if offset > 0:
        result[:-offset] = values[offset:]
        result[-offset:] = np.nan
    else:
        result[-offset:] = values[:offset]
        result[:-offset] = np.nan
    return result


def _others_mean(values: FloatArray, groups: NDArray[np.int64]) -> FloatArray:
    """Mean of the other members of each line's group; NaN for a line by itself."""
    sizes = np.bincount(groups, minlength=1)[groups]
    sums = np.bincount(groups, weights=values, minlength=1)[groups]
    return np.where(sizes > 1, (sums - values) / np.maximum(1, sizes - 1), np.nan)


def _running(odds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Decaying means of all lines before and of all lines after each line."""
    said = odds.tolist()
    return np.array(_decaying(said)), np.array(_decaying(said[::-1])[::-1])


def _decaying(odds: Sequence[float]) -> list[float]:
    """The decaying mean of what stands before each place."""
    means = []
    level = 0.0
    for value in odds:
        means.append(level)
        level = DECAY * level + (1 - DECAY) * value
    return means
