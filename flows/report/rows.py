"""From rows of the warehouse to what the templates draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.report import charts, formats
from flows.report.article import ArticleView, Fact, Thresholds
from flows.report.queries import Row
from quality.records import Reason, Repair, Span

SCORE_NAMES = {
    "reject_probability": "Reject probability",
    "padding": "Padding",
    "promo": "Promo",
    "repetition": "Repetition",
    "residue": "Residue",
}


def article_view(row: Row, evidence: Iterable[Row], *, thresholds: Thresholds, source_page: str | None) -> ArticleView:
    """Collect what an article page shows of a row of `in_full` and its rows of `evidence`."""
    cut = row["characters"] - row["clean_characters"]
    facts = [
        Fact("Source", row["source"] or formats.MISSING, source_page),
        Fact("Language", row["language"] or "unknown"),
        Fact("Page type", row["page_type"] or "unknown"),
        Fact("Words", formats.whole(row["words"])),
        Fact("Characters", f"{row['characters']:,}, of which {cut:,} are cut from the clean text"),
        Fact("Author", row["author"] or formats.MISSING),
        Fact("Published", formats.day(row["published_date"])),
        Fact("Site", row["site_name"] or formats.MISSING),
        Fact("Charset", formats.charset(row["charset"], row["charset_method"], row["charset_confidence"])),
        Fact("Fetched", formats.moment(row["fetched_at"])),
        Fact("First seen", formats.moment(row["first_seen"])),
        Fact("Assessed", formats.moment(row["assessed_at"])),
        Fact("Run", row["run_id"]),
        Fact("Policy", row["policy"]),
        Fact("Models", row["model"]),
        Fact("Page id", row["page_id"]),
    ]
    text = row["text"] or ""
    return ArticleView(
        title=row["title"],
        url=row["url"],
        origin=row["origin"] or "",
        language=row["language"],
        verdict=row["verdict"],
        status=row["status"],
        probability=row["reject_probability"],
        scores={name: row[name] for name in ("padding", "promo", "repetition", "residue")},
        text=text,
        clean_text=row["clean_text"] or "",
        cut_characters=cut,
        spans=[
            Span(found["start"], min(found["end"], len(text)), found["kind"], found["score"], found["signal"])
            for found in evidence
            if found["start"] < len(text)
        ],
        reasons=[Reason(**reason) for reason in row["reasons"] or ()],
        repairs=[Repair(**repair) for repair in row["repairs"] or ()],
        facts=facts,
        damage=row["damage"] or 0,
        flags=row["flags"] or (),
        thresholds=thresholds,
    )


def histograms(counted: Sequence[Row], thresholds: Thresholds) -> list[charts.Histogram]:
    """Lay out the rows of `histogram`, one chart a score."""
    marks = [
        (value, name)
        for value, name in ((thresholds.review, "review"), (thresholds.reject, "reject"))
        if value is not None
    ]
    drawn = []
    for score, title in SCORE_NAMES.items():
        bins: Counter[tuple[int, str]] = Counter()
        for row in counted:
            if row["score"] == score:
                bins[row["bin"], row["verdict"]] += row["pages"]
        drawn.append(
            charts.histogram(
                title,
                {key: pages for key, pages in bins.items() if key[0] >= 0},
                zeros=sum(pages for key, pages in bins.items() if key[0] == -1),
                missing=sum(pages for key, pages in bins.items() if key[0] == -2),
                marks=marks if score == "reject_probability" else (),
            )
        )
    return drawn


def verdict_bar(row: Row) -> tuple[charts.Block, ...]:
    """Lay out a row's counts by verdict as one bar."""
    return charts.stacked([(verdict, row[verdict]) for verdict in formats.VERDICTS])


def source_trend(periods: Sequence[Row]) -> tuple[charts.TrendPoint, ...]:
    """Lay out the rows of `source_trend` of one source."""
    pattern = {"year": "%Y", "quarter": "%Y-%m", "month": "%Y-%m"}
    return charts.trend(
        [
            (
                f"{row['period']:{pattern.get(row['step'], '%m-%d')}}",
                f"{row['step']} of {row['period']}: {row['rejected']:,} of {row['assessed']:,} rejected, "
                f"{formats.share(row['reject_rate'])}, interval {formats.share(row['reject_low'])} to "
                f"{formats.share(row['reject_high'])}",
                row["reject_rate"],
                row["reject_low"],
                row["reject_high"],
                "rate",
            )
            for row in periods
        ]
    )


def run_trend(runs: Sequence[Row], names: tuple[str, str, str]) -> tuple[charts.TrendPoint, ...]:
    """Lay out three columns of `run_verdicts` (middle, low, high) of runs in the order of time."""
    middle, low, high = names
    return charts.trend(
        [
            (
                f"{run['started']:%m-%d %H:%M}",
                f"{run['run_id']}: {formats.share(run[middle])}, "
                f"{formats.share(run[low])} to {formats.share(run[high])}",
                run[middle],
                run[low],
                run[high],
                "rate",
            )
            for run in runs
            if run.get(middle) is not None
        ]
    )
