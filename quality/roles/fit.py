"""Fit the linear scores and the boosted trees of the role model; the only module of the package that learns.

The learners come from scikit-learn and leave as plain arrays: weights of hashed n-grams, nodes of trees. What
predicts later needs neither scikit-learn nor its pickles, and tests hold the predictions against each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from threadpoolctl import threadpool_limits

from quality.roles.ngrams import Grams
from quality.trees import Forest

FloatArray = NDArray[np.float64]
SEED = 0


@dataclass(frozen=True, slots=True)
class TreeSettings:
    """How much the trees may learn; see the model card for how they were chosen."""

    rounds: int = 200
    learning_rate: float = 0.06
    leaves: int = 9
    leaf_lines: int = 60
    shrinkage: float = 5.0
    columns: float = 0.15
    """Share of the columns that each split may look at."""
    depth: int | None = None
    """Levels of a tree, unlimited if None."""


def sparse(grams: Grams, *, bits: int) -> csr_matrix:
    """Return texts x hashes, each text scaled by one over the root of its number of n-grams."""
    counts = np.diff(grams.bounds)
    values = np.repeat(1.0 / np.sqrt(np.maximum(1, counts)), counts).astype(np.float32)
    return csr_matrix((values, grams.hashes.astype(np.int64), grams.bounds), shape=(len(counts), 1 << bits))


def fit_linear(
    matrix: csr_matrix, target: NDArray[np.bool_], weights: FloatArray, *, penalty: float, epochs: int
) -> tuple[NDArray[np.float32], float]:
    """Fit an averaged logistic regression; return its weights and its intercept."""
    model = SGDClassifier(loss="log_loss", alpha=penalty, average=True, max_iter=epochs, tol=None, random_state=SEED)
    model.fit(matrix, target, sample_weight=weights)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def fit_forest(
    matrix: NDArray[np.float32], target: NDArray[np.bool_], weights: FloatArray, *, settings: TreeSettings
) -> Forest:
    """Fit boosted trees; return them as flat arrays."""
    return forest_of(fit_trees(matrix, target, weights, settings=settings))


def fit_trees(
    matrix: NDArray[np.float32], target: NDArray[np.bool_], weights: FloatArray, *, settings: TreeSettings
) -> HistGradientBoostingClassifier:
    """Fit boosted trees and keep them as scikit-learn made them."""
    model = HistGradientBoostingClassifier(
        max_iter=settings.rounds,
        learning_rate=settings.learning_rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.leaf_lines,
        l2_regularization=settings.shrinkage,
        max_features=settings.columns,
        max_depth=settings.depth,
        early_stopping=False,
        random_state=SEED,
    )
    with threadpool_limits(limits=1):  # threads that wait for each other cost more than they save at this size
        return model.fit(matrix, target, sample_weight=weights)


def fit_slope(odds: FloatArray, target: NDArray[np.bool_], weights: FloatArray) -> tuple[float, float]:
    """Fit (slope, offset) that make log-odds probabilities (Platt scaling)."""
    model = LogisticRegression(C=1e6, max_iter=200).fit(odds[:, None], target, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def forest_of(model: HistGradientBoostingClassifier) -> Forest:
    """Flatten the trees of a fitted two-class model."""
    nodes = [predictors[0].nodes for predictors in model._predictors]
    starts = np.concatenate(([0], np.cumsum([len(tree) for tree in nodes])))
    whole = np.concatenate(nodes)
    shift = np.repeat(starts[:-1], [len(tree) for tree in nodes]).astype(np.int64)
    itself = np.arange(len(whole))
    leaf = whole["is_leaf"].astype(bool)
    return Forest(
        feature=np.where(leaf, 0, whole["feature_idx"]).astype(np.int16),
        threshold=_float_below(np.where(leaf, 0.0, whole["num_threshold"])),
        left=np.where(leaf, itself, whole["left"] + shift).astype(np.int32),
        right=np.where(leaf, itself, whole["right"] + shift).astype(np.int32),
        missing_left=whole["missing_go_to_left"].astype(bool),
        value=np.where(leaf, whole["value"], 0.0).astype(np.float32),
        roots=starts[:-1].astype(np.int32),
        depth=int(max(int(tree["depth"].max()) for tree in nodes)),
        baseline=float(np.ravel(model._baseline_prediction)[0]),
    )


def _float_below(thresholds: FloatArray) -> NDArray[np.float32]:
    """Round towards minus infinity, so that a float32 value stands on the same side of its threshold as before."""
    narrow = thresholds.astype(np.float32)
    above = narrow.astype(np.float64) > thresholds
    return np.where(above, np.nextafter(narrow, np.float32(-np.inf)), narrow).astype(np.float32)
