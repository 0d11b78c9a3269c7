"""First stage of the role model, and its scores for lines that it has not learned from.

The second stage must see scores as they will be on unknown sites, so every page is scored by a first stage that saw
neither its fold nor, when a fold is held out for measuring, that one: five single folds and ten pairs are left out in
turn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack  # type: ignore[import-untyped]

from flows.training.pagetype import FOLDS
from flows.training.role_pages import RolePage
from quality.roles.features import LineFeatures
from quality.roles.fit import TreeSettings, fit_forest, fit_linear, sparse
from quality.roles.model import CLASS_SCORES, LINE_SCORES, NEAR_SCALE, NEAR_SCORES, PlugWords, RoleModel, matrix_of
from quality.roles.ngrams import CLASS_BITS, PLUG_BITS, WORD_BITS

FloatArray = NDArray[np.float64]
Scores = dict[str, FloatArray]
NO_WORDS = PlugWords(np.zeros(1 << PLUG_BITS, np.float32), (1.0, -20.0))
"""Words of plugs that say nothing: the first stage is fitted without them."""

WORD_PENALTY, CLASS_PENALTY = 1e-5, 1e-4
EPOCHS = 8
OUTSIDE_EPOCHS = 6
OUTSIDE_LINES = 60
"""Lines of one page that teach what is outside the main text: long listings would outvote articles."""
ROLE_LINES = 20
"""Lines of one role in one article that count in full; more of them share their weight."""
MIN_WEIGHT = 0.15
OUTSIDE_TREES = TreeSettings(rounds=40, learning_rate=0.15, leaves=14, leaf_lines=50, columns=0.25)
OUTSIDE_FAMILIES = ("layout.", "shape.", "place.", "publisher.", "topic.on_topic", "topic.in_title", "phrase.any")


@dataclass(frozen=True)
class PageData:
    """A page with its features."""

    page: RolePage
    features: LineFeatures

    @property
    def size(self) -> int:
        """Number of lines."""
        return len(self.features.around.heading)


def role_weights(roles: NDArray[np.int64]) -> FloatArray:
    """Weight of each line of one article: no article may drown the others with a long list of one role."""
    counts = np.bincount(np.maximum(roles, 0), minlength=5).astype(float)
    limit = np.array([3.0 * ROLE_LINES, ROLE_LINES, ROLE_LINES, ROLE_LINES, ROLE_LINES])
    weight = np.clip(limit / np.maximum(1.0, counts), MIN_WEIGHT, 1.0)[np.maximum(roles, 0)]
    return np.where(roles < 0, 0.0, weight)


def question_weights(roles: NDArray[np.int64]) -> FloatArray:
    """Weight of each line of one article in the second stage, where content counts line by line, as it is measured."""
    junk, filler = (roles == 1) | (roles == 2), roles >= 3
    weight = np.ones(len(roles))
    for kind in (junk, filler):
        weight[kind] = min(1.0, ROLE_LINES / max(1, int(kind.sum())))
    return np.where(roles < 0, 0.0, weight)


def outside_columns(features: LineFeatures) -> tuple[str, ...]:
    """Names of the columns that the outside forest reads."""
    return tuple(name for name in features.columns if name.startswith(OUTSIDE_FAMILIES))


@dataclass(frozen=True)
class _Matrices:
    """Words and columns of all lines of some pages."""

    line: csr_matrix
    near: csr_matrix
    classes: csr_matrix
    folds: NDArray[np.int64]

    @property
    def both(self) -> csr_matrix:
        return hstack([self.line, self.near * np.float32(NEAR_SCALE)]).tocsr()


def _matrices(pages: Sequence[PageData]) -> _Matrices:
    return _Matrices(
        vstack([sparse(p.features.words.line, bits=WORD_BITS) for p in pages]).tocsr(),
        vstack([sparse(p.features.words.near, bits=WORD_BITS) for p in pages]).tocsr(),
        vstack([sparse(p.features.words.classes, bits=CLASS_BITS) for p in pages]).tocsr(),
        np.concatenate([np.full(p.size, p.page.fold) for p in pages]),
    )


class StageOneTrainer:
    """Holds the matrices of the labelled and of the gold pages, and fits first stages without given pages."""

    def __init__(self, pages: Sequence[PageData]) -> None:
        self.labelled = [p for p in pages if p.page.roles is not None]
        self.gold = [p for p in pages if p.page.outside is not None]
        self.label_matrices = _matrices(self.labelled)
        self.gold_matrices = _matrices(self.gold)
        self.roles = np.concatenate([p.page.roles for p in self.labelled if p.page.roles is not None])
        self.weights = np.concatenate([role_weights(p.page.roles) for p in self.labelled if p.page.roles is not None])
        self.languages = np.concatenate([np.full(p.size, p.page.language) for p in self.labelled])
        self.outside = np.concatenate([p.page.outside for p in self.gold if p.page.outside is not None])
        self.outside_weights = np.concatenate([_sampled(p) for p in self.gold])
        self.outside_names = outside_columns(pages[0].features)
        self.outside_matrix = np.concatenate([matrix_of(p.features.columns, self.outside_names) for p in self.gold])

    def fit(self, *, without_folds: Sequence[int] = (), languages: Collection[str] | None = None) -> RoleModel:
        """Fit a first stage (on pages of `languages` only, if given); the model it returns has no second one."""
        kept = ~np.isin(self.label_matrices.folds, without_folds) & (self.weights > 0)
        if languages is not None:
            kept &= np.isin(self.languages, list(languages))
        gold = ~np.isin(self.gold_matrices.folds, without_folds) & (self.outside_weights > 0)
        targets = {
            "promo": self.roles == 1,
            "residue": self.roles == 2,
            "filler": self.roles >= 3,
            "junk": (self.roles == 1) | (self.roles == 2),
        }
        weights = self.weights[kept]

        def of_labels(matrix: csr_matrix, name: str, penalty: float) -> tuple[NDArray[np.float32], float]:
            return fit_linear(matrix[kept], targets[name][kept], weights, penalty=penalty, epochs=EPOCHS)

        def of_gold(matrix: csr_matrix, penalty: float) -> tuple[NDArray[np.float32], float]:
            target = self.outside[gold] == 1
            return fit_linear(matrix[gold], target, self.outside_weights[gold], penalty=penalty, epochs=OUTSIDE_EPOCHS)

        labels, pages = self.label_matrices, self.gold_matrices
        line = [of_labels(labels.line, name, WORD_PENALTY) for name in LINE_SCORES[:-1]]
        line.append(of_gold(pages.line, WORD_PENALTY))
        both = [of_labels(labels.both, name.removeprefix("near_"), WORD_PENALTY) for name in NEAR_SCORES[:-1]]
        both.append(of_gold(pages.both, WORD_PENALTY))
        classes = [of_labels(labels.classes, "junk", CLASS_PENALTY), of_gold(pages.classes, WORD_PENALTY)]
        assert len(classes) == len(CLASS_SCORES)
        forest = fit_forest(
            self.outside_matrix[gold], self.outside[gold] == 1, self.outside_weights[gold], settings=OUTSIDE_TREES
        )
        size = 1 << WORD_BITS
        return RoleModel(
            line=np.stack([w for w, _ in line] + [w[:size] for w, _ in both], axis=1),
            near=np.stack([w[size:] for w, _ in both], axis=1),
            classes=np.stack([w for w, _ in classes], axis=1),
            intercepts=np.array([b for _, b in (*line, *both, *classes)]),
            outside=forest,
            outside_columns=self.outside_names,
            forests={},
            readers={},
            columns={},
            calibration={},
            plug=NO_WORDS,
            digest="",
        )


def _sampled(data: PageData) -> FloatArray:
    """Weights of a gold page's lines: at most OUTSIDE_LINES of them, evenly spaced, others 0."""
    outside = data.page.outside
    assert outside is not None
    known = np.flatnonzero(outside >= 0)
    weights = np.zeros(len(outside))
    if len(known):
        chosen = known[np.unique(np.linspace(0, len(known) - 1, OUTSIDE_LINES).astype(int))]
        weights[chosen] = min(1.0, 40.0 / len(chosen))
    return weights


Left = tuple[tuple[int, ...], tuple[str, ...] | None]
"""Folds that a first stage must not see, and the languages that alone it may see."""


def first_stages(trainer: StageOneTrainer, left_out: Sequence[Left], *, workers: int) -> Iterator[RoleModel]:
    """Fit several first stages at a time; yield them in order. Threads do: the fits leave Python for most of their time."""
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda left: trainer.fit(without_folds=left[0], languages=left[1]), left_out)


def cross_scores(
    trainer: StageOneTrainer,
    pages: Sequence[PageData],
    *,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[dict[int | None, list[Scores]], list[RoleModel]]:
    """Return, for each held-out fold, the scores of every page (under None those for the model that ships); and the
    first stages without each single fold.

    Under fold f a page of f has scores of a stage one without f; a page of g those of one without f and g. Under None
    every page has scores of a stage one without its own fold.
    """
    result: dict[int | None, list[Scores]] = {fold: [{} for _ in pages] for fold in (*range(FOLDS), None)}
    left_out = [*((fold,) for fold in range(FOLDS)), *combinations(range(FOLDS), 2)]
    singles = []
    models = first_stages(trainer, [(folds, None) for folds in left_out], workers=workers)
    for number, (folds, model) in enumerate(zip(left_out, models, strict=True)):
        tell(f"line roles: first stage {number + 1} of {len(left_out)}")
        for place, data in enumerate(pages):
            if data.page.fold not in folds:
                continue
            scores = model.stage_one(data.features)
            if len(folds) == 1:
                result[folds[0]][place] = result[None][place] = scores
            else:
                result[sum(folds) - data.page.fold][place] = scores
        if len(folds) == 1:
            singles.append(model)
    return result, singles
