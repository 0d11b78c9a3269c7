"""The probability that a careful editor would reject an article, as a sum of what each finding adds to the log-odds.

Three kinds of evidence go in: what the line roles add up to, the signals, and the wording. The score is linear in them
and its weights were fitted together (ridge regression on accept, review, reject), so a contribution is a weight times a
value and nothing is hidden. Weights of roles and signals are held to be at least 0: more promotion, padding or missing
sources can only speak against an article. A logistic curve fitted on out-of-fold scores makes the sum a probability.
Languages whose wording was not learned are judged by a second set of weights, fitted without words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.records import ROLES, Measurement
from quality.roles import RolePrediction
from quality.segment import Document
from quality.wording import LANGUAGES, Wording, read_wording

MODEL_FILE = Path(__file__).parent / "models" / "verdict" / "weights.npz"
FAMILY_OF_ROLE: Mapping[str, str] = {
    "promo": "promo",
    "residue": "residue",
    "padding": "padding",
    "repeat": "repetition",
}
ROLE_STATISTICS = ("chars", "body", "middle")
"""Mean probability over all characters, over paragraphs, and over the text without its edges."""
SIGNAL_FAMILIES = ("promo", "residue", "padding", "repetition", "information", "page")
"""Families of signals that the model reads; `parity` is for comparison."""
_READ = tuple(f"{family}." for family in SIGNAL_FAMILIES)
CLIP = 3.0
"""A value counts for no more than three standard deviations: one odd number cannot decide."""
BODY_CHARS = 120
"""A line of so many characters is a paragraph."""
FOREIGN_WORDS = 200
"""Words from which the roles of a plain text count in a language whose wording was not learned; of the labelled articles in
such languages 6 of 82 have fewer."""
EDGE = 0.15
"""Share of the text at its start and at its end that is not its middle."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One set of weights, all in log-odds of rejection: with words or without."""

    features: NDArray[np.float64]
    """For one standard deviation of each feature, in the order of `VerdictModel.names`; at least 0."""
    wording: float
    """For one unit of the wording score; 0 in the set without words."""
    wording_mean: float
    """Mean wording score of the labelled articles; a contribution is counted from there."""
    intercept: float
    """Log-odds of an article that is average in everything."""


@dataclass(frozen=True, slots=True)
class VerdictModel:
    """Everything that was fitted."""

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    worded: Weights
    neutral: Weights
    wording: NDArray[np.float64]
    """Weight of each bucket of `wording.py`; 0 where the training saw the bucket in less than three articles."""
    known: NDArray[np.bool_]
    lengths: NDArray[np.float64]
    """Rows of (words and marks, factor, constant): see `wording_score`."""

    def wording_score(self, wording: Wording) -> float:
        """Return the wording's score as it would be for a whole article.

        A short text repeats no word, and its vector looks more like filler than that of the article it was cut from;
        it also proves less. Both were measured on windows of the labelled articles, and are taken out here.
        """
        buckets, values = wording.vector(self.known)
        place = np.log(max(1, wording.length))
        factor = float(np.interp(place, np.log(self.lengths[:, 0]), self.lengths[:, 1]))
        constant = float(np.interp(place, np.log(self.lengths[:, 0]), self.lengths[:, 2]))
        return factor * float(values @ self.wording[buckets]) + constant


@dataclass(frozen=True)
class Features:
    """What the model reads of one article."""

    values: Mapping[str, float | None]
    """By feature name; None where it cannot be measured, which counts as the average."""
    wording: Wording | None
    """None for languages whose wording was not learned."""


class Contribution(NamedTuple):
    """What one feature adds to the log-odds of rejection, against the average labelled article."""

    feature: str
    family: str
    value: float
    points: float


@dataclass(frozen=True, slots=True)
class ModelAssessment:
    """A reject probability and how it came about."""

    probability: float
    base_log_odds: float
    """Log-odds of an article that is average in everything."""
    contributions: tuple[Contribution, ...]
    """Every feature that was measured, after the caps of the families; they and the base add up to the log-odds."""


@lru_cache(maxsize=1)
def load_model() -> VerdictModel:
    """Read the weights that ship with the package. Raises OSError or ValueError if they are missing or broken."""
    with np.load(MODEL_FILE, allow_pickle=False) as arrays:
        return model_of({name: arrays[name] for name in arrays.files})


def model_of(arrays: Mapping[str, NDArray[np.generic]]) -> VerdictModel:
    """Build a model from its arrays; see `flows/training/verdict.py` for how they are made."""
    wording = arrays["wording"].astype(np.float64)
    sets = []
    for kind in ("worded", "neutral"):
        slope, mean, intercept = arrays[f"{kind}_constants"].astype(np.float64).tolist()
        sets.append(Weights(arrays[f"{kind}_weights"].astype(np.float64), slope, mean, intercept))
    return VerdictModel(
        names=tuple(str(name) for name in arrays["names"]),
        mean=arrays["mean"].astype(np.float64),
        scale=arrays["scale"].astype(np.float64),
        worded=sets[0],
        neutral=sets[1],
        wording=wording,
        known=wording != 0,
        lengths=arrays["lengths"].astype(np.float64),
    )


def features(document: Document, measurements: Mapping[str, Measurement], roles: RolePrediction | None) -> Features:
    """Return what the model reads of a document; without roles their features are None.

    Nor are they read off a short plain text in a language whose wording was not learned: without markup and words the role
    model doubts every line of it, and a page full of doubt would look like a page full of advertisements.
    """
    worded = document.article.language in LANGUAGES
    little = not worded and document.article.markup == "text" and len(document.words) < FOREIGN_WORDS
    values = role_features(document, None if little else roles)
    for name, measurement in measurements.items():
        if name.startswith(_READ):
            values[name] = measurement.value
    return Features(values, document.derive(read_wording) if worded else None)


def role_features(document: Document, roles: RolePrediction | None) -> dict[str, float | None]:
    """Return what the probabilities of each role but content add up to: `roles.<role>_<statistic>`, 0..1.

    Block quotations do not count: an article on spam quotes spam.
    """
    names = [f"roles.{role}_{statistic}" for role in FAMILY_OF_ROLE for statistic in ROLE_STATISTICS]
    if roles is None or not len(document.lines):
        return dict.fromkeys(names)
    chars = np.array([line.end - line.start for line in document.lines], dtype=np.float64)
    place = (np.cumsum(chars) - chars / 2) / chars.sum()
    body = chars >= BODY_CHARS
    chars[[line.index for line in document.quoted_lines]] = 0.0
    middle = (place >= EDGE) & (place < 1.0 - EDGE)
    values: dict[str, float | None] = {}
    for role in FAMILY_OF_ROLE:
        column = roles.probabilities[:, ROLES.index(role)]
        statistics = (
            _weighted(column, chars),
            _weighted(column[body], chars[body]),
            _weighted(column[middle], chars[middle]),
        )
        values.update({f"roles.{role}_{name}": value for name, value in zip(ROLE_STATISTICS, statistics, strict=True)})
    return values


def _weighted(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    total = weights.sum()
    return float((values * weights).sum() / total) if total else 0.0


def family_of(feature: str) -> str:
    """Return the family that a feature's points are capped with."""
    group, _, name = feature.partition(".")
    return FAMILY_OF_ROLE[name.partition("_")[0]] if group == "roles" else group


def scaled(values: NDArray[np.float64], mean: NDArray[np.float64], scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values in standard deviations from the mean, cut at CLIP; NaN (not measurable) is 0, the average."""
    return np.nan_to_num(np.clip((values - mean) / scale, -CLIP, CLIP))


def transformed(names: Sequence[str], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values (last axis in the order of the names) as the weights expect them.

    Signals are shares that are mostly near 0, so their square roots are read; role probabilities are taken as they are.
    """
    result: NDArray[np.float64] = np.maximum(values, 0.0) ** _powers(tuple(names))
    return result


@lru_cache(maxsize=8)
def _powers(names: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([1.0 if name.startswith("roles.") else 0.5 for name in names])


def assess_features(
    read: Features, *, model: VerdictModel | None = None, family_caps: Mapping[str, float] | None = None
) -> ModelAssessment:
    """Return the reject probability of an article's features and what each of them contributed.

    Args:
        read: as `features` returned them. A feature that the weights name and that is missing raises KeyError.
        model: weights; those of the package if None.
        family_caps: most log-odds that the features of one family may add or take, by family; no cap if absent.
    """
    model = model or load_model()
    row = np.array([np.nan if (value := read.values[name]) is None else value for name in model.names])
    weights = model.neutral if read.wording is None else model.worded
    points = weights.features * scaled(transformed(model.names, row), model.mean, model.scale)
    found = [
        Contribution(name, family_of(name), value, point)
        for name, value, point in zip(model.names, row.tolist(), points.tolist(), strict=True)
        if value == value  # not NaN
    ]
    if read.wording is not None:
        score = model.wording_score(read.wording)
        found.append(Contribution("wording", "wording", score, weights.wording * (score - weights.wording_mean)))
    capped = _capped(found, family_caps or {})
    log_odds = weights.intercept + sum(contribution.points for contribution in capped)
    return ModelAssessment(float(1.0 / (1.0 + np.exp(-log_odds))), weights.intercept, capped)


def _capped(found: list[Contribution], caps: Mapping[str, float]) -> tuple[Contribution, ...]:
    """Scale the contributions of a family down where they add up to more than its cap."""
    sums: dict[str, float] = {}
    for contribution in found:
        sums[contribution.family] = sums.get(contribution.family, 0.0) + contribution.points
    factors = {
        family: min(1.0, caps[family] / abs(total)) if family in caps and total else 1.0
        for family, total in sums.items()
    }
    return tuple(
        c if factors[c.family] == 1.0 else Contribution(c.feature, c.family, c.value, c.points * factors[c.family])
        for c in found
    )
