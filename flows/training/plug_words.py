"""Fit the words of plugs: which sentences sell something or send the reader elsewhere, whatever stands around them.

Readers labelled lines, and most of their promo lies in blocks of its own: too few plugs in prose to know one by its words. So a
large language model, at many tasks, wrote plugs as they are put into good articles, and innocent sentences in the same
vocabulary (`labels/plugs.jsonl.gz`, see `labels/README.md`). Sentences of pages stand beside them: promo lines as plugs, content
lines as innocent, where readers labelled them or a hand-made main text says so. What was written at one task lies in one fold, so
figures are of plugs by a writer that was not learned from. An n-gram of one or two sentences says more about who wrote them than
about plugs, and is not learned.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from flows.training.pagetype import FOLDS
from flows.training.role_pages import OWN_LABELS, RolePage
from flows.training.role_scores import PageData
from quality.records import ROLES
from quality.roles.fit import SEED, fit_slope, sparse
from quality.roles.measures import publisher_names
from quality.roles.model import PlugWords
from quality.roles.ngrams import PLUG_BITS, Grams, joined, plug_grams
from quality.roles.plugs import ASKED_WORDS
from quality.segment import segment

FloatArray = NDArray[np.float64]
WRITTEN = OWN_LABELS / "plugs.jsonl.gz"
FEWEST_SENTENCES = 3
"""Sentences that must hold an n-gram for it to be learned."""
PENALTY = 3.0
"""Inverse strength of the ridge penalty."""
RARITY_SCALE = 5.0
"""Keeps the weighted n-grams near the size for which the penalty was chosen."""
WRITTEN_WEIGHT = 5.0
"""Weight of a written sentence beside one of a page."""
CONTENT_FLAGGED = 0.001
"""Share of the content sentences of labelled pages at which the figures are stated."""


@dataclass(frozen=True)
class PlugRows:
    """Sentences and whether they are plugs."""

    matrix: csr_matrix
    """Sentences x hashes, scaled as when they are scored."""
    target: NDArray[np.bool_]
    weights: FloatArray
    folds: NDArray[np.int64]
    written: NDArray[np.bool_]
    measured: NDArray[np.bool_]
    """True for sentences of labelled articles, on which probabilities are fitted and content is counted."""

    def of(self, kept: NDArray[np.bool_]) -> PlugRows:
        """Return the rows that are kept."""
        return PlugRows(
            self.matrix[kept],
            self.target[kept],
            self.weights[kept],
            self.folds[kept],
            self.written[kept],
            self.measured[kept],
        )


@dataclass(frozen=True)
class FittedPlugs:
    """The words fitted on all sentences, those without each fold, and figures out of fold."""

    words: PlugWords
    without_folds: tuple[PlugWords, ...]
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that was written to learn from."""

    text: str
    language: str
    is_plug: bool
    task: int
    """Number of the task at which it was written."""

    @property
    def fold(self) -> int:
        """The fold of its task."""
        return self.task % FOLDS


def written_sentences() -> list[WrittenSentence]:
    """Read the sentences that the package holds."""
    with gzip.open(WRITTEN, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return [WrittenSentence(row["text"], row["language"], row["kind"] == "plug", row["task"]) for row in rows]


def plug_rows(pages: Sequence[PageData]) -> PlugRows:
    """Collect the sentences of pages with roles, and the written ones."""
    grams: list[Grams] = []
    target: list[bool] = []
    weights: list[float] = []
    folds: list[int] = []
    measured: list[bool] = []
    for page in (data.page for data in pages):
        found = list(_sentences(page))
        if found:
            grams.append(plug_grams([text for text, _, _ in found], publisher=publisher_names(page.article)[0]))
            target += [is_plug for _, is_plug, _ in found]
            weights += [weight for _, _, weight in found]
            folds += [page.fold] * len(found)
            measured += [page.measured] * len(found)
    written = written_sentences()
    if written:
        grams.append(plug_grams([sentence.text for sentence in written], publisher=frozenset()))
        target += [sentence.is_plug for sentence in written]
        weights += [WRITTEN_WEIGHT] * len(written)
        folds += [sentence.fold for sentence in written]
        measured += [False] * len(written)
    count = len(target)
    matrix = sparse(joined(grams), bits=PLUG_BITS)
    matrix.sum_duplicates()
    return PlugRows(
        matrix,
        np.array(target, dtype=bool),
        np.array(weights),
        np.array(folds),
        np.arange(count) >= count - len(written),
        np.array(measured, dtype=bool),
    )


def _sentences(page: RolePage) -> Iterator[tuple[str, bool, float]]:
    """Yield (text, is a plug, weight). Residue and filler are neither plugs nor innocent; of a line with a marked piece nobody
    knows which sentence it is."""
    assert page.roles is not None
    document = segment(page.article)
    mixed = {line.strip() for line, _ in page.mixed}
    for line in document.lines:
        role = page.roles[line.index]
        if role not in (0, ROLES.index("promo")) or line.text.strip() in mixed:
            continue
        if line.is_code or line.is_heading or not line.ends_sentence:
            continue
        for sentence in document.sentences_by_line[line.index]:
            if len(sentence.words) in ASKED_WORDS:
                yield document.text[sentence.start : sentence.end], bool(role), page.trust


def fit_plugs(rows: PlugRows) -> FittedPlugs:
    """Fit the words on all sentences, and without each fold."""
    odds = np.zeros(len(rows.target))
    fitted = []
    for fold in range(FOLDS):
        weights, offset = _fitted(rows.of(rows.folds != fold))
        out = rows.folds == fold
        odds[out] = rows.matrix[out] @ weights + offset
        fitted.append((weights, offset))
    own = rows.measured
    slope, shift = fit_slope(odds[own], rows.target[own], rows.weights[own])
    least = float(np.quantile(odds[own & ~rows.target], 1.0 - CONTENT_FLAGGED))
    figures = {
        "plug.written_recall": _share(odds > least, rows.written & rows.target),
        "plug.written_innocents_flagged": _share(odds > least, rows.written & ~rows.target),
        "plug.promo_recall": _share(odds > least, own & rows.target),
        "plug.probability": float(1.0 / (1.0 + np.exp(-(slope * least + shift)))),
        "plug.written_support": float((rows.written & rows.target).sum()),
    }

    def calibrated(weights: NDArray[np.float32], offset: float) -> PlugWords:
        return PlugWords(weights, (slope, slope * offset + shift))

    whole = calibrated(*_fitted(rows))
    rounded = {name: round(value, 4) for name, value in figures.items()}
    return FittedPlugs(whole, tuple(calibrated(*one) for one in fitted), rounded)


def _share(said: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float((said & among).sum() / max(1, int(among.sum())))


def _fitted(rows: PlugRows) -> tuple[NDArray[np.float32], float]:
    """Fit a ridge-penalised logistic regression over the n-grams that enough sentences hold, weighted by how rare they are."""
    holds = np.bincount(rows.matrix.indices, minlength=rows.matrix.shape[1])
    rarity = np.log((1.0 + len(rows.target)) / (1.0 + holds)) + 1.0
    scale = np.where(holds >= FEWEST_SENTENCES, rarity / RARITY_SCALE, 0.0)
    model = LogisticRegression(C=PENALTY, solver="liblinear", max_iter=300, random_state=SEED)
    model.fit(rows.matrix @ diags(scale), rows.target, sample_weight=rows.weights)
    return (model.coef_[0] * scale).astype(np.float32), float(model.intercept_[0])
