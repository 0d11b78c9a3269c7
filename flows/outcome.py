"""What a run found, read back from the published warehouse: the facts that artifacts show and events announce.

One reading serves both, so that what is announced is what is shown. Everything is small: counts, and the few worst
sources and sentences, never pages. `degradations` says in words when a run should worry somebody.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.reader import Snapshot

WORST_SOURCES = 10
WORST_SPANS = 15
SPANS_A_PAGE = 2
"""Spans of one page among the worst; without a cap one bad page fills the table."""
DRIFTED_SIGNALS = 10

MIN_PAGES = 50
"""Pages below which a share says nothing about a run: the 95 % interval of one half is then ±0.14."""
MAX_FAILED_SHARE = 0.20
"""Share of failed pages from which the input or the extractor, not a page, is what is wrong."""
REJECT_JUMP = 0.10
REJECT_SIGMAS = 4.0
"""A rejected share that moved by so much, and by so many standard errors, since the last run of its size. Nightly runs
would show three sigmas by chance about once a year; four practically never."""
SHIFTED_SIGNALS = 3
"""Signals that shifted (stability index above 0.25) from which it is the input that changed rather than one of them."""
MIN_DRIFT_PAGES = 200
"""The stability index of smaller runs is mostly chance."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did and found."""

    run_id: str
    run: Row
    """Its row of `runs`."""
    verdicts: tuple[Row, ...]
    """verdict, pages, mean_probability of the pages that the run judged."""
    worst_sources: tuple[Row, ...]
    worst_spans: tuple[Row, ...]
    rejected_sources: tuple[Row, ...]
    """Rows of `gate_decisions`: sources that the run rejected."""
    quarantined: tuple[Row, ...]
    """Pages that killed or outlasted their worker."""
    previous: Row | None
    """The last run before it that judged at least MIN_PAGES pages: run_id, pages, and shares of verdicts."""
    drift: tuple[Row, ...]
    """Signals that moved most since `previous`."""

    @property
    def judged(self) -> int:
        """Pages that the run judged."""
        return sum(row["pages"] for row in self.verdicts)

    @property
    def rejected(self) -> int:
        """Pages that the run rejected."""
        return sum(row["pages"] for row in self.verdicts if row["verdict"] == "reject")


def read_outcome(warehouse: Path | str, run_id: str) -> Outcome:
    """Read what a run found. Raises NoWarehouse, and LookupError when the run was never published."""
    with Snapshot(warehouse) as snapshot:

        def rows(query: str, **values: str | int) -> tuple[Row, ...]:
            return tuple(snapshot.sql(query, values).to_pylist())

        runs = rows(_RUN, run_id=run_id)
        if not runs:
            raise LookupError(f"{warehouse} has no run {run_id}; `quality sql @run_history` lists them")
        previous = rows(_PREVIOUS, run_id=run_id, min_pages=MIN_PAGES)
        against = {"run": run_id, "against": previous[0]["run_id"]} if previous else None
        drift = snapshot.named("signal_drift", against).to_pylist() if against else []
        return Outcome(
            run_id=run_id,
            run=runs[0],
            verdicts=rows(_VERDICTS, run_id=run_id),
            worst_sources=rows(_WORST_SOURCES, count=WORST_SOURCES),
            worst_spans=rows(_WORST_SPANS, run_id=run_id, a_page=SPANS_A_PAGE, count=WORST_SPANS),
            rejected_sources=rows(_REJECTED_SOURCES, run_id=run_id),
            quarantined=rows(_QUARANTINED, run_id=run_id),
            previous=previous[0] if previous else None,
            drift=tuple(drift[:DRIFTED_SIGNALS]),
        )


def degradations(outcome: Outcome) -> tuple[str, ...]:
    """Say what is wrong with a run as a whole; nothing for most runs."""
    return tuple(
        complaint
        for complaint in (_too_many_failed(outcome.run), _rejects_jumped(outcome), _input_shifted(outcome.drift))
        if complaint is not None
    )


def _too_many_failed(run: Mapping[str, Any]) -> str | None:
    pages, failed = run["pages"], run["failed"]
    if pages < MIN_PAGES or failed <= MAX_FAILED_SHARE * pages:
        return None
    return f"{failed:,} of {pages:,} pages failed ({failed / pages:.0%}); `quality sql @failure_causes` says why"


def _rejects_jumped(outcome: Outcome) -> str | None:
    previous, judged = outcome.previous, outcome.judged
    if previous is None or judged < MIN_PAGES:
        return None
    before, now = previous["reject"], outcome.rejected / judged
    pooled = (previous["pages"] * before + outcome.rejected) / (previous["pages"] + judged)
    error = math.sqrt(pooled * (1 - pooled) * (1 / previous["pages"] + 1 / judged))
    if abs(now - before) < max(REJECT_JUMP, REJECT_SIGMAS * error):
        return None
    return f"{now:.0%} of the pages were rejected, after {before:.0%} in run {previous['run_id']}"


def _input_shifted(drift: tuple[Row, ...]) -> str | None:
    shifted = [
        row["signal"]
        for row in drift
        if row["drift"] == "shifted" and min(row["pages"], row["pages_before"]) >= MIN_DRIFT_PAGES
    ]
    if len(shifted) < SHIFTED_SIGNALS:
        return None
    return f"the input changed: {', '.join(shifted)} shifted; `quality sql @signal_drift` shows all"


_RUN = """
select run_id, status, inputs, pages, new, updated, unchanged, failed, seconds, policy, model
from runs where run_id = $run_id
"""
_VERDICTS = """
select verdict, count(*) as pages, avg(reject_probability) as mean_probability
from articles where run_id = $run_id group by verdict order by verdict
"""
_WORST_SOURCES = """
select source, status, pages, rejected, estimated_rate, reject_low, reject_high, reason
from sources where rejected > 0 or status = 'rejected'
order by status = 'rejected' desc, reject_low desc, estimated_rate desc, source limit $count
"""
_WORST_SPANS = """
select e.kind, e.score, left(e.quote, 300) as quote, e.signal, a.source, coalesce(a.url, a.origin) as page, a.verdict
from evidence as e inner join articles as a on e.page_id = a.page_id
where a.run_id = $run_id and e.kind <> 'residue'
qualify row_number() over (partition by e.page_id order by e.score desc, length(e.quote) desc, e.start, e.kind) <= $a_page
order by a.reject_probability desc nulls last, e.score desc, length(e.quote) desc, e.page_id, e.start, e.kind limit $count
"""
_REJECTED_SOURCES = """
select source, from_status, to_status, reason, pages, rejected, reject_rate, reject_low, reject_high
from gate_decisions where run_id = $run_id and to_status = 'rejected' order by pages desc, source
"""
_QUARANTINED = """
select page_id, page, source, error from failures where run_id = $run_id and stage = 'worker' order by page_id
"""
_PREVIOUS = """
select
    a.run_id,
    count(*) as pages,
    count(*) filter (where a.verdict = 'accept') / count(*) as accept,
    count(*) filter (where a.verdict = 'review') / count(*) as review,
    count(*) filter (where a.verdict = 'reject') / count(*) as reject,
    count(*) filter (where a.verdict = 'not_assessed') / count(*) as not_assessed
from assessments as a inner join runs as r on a.run_id = r.run_id
where r.started < (select started from runs where run_id = $run_id)
group by a.run_id, r.started having count(*) >= $min_pages
order by r.started desc limit 1
"""
