"""Which articles and sources are worth a page of their own.

A report of a hundred thousand articles that shows them all is read by nobody. Shown in full are the articles that a
person can learn from or should check: the rejected, those whose verdict hangs by a thread, those whose verdict changed,
the worst of each source that has a page. A small warehouse is shown whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.report import formats, queries
from flows.report.queries import Row
from warehouse.reader import Snapshot

WHOLE_BELOW = 300
"""Warehouses up to this many articles are shown in full."""
MOST_IN_FULL = 1_000
LISTED = 1_000
"""Rows that one list of articles has at most; `quality sql` has them all."""
MOST_SOURCES_LISTED = 5_000
MOST_SOURCES_IN_FULL = 300
DECIDED_IN_FULL = 200
"""Of those, at most so many are sources that the gate has decided on; they come before sources of a page or two."""
NEAR_MARGIN = 0.05
FLIPS = 200


@dataclass(frozen=True, slots=True)
class ArticleList:
    """A list of articles with a name, what it is about, and how many there are in all."""

    key: str
    name: str
    about: str
    rows: Sequence[Row]
    total: int
    in_full: int
    """How many of its first articles are candidates for a page of their own."""
    capped: bool = False
    """True where only so many were asked for, and there may be more than `total`."""

    @property
    def size(self) -> str:
        """How many there are, in words."""
        return f"{formats.whole(self.total)} or more" if self.capped else formats.whole(self.total)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the report shows."""

    lists: tuple[ArticleList, ...]
    sources: tuple[Row, ...]
    sources_total: int
    in_full: tuple[str, ...]
    """Ids of the articles with a page of their own."""
    source_articles: Mapping[str, Sequence[Row]]
    """The worst articles of each source that has a page."""

    @property
    def sources_in_full(self) -> tuple[Row, ...]:
        """The sources with a page of their own."""
        return _sources_in_full(self.sources)


def choose(snapshot: Snapshot, counts: Row, flips: Iterable[Row]) -> Choice:
    """Choose from a snapshot. `counts`: the one row of `counts`; `flips`: rows with a page_id."""
    near = queries.named(snapshot, "near_misses", margin=NEAR_MARGIN, number=LISTED)
    flipped = list(flips)
    lists = (
        _by_verdict(snapshot, "reject", "Rejected", "The surest first.", counts, in_full=400),
        _by_verdict(snapshot, "review", "For review", "Those nearest to rejection first.", counts, in_full=150),
        _by_id(
            snapshot, "near", "Near a threshold", f"Within {NEAR_MARGIN} of another verdict.", near, LISTED, in_full=150
        ),
        _by_id(
            snapshot,
            "changed",
            "Changed verdict",
            "Judged again with another outcome; the largest changes first.",
            flipped,
            FLIPS,
            in_full=100,
        ),
        _by_verdict(snapshot, "accept", "Accepted", "The most doubtful first.", counts, in_full=50),
        _by_verdict(
            snapshot,
            "not_assessed",
            "Not assessed",
            "Too short, not an article, or in a language that is not calibrated.",
            counts,
            in_full=20,
        ),
    )
    sources = queries.rows(snapshot, "sources", number=MOST_SOURCES_LISTED, decided=DECIDED_IN_FULL)
    names = queries.listed(row["source"] for row in _sources_in_full(sources))
    worst: dict[str, list[Row]] = {}
    for row in queries.rows(snapshot, "source_articles", sources=names, number=queries.ARTICLES_A_SOURCE):
        worst.setdefault(row["source"], []).append(row)
    total = sum(status["sources"] for status in queries.rows(snapshot, "statuses"))
    return Choice(lists, tuple(sources), total, _in_full(lists, worst, counts["pages"]), worst)


def _sources_in_full(sources: Sequence[Row]) -> tuple[Row, ...]:
    """Return those that have a page: known ones first, then the most certainly bad; a source without pages has none."""
    shown = [row for row in sources if row["pages"]]
    known = [row["status"] != "unknown" and row["place_among_known"] <= DECIDED_IN_FULL for row in shown]
    first = sum(known)
    rest = iter(range(MOST_SOURCES_IN_FULL - first))
    return tuple(row for row, kept in zip(shown, known, strict=True) if kept or next(rest, None) is not None)


def _by_verdict(snapshot: Snapshot, verdict: str, name: str, about: str, counts: Row, *, in_full: int) -> ArticleList:
    found = queries.rows(snapshot, "by_verdict", verdict=verdict, number=LISTED)
    return ArticleList(verdict.replace("_", "-"), name, about, found, counts[verdict], in_full)


def _by_id(
    snapshot: Snapshot, key: str, name: str, about: str, wanted: Sequence[Row], asked: int, *, in_full: int
) -> ArticleList:
    order = list(dict.fromkeys(row["page_id"] for row in wanted))
    found = {row["page_id"]: row for row in queries.rows(snapshot, "by_id", ids=queries.listed(order))}
    rows = [found[page] for page in order if page in found]
    return ArticleList(key, name, about, rows, len(rows), in_full, capped=len(wanted) >= asked)


def _in_full(lists: Sequence[ArticleList], worst: Mapping[str, Sequence[Row]], pages: int) -> tuple[str, ...]:
    whole = pages <= WHOLE_BELOW
    wanted = [row["page_id"] for entry in lists for row in entry.rows[: None if whole else entry.in_full]]
    # The worst article of every source before the second worst of any.
    for place in range(queries.ARTICLES_A_SOURCE if whole else 3):
        wanted += [articles[place]["page_id"] for articles in worst.values() if place < len(articles)]
    return tuple(list(dict.fromkeys(wanted))[:MOST_IN_FULL])
