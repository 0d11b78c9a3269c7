"""Fit and calibrate the article model on labelled articles; see `quality/verdict_model.py` for what it is.

Folds are by domain. Roles must come from a role model that did not see the article, or the model would trust them more
than it may on new pages. The wording enters through its kernel (articles x articles), so a million buckets cost no more
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
from flows.training.wording_length import length_table
from quality.verdict_model import Features, assess_features, model_of, scaled, transformed
from quality.wording import BUCKETS, Wording

TARGET: Mapping[str, float] = {"accept": 0.0, "review": 0.5, "reject": 1.0}
WEIGHT: Mapping[str, float] = {"accept": 1.0, "review": 1.0, "reject": 1.5}
"""How much an article's error counts: rejects are a fifth of the articles and half of the question."""
WORDING_PENALTY = 0.1
"""Ridge penalty of the wording; chosen out of fold among 0.03, 0.1, 0.3 and 1."""
WORDED_PENALTY = 5000.0
"""Penalty of roles and signals beside the wording, out of fold among 300, 1000, 2000, 3000, 5000 and 10000."""
NEUTRAL_PENALTY = 600.0
"""The same without the wording, among 100, 300, 600, 1000, 2000 and 3000. English articles are told apart best at 100 (AUC .939; .933 at
3000), those of six other languages at 3000 (.959; .934), and by both sets of weights together English ones alike at all."""
NEUTRAL_SHARE = 0.3
"""Weight of the log-odds without words beside those with words. On the labelled articles it costs 0.001 of AUC; elsewhere
it keeps a subject that the wording never saw from deciding by its vocabulary."""
MIN_ARTICLES = 3
"""A bucket must occur in so many articles to get a weight."""
NO_FOLD = -1
Array = NDArray[np.float64]


@dataclass(frozen=True)
class LabelledArticle:
    """An article's features and what careful readers said of it."""

    id: str
    features: Features
    gate: str
    """"accept", "review" or "reject"."""
    domain: str | None
    """None for a written example: it is in every training set and in no figure."""


@dataclass(frozen=True)
class _Table:
    names: tuple[str, ...]
    numbers: Array
    """Articles x features as `transformed` returns them; NaN where not measurable."""
    wordings: tuple[Wording | None, ...]
    known: NDArray[np.bool_]
    """Buckets that occur in enough articles."""
    grams: sparse.csr_matrix
    """Articles x BUCKETS, unit rows over the known buckets."""
    target: Array
    trust: Array
    """Weight of each article's error."""
    folds: NDArray[np.int64]


def fit_verdict(
    articles: Sequence[LabelledArticle], *, names: Sequence[str]
) -> tuple[dict[str, NDArray[np.generic]], dict[str, float], dict[str, float]]:
    """Fit on all articles and calibrate out of fold, on the articles that have a domain.

    Returns (arrays of the model, out-of-fold reject probability by id, the same of the weights without wording).
    """
    table = _table(articles, tuple(names))
    real = table.folds != NO_FOLD
    rejected = np.array([article.gate == "reject" for article in articles], dtype=np.float64)
    worded, neutral = _out_of_fold(table, worded=True), _out_of_fold(table, worded=False)
    lengths = _lengths(table, worded, rejected)
    plain = worded.numbers + _whole(worded.wording, table, lengths)
    curves = _logistic(plain[real], rejected[real]), _logistic(neutral.numbers[real], rejected[real])
    mixed = (_line(curves[0], plain) + NEUTRAL_SHARE * _line(curves[1], neutral.numbers)) / (1.0 + NEUTRAL_SHARE)
    arrays = _arrays(table, lengths, curves, _logistic(mixed[real], rejected[real]))
    ids = [article.id for article in articles if article.domain is not None]
    folds, rejected = table.folds[real], rejected[real]
    return (
        arrays,
        dict(zip(ids, _calibrated_across(mixed[real], rejected, folds).tolist(), strict=True)),
        dict(zip(ids, _calibrated_across(neutral.numbers[real], rejected, folds).tolist(), strict=True)),
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
        numbers=transformed(names, np.array(rows, dtype=np.float64)),
        wordings=tuple(wordings),
        known=counts >= MIN_ARTICLES,
        grams=_gram_matrix(wordings, counts >= MIN_ARTICLES),
        target=np.array([TARGET[article.gate] for article in articles]),
        trust=np.array([WEIGHT[article.gate] for article in articles]),
        folds=np.array([NO_FOLD if article.domain is None else fold_of(article.domain) for article in articles]),
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

    def number_score(self, numbers: Array) -> Array:
        """Return what roles and signals add up to."""
        return self.offset + scaled(numbers, self.mean, self.scale) @ self.weights


@dataclass(frozen=True)
class _Scores:
    """Out-of-fold scores of every article, and the fits that gave them."""

    numbers: Array
    wording: Array
    fits: tuple[_Fit, ...]


def _fit(table: _Table, rows: NDArray[np.bool_], kernel: Array | None, scaling: tuple[Array, Array] | None) -> _Fit:
    """Fit roles and signals (at least 0) and the wording together on the given rows."""
    numbers = table.numbers[rows]
    mean, scale = scaling or _scaling(numbers)
    inputs = scaled(numbers, mean, scale)
    offset = float(np.average(table.target[rows], weights=table.trust[rows]))
    wanted = table.target[rows] - offset
    count = len(wanted)
    noise = np.diag(1.0 / table.trust[rows])
    if kernel is not None:
        noise = kernel[np.ix_(rows, rows)] + WORDING_PENALTY * noise
    whiten = np.linalg.cholesky(np.linalg.inv(noise)).T
    penalty = NEUTRAL_PENALTY if kernel is None else WORDED_PENALTY
    stacked = np.vstack([whiten @ inputs, np.sqrt(penalty) * np.eye(inputs.shape[1])])
    goal = np.concatenate([whiten @ wanted, np.zeros(inputs.shape[1])])
    weights = lsq_linear(stacked, goal, bounds=(0.0, np.inf)).x
    dual = np.zeros(count) if kernel is None else np.linalg.solve(noise, wanted - inputs @ weights)
    return _Fit(mean, scale, weights, dual, offset)


def _scaling(numbers: Array) -> tuple[Array, Array]:
    """Return mean and deviation of each feature where it was measured; (0, 1e-3) where it never was."""
    measured = ~np.isnan(numbers)
    counts = np.maximum(1, measured.sum(axis=0))
    mean = np.where(measured, numbers, 0.0).sum(axis=0) / counts
    spread = np.where(measured, numbers - mean, 0.0)
    return mean, np.maximum(np.sqrt((spread**2).sum(axis=0) / counts), 1e-3)


def _kernel(table: _Table) -> Array:
    return np.asarray((table.grams @ table.grams.T).todense(), dtype=np.float64)


def _out_of_fold(table: _Table, *, worded: bool) -> _Scores:
    kernel = _kernel(table) if worded else None
    numbers, wording = np.zeros(len(table.target)), np.zeros(len(table.target))
    fits = []
    for fold in range(FOLDS):
        inside, outside = table.folds != fold, table.folds == fold
        fit = _fit(table, inside, kernel, None)
        numbers[outside] = fit.number_score(table.numbers[outside])
        if kernel is not None:
            wording[outside] = kernel[np.ix_(outside, inside)] @ fit.dual
        fits.append(fit)
    return _Scores(numbers, wording, tuple(fits))


def _lengths(table: _Table, scores: _Scores, rejected: Array) -> Array:
    """Measure what shortness does to the wording score, with weights that did not see the article."""
    weights = [table.grams[table.folds != fold].T @ scores.fits[fold].dual for fold in range(FOLDS)]

    def score(number: int, window: Wording) -> float:
        buckets, values = window.vector(table.known)
        return float(values @ weights[table.folds[number]][buckets])

    real = table.folds != NO_FOLD
    _, slope = _logistic((scores.numbers + scores.wording)[real], rejected[real])
    wordings = [wording if known else None for wording, known in zip(table.wordings, real, strict=True)]
    return length_table(wordings, scores.wording, score, slope=slope, mean=float(scores.wording[real].mean()))


def _whole(wording: Array, table: _Table, lengths: Array) -> Array:
    """Return wording scores as they would be for whole articles; see `VerdictModel.wording_score`."""
    places = np.log([max(1, w.length) if w is not None else 1 for w in table.wordings])
    factor = np.interp(places, np.log(lengths[:, 0]), lengths[:, 1])
    return factor * wording + np.interp(places, np.log(lengths[:, 0]), lengths[:, 2])


def _line(curve: tuple[float, float], scores: Array) -> Array:
    """Return the log-odds that a Platt curve gives to scores."""
    return curve[0] + curve[1] * scores


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
        curve = _logistic(scores[folds != fold], rejected[folds != fold])
        result[folds == fold] = 1.0 / (1.0 + np.exp(-_line(curve, scores[folds == fold])))
    return result


def _arrays(
    table: _Table, lengths: Array, curves: tuple[tuple[float, float], tuple[float, float]], last: tuple[float, float]
) -> dict[str, NDArray[np.generic]]:
    """Fit on every article and write all weights in log-odds, so that an average article contributes nothing.

    `curves` turn the scores with and without words into log-odds, `last` their mixture.
    """
    rows = np.ones(len(table.target), dtype=bool)
    scaling = _scaling(table.numbers)
    worded, neutral = _fit(table, rows, _kernel(table), scaling), _fit(table, rows, None, scaling)
    wording = (table.grams.T @ worded.dual).astype(np.float16)
    written = np.array([w is not None for w in table.wordings]) & (table.folds != NO_FOLD)
    mean = float(_whole(table.grams @ wording.astype(np.float64), table, lengths)[written].mean())
    share = last[1] / (1.0 + NEUTRAL_SHARE), last[1] * NEUTRAL_SHARE / (1.0 + NEUTRAL_SHARE)
    middle = last[0] + share[0] * (curves[0][0] + curves[0][1] * (worded.offset + mean))
    middle += share[1] * (curves[1][0] + curves[1][1] * neutral.offset)
    return {
        "names": np.array(table.names),
        "mean": scaling[0],
        "scale": scaling[1],
        "wording": wording,
        "lengths": lengths,
        "worded_weights": share[0] * curves[0][1] * worded.weights + share[1] * curves[1][1] * neutral.weights,
        "worded_constants": np.array([share[0] * curves[0][1], mean, middle]),
        "neutral_weights": curves[1][1] * neutral.weights,
        "neutral_constants": np.array([0.0, 0.0, curves[1][0] + curves[1][1] * neutral.offset]),
    }


def probability_of(arrays: Mapping[str, NDArray[np.generic]], read: Features) -> float:
    """Return what a fitted model says of one article."""
    return assess_features(read, model=model_of(arrays)).probability
