"""Filler in languages that next to no label covers, by what can be counted in any of them.

Learned words are silent in a language that training has not seen, and the ordinary second stage takes their silence for
good prose. What a padded line lacks is the same everywhere: names, numbers, words that were not said before. So this
stage reads no learned word and no markup, only counts, the lexicons' hits, and how both compare with the lines around
and with the article; it learns from English lines alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.roles.context import Structure
from quality.roles.features import LineFeatures

FloatArray = NDArray[np.float64]

NEUTRAL = "neutral.filler"
"""Name of the forest."""
FAMILIES = ("shape.", "place.", "publisher.", "topic.", "phrase.")
MARKS = (
    "shape.capital_rate",
    "shape.number_rate",
    "shape.digit",
    "shape.chars",
    "shape.ends_sentence",
    "shape.list_item",
    "topic.restated",
    "topic.novelty",
    "topic.on_topic",
    "phrase.truism_formula",
)
"""Columns that are compared with those of the lines around."""


SPEAKS_FROM = 0.27
"""Probability from which the answer counts. Its doubts about single good lines would add up in the verdict: with them 52
instead of 56 of 61 good articles in other languages were accepted, and not one bad one more rejected."""


def needs_neutral(language: str | None) -> bool:
    """True for a text that is known to be in another language than English."""
    return language is not None and language != "en"


def with_neutral(ordinary: FloatArray, neutral: FloatArray) -> FloatArray:
    """Return the probability of filler of each line from the answers of the ordinary stage and of this one."""
    return np.where(neutral >= SPEAKS_FROM, np.maximum(ordinary, neutral), ordinary)


def neutral_columns(features: LineFeatures) -> dict[str, FloatArray]:
    """Return the columns by name, one value a line."""
    columns = {name: values for name, values in features.columns.items() if name.startswith(FAMILIES)}
    for name in MARKS:
        columns.update(_compared(name, np.nan_to_num(features.columns[name]), features.around))
    return columns


def _compared(name: str, values: FloatArray, around: Structure) -> dict[str, FloatArray]:
    sizes = np.bincount(around.section)[around.section]
    mean = values.mean()
    return {
        f"before.{name}": np.concatenate(([np.nan], values[:-1])),
        f"after.{name}": np.concatenate((values[1:], [np.nan])),
        f"section.{name}": np.bincount(around.section, weights=values)[around.section] / sizes,
        f"article.{name}": np.full(len(values), mean),
        f"relative.{name}": values - mean,
    }
