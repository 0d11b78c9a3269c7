"""Predict the role of every line of a document.

The model answers four questions of a line (junk? filler? if junk, promo? if filler, a repeat?); the five role
probabilities follow. Probabilities were fitted on pages whose site the model had not seen, so 0.7 means that seven of
ten such lines are what is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quality.records import ROLES
from quality.roles.features import line_features
from quality.roles.model import RoleModel, role_model
from quality.segment import Document

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RolePrediction:
    """Probabilities of `records.ROLES` (columns, in that order) for every line of `document.lines` (rows)."""

    probabilities: FloatArray
    """Each row adds up to 1."""
    markup: str = "html"
    """"html", or "text" where no line had an element: then the model knows less."""
    stage_one: Mapping[str, FloatArray] = field(default_factory=dict)
    """First-stage scores by name, for what is decided below the line."""

    @property
    def junk(self) -> FloatArray:
        """Probability of promo or residue, one a line."""
        return self.probabilities[:, 1] + self.probabilities[:, 2]

    @property
    def filler(self) -> FloatArray:
        """Probability of padding or repeat, one a line."""
        return self.probabilities[:, 3] + self.probabilities[:, 4]


def predict_roles(document: Document) -> RolePrediction:
    """Return the role probabilities of a document's lines."""
    return predict_with(role_model(), document)


def predict_with(model: RoleModel, document: Document) -> RolePrediction:
    """The same with a given model."""
    if not document.lines:
        return RolePrediction(np.zeros((0, len(ROLES))))
    features = line_features(document)
    scores = model.stage_one(features)
    markup = "html" if any(line.layout is not None for line in document.lines) else "text"
    answers = model.stage_two(features, scores, markup, language=document.article.language)
    return RolePrediction(roles_of(answers), markup, scores)


def roles_of(answers: Mapping[str, FloatArray]) -> FloatArray:
    """Turn the answers to the four questions into role probabilities."""
    junk, filler = answers["junk"], answers["filler"]
    total = np.maximum(1.0, junk + filler)
    junk, filler = junk / total, filler / total
    promo, repeat = answers["promo"], answers["repeat"]
    columns = [1 - junk - filler, junk * promo, junk * (1 - promo), filler * (1 - repeat), filler * repeat]
    return np.stack(columns, axis=1)
