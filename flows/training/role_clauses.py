"""Teach the forest that looks below the line, from the pieces of content lines that readers marked as promo or residue, and
from plugs of other sites that were glued to good lines (`glued_plugs.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.training.pagetype import FOLDS
from flows.training.role_scores import PageData
from quality.roles.clauses import COLUMNS, Unit, unit_matrix, unit_scores, units_of
from quality.roles.fit import TreeSettings, fit_forest, fit_slope
from quality.roles.model import RoleModel
from quality.segment import Document, segment
from quality.trees import Forest

FloatArray = NDArray[np.float64]
COVERED = 0.6
"""Share of a unit that must lie in the marked piece for the unit to count as promo or residue."""
TREES = TreeSettings(rounds=120, learning_rate=0.06, leaves=8, leaf_lines=25, columns=0.4)
THRESHOLD = 0.42
"""Where the figures of the table are taken: the default of the policy."""
GLUED_WEIGHT = 0.4
"""Weight of a unit of a line that a plug was glued to. Of .05, .15, .4 and 1, at the same share of content cut, this found most
of what readers marked and of what was glued; probabilities are fitted to what readers marked alone."""


@dataclass(frozen=True)
class ClauseRows:
    """Units of content lines, whether they were marked, and the folds of their pages."""

    matrix: NDArray[np.float32]
    target: NDArray[np.bool_]
    chars: FloatArray
    folds: NDArray[np.int64]


def clause_rows(pages: Sequence[PageData], probabilities: FloatArray, singles: Sequence[RoleModel]) -> ClauseRows:
    """Collect the units. `probabilities`: out-of-fold roles of all lines; `singles`: first stages without each fold."""
    matrices, targets, chars, folds = [], [], [], []
    at = 0
    for data in pages:
        page = data.page
        document = segment(page.article)
        assert page.roles is not None
        units = [u for line in document.lines if page.roles[line.index] == 0 for u in units_of(document, line)]
        junk = probabilities[at : at + data.size, 1:3].sum(axis=1)
        at += data.size
        if units:
            matrices.append(unit_matrix(document, units, unit_scores(singles[page.fold], document, units), junk))
            targets.append(_marked(document, units, page.mixed))
            chars.append(np.array([float(unit.end - unit.start) for unit in units]))
            folds.append(np.full(len(units), page.fold))
    return joined_rows([ClauseRows(*parts) for parts in zip(matrices, targets, chars, folds, strict=True)])


def joined_rows(parts: Sequence[ClauseRows]) -> ClauseRows:
    """Put rows behind each other."""
    empty = ClauseRows(
        np.zeros((0, len(COLUMNS)), np.float32), np.zeros(0, bool), np.zeros(0), np.zeros(0, dtype=np.int64)
    )
    return ClauseRows(
        np.concatenate([empty.matrix, *(part.matrix for part in parts)]),
        np.concatenate([empty.target, *(part.target for part in parts)]),
        np.concatenate([empty.chars, *(part.chars for part in parts)]),
        np.concatenate([empty.folds, *(part.folds for part in parts)]),
    )


def _marked(document: Document, units: Sequence[Unit], mixed: Sequence[tuple[str, str]]) -> NDArray[np.bool_]:
    pieces: list[tuple[int, int]] = []
    for text, piece in mixed:
        for line in document.lines:
            found = line.text.find(piece) if line.text.strip() == text.strip() else -1
            if found >= 0:
                pieces.append((line.start + found, line.start + found + len(piece)))
    marked = []
    for unit in units:
        covered = sum(max(0, min(unit.end, end) - max(unit.start, start)) for start, end in pieces)
        marked.append(covered >= COVERED * (unit.end - unit.start))
    return np.array(marked, dtype=bool)


@dataclass(frozen=True)
class FittedClauses:
    """The forest on all rows, one for each fold that saw no unit of it, their calibration, and figures out of fold (units, and
    characters lost)."""

    forest: Forest
    without_folds: tuple[Forest, ...]
    calibration: tuple[float, float]
    figures: Mapping[str, float]


def fit_clauses(rows: ClauseRows, glued: ClauseRows) -> FittedClauses:
    """Fit the forests. `rows`: what readers marked; `glued`: lines with plugs of other sites."""
    forests = tuple(_fitted(rows, glued, without=fold) for fold in range(FOLDS))
    odds, glued_odds = (_odds_without_folds(forests, part) for part in (rows, glued))
    slope, offset = fit_slope(odds, rows.target, np.ones(len(rows.target)))
    said, glued_said = (1.0 / (1.0 + np.exp(-(slope * values + offset))) >= THRESHOLD for values in (odds, glued_odds))
    hits, wrong = float((said & rows.target).sum()), float((said & ~rows.target).sum())
    figures = {
        "clause.precision": hits / max(1.0, hits + wrong),
        "clause.recall": hits / max(1.0, float(rows.target.sum())),
        "clause.content_chars_cut": float(
            rows.chars[said & ~rows.target].sum() / max(1.0, rows.chars[~rows.target].sum())
        ),
        "clause.support": float(rows.target.sum()),
        "clause.glued_recall": float((glued_said & glued.target).sum() / max(1, int(glued.target.sum()))),
        "clause.glued_support": float(glued.target.sum()),
    }
    rounded = {name: round(value, 4) for name, value in figures.items()}
    return FittedClauses(_fitted(rows, glued, without=None), forests, (slope, offset), rounded)


def _fitted(rows: ClauseRows, glued: ClauseRows, *, without: int | None) -> Forest:
    kept, kept_glued = rows.folds != without, glued.folds != without
    weights = np.concatenate([np.ones(int(kept.sum())), np.full(int(kept_glued.sum()), GLUED_WEIGHT)])
    matrix = np.concatenate([rows.matrix[kept], glued.matrix[kept_glued]])
    target = np.concatenate([rows.target[kept], glued.target[kept_glued]])
    return fit_forest(matrix, target, weights, settings=TREES)


def _odds_without_folds(forests: Sequence[Forest], rows: ClauseRows) -> FloatArray:
    odds = np.zeros(len(rows.target))
    for fold, forest in enumerate(forests):
        out = rows.folds == fold
        if out.any():
            odds[out] = forest.predict(rows.matrix[out])
    return odds
