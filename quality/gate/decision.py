"""From estimates to statuses: unknown, accepted, probation or rejected, with hysteresis, and people last.

A threshold is crossed in one direction with one number and back with another, and every crossing is by an interval's
bound, so that a source near a line stays where it is. Only rejection costs a publisher anything, so it alone needs a
test that survives being looked at after every run (see `betting`). A released source starts afresh: its pages from
before it turned no longer count, or they would condemn it again the next day.
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

from quality.gate.betting import LEVELS, counts_by_level
from quality.gate.estimate import Estimates
from quality.gate.pages import ALWAYS, EPOCH, Codes, Flags, Floats, Pages, read_pages
from quality.gate.parameters import GateParameters
from quality.gate.standing import STATUSES, Decision, Standing, Status
from quality.source_lists import Override

UNKNOWN, ACCEPTED, PROBATION, REJECTED = range(4)


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
    result: Codes = np.where(before == REJECTED, np.where(released, PROBATION, REJECTED), status).astype(np.int32)
    return result


def enters_rejection(estimates: Estimates, parameters: GateParameters) -> Flags:
    """Return which sources meet every condition of rejection."""
    enough = (estimates.effective_pages >= parameters.min_pages_rejected) & (
        estimates.assessed >= parameters.min_pages_rejected
    )
    broad = ~estimates.platform | (estimates.authors >= parameters.min_authors)
    high = (estimates.reject_rate >= parameters.reject_rate) & (estimates.reject_low >= parameters.reject_low)
    sure = estimates.refuted_tolerated >= -math.log(parameters.false_rejection_rate)
    result: Flags = enough & broad & high & sure
    return result


def decide(
    estimates: Estimates,
    pages: pa.Table | Pages,
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
    pages = read_pages(pages, parameters)
    before = np.array(
        [STATUSES.index(at_start_of_day.get(name, _NEW).measured) for name in estimates.source], dtype=int
    )
    measured = measured_status(estimates, before, parameters)
    standings: dict[str, Standing] = {}
    changed: list[tuple[Standing, Status, int | None]] = []
    for index, name in enumerate(estimates.source):
        base = at_start_of_day.get(name, _NEW)
        status = STATUSES[measured[index]]
        newest = EPOCH + dt.timedelta(days=int(estimates.newest[index]))
        standing = Standing(
            source=name,
            status=status,
            measured=status,
            rejected_on=(base.rejected_on or newest) if status == "rejected" else None,
            evidence_from=_evidence_from(base, status, int(estimates.release_from[index])),
            reason=reason_of(estimates, index, status, base, parameters),
        )
        standings[name] = standing
    for name in sorted({*at_start_of_day, *current, *overrides} - standings.keys()):
        if name in at_start_of_day:
            standings[name] = without_override(at_start_of_day[name])
        elif name in current or overrides[name].holds(as_of):
            standings[name] = Standing(source=name, reason=NO_PAGE)
    places = {name: index for index, name in enumerate(estimates.source)}
    for name, standing in standings.items():
        final = _overridden(standing, overrides.get(name), as_of)
        now = current.get(name, _NEW)
        same = final.status == now.status
        final = replace(final, since=now.since if same else as_of)
        standings[name] = final
        if not same or _state(final) != _state(now):
            changed.append((final, now.status, places.get(name)))
    worst = worst_pages(pages, [standing.source for standing, _, _ in changed], parameters.worst_pages)
    decisions = tuple(
        _decision(standing, previous, index, estimates, worst, as_of, policy) for standing, previous, index in changed
    )
    return Judgement(standings, decisions)


_NEW = Standing(source="")
NO_PAGE = "no page of it has been assessed"
_PAGES_SAY = "; its pages say "


def with_overrides(
    standings: Mapping[str, Standing], overrides: Mapping[str, Override], as_of: dt.date
) -> dict[str, Standing]:
    """Return standings as people want them today: what they have withdrawn or let expire goes, what they say now holds.

    What pages say stays as it was judged last; `since` is that of the last judgement.
    """
    today = {name: without_override(standing) for name, standing in standings.items()}
    for name, override in overrides.items():
        if name not in today and override.holds(as_of):
            today[name] = Standing(source=name, reason=NO_PAGE)
    return {name: _overridden(standing, overrides.get(name), as_of) for name, standing in today.items()}


def without_override(standing: Standing) -> Standing:
    """Return what the pages alone say of a source."""
    said = f"{standing.override}{_PAGES_SAY}{standing.measured}: "
    reason = standing.reason.removeprefix(said) if standing.override else standing.reason
    return replace(standing, status=standing.measured, override="", watched=False, reason=reason)


def _state(standing: Standing) -> tuple[object, ...]:
    """Return what the gate must remember beside the status; a change of it is recorded too."""
    return (standing.measured, standing.evidence_from, standing.override, standing.watched)


def _evidence_from(base: Standing, status: Status, release_from: int) -> dt.date | None:
    released = base.measured == "rejected" and status != "rejected"
    return EPOCH + dt.timedelta(days=release_from) if released and release_from != ALWAYS else base.evidence_from


def _overridden(standing: Standing, override: Override | None, as_of: dt.date) -> Standing:
    if override is None or not override.holds(as_of):
        return standing
    said = override.describe()
    if override.action == "watch":
        return replace(standing, watched=True, override=said)
    status: Status = "accepted" if override.action == "allow" else "rejected"
    reason = f"{said}{_PAGES_SAY}{standing.measured}: {standing.reason}"
    return replace(standing, status=status, override=said, reason=reason)


def reason_of(estimates: Estimates, index: int, status: Status, base: Standing, parameters: GateParameters) -> str:
    """Return in plain words what the pages of a source say and why that makes it what it is."""
    pages, effective = int(estimates.assessed[index]), float(estimates.effective_pages[index])
    rate, low, high = (
        float(values[index]) for values in (estimates.reject_rate, estimates.reject_low, estimates.reject_high)
    )
    short = effective < parameters.min_pages <= pages  # never "only 5 pages; 5 are needed"
    shown = math.floor(10 * effective) / 10 if short else effective
    notes = [f"worth {shown:.1f} independent recent ones"] if short or effective < 0.9 * pages else []
    if base.evidence_from is not None:
        notes.append(f"those from before {base.evidence_from}, when it turned, do not count")
    worth = f" ({'; '.join(notes)})" if notes else ""
    s = "s" * (pages != 1)
    numbers = f"{rate:.0%} of its pages are bad, between {low:.0%} and {high:.0%}, by {pages} page{s}{worth}"
    if status == "unknown":
        return f"only {pages} page{s} assessed{worth}; {parameters.min_pages:g} are needed"
    if status == "rejected":
        return (
            f"{numbers}; rejected from {parameters.reject_rate:.0%} on, if at least {parameters.reject_low:.0%} is sure"
        )
    if base.measured == "rejected":
        return f"released: its pages since the rejection, or all of them, refute {parameters.release_rate:.0%} or more"
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
    blank = index is None or not estimates.assessed[index]
    return Decision(
        standing=standing,
        previous=previous,
        decided_on=as_of,
        policy=policy,
        pages=0 if index is None else int(estimates.assessed[index]),
        effective_pages=0.0 if index is None else float(estimates.effective_pages[index]),
        accepted=0 if index is None else int(estimates.accepted[index]),
        review=0 if index is None else int(estimates.review[index]),
        rejected=0 if index is None else int(estimates.rejected[index]),
        reject_rate=None if blank else float(estimates.reject_rate[index]),
        reject_low=None if blank else float(estimates.reject_low[index]),
        reject_high=None if blank else float(estimates.reject_high[index]),
        worst_pages=worst.get(standing.source, ()),
    )


def worst_pages(pages: Pages, names: list[str], most: int) -> dict[str, tuple[str, ...]]:
    """Return the ids of the worst assessed pages of each named source or sub-source; ties by page id."""
    wanted = set(names)
    hosts = [name.partition("/")[0] for name in pages.subsource_names]
    host_names = tuple(dict.fromkeys(host for host in hosts if host in wanted))
    place = {host: index for index, host in enumerate(host_names)}
    host_of = np.array([place.get(host, -1) for host in hosts] + [-1], dtype=np.int32)[pages.subsource]
    levels = ((pages.names, pages.source), (host_names, host_of), (pages.subsource_names, pages.subsource))
    worst: dict[str, tuple[str, ...]] = {}
    for known, code in levels:
        asked = np.array([name in wanted and name not in worst for name in known] + [False])
        worst |= _worst_of(pages, known, code, np.flatnonzero(asked[code] & pages.assessed), most)
    return worst


def _worst_of(
    pages: Pages, names: tuple[str, ...], code: Codes, rows: NDArray[np.int64], most: int
) -> dict[str, tuple[str, ...]]:
    """Return the ids of the `most` worst pages among `rows` for each name."""
    if not rows.size or not most:
        return {}
    rows = rows[_may_be_worst(code[rows], len(names), pages.probability[rows], most)]
    ids = pages.page_id.take(pa.array(rows)).cast(pa.string())
    rank = pc.rank(ids, tiebreaker="dense").to_numpy().astype(np.int64)
    order = np.lexsort((rank, -pages.probability[rows], code[rows]))
    picked: dict[str, tuple[str, ...]] = {}
    chosen = ids.take(pa.array(order)).to_pylist()
    key = code[rows][order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    for start, size_of in zip(starts.tolist(), np.diff(np.r_[starts, key.size]).tolist(), strict=True):
        picked[names[key[start]]] = tuple(chosen[start : start + min(most, size_of)])
    return picked


def _may_be_worst(code: Codes, count: int, probability: Floats, most: int) -> Flags:
    """Return which pages are at least as bad, by whole hundredths, as the one that comes `most`-th for its code."""
    counts = counts_by_level(code, count, probability, np.ones(code.size), 1.0)
    at_least = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    least = np.maximum((at_least >= most).sum(axis=1) - 1, 0)  # the highest level that still has `most` pages above
    result: Flags = np.rint(probability * (LEVELS - 1)) >= least[code]
    return result
