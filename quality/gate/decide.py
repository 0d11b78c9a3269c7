"""From estimates to statuses: unknown, accepted, probation or rejected, with hysteresis, and people last.

A threshold is crossed in one direction with one number and back with another, and every crossing is by an interval's
bound, so that a source near a line stays where it is. Only rejection costs a publisher anything, so it alone needs a
test that survives being looked at after every run (see `betting`). A released source starts afresh: its pages up to the
rejection no longer count, or they would condemn it again the next day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.gate.estimate import Estimates
from quality.gate.parameters import GateParameters
from quality.gate.standing import STATUSES, Decision, Standing, Status
from quality.source_lists import Override

UNKNOWN, ACCEPTED, PROBATION, REJECTED = range(4)

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Judgement:
    """The outcome of one look at all sources."""

    standings: Mapping[str, Standing]
    """Every source and sub-source that has pages or that people named, by name in the order of the estimates."""
    decisions: tuple[Decision, ...]
    """The changes, in that order."""


def measured_status(estimates: Estimates, before: Codes, parameters: GateParameters) -> Codes:
    """Return what the pages of each source say, given the code of the status it had (index into `STATUSES`)."""
    rate, low, high = estimates.reject_rate, estimates.reject_low, estimates.reject_high
    known = estimates.effective_pages >= parameters.min_pages
    fresh = np.where(rate <= parameters.accept_rate, ACCEPTED, PROBATION)
    status = np.where(before == UNKNOWN, fresh, before)
    status = np.where((before == PROBATION) & (high <= parameters.accept_high), ACCEPTED, status)
    status = np.where((before == ACCEPTED) & (low >= parameters.probation_low), PROBATION, status)
    status = np.where(known, status, UNKNOWN)
    status = np.where(enters_rejection(estimates, parameters), REJECTED, status)
    released = (high <= parameters.release_rate) | (estimates.refuted_release >= -math.log(parameters.release_error))
    result: Codes = np.where(before == REJECTED, np.where(released, PROBATION, REJECTED), status).astype(np.int64)
    return result


def enters_rejection(estimates: Estimates, parameters: GateParameters) -> NDArray[np.bool_]:
    """Return which sources meet every condition of rejection."""
    enough = (estimates.effective_pages >= parameters.min_pages_rejected) & (
        estimates.assessed >= parameters.min_pages_rejected
    )
    broad = ~estimates.platform | (estimates.authors >= parameters.min_authors)
    high = (estimates.reject_rate >= parameters.reject_rate) & (estimates.reject_low >= parameters.reject_low)
    sure = estimates.refuted_tolerated >= -math.log(parameters.false_rejection_rate)
    result: NDArray[np.bool_] = enough & broad & high & sure
    return result


def decide(
    estimates: Estimates,
    pages: pa.Table,
    *,
    at_start_of_day: Mapping[str, Standing],
    current: Mapping[str, Standing],
    overrides: Mapping[str, Override],
    parameters: GateParameters,
    as_of: dt.date,
    policy: str = "",
) -> Judgement:
    """Judge every source.

    `at_start_of_day` are the standings before the first run of `as_of` (`standings_before`) and `current` the latest
    (`standings_after`): the first are what hysteresis starts from, the second what a change is a change of. Pass the
    same for both if a day has one run. `estimates` were made of `pages` with `standings=at_start_of_day`. `overrides`
    are keyed by source or sub-source; expired ones have no effect. A source with no pages left keeps its standing.
    """
    before = np.array(
        [STATUSES.index(at_start_of_day.get(name, _NEW).measured) for name in estimates.source], dtype=int
    )
    measured = measured_status(estimates, before, parameters)
    standings: dict[str, Standing] = {}
    changed: list[tuple[Standing, Status, int | None]] = []
    for index, name in enumerate(estimates.source):
        base = at_start_of_day.get(name, _NEW)
        status = STATUSES[measured[index]]
        standing = Standing(
            source=name,
            status=status,
            measured=status,
            rejected_on=(base.rejected_on or as_of) if status == "rejected" else None,
            evidence_from=_evidence_from(base, status),
            reason=reason_of(estimates, index, status, base, parameters),
        )
        standings[name] = standing
    for name in sorted({*at_start_of_day, *current, *overrides} - standings.keys()):
        if name in at_start_of_day:
            kept = at_start_of_day[name]
            standings[name] = replace(kept, status=kept.measured, override="", watched=False)
        elif name in overrides and overrides[name].holds(as_of):
            standings[name] = Standing(source=name, reason="no page of it has been assessed")
    places = {name: index for index, name in enumerate(estimates.source)}
    for name, standing in standings.items():
        final = _overridden(standing, overrides.get(name), as_of)
        now = current.get(name, _NEW)
        same = final.status == now.status
        final = replace(final, since=now.since if same else as_of)
        standings[name] = final
        if not same or _state(final) != _state(now):
            changed.append((final, now.status, places.get(name)))
    worst = _worst_pages(pages, [standing.source for standing, _, _ in changed], parameters.worst_pages)
    decisions = tuple(
        _decision(standing, previous, index, estimates, worst, as_of, policy) for standing, previous, index in changed
    )
    return Judgement(standings, decisions)


_NEW = Standing(source="")


def _state(standing: Standing) -> tuple[object, ...]:
    """Return what the gate must remember beside the status; a change of it is recorded too."""
    return (standing.measured, standing.evidence_from, standing.override, standing.watched)


def _evidence_from(base: Standing, status: Status) -> dt.date | None:
    if base.measured == "rejected" and status != "rejected" and base.rejected_on is not None:
        return base.rejected_on + dt.timedelta(days=1)
    return base.evidence_from


def _overridden(standing: Standing, override: Override | None, as_of: dt.date) -> Standing:
    if override is None or not override.holds(as_of):
        return standing
    said = override.describe()
    if override.action == "watch":
        return replace(standing, watched=True, override=said)
    status: Status = "accepted" if override.action == "allow" else "rejected"
    pages_say = f"its pages say {standing.measured}: {standing.reason}"
    return replace(standing, status=status, override=said, reason=f"{said}; {pages_say}")


def reason_of(estimates: Estimates, index: int, status: Status, base: Standing, parameters: GateParameters) -> str:
    """Return in plain words what the pages of a source say and why that makes it what it is."""
    pages, effective = int(estimates.assessed[index]), float(estimates.effective_pages[index])
    rate, low, high = (
        float(values[index]) for values in (estimates.reject_rate, estimates.reject_low, estimates.reject_high)
    )
    worth = "" if effective >= 0.9 * pages else f" (worth {effective:.1f} independent recent ones)"
    numbers = f"{rate:.0%} of its pages are bad, between {low:.0%} and {high:.0%}, by {pages} pages{worth}"
    if status == "unknown":
        return f"only {pages} pages assessed{worth}; {parameters.min_pages:g} are needed"
    if status == "rejected":
        return f"{numbers}; rejected from {parameters.reject_rate:.0%} with at least {parameters.reject_low:.0%} sure"
    if base.measured == "rejected":
        return f"{numbers}; released: its pages since the rejection refute {parameters.release_rate:.0%} or more"
    if status == "accepted":
        return f"{numbers}"
    return f"{numbers}; too many to accept, not enough or not sure enough to reject"


def _decision(
    standing: Standing,
    previous: Status,
    index: int | None,
    estimates: Estimates,
    worst: Mapping[str, tuple[str, ...]],
    as_of: dt.date,
    policy: str,
) -> Decision:
    numbers = (
        (0, 0.0, 0, 0, 0, None, None, None)
        if index is None
        else (
            int(estimates.pages[index]),
            float(estimates.effective_pages[index]),
            int(estimates.accepted[index]),
            int(estimates.review[index]),
            int(estimates.rejected[index]),
            float(estimates.reject_rate[index]),
            float(estimates.reject_low[index]),
            float(estimates.reject_high[index]),
        )
    )
    return Decision(standing, previous, as_of, policy, *numbers, worst_pages=worst.get(standing.source, ()))


def _worst_pages(pages: pa.Table, names: list[str], most: int) -> dict[str, tuple[str, ...]]:
    """Return the ids of the worst assessed pages of each named source or sub-source; ties by page id."""
    if not names or not most:
        return {}
    worst: dict[str, tuple[str, ...]] = {}
    assessed = pc.is_valid(pages["reject_probability"])
    columns = ["source", "page_id", "reject_probability"] + ["subsource"] * ("subsource" in pages.column_names)
    wanted = pa.array(names)
    source = pages["source"].cast(pa.string())
    mask = pc.is_in(source, value_set=wanted)
    if "subsource" in pages.column_names:
        fine = pages["subsource"].cast(pa.string())
        coarse = pc.list_element(pc.split_pattern(pc.fill_null(fine, ""), "/", max_splits=1), 0)
        mask = pc.or_(
            mask, pc.or_(pc.fill_null(pc.is_in(fine, value_set=wanted), False), pc.is_in(coarse, value_set=wanted))
        )
    rows = pages.select(columns).filter(pc.and_(mask, assessed))
    rows = rows.sort_by([("reject_probability", "descending"), ("page_id", "ascending")])
    ids, keys = rows["page_id"].to_pylist(), [rows["source"].cast(pa.string()).to_pylist()]
    if "subsource" in columns:
        fine_keys = rows["subsource"].cast(pa.string()).to_pylist()
        coarse_keys = [key.partition("/")[0] if key else None for key in fine_keys]
        keys += [fine_keys, [None if a == b else a for a, b in zip(coarse_keys, fine_keys, strict=True)]]
    picked: dict[str, list[str]] = {name: [] for name in names}
    for column in keys:
        for key, page_id in zip(column, ids, strict=True):
            if key in picked and len(picked[key]) < most:
                picked[key].append(str(page_id))
    worst.update({name: tuple(chosen) for name, chosen in picked.items()})
    return worst
