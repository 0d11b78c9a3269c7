"""The stage that marks recurring lines: after all pages of a run are stored, before sources are judged.

What it finds depends on the set of pages and not on their order, so both engines and a resumed run end alike.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from flows.rows import span_columns
from quality import recurring
from quality.policy import Policy
from quality.records import Span
from quality.recurring import Doubt, RecurringLine
from quality.spans import clean
from quality.verdict import span_scores
from warehouse.recurring import RecurringLines, recurring_lines
from warehouse.store import Warehouse


def mark_recurring_lines(warehouse: Warehouse, policy: Policy, *, run_id: str, now: dt.datetime) -> int:
    """Find the lines that come back on the pages of the runs not yet marked, and mark them; returns the pages changed."""
    changed = 0
    with recurring_lines(warehouse) as store:
        for share in range(store.shares):
            found = _found(store, share, policy)
            lines: dict[str, dict[str, RecurringLine]] = defaultdict(dict)
            for row in (*store.stored(share), *found):  # what this run found counts for more
                line = RecurringLine(row["kind"], row["doubt"], row["pages"] / row["source_pages"])
                lines[row["source"]][row["line"]] = line
            if found:
                store.record([{**row, "run_id": run_id, "found_at": now} for row in found])
            if lines:
                changed += store.mark(_changes(store, lines, policy))
        store.finish(now=now)
    return changed


def _found(store: RecurringLines, share: int, policy: Policy) -> list[dict[str, Any]]:
    """Return the lines of a share that recur and that the line roles doubt enough for some kind of page."""
    settings = policy.recurring
    candidates = {
        (row["source"], row["line"]): row
        for row in store.candidates(share, min_pages=settings.min_pages, min_fraction=settings.min_fraction)
        if recurring.is_long_enough(row["line"], policy)
    }
    sums: dict[tuple[str, str], Doubt] = {key: Doubt() for key in candidates}
    for pages in store.pages(list({source for source, _ in candidates})) if candidates else ():
        for page in pages:
            said = {line: rest for line, *rest in recurring.doubts(page["text"], page["line_roles"])}
            for line, (promo, residue) in said.items():  # once a page, however often it stands there
                if (doubt := sums.get((page["source"], line))) is not None:
                    doubt.add(promo, residue)
    found = []
    for key, row in candidates.items():
        if sums[key].pages:
            line_found = sums[key].line(row["pages"] / row["source_pages"])
            if line_found.doubt >= min(settings.doubt, settings.other_doubt):
                found.append({**row, "kind": line_found.kind, "doubt": line_found.doubt})
    return found


def _changes(
    store: RecurringLines, lines: Mapping[str, Mapping[str, RecurringLine]], policy: Policy
) -> Iterator[list[dict[str, Any]]]:
    for pages in store.pages(list(lines)):
        judged = (_marked(page, lines[page["source"]], policy) for page in pages)
        yield [row for row in judged if row is not None]


def _marked(page: dict[str, Any], lines: Mapping[str, RecurringLine], policy: Policy) -> dict[str, Any] | None:
    """Return what changes of a page; None if it holds no such line that is not cut already."""
    before = tuple(
        Span(row["start"], row["end"], row["kind"], row["score"], row["signal"]) for row in page["spans"] or ()
    )
    judged = page["verdict"] != "not_assessed" or page["page_type"] in (None, *policy.coverage.judged_page_types)
    after = recurring.apply(page["text"], before, lines, judged=judged, policy=policy)
    if after == before:
        return None
    return {
        "page_id": page["page_id"],
        "clean_text": clean(page["text"], after),
        **span_scores(page["text"], after),
        "spans": [span_columns(page["text"], span) for span in after],
    }
