"""Teach the forest that looks below the line, from the pieces of content lines that readers marked as promo or residue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.training.pagetype import FOLDS
from flows.training.role_scores import PageData
from quality.roles.clauses import Unit, unit_matrix, unit_scores, units_of
from quality.roles.fit import TreeSettings, fit_forest, fit_slope
from quality.roles.model import RoleModel
from quality.segment import Document, segment
from quality.trees import Forest

FloatArray = NDArray[np.float64]
COVERED = 0.6
"""Share of a unit that must lie in the marked piece for the unit to count as promo or residue."""
TREES = TreeSettings(rounds=120, learning_rate=0.06, leaves=8, leaf_lines=25, columns=0.4)
THRESHOLD = 0.65
"""Where the figures of the table are taken: the default of the policy for a cut below the line."""


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
    return ClauseRows(*(np.concatenate(parts) for parts in (matrices, targets, chars, folds)))


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


def clauses_without_folds(rows: ClauseRows) -> list[Forest]:
    """Return a forest for each fold that saw no unit of it."""
    forests = []
    for fold in range(FOLDS):
        kept = rows.folds != fold
        weights = np.ones(int(kept.sum()))
        forests.append(fit_forest(rows.matrix[kept], rows.target[kept], weights, settings=TREES))
    return forests


def fit_clauses(rows: ClauseRows) -> tuple[Forest, tuple[float, float], dict[str, float]]:
    """Return the forest on all rows, its calibration, and its out-of-fold figures (units, and characters lost)."""
    ones = np.ones(len(rows.target))
    odds = np.zeros(len(rows.target))
    for fold, forest in enumerate(clauses_without_folds(rows)):
        out = rows.folds == fold
        odds[out] = forest.predict(rows.matrix[out])
    slope, offset = fit_slope(odds, rows.target, ones)
    said = 1.0 / (1.0 + np.exp(-(slope * odds + offset))) >= THRESHOLD
    hits, wrong = float((said & rows.target).sum()), float((said & ~rows.target).sum())
    figures = {
        "clause.precision": hits / max(1.0, hits + wrong),
        "clause.recall": hits / max(1.0, float(rows.target.sum())),
        "clause.content_chars_cut": float(
            rows.chars[said & ~rows.target].sum() / max(1.0, rows.chars[~rows.target].sum())
        ),
        "clause.support": float(rows.target.sum()),
    }
    forest = fit_forest(rows.matrix, rows.target, ones, settings=TREES)
    return forest, (slope, offset), {name: round(value, 4) for name, value in figures.items()}
