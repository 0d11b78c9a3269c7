"""Figures of the role model: precision, recall and F1 of junk and filler lines, by kind of page, with floors.

A line is junk when it is promo or residue, filler when it is padding or a repeat. Of every article at most 20 lines of a
kind count, chosen by a generator seeded with the article's id, since a few articles hold hundreds.
"""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.training.role_scores import PageData
from quality.roles.spans import FILLER_THRESHOLD, JUNK_THRESHOLD

LINES_COUNTED = 20
THRESHOLDS = {"junk": JUNK_THRESHOLD, "filler": FILLER_THRESHOLD}


@dataclass(frozen=True)
class RoleTable:
    """Figures by name, such as "html.en.junk.f1", and the same as a text table."""

    figures: dict[str, float]
    text: str


@dataclass(frozen=True)
class Floors:
    """The least that each figure may be; content flagged has a ceiling instead."""

    floors: Mapping[str, float]
    ceilings: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Floors:
        """Read `[floors]` and `[ceilings]` of a TOML file."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(content["floors"], content["ceilings"])

    def failures(self, table: RoleTable) -> tuple[str, ...]:
        """Return a sentence for each figure on the wrong side."""
        figures = table.figures
        low = [f"{n} is {figures[n]:.3f}, under its floor of {v:.3f}" for n, v in self.floors.items() if figures[n] < v]
        high = [
            f"{n} is {figures[n]:.3f}, over its ceiling of {v:.3f}" for n, v in self.ceilings.items() if figures[n] > v
        ]
        return (*low, *high)


def role_table(parts: Mapping[str, tuple[Sequence[PageData], NDArray[np.float64]]]) -> RoleTable:
    """Compute the figures. `parts`: by kind of input, the pages and the probabilities of all their lines."""
    figures: dict[str, float] = {}
    lines = [f"{'pages':24} {'kind':7} {'P':>6} {'R':>6} {'F1':>6} {'flagged content':>16} {'lines':>6}"]
    for kind, (pages, probabilities) in parts.items():
        bounds = np.cumsum([0, *(page.size for page in pages)])
        counted = np.concatenate([_counted(page) for page in pages])
        roles = np.concatenate([page.page.roles for page in pages if page.page.roles is not None])
        groups = [_groups(page) for page in pages]
        for group in sorted({name for names in groups for name in names}):
            member = np.zeros(len(roles), dtype=bool)
            for number, names in enumerate(groups):
                member[bounds[number] : bounds[number + 1]] = group in names
            for question, columns in (("junk", [1, 2]), ("filler", [3, 4])):
                score = probabilities[:, columns].sum(axis=1)
                row = _figures(score >= THRESHOLDS[question], roles, np.isin(roles, columns), member & counted)
                name = f"{kind}.{group}.{question}"
                figures.update({f"{name}.{key}": round(value, 4) for key, value in row.items()})
                lines.append(
                    f"{kind + ' ' + group:24} {question:7} {row['precision']:6.3f} {row['recall']:6.3f} {row['f1']:6.3f} "
                    f"{row['flagged_content']:16.3f} {int(row['support']):6}"
                )
    return RoleTable(figures, "\n".join(lines))


def _groups(page: PageData) -> tuple[str, ...]:
    language = page.page.language
    return (language, "other") if language != "en" else ("en",)


def _counted(page: PageData) -> NDArray[np.bool_]:
    roles = page.page.roles
    assert roles is not None
    order = list(range(len(roles)))
    random.Random(page.page.id).shuffle(order)
    seen: Counter[str] = Counter()
    counted = np.zeros(len(roles), dtype=bool)
    for row in order:
        kind = "content" if roles[row] <= 0 else "junk" if roles[row] <= 2 else "filler"
        seen[kind] += 1
        counted[row] = roles[row] >= 0 and (kind == "content" or seen[kind] <= LINES_COUNTED)
    return counted


def _figures(
    said: NDArray[np.bool_], roles: NDArray[np.int64], wanted: NDArray[np.bool_], counted: NDArray[np.bool_]
) -> dict[str, float]:
    content = (roles == 0) & counted
    hits = int((said & wanted & counted).sum())
    missed = int((~said & wanted & counted).sum())
    wrong = int((said & content).sum())
    precision, recall = hits / max(1, hits + wrong), hits / max(1, hits + missed)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
        "flagged_content": wrong / max(1, int(content.sum())),
        "support": float(hits + missed),
    }
