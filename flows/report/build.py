"""Build the report of a warehouse: an overview, its sources, its articles, its signals, and what went wrong.

Everything shown is read from one snapshot, so the pages agree with each other; the same snapshot gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.report import queries, rows
from flows.report.article import Surroundings, Thresholds, render_article
from flows.report.charts import HISTOGRAM_BINS
from flows.report.choose import FLIPS, ArticleList, Choice, choose
from flows.report.folder import ReportError, replaced_folder
from flows.report.names import article_file, numbered, source_file
from flows.report.queries import Row
from flows.report.render import render, write
from warehouse.reader import Snapshot

ROWS_A_PAGE = 100
TEXT_CHARS = 100_000
"""Characters of a text that an article page of the report shows; `quality inspect --format html` shows all."""
LATEST_FAILURES = 200
RUNS_SHOWN = 50
RUNS_IN_TREND = 16
WORST_SOURCES = 10


def build_report(warehouse: Path, output: Path) -> Path:
    """Write the report of a published warehouse into a folder and return the path of its index.html.

    The folder is replaced as a whole. Raises ReportError when it holds anything but a report, and WarehouseError when
    there is no warehouse to read.
    """
    with Snapshot(warehouse) as snapshot, replaced_folder(output) as folder:
        _Builder.of(snapshot, folder).build()
    return output / "index.html"


@dataclass(frozen=True)
class _Builder:
    snapshot: Snapshot
    folder: Path
    counts: Row
    thresholds: Thresholds
    flips: Sequence[Row]
    choice: Choice
    article_pages: frozenset[str]
    source_pages: frozenset[str]

    @classmethod
    def of(cls, snapshot: Snapshot, folder: Path) -> _Builder:
        counts = queries.rows(snapshot, "counts")[0]
        policy = queries.rows(snapshot, "thresholds")
        thresholds = Thresholds(policy[0]["review"], policy[0]["reject"]) if policy else Thresholds()
        flips = queries.named(snapshot, "policy_flips", number=FLIPS)
        choice = choose(snapshot, counts, flips)
        sources = frozenset(row["source"] for row in choice.sources_in_full)
        return cls(snapshot, folder, counts, thresholds, flips, choice, frozenset(choice.in_full), sources)

    def build(self) -> None:
        self._overview()
        self._article_lists()
        self._articles()
        self._sources()
        self._signals()
        self._encoding()
        self._failures()
        self._runs()

    # -- what all pages share

    def _write(self, address: str, template: str, *, section: str, **values: Any) -> None:
        home = "../" if "/" in address else "./"
        html = render(
            template,
            at=Surroundings(home, section),
            counts=self.counts,
            article_page=lambda page: f"{home}articles/{article_file(page)}" if page in self.article_pages else None,
            source_page=lambda source: f"{home}sources/{source_file(source)}" if source in self.source_pages else None,
            bar=rows.verdict_bar,
            **values,
        )
        write(self.folder / address, html)

    def _ask(self, query: str, **values: Any) -> list[Row]:
        return queries.rows(self.snapshot, query, **values)

    def _named(self, name: str, **values: Any) -> list[Row]:
        return queries.named(self.snapshot, name, **values)

    # -- pages

    def _overview(self) -> None:
        self._write(
            "index.html",
            "index.html.jinja",
            section="Overview",
            statuses=self._ask("statuses"),
            histograms=self._histograms(),
            languages=self._ask("languages"),
            not_assessed=self._ask("not_assessed"),
            sources=[row for row in self.choice.sources if row["reject"] or row["review"]][:WORST_SOURCES],
            causes=self._named("failure_causes", number=6),
            runs=self._named("run_history", number=6),
            lists=self.choice.lists,
        )

    def _histograms(self) -> list[Any]:
        return rows.histograms(self._ask("histogram", bins=HISTOGRAM_BINS), self.thresholds)

    def _article_lists(self) -> None:
        self._write("articles/index.html", "articles.html.jinja", section="Articles", lists=self.choice.lists)
        for entry in self.choice.lists:
            self._paged(entry)

    def _paged(self, entry: ArticleList) -> None:
        last = max(1, math.ceil(len(entry.rows) / ROWS_A_PAGE))
        for page in range(1, last + 1):
            self._write(
                f"articles/{numbered(entry.key, page)}",
                "article_list.html.jinja",
                section="Articles",
                entry=entry,
                rows=entry.rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
                pages=[(number, numbered(entry.key, number)) for number in range(1, last + 1)],
                page=page,
            )

    def _articles(self) -> None:
        ids = queries.listed(self.choice.in_full)
        evidence: dict[str, list[Row]] = {}
        for found in self._ask("evidence", ids=ids):
            evidence.setdefault(found["page_id"], []).append(found)
        for row in queries.streamed(self.snapshot, "in_full", ids=ids, chars=TEXT_CHARS):
            self._article(row, evidence.get(row["page_id"], []))

    def _article(self, row: Row, evidence: Sequence[Row]) -> None:
        source = row["source"]
        page = f"../sources/{source_file(source)}" if source in self.source_pages else None
        view = rows.article_view(row, evidence, thresholds=self.thresholds, source_page=page)
        note = ""
        if row["characters"] > TEXT_CHARS:
            note = (
                f"The first {TEXT_CHARS:,} of {row['characters']:,} characters are shown; "
                "quality inspect --format html shows all."
            )
        write(
            self.folder / "articles" / article_file(row["page_id"]),
            render_article(view, Surroundings("../", "Articles", note)),
        )

    def _sources(self) -> None:
        shown = self.choice.sources
        statuses = self._ask("statuses")
        last = max(1, math.ceil(len(shown) / ROWS_A_PAGE))
        for page in range(1, last + 1):
            self._write(
                f"sources/{numbered('index', page)}",
                "sources.html.jinja",
                section="Sources",
                rows=shown[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
                shown=len(shown),
                total=self.choice.sources_total,
                statuses=statuses,
                pages=[(number, numbered("index", number)) for number in range(1, last + 1)],
                page=page,
            )
        names = queries.listed(row["source"] for row in self.choice.sources_in_full)
        scores = {row["source"]: row for row in self._ask("source_scores", sources=names)}
        trends = _by_source(self._ask("source_trend", sources=names, periods=queries.TREND_PERIODS))
        sentences = _by_source(self._ask("source_sentences", sources=names, number=queries.SENTENCES_A_SOURCE))
        decisions = _by_source(self._ask("source_decisions", sources=names))
        for row in self.choice.sources_in_full:
            source = row["source"]
            found = sentences.get(source, [])
            self._write(
                f"sources/{source_file(source)}",
                "source.html.jinja",
                section="Sources",
                source=row,
                scores=scores.get(source),
                trend=rows.source_trend(trends.get(source, [])),
                step=trends[source][0]["step"] if source in trends else "",
                worst=[sentence for sentence in found if not sentence["recurring"]],
                recurring=[sentence for sentence in found if sentence["recurring"]],
                decisions=decisions.get(source, []),
                articles=self.choice.source_articles.get(source, []),
            )

    def _signals(self) -> None:
        self._write(
            "signals.html",
            "signals.html.jinja",
            section="Signals",
            histograms=self._histograms(),
            drift=self._named("signal_drift"),
            distributions=self._named("signal_distributions"),
            silent=self._named("silent_rules"),
        )

    def _encoding(self) -> None:
        self._write(
            "encoding.html",
            "encoding.html.jinja",
            section="Encoding",
            damage=self._named("encoding_damage", number=ROWS_A_PAGE),
            repairs=self._ask("repairs"),
            charsets=self._ask("charsets"),
            damaged=self._ask("damaged", number=ROWS_A_PAGE),
        )

    def _failures(self) -> None:
        self._write(
            "failures.html",
            "failures.html.jinja",
            section="Failures",
            causes=self._named("failure_causes"),
            failures=self._ask("failures", number=LATEST_FAILURES),
        )

    def _runs(self) -> None:
        verdicts = {row["run_id"]: row for row in self._ask("run_verdicts")}
        runs = [{**row, **verdicts.get(row["run_id"], {})} for row in self._named("run_history", number=RUNS_SHOWN)]
        judged = [run for run in runs if run["run_id"] in verdicts][:RUNS_IN_TREND][::-1]
        self._write(
            "runs.html",
            "runs.html.jinja",
            section="Runs",
            runs=runs,
            verdicts=verdicts,
            rejected=rows.run_trend(judged, ("reject_rate", "reject_low", "reject_high")),
            probability=rows.run_trend(judged, ("p50", "p25", "p75")),
            flips=self.flips,
            fastest=max((run["pages_a_second"] or 0 for run in runs), default=0),
        )


def _by_source(found: Sequence[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in found:
        grouped.setdefault(row["source"], []).append(row)
    return grouped


__all__ = ["ReportError", "build_report"]
