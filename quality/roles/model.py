"""The weights of the role model: read without pickle, applied in two stages.

First stage: linear scores over hashed words (the line's own, its surroundings', its markup's), one column a question:
promo? residue? filler? would a careful extractor have kept it? A small forest over countable features answers the last
question too, learned from many pages that have a hand-made main text but no labelled lines. Second stage: forests over
these scores, the features and the context of both. Documents with HTML and plain texts have a second stage each. Beside them
stand a forest for what is below the line, one for filler in other languages, and the words of plugs.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from quality.roles.context import context
from quality.roles.features import LineFeatures
from quality.roles.nets import Reader
from quality.roles.neutral import NEUTRAL, needs_neutral, neutral_columns, with_neutral
from quality.roles.ngrams import Grams
from quality.trees import BLOCK, Forest

FloatArray = NDArray[np.float64]

WEIGHTS = "weights.npz"
LINE_SCORES = ("promo", "residue", "filler", "junk", "outside")
"""Linear scores over the line's own words; `outside`: not in a hand-made main text."""
NEAR_SCORES = ("near_junk", "near_filler", "near_outside")
"""Linear scores over own and surrounding words together."""
CLASS_SCORES = ("class_junk", "class_outside")
TREE_SCORE = "tree_outside"
SCORES = (*LINE_SCORES, *NEAR_SCORES, *CLASS_SCORES, TREE_SCORE)

CONTEXT_SCORES = ("near_junk", "near_filler", "promo", "residue", "near_outside", TREE_SCORE)
CONTEXT_MARKS = (
    "shape.words",
    "shape.ends_sentence",
    "shape.list_item",
    "layout.link_density",
    "layout.heading_level",
    "phrase.any_promo",
    "phrase.any_residue",
    "publisher.mentioned",
    "topic.novelty",
)
NEAR_SCALE = 0.7
"""Weight of the surroundings' words beside the line's own in the joint scores."""
NET_KINDS = ("html",)
"""Kinds of input that have networks: in plain text they gain .006 of F1 and flag half as much again of hand-made main texts."""
PLUG = "plug"
"""Name of the words that say of a sentence by themselves whether it is a plug."""
CLAUSE = "clause"
"""Name of the forest that looks below the line; it is not asked of lines."""
QUESTIONS = ("junk", "filler", "promo", "repeat")
"""What the second stage answers; promo is asked of junk and repeat of filler."""
_AMONG = {"promo": "junk", "repeat": "filler"}
NET_WEIGHTS: Mapping[str, float] = {"junk": 1.0, "filler": 1.0}
"""Share of the networks' log-odds that is added to the forest's; chosen out of fold on the labelled pages."""
WORTH_ASKING = 0.02
"""Where junk (or filler) is less likely than this, nobody needs to know of which kind it would be."""


_NO_LATENT = np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True)
class PlugWords:
    """What the words of a sentence say of it: a plug, or not."""

    table: NDArray[np.float32]
    """A weight for each of the hashes of `plug_grams`."""
    calibration: tuple[float, float]
    """Slope and offset that turn a score into log-odds."""

    def odds(self, grams: Grams) -> FloatArray:
        """Return the log-odds that each text is a plug. `grams`: see `plug_grams`."""
        slope, offset = self.calibration
        return np.asarray(slope * grams.scores(self.table[:, None])[:, 0] + offset)


@dataclass(frozen=True)
class RoleModel:
    """Everything that prediction needs."""

    line: NDArray[np.float32]
    near: NDArray[np.float32]
    classes: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    """One a linear score, in the order of `SCORES` without the tree's."""
    outside: Forest
    outside_columns: tuple[str, ...]
    forests: Mapping[str, Forest]
    """By "html.junk", "text.filler" …, and those of `CLAUSE` and `NEUTRAL`."""
    readers: Mapping[str, Reader]
    """By kind of input, for those of NET_KINDS; they read the columns of its junk question, and more."""
    columns: Mapping[str, tuple[str, ...]]
    """Names of the columns that each second-stage forest reads."""
    calibration: Mapping[str, tuple[float, float]]
    """Slope and offset of the log-odds by the same names."""
    plug: PlugWords
    digest: str

    def stage_one(self, features: LineFeatures) -> dict[str, FloatArray]:
        """Return the first-stage scores (log-odds) of each line by name."""
        own = features.words.line.scores(self.line)
        near = features.words.near.scores(self.near)
        classes = features.words.classes.scores(self.classes)
        split = len(LINE_SCORES)
        linear = np.concatenate([own[:, :split], own[:, split:] + NEAR_SCALE * near, classes], axis=1) + self.intercepts
        scores = dict(zip(SCORES, linear.T, strict=False))
        scores[TREE_SCORE] = self.outside.predict(matrix_of(features.columns, self.outside_columns))
        return scores

    def stage_two(
        self, features: LineFeatures, scores: Mapping[str, FloatArray], kind: str, *, language: str | None = None
    ) -> dict[str, FloatArray]:
        """Return the probability of each question; `kind`: "html" or "text"."""
        columns = all_columns(features, scores)
        neutral = self.neutral_filler(features) if needs_neutral(language) else np.zeros(len(scores[TREE_SCORE]))
        count = len(scores[TREE_SCORE])
        latent = self.readers[kind].latent.of(features.words.line) if kind in self.readers else _NO_LATENT
        if count <= BLOCK:
            return self._answer(columns, latent, kind, neutral)
        blocks = (slice(at, at + BLOCK) for at in range(0, count, BLOCK))
        parts = [
            self._answer({name: values[block] for name, values in columns.items()}, latent[block], kind, neutral[block])
            for block in blocks
        ]
        return {question: np.concatenate([part[question] for part in parts]) for question in QUESTIONS}

    def neutral_filler(self, features: LineFeatures) -> FloatArray:
        """Return the probability of filler of each line by what can be counted in any language."""
        slope, offset = self.calibration[NEUTRAL]
        odds = self.forests[NEUTRAL].predict(matrix_of(neutral_columns(features), self.columns[NEUTRAL]))
        return np.asarray(1.0 / (1.0 + np.exp(-(slope * odds + offset))))

    def _answer(
        self, columns: Mapping[str, FloatArray], latent: NDArray[np.float32], kind: str, neutral: FloatArray
    ) -> dict[str, FloatArray]:
        shared = self.columns[f"{kind}.junk"]
        matrices = {shared: matrix_of(columns, shared)}
        said: Mapping[str, FloatArray] = {}
        if kind in self.readers:
            reader = self.readers[kind]
            read = (matrices[shared], matrix_of(columns, reader.columns), latent)
            said = reader.nets.odds(np.concatenate(read, axis=1))
        answers: dict[str, FloatArray] = {}
        for question in QUESTIONS:
            name = f"{kind}.{question}"
            names = self.columns[name]
            if names not in matrices:
                matrices[names] = matrix_of(columns, names)
            matrix = matrices[names]
            asked = (
                answers[_AMONG[question]] >= WORTH_ASKING if question in _AMONG else np.ones(len(matrix), dtype=bool)
            )
            answer = np.full(len(matrix), 0.5)
            if asked.any():
                odds = self.forests[name].predict(matrix[asked])
                if question in said:
                    odds = odds + NET_WEIGHTS[question] * said[question][asked]
                slope, offset = self.calibration[name]
                answer[asked] = 1.0 / (1.0 + np.exp(-(slope * odds + offset)))
            answers[question] = with_neutral(answer, neutral) if question == "filler" else answer
        return answers


def all_columns(features: LineFeatures, scores: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return every second-stage column by name."""
    marks = {name: features.columns[name] for name in CONTEXT_MARKS}
    around = context({name: scores[name] for name in CONTEXT_SCORES}, marks, features.around)
    return {**features.columns, **{f"score.{name}": values for name, values in scores.items()}, **around}


def matrix_of(columns: Mapping[str, FloatArray], names: tuple[str, ...]) -> NDArray[np.float32]:
    """Stack the named columns, lines x names."""
    return np.ascontiguousarray(np.array([columns[name] for name in names], dtype=np.float32).T)


@lru_cache(maxsize=1)
def role_model() -> RoleModel:
    """Return the model that ships with the package; read once a process."""
    return read_model((files("quality") / "models" / "roles" / WEIGHTS).read_bytes())


def read_model(data: bytes) -> RoleModel:
    """Read weights from the bytes of an .npz file; no pickle is ever opened."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    names = [str(name) for name in arrays["forests"]]
    slope, offset = arrays[f"{PLUG}.calibration"]
    return RoleModel(
        line=expand(arrays["line"], arrays["line.top"]),
        near=expand(arrays["near"], arrays["near.top"]),
        classes=expand(arrays["classes"], arrays["classes.top"]),
        intercepts=arrays["intercepts"],
        outside=Forest.read(arrays, "outside"),
        outside_columns=tuple(str(name) for name in arrays["outside.columns"]),
        forests={name: Forest.read(arrays, name) for name in names},
        readers={kind: Reader.read(arrays, f"{kind}.nets") for kind in NET_KINDS},
        columns={name: tuple(str(column) for column in arrays[f"{name}.columns"]) for name in names},
        calibration={name: (float(a), float(b)) for name, (a, b) in zip(names, arrays["calibration"], strict=True)},
        plug=PlugWords(expand(arrays[PLUG], arrays[f"{PLUG}.top"])[:, 0], (float(slope), float(offset))),
        digest=hashlib.sha256(data).hexdigest(),
    )


def compress(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Store a table in one byte a weight: the root of its size against the column's largest, with its sign."""
    top = np.maximum(np.abs(table).max(axis=0), 1e-9).astype(np.float32)
    return np.round(127 * np.sign(table) * np.sqrt(np.abs(table) / top)).astype(np.int8), top


def expand(stored: NDArray[np.int8], top: NDArray[np.float32]) -> NDArray[np.float32]:
    """Undo `compress`, but for its rounding."""
    share = stored.astype(np.float32) / np.float32(127)
    table: NDArray[np.float32] = share * np.abs(share) * top
    return table
