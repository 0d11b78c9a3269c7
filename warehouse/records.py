"""The values that pass between flows and the warehouse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is known of a run when it begins."""

    run_id: str
    started: datetime
    """With a zone; stored as UTC."""
    inputs: tuple[str, ...]
    policy: str
    model: str
    code_version: str
    review_threshold: float | None = None
    """Reject probability from which the policy says review; lets `near_misses` find what is close."""
    reject_threshold: float | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    """Anything else worth keeping, as JSON: engine, workers, host …"""

    @property
    def details_json(self) -> str:
        """The details as a JSON object with sorted keys."""
        return json.dumps(dict(self.details), sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """What a merge did, in distinct pages: each page of the parts counts in exactly one of these."""

    new: int = 0
    updated: int = 0
    """Judged again, under another policy or model than before."""
    unchanged: int = 0
    """Judged already under this policy and model."""
    failed: int = 0

    def __add__(self, other: MergeCounts) -> MergeCounts:
        return MergeCounts(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days things are kept that are not needed to judge or to read; None keeps them."""

    past_assessments: int | None = None
    """Since a later assessment of the page took their place."""
    failures: int | None = None
    signal_statistics: int | None = None
    articles_for_rescore: int | None = None
    """Stored articles of pages that were judged longer ago lose what `rescore` needs; their text stays."""

    def __post_init__(self) -> None:
        for name in ("past_assessments", "failures", "signal_statistics", "articles_for_rescore"):
            days: int | None = getattr(self, name)
            if days is not None and days < 0:
                raise ValueError(f"{name} must be 0 days or more, found {days}: everything would be removed")


@dataclass(frozen=True, slots=True)
class PruneCounts:
    """Rows that pruning removed or emptied."""

    past_assessments: int
    failures: int
    signal_statistics: int
    articles_for_rescore: int
