"""From line probabilities to spans of text."""

from __future__ import annotations

from dataclasses import dataclass

from quality.records import KINDS, ROLES, Span
from quality.roles.prediction import RolePrediction
from quality.segment import Document


@dataclass(frozen=True, slots=True)
class RoleThresholds:
    """How sure the model must be. `junk`: promo and residue together; `filler`: padding and repeat together."""

    junk: float = 0.5
    filler: float = 0.5
    clause: float = 0.7
    """For a sentence or clause inside a line that is kept."""


def spans(
    document: Document, prediction: RolePrediction, *, thresholds: RoleThresholds = RoleThresholds()
) -> tuple[Span, ...]:
    """Return the flagged pieces of the text, merged, in order; spans of one kind never overlap."""
    found: list[Span] = []
    for line, row in zip(document.lines, prediction.probabilities, strict=True):
        by_role = dict(zip(ROLES, (float(p) for p in row), strict=True))
        kind = max(KINDS, key=by_role.__getitem__)
        if by_role["content"] < 0.5:
            found.append(Span(line.start, line.end, kind, by_role[kind], "roles.line"))
    return tuple(found)
