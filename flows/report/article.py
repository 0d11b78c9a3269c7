"""One article for a reader: the verdict and its grounds, the text with every finding marked, the clean text beside it.

The same view serves `quality inspect --format html` and the article pages of a report; the first is built from an
assessment, the second from a row of the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.report import charts, formats
from flows.report.marking import Finding, Piece, findings_of, kind_counts, marked_lines
from flows.report.render import render
from quality.records import Assessment, Kind, Reason, Repair, Span
from quality.segment import words_of

SCORES = ("padding", "promo", "repetition", "residue")


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the article's particulars."""

    name: str
    value: str
    address: str | None = None
    """Where the value points to, if it is a link of the report itself."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Reject probabilities from which a policy says review, and reject."""

    review: float | None = None
    reject: float | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason of the verdict, and the finding that its quote shows."""

    reason: Reason
    bar: charts.PointsBar
    finding: int | None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """Everything that the article page shows."""

    title: str | None
    url: str | None
    origin: str
    language: str | None
    verdict: str
    status: str
    probability: float | None
    scores: Mapping[str, float | None]
    text: str
    clean_text: str
    cut_characters: int
    """Characters of the text that the clean text leaves out."""
    spans: Sequence[Span]
    reasons: Sequence[Reason]
    repairs: Sequence[Repair]
    facts: Sequence[Fact]
    damage: int = 0
    flags: Sequence[str] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The spans, numbered."""
        return findings_of(self.text, self.spans, self.reasons)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an article page stands in a report; the page of one inspected article stands alone."""

    home: str = ""
    """Relative address of the report's folder, "" for a page that stands alone, else ending in "/"."""
    section: str = ""
    note: str = ""
    """What the reader should know about the page, such as a text that was shortened."""


def article_page(assessment: Assessment, *, origin: str, thresholds: Thresholds | None = None) -> str:
    """Return a complete HTML page about one assessed article.

    Args:
        assessment: what `quality.assess` returned.
        origin: file or address that the page was read from, for the reader.
        thresholds: where the policy's verdicts begin; drawn on the scale of the probability if given.
    """
    return render_article(view_of(assessment, origin=origin, thresholds=thresholds or Thresholds()), Surroundings())


def view_of(assessment: Assessment, *, origin: str, thresholds: Thresholds) -> ArticleView:
    """Collect what the page shows of an assessment."""
    article = assessment.article
    cut = len(assessment.text) - len(assessment.clean_text)
    facts = [
        Fact("Language", assessment.language or "unknown"),
        Fact("Page type", assessment.page_type or "unknown"),
        Fact("Words", formats.whole(len(words_of(assessment.text)))),
        Fact("Characters", f"{len(assessment.text):,}, of which {cut:,} are cut from the clean text"),
    ]
    if article is not None:
        facts += [
            Fact("Author", article.author or formats.MISSING),
            Fact("Published", article.date or formats.MISSING),
            Fact("Site", article.site_name or formats.MISSING),
            Fact("Charset", formats.charset(article.charset, article.charset_method, article.charset_confidence)),
            Fact("Markup", article.markup),
        ]
    facts += [Fact("Policy", assessment.policy or formats.MISSING), Fact("Models", assessment.model or formats.MISSING)]
    return ArticleView(
        title=assessment.title,
        url=article.url if article else None,
        origin=origin,
        language=assessment.language,
        verdict=assessment.verdict,
        status=assessment.status,
        probability=assessment.reject_probability,
        scores=assessment.scores,
        text=assessment.text,
        clean_text=assessment.clean_text,
        cut_characters=cut,
        spans=assessment.spans,
        reasons=assessment.reasons,
        repairs=assessment.repairs,
        facts=facts,
        damage=article.damage if article else 0,
        flags=article.flags if article else (),
        thresholds=thresholds,
    )


def render_article(view: ArticleView, surroundings: Surroundings) -> str:
    """Return the page of a view."""
    findings = view.findings
    lines: list[tuple[Piece, ...]] = list(marked_lines(view.text, findings))
    counts: Mapping[Kind, int] = kind_counts(findings)
    return render(
        "article.html.jinja",
        view=view,
        at=surroundings,
        findings=findings,
        lines=lines,
        clean_lines=view.clean_text.split("\n"),
        counts=counts,
        grounds=_grounds(view.reasons, findings),
        scale=charts.probability_scale(view.probability, view.thresholds.review, view.thresholds.reject),
        scores=[(name, view.scores.get(name)) for name in SCORES],
    )


def _grounds(reasons: Sequence[Reason], findings: Sequence[Finding]) -> list[Ground]:
    by_quote: dict[str, int] = {}
    for finding in findings:
        by_quote.setdefault(" ".join(finding.quote.split())[: charts.QUOTE_KEY_CHARS], finding.number)
    most = max((abs(reason.points) for reason in reasons), default=0.0)
    return [
        Ground(
            reason,
            charts.points_bar(reason.points, most),
            by_quote.get(" ".join(reason.quote.split()).removesuffix("…")[: charts.QUOTE_KEY_CHARS]),
        )
        for reason in reasons
    ]
