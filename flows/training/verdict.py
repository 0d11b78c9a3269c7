"""Fit and calibrate the article model on labelled articles; see `quality/verdict_model.py` for what it is.

Folds are by domain. Roles must come from a role model that did not see the article, or the model would trust them more
than it may on new pages. The wording enters through its kernel (articles x articles), so 260,000 buckets cost no more
than 500 articles; the weights of roles and signals are found first, with the wording's share of the error taken out of
the account (generalised least squares) and held at or above 0. Everything is a closed form or a convex problem: the same
articles give the same weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.optimize import lsq_linear  # type: ignore[import-untyped]

from flows.training.pagetype import FOLDS, fold_of
from quality.verdict_model import Features, assess_features, model_of, scaled
from quality.wording import BUCKETS, Wording

TARGET: Mapping[str, float] = {"accept": 0.0, "review": 0.5, "reject": 1.0}
WORDING_PENALTY = 0.1
"""Ridge penalty of the wording; chosen out of fold among 0.03, 0.1, 0.3 and 1."""
WORDED_PENALTY = 1000.0
"""Penalty of roles and signals beside the wording, out of fold among 100, 300, 1000 and 3000."""
NEUTRAL_PENALTY = 300.0
"""The same without the wording; there the English articles and those of six other languages agree on it."""
MIN_ARTICLES = 2
"""A bucket must occur in so many articles to get a weight."""
Array = NDArray[np.float64]


@dataclass(frozen=True)
class LabelledArticle:
    """An article's features and what careful readers said of it."""

    id: str
    features: Features
    gate: str
    """"accept", "review" or "reject"."""
    domain: str


@dataclass(frozen=True)
class _Table:
    names: tuple[str, ...]
    numbers: Array
    """Articles x features; NaN where not measurable."""
    grams: sparse.csr_matrix
    """Articles x BUCKETS, unit rows over the buckets that occur in two articles."""
    target: Array
    folds: NDArray[np.int64]


def fit_verdict(
    articles: Sequence[LabelledArticle], *, names: Sequence[str]
) -> tuple[dict[str, NDArray[np.generic]], dict[str, float], dict[str, float]]:
    """Fit on all articles and calibrate out of fold.

    Returns (arrays of the model, out-of-fold reject probability by id, the same of the weights without wording).
    """
    table = _table(articles, tuple(names))
    worded = _out_of_fold(table, worded=True)
    neutral = _out_of_fold(table, worded=False)
    rejected = np.array([article.gate == "reject" for article in articles], dtype=np.float64)
    arrays = _arrays(table, _logistic(worded, rejected), _logistic(neutral, rejected))
    ids = [article.id for article in articles]
    return (
        arrays,
        dict(zip(ids, _calibrated_across(worded, rejected, table.folds).tolist(), strict=True)),
        dict(zip(ids, _calibrated_across(neutral, rejected, table.folds).tolist(), strict=True)),
    )


def _table(articles: Sequence[LabelledArticle], names: tuple[str, ...]) -> _Table:
    rows = [[np.nan if (v := article.features.values[name]) is None else v for name in names] for article in articles]
    wordings = [article.features.wording for article in articles]
    counts = np.zeros(BUCKETS, dtype=np.int64)
    for wording in wordings:
        if wording is not None:
            counts[np.unique(wording.buckets)] += 1
    return _Table(
        names=names,
        numbers=np.array(rows, dtype=np.float64),
        grams=_gram_matrix(wordings, counts >= MIN_ARTICLES),
        target=np.array([TARGET[article.gate] for article in articles]),
        folds=np.array([fold_of(article.domain) for article in articles]),
    )


def _gram_matrix(wordings: Sequence[Wording | None], known: NDArray[np.bool_]) -> sparse.csr_matrix:
    columns: list[NDArray[np.int64]] = []
    data: list[Array] = []
    ends = [0]
    for wording in wordings:
        if wording is not None:
            buckets, values = wording.vector(known)
            columns.append(buckets)
            data.append(values)
            ends.append(ends[-1] + len(buckets))
        else:
            ends.append(ends[-1])
    return sparse.csr_matrix((np.concatenate(data), np.concatenate(columns), ends), shape=(len(wordings), BUCKETS))


@dataclass(frozen=True)
class _Fit:
    mean: Array
    scale: Array
    weights: Array
    dual: Array
    """Weight of each article in the wording's weights."""
    offset: float

    def score(self, numbers: Array, kernel: Array) -> Array:
        """Return the linear score of articles, given their kernel with the fitted ones."""
        return self.offset + scaled(numbers, self.mean, self.scale) @ self.weights + kernel @ self.dual


def _fit(table: _Table, rows: NDArray[np.bool_], kernel: Array | None, scaling: tuple[Array, Array] | None) -> _Fit:
    """Fit roles and signals (at least 0) and the wording together on the given rows."""
    numbers = table.numbers[rows]
    mean, scale = scaling or _scaling(numbers)
    inputs = scaled(numbers, mean, scale)
    offset = float(table.target[rows].mean())
    wanted = table.target[rows] - offset
    count = len(wanted)
    noise = np.eye(count) if kernel is None else kernel[np.ix_(rows, rows)] + WORDING_PENALTY * np.eye(count)
    whiten = np.linalg.cholesky(np.linalg.inv(noise)).T
    penalty = NEUTRAL_PENALTY if kernel is None else WORDED_PENALTY
    stacked = np.vstack([whiten @ inputs, np.sqrt(penalty) * np.eye(inputs.shape[1])])
    goal = np.concatenate([whiten @ wanted, np.zeros(inputs.shape[1])])
    weights = lsq_linear(stacked, goal, bounds=(0.0, np.inf)).x
    dual = np.zeros(count) if kernel is None else np.linalg.solve(noise, wanted - inputs @ weights)
    return _Fit(mean, scale, weights, dual, offset)


def _scaling(numbers: Array) -> tuple[Array, Array]:
    roots = np.sqrt(np.maximum(numbers, 0.0))
    with np.errstate(all="ignore"):
        mean = np.nan_to_num(np.nanmean(roots, axis=0))
        scale = np.maximum(np.nan_to_num(np.nanstd(roots, axis=0)), 1e-3)
    return mean, scale


def _kernel(table: _Table) -> Array:
    return np.asarray((table.grams @ table.grams.T).todense(), dtype=np.float64)


def _out_of_fold(table: _Table, *, worded: bool) -> Array:
    kernel = _kernel(table) if worded else None
    scores = np.zeros(len(table.target))
    for fold in range(FOLDS):
        inside, outside = table.folds != fold, table.folds == fold
        fit = _fit(table, inside, kernel, None)
        between = (
            np.zeros((int(outside.sum()), int(inside.sum()))) if kernel is None else kernel[np.ix_(outside, inside)]
        )
        scores[outside] = fit.score(table.numbers[outside], between)
    return scores


def _logistic(scores: Array, rejected: Array) -> tuple[float, float]:
    """Return (intercept, slope) of Platt's curve, by Newton's method on the log-likelihood."""
    design = np.column_stack([np.ones(len(scores)), scores])
    beta = np.zeros(2)
    for _ in range(100):
        said = 1.0 / (1.0 + np.exp(-design @ beta))
        step = np.linalg.solve(
            design.T @ (design * (said * (1.0 - said))[:, None]) + 1e-9 * np.eye(2), design.T @ (rejected - said)
        )
        beta += step
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(beta[0]), float(beta[1])


def _calibrated_across(scores: Array, rejected: Array, folds: NDArray[np.int64]) -> Array:
    """Return probabilities whose curve did not see the article's fold either."""
    result = np.zeros(len(scores))
    for fold in range(FOLDS):
        intercept, slope = _logistic(scores[folds != fold], rejected[folds != fold])
        result[folds == fold] = 1.0 / (1.0 + np.exp(-(intercept + slope * scores[folds == fold])))
    return result


def _arrays(
    table: _Table, worded_curve: tuple[float, float], neutral_curve: tuple[float, float]
) -> dict[str, NDArray[np.generic]]:
    """Fit on every article and write the sum so that an average article contributes nothing."""
    rows = np.ones(len(table.target), dtype=bool)
    kernel = _kernel(table)
    scaling = _scaling(table.numbers)
    worded, neutral = _fit(table, rows, kernel, scaling), _fit(table, rows, None, scaling)
    wording = (table.grams.T @ worded.dual).astype(np.float16)
    scores = table.grams @ wording.astype(np.float64)
    written = np.asarray((table.grams != 0).sum(axis=1)).ravel() > 0
    wording_mean = float(scores[written].mean())
    return {
        "names": np.array(table.names),
        "mean": scaling[0],
        "scale": scaling[1],
        "wording": wording,
        "worded_weights": worded.weights,
        "worded_constants": np.array(
            [wording_mean, worded_curve[0] + worded_curve[1] * (worded.offset + wording_mean), worded_curve[1]]
        ),
        "neutral_weights": neutral.weights,
        "neutral_constants": np.array([0.0, neutral_curve[0] + neutral_curve[1] * neutral.offset, neutral_curve[1]]),
    }


def probability_of(arrays: Mapping[str, NDArray[np.generic]], read: Features) -> float:
    """Return what a fitted model says of one article."""
    return assess_features(read, model=model_of(arrays)).probability
