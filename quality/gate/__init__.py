"""The source gate: judges sources on their pages, with confidence, and lets them recover.

`estimate_sources` turns page rows into numbers with intervals, `decide` turns these into statuses and records each
change, `admission` acts on them, `drift` warns before a line is crossed, `explain` says what would change a status.
"""

from quality.gate.acting import Admission, admission, is_sampled, standing_of
from quality.gate.decide import Judgement, decide
from quality.gate.estimate import Estimates, estimate_sources
from quality.gate.parameters import GateParameters
from quality.gate.prior import Prior
from quality.gate.standing import Decision, Standing, Status, standings_after, standings_before

__all__ = [
    "Admission",
    "Decision",
    "Estimates",
    "GateParameters",
    "Judgement",
    "Prior",
    "Standing",
    "Status",
    "admission",
    "decide",
    "estimate_sources",
    "is_sampled",
    "standing_of",
    "standings_after",
    "standings_before",
]
