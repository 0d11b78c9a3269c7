"""Fit and measure the page-type model on labelled pages.

Folds are by domain, so no page is scored by a model that saw its site. What ships is fitted on all pages; what the
model card states is out of fold. The same pages give the same weights, byte by byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
from numpy.typing import NDArray

from quality.pagetype import BUCKETS, PAGE_TYPES, TABLE_SCALES, PageType, page_numbers, page_words, scaled
from quality.records import Article

FOLDS = 5
INVERSE_PENALTY = 0.1
"""scikit-learn's C. Chosen out of fold among 0.1, 0.2, 0.5 and 1."""


@dataclass(frozen=True, slots=True)
class TypedPage:
    """A page whose type a person stated."""

    article: Article
    type: PageType
    domain: str


def fold_of(domain: str) -> int:
    """Return the fold (0..4) of a domain; the same for every model of the project."""
    return int(hashlib.sha1(domain.encode()).hexdigest()[:8], 16) % FOLDS


def fit_page_type(pages: Sequence[TypedPage]) -> tuple[dict[str, NDArray[np.generic]], dict[str, object]]:
    """Return (arrays of the model, its out-of-fold figures)."""
    rows = [page_numbers(page.article) for page in pages]
    names = tuple(sorted(rows[0]))
    numbers = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    words = _word_matrix([page_words(page.article) for page in pages])
    truth = np.array([PAGE_TYPES.index(page.type) for page in pages])
    folds = np.array([fold_of(page.domain) for page in pages])
    probabilities = np.zeros((len(pages), len(PAGE_TYPES)))
    for fold in range(FOLDS):
        arrays = _fit(names, numbers, words, truth, folds != fold)
        probabilities[folds == fold] = _predict(arrays, numbers[folds == fold], words[folds == fold])
    return _fit(names, numbers, words, truth, np.ones(len(pages), dtype=bool)), _figures(probabilities, truth)


def _word_matrix(pages: Sequence[Mapping[str, Mapping[int, float]]]) -> sparse.csr_matrix:
    """Return pages x (tables x BUCKETS), the tables side by side in the order of TABLE_SCALES."""
    data: list[float] = []
    columns: list[int] = []
    starts = [0]
    for page in pages:
        for place, name in enumerate(TABLE_SCALES):
            for bucket, weight in page[name].items():
                columns.append(place * BUCKETS + bucket)
                data.append(weight)
        starts.append(len(data))
    return sparse.csr_matrix((data, columns, starts), shape=(len(pages), BUCKETS * len(TABLE_SCALES)))


def _fit(
    names: tuple[str, ...],
    numbers: NDArray[np.float64],
    words: sparse.csr_matrix,
    truth: NDArray[np.int64],
    rows: NDArray[np.bool_],
) -> dict[str, NDArray[np.generic]]:
    from sklearn.linear_model import LogisticRegression

    mean = numbers[rows].mean(axis=0)
    scale = np.maximum(numbers[rows].std(axis=0), 1e-6)
    inputs = sparse.hstack([scaled(numbers[rows], mean, scale), words[rows]]).tocsr()
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=500).fit(inputs, truth[rows])
    weights = model.coef_.T
    arrays: dict[str, NDArray[np.generic]] = {
        "names": np.array(names),
        "mean": mean,
        "scale": scale,
        "numbers": weights[: len(names)],
        "intercept": model.intercept_,
    }
    tables = weights[len(names) :].astype(np.float16)
    for place, name in enumerate(TABLE_SCALES):
        arrays[f"table_{name}"] = tables[place * BUCKETS : (place + 1) * BUCKETS]
    return arrays


def _predict(
    arrays: Mapping[str, NDArray[np.generic]], numbers: NDArray[np.float64], words: sparse.csr_matrix
) -> NDArray[np.float64]:
    mean, scale = arrays["mean"].astype(np.float64), arrays["scale"].astype(np.float64)
    tables = np.vstack([arrays[f"table_{name}"] for name in TABLE_SCALES]).astype(np.float64)
    weights = arrays["numbers"].astype(np.float64)
    scores = scaled(numbers, mean, scale) @ weights + words @ tables + arrays["intercept"].astype(np.float64)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = exponentials / exponentials.sum(axis=1, keepdims=True)
    return result


def _figures(probabilities: NDArray[np.float64], truth: NDArray[np.int64]) -> dict[str, object]:
    said = probabilities.argmax(axis=1)
    article = PAGE_TYPES.index("article")
    return {
        "pages": len(truth),
        "accuracy": round(float((said == truth).mean()), 4),
        "article_against_rest": round(float(((said == article) == (truth == article)).mean()), 4),
        "recall": {
            name: round(float((said[truth == place] == place).mean()), 3) for place, name in enumerate(PAGE_TYPES)
        },
        "precision": {
            name: round(float((truth[said == place] == place).mean()), 3) for place, name in enumerate(PAGE_TYPES)
        },
    }
