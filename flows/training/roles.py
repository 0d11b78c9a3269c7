"""Train and measure the role model on labelled pages.

`train` fits what ships on all pages; `evaluate` holds out one fold of domains at a time, for HTML and for the same
articles as plain text, and one language at a time. Everything is deterministic: the same pages give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.training.glued_plugs import glued_rows
from flows.training.pagetype import FOLDS
from flows.training.plug_words import FittedPlugs, fit_plugs, plug_rows
from flows.training.role_clauses import FittedClauses, clause_rows, fit_clauses
from flows.training.role_latent import fit_latent
from flows.training.role_nets import NetSettings, fit_nets
from flows.training.role_neutral import Neutral, fit_neutral
from flows.training.role_pages import (
    UNLABELLED,
    WINDOW_TRUST,
    RolePage,
    inferred_page,
    main_text_page,
    plain_text,
    read_role_pages,
    window_page,
)
from flows.training.role_scores import (
    NO_WORDS,
    PageData,
    Scores,
    StageOneTrainer,
    cross_scores,
    first_stages,
    question_weights,
)
from flows.training.role_table import RoleTable, role_table
from flows.training.role_weights import column_names, model_bytes
from quality.boilerplate import BoilerplateModel
from quality.roles.features import line_features
from quality.roles.fit import TreeSettings, fit_forest, fit_slope
from quality.roles.latent import Latent
from quality.roles.model import (
    CLAUSE,
    NET_KINDS,
    NET_WEIGHTS,
    QUESTIONS,
    WEIGHTS,
    PlugWords,
    RoleModel,
    all_columns,
    matrix_of,
    read_model,
)
from quality.roles.nets import Reader
from quality.roles.neutral import NEUTRAL, needs_neutral, with_neutral
from quality.roles.ngrams import Grams, joined
from quality.roles.prediction import roles_of
from quality.segment import segment
from quality.trees import Forest

FloatArray = NDArray[np.float64]
SETS = ("wcxb-dev", "ml-dev")
TREES: Mapping[str, TreeSettings] = {
    "junk": TreeSettings(),
    "filler": TreeSettings(),
    "promo": TreeSettings(rounds=60, leaves=8, leaf_lines=30),
    "repeat": TreeSettings(rounds=40, leaves=6, leaf_lines=20),
}
NETS = NetSettings()
OTHER_KIND_WEIGHT = 0.3
"""Weight of filler lines where junk is asked for, and the other way round: confusing the two costs little."""


@dataclass(frozen=True)
class StageTwoRows:
    """Second-stage inputs of some pages and what is asked of them."""

    matrix: NDArray[np.float32]
    """Lines x columns, in the order of `column_names`."""
    more: NDArray[np.float32]
    """Lines x the other columns, for the networks."""
    more_names: tuple[str, ...]
    words: Grams
    """The words of each line."""
    sizes: list[int]
    """Lines of each page."""
    roles: NDArray[np.int64]
    weights: FloatArray
    trusted: NDArray[np.bool_]
    """True for lines that a reader labelled."""
    whole: NDArray[np.bool_]
    """True for lines of whole labelled articles, on which everything is measured."""

    def of(self, kept: NDArray[np.bool_]) -> StageTwoRows:
        """Return the lines that are kept, whole pages of them."""
        starts = np.cumsum([0, *self.sizes[:-1]])
        sizes = [size for size, start in zip(self.sizes, starts, strict=True) if kept[start]]
        return StageTwoRows(
            self.matrix[kept],
            self.more[kept],
            self.more_names,
            self.words.of(kept),
            sizes,
            self.roles[kept],
            self.weights[kept],
            self.trusted[kept],
            self.whole[kept],
        )

    def question(self, name: str) -> tuple[NDArray[np.bool_], FloatArray]:
        """Return (target, weights): promo is asked among junk lines, repeat among filler lines."""
        junk, filler = (self.roles == 1) | (self.roles == 2), self.roles >= 3
        target = {"junk": junk, "filler": filler, "promo": self.roles == 1, "repeat": self.roles == 4}[name]
        share = {
            "junk": np.where(filler, OTHER_KIND_WEIGHT, 1.0),
            "filler": np.where(junk, OTHER_KIND_WEIGHT, 1.0) * self.trusted,
            "promo": junk * self.trusted,
            "repeat": filler * self.trusted,
        }[name]
        return target, self.weights * share


def read_pages(folder: Path, *, workers: int, block_models: Sequence[BoilerplateModel]) -> list[PageData]:
    """Read the labelled sets of a folder and compute the features of every page with a line.

    `block_models`: models of the pages' blocks, one a fold that saw no page of it.
    """
    read = read_role_pages(folder, SETS, workers=workers, block_models=block_models)
    pages = [page for page in read if page.article.text.strip()]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_page_data, pages, chunksize=16))


def _page_data(page: RolePage) -> PageData:
    return PageData(page, line_features(segment(page.article)))


def _rows(pages: Sequence[PageData], scores: Sequence[Scores], kind: str) -> StageTwoRows:
    roles = [page.page.roles for page in pages]
    names = column_names(kind)
    more = tuple(sorted(pages[0].features.columns.keys() - set(names)))
    return StageTwoRows(
        np.concatenate(
            [matrix_of(all_columns(page.features, score), names) for page, score in zip(pages, scores, strict=True)]
        ),
        np.concatenate([matrix_of(page.features.columns, more) for page in pages]),
        more,
        joined([page.features.words.line for page in pages]),
        [page.size for page in pages],
        np.concatenate([r for r in roles if r is not None]),
        np.concatenate(
            [p.page.trust * question_weights(r) for p, r in zip(pages, roles, strict=True) if r is not None]
        ),
        np.concatenate([np.full(p.size, p.page.trust >= WINDOW_TRUST) for p in pages]),
        np.concatenate([np.full(p.size, p.page.measured) for p in pages]),
    )


@dataclass(frozen=True)
class StageTwo:
    """A second stage of one kind of input."""

    forests: Mapping[str, Forest]
    reader: Reader | None

    def odds(self, rows: StageTwoRows) -> dict[str, FloatArray]:
        """Return the log-odds of each question for each line."""
        said: dict[str, FloatArray] = {}
        if self.reader is not None:
            pages = np.split(_read_by_nets(rows, self.reader.latent), np.cumsum(rows.sizes)[:-1])
            asked = [self.reader.nets.odds(page) for page in pages]
            said = {name: np.concatenate([answer[name] for answer in asked]) for name in NET_WEIGHTS}
        odds = {question: forest.predict(rows.matrix) for question, forest in self.forests.items()}
        return {name: v + NET_WEIGHTS[name] * said[name] if name in said else v for name, v in odds.items()}


def _fit_two(rows: StageTwoRows, kind: str, kept: NDArray[np.bool_]) -> StageTwo:
    """Fit on the lines that are kept, whole pages of them."""
    forests = {}
    for question in QUESTIONS:
        target, weights = rows.question(question)
        use = kept & (weights > 0)
        forests[question] = fit_forest(rows.matrix[use], target[use], weights[use], settings=TREES[question])
    if kind not in NET_KINDS:
        return StageTwo(forests, None)
    return StageTwo(forests, fit_reader(rows, kept))


def fit_reader(rows: StageTwoRows, kept: NDArray[np.bool_]) -> Reader:
    """Fit the networks on the lines that are kept, and the latent space that they read."""
    latent = fit_latent(rows.words, kept)
    weights = np.where(kept & rows.trusted, rows.weights, 0.0)  # roles inferred from a main text mislead the networks
    nets = fit_nets(_read_by_nets(rows, latent), rows.roles, weights, rows.sizes, settings=NETS)
    return Reader(nets, rows.more_names, latent)


def _read_by_nets(rows: StageTwoRows, latent: Latent) -> NDArray[np.float32]:
    return np.concatenate((rows.matrix, rows.more, latent.of(rows.words)), axis=1)


def out_of_fold(
    pages: Sequence[PageData],
    scores: Mapping[int | None, list[Scores]],
    kind: str,
    *,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, FloatArray], list[StageTwo]]:
    """Return the second stage's log-odds of each question for every line, by models that saw no page of its domain, and
    these models, one a fold."""
    folds = np.concatenate([np.full(page.size, page.page.fold) for page in pages])
    odds = {question: np.zeros(len(folds)) for question in QUESTIONS}
    models = []
    everything = (_rows(pages, scores[fold], kind) for fold in range(FOLDS))
    jobs = ((rows, kind, folds, fold) for fold, rows in enumerate(everything))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:  # JAX does not survive a fork
        for fold, (model, said) in enumerate(pool.map(_without_fold, jobs)):
            tell(f"line roles: second stage for {kind}, {fold + 1} of {FOLDS}")
            models.append(model)
            for question, values in said.items():
                odds[question][folds == fold] = values
    return odds, models


def _without_fold(job: tuple[StageTwoRows, str, NDArray[np.int64], int]) -> tuple[StageTwo, dict[str, FloatArray]]:
    """Fit a second stage without a fold, and ask it of the lines of the fold."""
    rows, kind, folds, fold = job
    model = _fit_two(rows, kind, folds != fold)
    return model, model.odds(rows.of(folds == fold))


def calibrated(
    odds: Mapping[str, FloatArray], slopes: Mapping[str, tuple[float, float]], neutral: FloatArray
) -> FloatArray:
    """Turn log-odds into role probabilities, lines x roles. `neutral`: what the neutral stage says of filler, or 0."""
    answers = {q: 1.0 / (1.0 + np.exp(-(slopes[q][0] * v + slopes[q][1]))) for q, v in odds.items()}
    return roles_of(answers | {"filler": with_neutral(answers["filler"], neutral)})


def neutral_answers(pages: Sequence[PageData], neutral: Neutral) -> FloatArray:
    """Return the neutral stage's out-of-fold probability of filler for the lines that it is asked of, 0 for others."""
    return np.concatenate(
        [neutral.probabilities(p) if needs_neutral(p.page.article.language) else np.zeros(p.size) for p in pages]
    )


def _slopes(odds: Mapping[str, FloatArray], rows: StageTwoRows) -> dict[str, tuple[float, float]]:
    result = {}
    for question, values in odds.items():
        target, weights = rows.question(question)
        weights = weights * rows.whole
        result[question] = fit_slope(values[weights > 0], target[weights > 0], weights[weights > 0])
    return result


def _lines_of(pages: Sequence[PageData], wanted: Callable[[RolePage], bool]) -> NDArray[np.bool_]:
    """Mark the lines of the pages that are wanted."""
    return np.concatenate([np.full(page.size, wanted(page.page)) for page in pages])


MANY_LINES = 300
"""Longer pages without labels are left out of the second stage: threads and indexes of thousands of lines."""


@dataclass(frozen=True)
class Prepared:
    """Labelled pages of one kind ("html" or "text") with their first-stage scores and out-of-fold answers."""

    pages: list[PageData]
    scores: dict[int | None, list[Scores]]
    odds: dict[str, FloatArray]
    slopes: dict[str, tuple[float, float]]
    singles: list[RoleModel]
    """First stages without each fold."""
    models: list[StageTwo]
    """Second stages without each fold."""
    neutral: Neutral
    """The stage for filler in other languages, one for both kinds."""

    @property
    def measured(self) -> list[PageData]:
        """The whole labelled articles of the folder."""
        return [page for page in self.pages if page.page.measured]

    @property
    def probabilities(self) -> FloatArray:
        """Out-of-fold role probabilities of the measured pages, lines x roles."""
        return self.answers(lambda page: page.measured)

    def answers(self, wanted: Callable[[RolePage], bool]) -> FloatArray:
        """Return the out-of-fold role probabilities of the pages that are wanted, lines x roles."""
        said = calibrated(self.odds, self.slopes, neutral_answers(self.pages, self.neutral))
        return said[_lines_of(self.pages, wanted)]


def prepare(
    pages: Sequence[PageData],
    trainer: StageOneTrainer,
    *,
    workers: int,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Prepared]:
    """Score and cross-validate the labelled pages as HTML and as plain text; `tell` hears what is done now."""
    html = [page for page in pages if page.page.roles is not None]
    more = [
        replace(data, page=page)
        for data in pages
        if (page := inferred_page(data.page)) is not None and data.size <= MANY_LINES
    ]
    # Slogans of shops and services stand where an article has its title; without markup they would teach to cut titles.
    plain = [replace(data.page, article=plain_text(data.page.article)) for data in html if data.page.trust == 1.0]
    made = [make(data.page) for data in pages for make in (main_text_page, window_page)]
    plain += [page for page in made if page is not None]
    with ProcessPoolExecutor(workers) as pool:
        text = list(pool.map(_page_data, plain, chunksize=16))
    html = [*html, *more]
    scores, singles = cross_scores(trainer, [*html, *text], workers=workers, tell=tell)
    tell("line roles: filler in other languages")
    neutral = fit_neutral(html)
    prepared = {}
    for kind, own, part in (("html", html, slice(0, len(html))), ("text", text, slice(len(html), None))):
        mine = {fold: values[part] for fold, values in scores.items()}
        odds, models = out_of_fold(own, mine, kind, workers=workers, tell=tell)
        prepared[kind] = Prepared(
            own, mine, odds, _slopes(odds, _rows(own, mine[None], kind)), singles, models, neutral
        )
    return prepared


@dataclass(frozen=True)
class _Unseen:
    """What learns from English pages alone, and what is then asked: the pages in other languages."""

    taught: StageTwoRows
    asked: StageTwoRows
    pages: list[PageData]

    @classmethod
    def of(cls, part: Prepared, trainer: StageOneTrainer, *, workers: int) -> _Unseen:
        english = [page for page in part.pages if page.page.language == "en"]
        others = [page for page in part.measured if page.page.language != "en"]
        left_out = [*(((fold,), ("en",)) for fold in range(FOLDS)), ((), ("en",))]
        *models, whole = first_stages(trainer, left_out, workers=workers)
        return cls(
            _rows(english, [models[page.page.fold].stage_one(page.features) for page in english], "html"),
            _rows(others, [whole.stage_one(page.features) for page in others], "html"),
            others,
        )

    def answers(self, model: StageTwo, part: Prepared) -> FloatArray:
        """Return the roles of the pages in other languages."""
        odds = model.odds(self.asked)
        return calibrated(odds, part.slopes, neutral_answers(self.pages, part.neutral))


def _fit_whole(job: tuple[StageTwoRows, str]) -> StageTwo:
    rows, kind = job
    return _fit_two(rows, kind, rows.roles >= UNLABELLED)


def _fit_all(jobs: Sequence[tuple[StageTwoRows, str]], *, workers: int) -> list[StageTwo]:
    """Fit second stages on all of their lines, several at a time."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_fit_whole, jobs))


def _table(prepared: Mapping[str, Prepared], unseen: _Unseen, model: StageTwo) -> RoleTable:
    parts = {kind: (part.measured, part.probabilities) for kind, part in prepared.items()}
    table = role_table({**parts, "unseen": (unseen.pages, unseen.answers(model, prepared["html"]))})
    table.figures.update(prepared["html"].neutral.figures)
    return table


def table_of(prepared: Mapping[str, Prepared], trainer: StageOneTrainer, *, workers: int = 1) -> RoleTable:
    """Return the out-of-fold table of the labelled pages, as HTML, as text, and by languages never seen."""
    unseen = _Unseen.of(prepared["html"], trainer, workers=workers)
    (model,) = _fit_all([(unseen.taught, "html")], workers=1)
    table = _table(prepared, unseen, model)
    table.figures.update(_plugs(prepared).figures)
    return table


def train(
    trainer: StageOneTrainer,
    prepared: Mapping[str, Prepared],
    target: Path,
    *,
    workers: int = 1,
    say: Callable[[str], None] = print,
) -> RoleTable:
    """Fit the model on all labelled pages, write `weights.npz` and its metrics, and return the out-of-fold table."""
    unseen = _Unseen.of(prepared["html"], trainer, workers=workers)
    jobs = [(_rows(part.pages, part.scores[None], kind), kind) for kind, part in prepared.items()]
    english, *fitted = _fit_all([(unseen.taught, "html"), *jobs], workers=workers)
    stages = dict(zip(prepared, fitted, strict=True))
    table = _table(prepared, unseen, english)
    clauses = _clauses(prepared, workers=workers)
    table.figures.update(clauses.figures)
    plugs = _plugs(prepared)
    table.figures.update(plugs.figures)
    target.mkdir(parents=True, exist_ok=True)
    slopes = {kind: part.slopes for kind, part in prepared.items()}
    neutral = prepared["html"].neutral
    clause = (clauses.forest, clauses.calibration)
    data = _assembled(trainer.fit(), stages, slopes, clause, neutral, neutral.forest, plugs.words)
    (target / WEIGHTS).write_bytes(data)
    (target / "metrics.json").write_text(json.dumps(table.figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    say(f"role model: {len(data):,} bytes, sha256 {read_model(data).digest}")
    return table


def _clauses(prepared: Mapping[str, Prepared], *, workers: int) -> FittedClauses:
    html = prepared["html"]
    rows = clause_rows(html.measured, html.probabilities, html.singles)
    models = [_weights_without(prepared, fold, None, NO_WORDS) for fold in range(FOLDS)]
    glued = glued_rows([data.page for data in html.measured], html.singles, models, workers=workers)
    return fit_clauses(rows, glued)


def _plugs(prepared: Mapping[str, Prepared]) -> FittedPlugs:
    return fit_plugs(plug_rows(prepared["html"].pages))


def _assembled(
    stage_one: RoleModel,
    stages: Mapping[str, StageTwo],
    slopes: Mapping[str, Mapping[str, tuple[float, float]]],
    clause: tuple[Forest, tuple[float, float]] | None,
    neutral: Neutral,
    neutral_forest: Forest,
    plug: PlugWords,
) -> bytes:
    """Return the weights file: a first stage, the second stages by kind of input, the forests below the line and of filler
    in other languages, and the words of plugs."""
    forests = {f"{kind}.{question}": forest for kind, two in stages.items() for question, forest in two.forests.items()}
    calibration = {
        f"{kind}.{question}": slopes[kind][question] for kind, two in stages.items() for question in two.forests
    }
    readers = {kind: two.reader for kind, two in stages.items() if two.reader is not None}
    if clause is not None:
        forests[CLAUSE], calibration[CLAUSE] = clause
    forests[NEUTRAL], calibration[NEUTRAL] = neutral_forest, neutral.slope
    return model_bytes(stage_one, forests, readers, calibration, neutral.names, plug)


def _weights_without(
    prepared: Mapping[str, Prepared],
    fold: int,
    clause: tuple[Forest, tuple[float, float]] | None,
    plug: PlugWords,
) -> bytes:
    """Return the weights of a role model that saw no page of a fold."""
    neutral = prepared["html"].neutral
    return _assembled(
        prepared["html"].singles[fold],
        {kind: part.models[fold] for kind, part in prepared.items()},
        {kind: part.slopes for kind, part in prepared.items()},
        clause,
        neutral,
        neutral.without_folds[fold],
        plug,
    )


def models_without_folds(prepared: Mapping[str, Prepared], *, workers: int = 1) -> list[RoleModel]:
    """Return a whole role model for each fold of domains that saw no page of it."""
    clauses = _clauses(prepared, workers=workers)
    plugs = _plugs(prepared)
    return [
        read_model(_weights_without(prepared, fold, (forest, clauses.calibration), words))
        for fold, (forest, words) in enumerate(zip(clauses.without_folds, plugs.without_folds, strict=True))
    ]
