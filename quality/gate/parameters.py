"""Every number the source gate decides by, as the policy's [gate] table spells it.

The defaults are the values that the simulation in tests/measure/gate.py was run with: a rejection needs all three of
enough pages, a high estimate with a lower bound to match, and a test that stays valid however often it is looked at.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateParameters:
    """Thresholds of the source gate. Rates and confidences are fractions; pages are effective pages."""

    confidence: float = 0.95
    """Coverage of the two-sided interval shown as reject_low and reject_high."""
    half_life_days: float = 180.0
    """A page this much older than the source's newest page weighs half."""
    min_pages: float = 5.0
    """Effective pages below which a source is unknown."""
    min_pages_rejected: float = 8.0
    """Effective pages below which no source is rejected, whatever they say."""
    reject_rate: float = 0.35
    """A source enters rejection only if its estimated rate is at least this …"""
    reject_low: float = 0.20
    """… and the lower bound of its interval at least this …"""
    tolerated_rate: float = 0.10
    """… and the claim "its rate is at most this" is refuted …"""
    false_rejection_rate: float = 0.005
    """… by a test that errs for at most this share of such sources over all looks together."""
    release_rate: float = 0.30
    """A source leaves rejection when its upper bound is below this, or its pages since then refute "at least this"."""
    release_error: float = 0.02
    """Share of sources at `release_rate` that the second test would ever release."""
    accept_rate: float = 0.20
    """First judgement: accepted up to this estimated rate, on probation above."""
    accept_high: float = 0.15
    """A source on probation is accepted when its upper bound falls below this."""
    probation_low: float = 0.22
    """An accepted source goes on probation when its lower bound rises above this."""
    prior_mean: float = 0.15
    """Rate expected of a source nobody has seen, before there are sources to learn it from."""
    prior_strength: float = 3.0
    """Effective pages that this expectation is worth."""
    prior_sources: float = 20.0
    """Sources that the two numbers above are worth when they are learned from the population."""
    template_correlation: float = 0.5
    """Correlation among pages of one template: a template counts for at most 1 / this pages."""
    template_bits: int = 3
    """Bits in which two fingerprints of one template may differ, 0 to 3."""
    author_correlation: float = 0.25
    """Correlation among pages of one author on a platform: an author counts for at most 1 / this pages."""
    min_authors: int = 5
    """Authors that a platform must have been seen with before it is rejected as a whole."""
    sampled_share: float = 0.10
    """Share of a rejected source's pages that is assessed all the same, so that it can recover."""
    drift_window_days: int = 56
    """A fall in quality is looked for within this many days before a source's newest page."""
    drift_min_pages: float = 15.0
    """Pages before the window that a source's usual rate is read from."""
    drift_false_alarm_rate: float = 0.05
    """Expected share of false alarms among the alarms of one look, over all sources."""
    worst_pages: int = 10
    """Page ids kept with a decision."""

    def __post_init__(self) -> None:
        for name in (
            "confidence",
            "false_rejection_rate",
            "release_error",
            "release_rate",
            "tolerated_rate",
            "prior_mean",
            "drift_false_alarm_rate",
        ):
            _require(0 < getattr(self, name) < 1, name, self, "between 0 and 1")
        for name in ("half_life_days", "min_pages", "prior_strength", "drift_window_days", "drift_min_pages"):
            value = getattr(self, name)
            _require(value > 0 and math.isfinite(value), name, self, "above 0")
        for name in ("template_correlation", "author_correlation"):
            _require(0 < getattr(self, name) <= 1, name, self, "above 0 and at most 1")
        _require(0 <= self.sampled_share <= 1, "sampled_share", self, "between 0 and 1")
        _require(self.prior_sources >= 0, "prior_sources", self, "0 or more")
        _require(0 <= self.template_bits <= 3, "template_bits", self, "0 to 3")
        _require(self.worst_pages >= 0, "worst_pages", self, "0 or more")
        _require(self.min_authors >= 1, "min_authors", self, "1 or more")
        _require(self.min_pages_rejected > 3, "min_pages_rejected", self, "above 3: three pages never reject a source")
        _require(self.min_pages <= self.min_pages_rejected, "min_pages", self, "at most min_pages_rejected")
        _require(self.tolerated_rate <= self.reject_low, "tolerated_rate", self, "at most reject_low")
        _require(self.reject_low <= self.reject_rate < 1, "reject_low", self, "at most reject_rate, both below 1")
        _require(self.release_rate < self.reject_rate, "release_rate", self, "below reject_rate, or statuses flap")
        for name in ("accept_high", "probation_low"):
            _require(0 < getattr(self, name) <= 1, name, self, "above 0 and at most 1")
        _require(self.accept_high < self.probation_low, "accept_high", self, "below probation_low, or statuses flap")
        _require(0 < self.accept_rate < self.reject_rate, "accept_rate", self, "above 0 and below reject_rate")


def _require(holds: bool, name: str, parameters: GateParameters, expected: str) -> None:
    if not holds:
        raise ValueError(f"gate.{name} must be {expected}, found {getattr(parameters, name)!r}")


def as_toml(parameters: GateParameters) -> str:
    """Return the [gate] table of a policy with these values, one key a line, without comments."""
    rows = [f"{field.name} = {getattr(parameters, field.name)!r}" for field in dataclasses.fields(parameters)]
    return "[gate]\n" + "\n".join(rows) + "\n"
