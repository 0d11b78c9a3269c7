"""Teach the stage that finds filler in other languages than English: see `quality/roles/neutral.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.training.pagetype import FOLDS
from flows.training.role_scores import PageData, question_weights
from quality.roles.fit import TreeSettings, fit_forest, fit_slope
from quality.roles.model import matrix_of
from quality.roles.neutral import neutral_columns
from quality.roles.spans import FILLER_THRESHOLD
from quality.trees import Forest

FloatArray = NDArray[np.float64]
TREES = TreeSettings()
JUNK_WEIGHT = 0.3
"""Weight of junk lines: taking one for filler costs little."""


@dataclass(frozen=True)
class Neutral:
    """The forest on all English lines, those without each fold, what they read, their calibration and figures."""

    forest: Forest
    without_folds: list[Forest]
    names: tuple[str, ...]
    slope: tuple[float, float]
    figures: dict[str, float]

    def matrix(self, data: PageData) -> NDArray[np.float32]:
        """What the forests read of a page, lines x names."""
        return matrix_of(neutral_columns(data.features), self.names)

    def probabilities(self, data: PageData) -> FloatArray:
        """Return the probability of filler of each line, by a forest that saw no page of the domain."""
        odds = self.without_folds[data.page.fold].predict(self.matrix(data))
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slope[0] * odds + self.slope[1]))))


def teaches(data: PageData) -> bool:
    """True for a labelled English article."""
    return data.page.roles is not None and data.page.trust == 1.0 and data.page.language == "en"


def fit_neutral(pages: Sequence[PageData]) -> Neutral:
    """Fit the forests on the labelled English articles among the pages; figures are out of fold, on measured ones."""
    taught = [data for data in pages if teaches(data)]
    names = tuple(neutral_columns(taught[0].features))
    matrix = np.concatenate([matrix_of(neutral_columns(data.features), names) for data in taught])
    labels = [data.page.roles for data in taught]
    roles = np.concatenate([r for r in labels if r is not None])
    weights = np.concatenate([question_weights(r) for r in labels if r is not None])
    weights = weights * np.where((roles == 1) | (roles == 2), JUNK_WEIGHT, 1.0)
    folds = np.concatenate([np.full(data.size, data.page.fold) for data in taught])
    measured = np.concatenate([np.full(data.size, data.page.measured) for data in taught])
    target = roles >= 3
    odds = np.zeros(len(roles))
    forests = []
    for fold in range(FOLDS):
        use = (folds != fold) & (weights > 0)
        forests.append(fit_forest(matrix[use], target[use], weights[use], settings=TREES))
        odds[folds == fold] = forests[-1].predict(matrix[folds == fold])
    use = weights > 0
    asked = use & measured
    slope = fit_slope(odds[asked], target[asked], weights[asked])
    said = 1.0 / (1.0 + np.exp(-(slope[0] * odds + slope[1]))) >= FILLER_THRESHOLD
    hits = int((said & target & measured).sum())
    wrong = int((said & (roles == 0) & measured).sum())
    figures = {
        "neutral.en.filler.precision": hits / max(1, hits + wrong),
        "neutral.en.filler.recall": hits / max(1, int((target & measured).sum())),
        "neutral.en.filler.flagged_content": wrong / max(1, int(((roles == 0) & measured).sum())),
    }
    forest = fit_forest(matrix[use], target[use], weights[use], settings=TREES)
    return Neutral(forest, forests, names, slope, {name: round(value, 4) for name, value in figures.items()})
