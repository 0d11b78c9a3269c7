"""The source gate: judges sources on their pages, with confidence, and lets them recover.

`estimate_sources` turns page rows into numbers with intervals, `decide` turns these into statuses and records each
change, `admission` acts on them, `drift` warns before a line is crossed, `explain` says what would change a status. Names are
imported on first use: the policy needs the parameters alone, and SciPy takes a second to load.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quality.gate.acting import Admission, admission, is_sampled, standing_of
    from quality.gate.decision import Judgement, decide, with_overrides
    from quality.gate.drifting import Alarm, drift
    from quality.gate.estimate import Estimates, estimate_sources
    from quality.gate.explanation import Explanation, explain
    from quality.gate.export import as_csv, as_json, as_ublock, rows_of
    from quality.gate.pages import Pages, read_pages
    from quality.gate.parameters import GateParameters
    from quality.gate.prior import Prior
    from quality.gate.standing import Decision, Standing, Status, standings_after, standings_before

_HOMES = {
    "quality.gate.acting": ("Admission", "admission", "is_sampled", "standing_of"),
    "quality.gate.decision": ("Judgement", "decide", "with_overrides"),
    "quality.gate.drifting": ("Alarm", "drift"),
    "quality.gate.estimate": ("Estimates", "estimate_sources"),
    "quality.gate.explanation": ("Explanation", "explain"),
    "quality.gate.export": ("as_csv", "as_json", "as_ublock", "rows_of"),
    "quality.gate.pages": ("Pages", "read_pages"),
    "quality.gate.parameters": ("GateParameters",),
    "quality.gate.prior": ("Prior",),
    "quality.gate.standing": ("Decision", "Standing", "Status", "standings_after", "standings_before"),
}

__all__ = [
    "Admission",
    "Alarm",
    "Decision",
    "Estimates",
    "Explanation",
    "GateParameters",
    "Judgement",
    "Pages",
    "Prior",
    "Standing",
    "Status",
    "admission",
    "as_csv",
    "as_json",
    "as_ublock",
    "decide",
    "drift",
    "estimate_sources",
    "explain",
    "is_sampled",
    "read_pages",
    "rows_of",
    "standing_of",
    "standings_after",
    "standings_before",
    "with_overrides",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
