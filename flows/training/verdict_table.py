"""Figures of the verdict: how well it ranks, what its thresholds catch and cost, and whether its probabilities hold.

Articles are grouped by language and by kind of page. A probability is the model's with the policy's rules added, as a page
gets it; the caps on families, which rarely bind, are left out.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.training.role_table import RoleTable
from quality.policy import Policy
from quality.verdict import verdict_of
from quality.verdict_model import Features

BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0)
"""Edges of the reliability table."""
ERROR_BINS = 10
LEAST_OF_A_GROUP = 5
"""Smaller groups are in the sums only."""
COLUMNS = (
    "auc",
    "caught",
    "accepts_rejected",
    "accepts_accepted",
    "rejects_accepted",
    "precision",
    "exact",
    "calibration_error",
)


@dataclass(frozen=True)
class Judged:
    """A labelled article and the probability that it got."""

    id: str
    gate: str
    probability: float
    groups: tuple[str, ...]


def with_rules(probability: float, read: Features, policy: Policy) -> float:
    """Return a model's probability with what the policy's rules add to its log-odds."""
    points = sum(
        rule.points
        for name, rule in policy.rules.items()
        if (value := read.values.get(name)) is not None and value >= rule.at
    )
    if not points or not 0 < probability < 1:
        return probability
    return 1.0 / (1.0 + math.exp(-(math.log(probability / (1.0 - probability)) + points)))


def verdict_table(judged: Sequence[Judged], policy: Policy) -> RoleTable:
    """Compute the figures by group; a name is "<group>.<figure>", such as "en.auc"."""
    members: dict[str, list[Judged]] = defaultdict(list)
    for article in judged:
        for group in article.groups:
            members[group].append(article)
    figures: dict[str, float] = {}
    lines = [f"{'articles':24} {'number':>6} " + " ".join(f"{column.replace('_', ' '):>17}" for column in COLUMNS)]
    for group in sorted(members):
        if len(members[group]) < LEAST_OF_A_GROUP:
            continue
        row = _figures(members[group], policy)
        figures.update({f"{group}.{name}": round(value, 4) for name, value in row.items()})
        shown = " ".join(f"{row[column]:17.3f}" if column in row else f"{'–':>17}" for column in COLUMNS)
        lines.append(f"{group:24} {len(members[group]):6} {shown}")
    return RoleTable(figures, "\n".join(lines))


def _figures(judged: Sequence[Judged], policy: Policy) -> dict[str, float]:
    said = np.array([verdict_of(article.probability, policy) for article in judged])
    gate = np.array([article.gate for article in judged])
    probability = np.array([article.probability for article in judged])
    accepts, rejects = gate == "accept", gate == "reject"
    shares = {
        "caught": (said == "reject", rejects),
        "accepts_rejected": (said == "reject", accepts),
        "accepts_accepted": (said == "accept", accepts),
        "rejects_accepted": (said == "accept", rejects),
        "precision": (rejects, said == "reject"),
        "exact": (said == gate, np.ones(len(gate), dtype=bool)),
    }
    row = {name: float(hit[of].mean()) for name, (hit, of) in shares.items() if of.any()}
    if accepts.any() and rejects.any():
        row["auc"] = area(probability[rejects], probability[accepts])
    row["calibration_error"] = calibration_error(probability, rejects)
    row["articles"] = float(len(judged))
    return row


def area(higher: NDArray[np.float64], lower: NDArray[np.float64]) -> float:
    """Return the chance that one of the first is above one of the second; ties count half."""
    above = (higher[:, None] > lower[None, :]).mean()
    return float(above + 0.5 * (higher[:, None] == lower[None, :]).mean())


def calibration_error(probability: NDArray[np.float64], rejected: NDArray[np.bool_]) -> float:
    """Return the mean distance of what was said from what was so, over ten equal steps of the probability."""
    step = np.minimum((probability * ERROR_BINS).astype(int), ERROR_BINS - 1)
    gaps = [
        (step == number).mean() * abs(probability[step == number].mean() - rejected[step == number].mean())
        for number in range(ERROR_BINS)
        if (step == number).any()
    ]
    return float(sum(gaps))


def reliability(judged: Sequence[Judged]) -> str:
    """Return the reliability table as Markdown: what was said, and what readers said."""
    lines = ["| probability | articles | mean said | rejected by readers | doubtful |", "|---|---|---|---|---|"]
    for low, high in itertools.pairwise(BINS):
        inside = [a for a in judged if low <= a.probability < high or (high == 1.0 and a.probability == 1.0)]
        if inside:
            said = sum(a.probability for a in inside) / len(inside)
            share: Mapping[str, float] = {
                gate: sum(a.gate == gate for a in inside) / len(inside) for gate in ("reject", "review")
            }
            lines.append(
                f"| {low:.2f}–{high:.2f} | {len(inside)} | {said:.2f} | {share['reject']:.2f} | {share['review']:.2f} |"
            )
    return "\n".join(lines)
