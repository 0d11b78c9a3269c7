"""What a source is held to be, since when, and the record of each change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Status = Literal["unknown", "accepted", "probation", "rejected"]

STATUSES: tuple[Status, ...] = ("unknown", "accepted", "probation", "rejected")
"""In the order of the codes used in arrays."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a source or sub-source. Everything the gate remembers of it between runs, beside its pages."""

    source: str
    status: Status = "unknown"
    """What the gate acts on: what people decided, else `measured`."""
    since: dt.date | None = None
    measured: Status = "unknown"
    """What its pages say."""
    rejected_on: dt.date | None = None
    """Day of the newest page at the rejection, while `measured` is rejected; later pages speak for a release."""
    evidence_from: dt.date | None = None
    """Pages before this day no longer speak: the source turned then, and was released on its later ones."""
    override: str = ""
    """What people decided and where, in words; "" where its pages decide."""
    watched: bool = False
    reason: str = ""

    @property
    def why(self) -> str:
        """Why it has its status, in words: who decided, or what its pages say (and that somebody watches it)."""
        if self.watched:
            return f"{self.reason}; {self.override}"
        return self.override or self.reason


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a source's standing, with the numbers it was decided on: a row of `gate_decisions`."""

    standing: Standing
    previous: Status
    decided_on: dt.date
    policy: str
    pages: int
    effective_pages: float
    accepted: int
    review: int
    rejected: int
    reject_rate: float | None
    reject_low: float | None
    reject_high: float | None
    worst_pages: tuple[str, ...]
    """Ids of its worst pages, worst first."""

    @property
    def source(self) -> str:
        return self.standing.source


def standings_after(decisions: Iterable[Decision]) -> dict[str, Standing]:
    """Return the latest standing of each source; `decisions` in the order they were made."""
    return {decision.source: decision.standing for decision in decisions}


def standings_before(decisions: Iterable[Decision], day: dt.date) -> dict[str, Standing]:
    """Return each source's standing at the start of a day: what `decide` starts from.

    Runs of one day all start from there, so that cutting the same pages into batches cannot change what they come to.
    """
    return standings_after(decision for decision in decisions if decision.decided_on < day)
