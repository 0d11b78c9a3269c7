"""`quality inspect`: one page, no warehouse and no Prefect; verdict, scores, every span quoted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.text import Text

from flows.cli import fail
from flows.credentials import without_credentials
from flows.inputs import find_inputs
from flows.readers import read_pages
from flows.report.formats import charset
from quality.pipeline import assess_page
from quality.policy import Policy
from quality.records import CUT, Assessment, RawPage
from warehouse.terminal import plain, plain_json

STYLES = {
    "promo": "black on bright_red",
    "residue": "black on bright_black",
    "padding": "black on yellow",
    "repeat": "black on cyan",
}
VERDICT_STYLES = {"accept": "bold green", "review": "bold yellow", "reject": "bold red", "not_assessed": "bold"}
BAR_CELLS = 24
ARTICLE_KEYS = (
    "url",
    "author",
    "date",
    "site_name",
    "markup",
    "charset",
    "charset_method",
    "charset_confidence",
    "damage",
    "flags",
)
_OVERRIDES = dict.fromkeys(
    (0x061C, 0x202A, 0x202B, 0x202D, 0x202E, *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)), "\ufffd"
)
"""Characters that turn round the letters behind them, and tags that are not seen; shown as U+FFFD, one for one, so that spans keep their places."""


def inspect_command(given: str, *, format: str, url: str | None, policy: Policy) -> None:
    """Assess one page and print it; 2 if it cannot be read."""
    if format not in ("text", "json", "html"):
        fail(f"--format {format}: expected text, json or html")
    page = _read_one(given, policy)
    given = without_credentials(given)
    assessment = assess_page(dataclasses.replace(page, url=url or page.url), policy=policy)
    if assessment.failure is not None:
        fail(plain(f"{given}: {assessment.failure.stage}: {assessment.failure.error}"))
    if format == "json":
        typer.echo(plain_json(json.dumps(as_json(assessment), ensure_ascii=False, indent=2)))
    elif format == "html":
        from flows.report.article import Thresholds, article_page

        thresholds = Thresholds(policy.verdict.review, policy.verdict.reject)
        typer.echo(article_page(assessment, origin=given, thresholds=thresholds))
    else:
        print_assessment(assessment, Console())


def _read_one(given: str, policy: Policy) -> RawPage:
    found = find_inputs([given])
    if found.remarks:
        fail(plain(f"{found.remarks[0].origin}: {found.remarks[0].error}"))
    first = next(read_pages(found.files[0], max_bytes=policy.limits.max_bytes), None)
    if first is None:
        fail(plain(f"{found.files[0].name}: no page in it"))
    if not isinstance(first, RawPage):
        fail(plain(f"{first.origin}: {first.error}"))
    return first


def as_json(assessment: Assessment) -> dict[str, object]:
    """Return an assessment as plain JSON values: of the intermediate article what `articles` has columns for."""
    table = dataclasses.asdict(dataclasses.replace(assessment, article=None))
    del table["article"], table["line_roles"]
    return table | {name: getattr(assessment.article, name) for name in ARTICLE_KEYS}


def print_assessment(assessment: Assessment, out: Console) -> None:
    """Print an assessment for an editor: the verdict, its grounds, and the text with the findings marked."""
    article = assessment.article
    assert article is not None
    probability = assessment.reject_probability
    head = Text(assessment.verdict.replace("_", " ").upper(), VERDICT_STYLES[assessment.verdict])
    if probability is not None:
        head.append(f"  reject probability {probability:.2f}", "default")
    if assessment.status != "ok":
        head.append(f"  ({assessment.status})", "default")
    out.print(head)
    out.print(Text((assessment.title or "(no title)").translate(_OVERRIDES), "bold"))
    cut = len(assessment.text) - len(assessment.clean_text)
    read_as = charset(article.charset, article.charset_method, article.charset_confidence)
    out.print(
        f"{assessment.language or '??'} · {assessment.page_type or 'page type unknown'} · {read_as} · "
        f"{len(assessment.text):,} characters, {cut:,} cut from the clean text",
        markup=False,
        highlight=False,
    )
    if article.markup == "text":
        out.print("plain text: no markup to read, judged by wording and place alone", style="dim")
    out.print()
    for name, score in assessment.scores.items():
        bar = "·" * BAR_CELLS if score is None else ("█" * round(score * BAR_CELLS)).ljust(BAR_CELLS, "·")
        out.print(
            f"{name:<11}{bar} {'not measurable' if score is None else f'{score:.2f}'}", markup=False, highlight=False
        )
    _print_reasons(assessment, out)
    _print_repairs(assessment, out)
    out.print()
    out.print(Text("Text ", "bold") + _legend())
    out.print(marked(assessment))
    _print_spans(assessment, out)


def _print_reasons(assessment: Assessment, out: Console) -> None:
    if assessment.reasons:
        out.print()
        out.print(Text("Why", "bold"))
    for reason in assessment.reasons:
        out.print(f"{reason.points:+6.2f}  {reason.signal} = {reason.value:.3g}", markup=False, highlight=False)
        out.print(Text(f"        “{reason.quote.translate(_OVERRIDES)}”", "italic"))


def _print_repairs(assessment: Assessment, out: Console) -> None:
    if assessment.repairs:
        out.print()
        out.print(Text("Repairs of the encoding", "bold"))
    for repair in assessment.repairs:
        codec = f", read as {repair.codec}" if repair.codec else ""
        out.print(
            f"{repair.count:>6} × {repair.original!r} → {repair.restored!r}  ({repair.rule}{codec}, {repair.confidence:.2f})",
            markup=False,
            highlight=False,
        )


def _legend() -> Text:
    legend = Text()
    for kind, style in STYLES.items():
        legend.append(f" {kind} ", style)
        legend.append(" ")
    return legend


def marked(assessment: Assessment) -> Text:
    """Return the text with its spans coloured by kind; where two stand over one place, by that of the one that is cut."""
    text = Text(assessment.text.translate(_OVERRIDES))
    for span in sorted(assessment.spans, key=lambda span: span.kind in CUT):
        text.stylize(STYLES[span.kind], span.start, span.end)
    return text


def _print_spans(assessment: Assessment, out: Console) -> None:
    out.print()
    out.print(Text(f"{len(assessment.spans)} spans", "bold"))
    for line in _span_lines(assessment):
        out.print(line)


def _span_lines(assessment: Assessment) -> Iterator[Text]:
    number, at = 1, 0
    for span in assessment.spans:
        number += assessment.text.count("\n", at, span.start)
        at = span.start
        quote = " ".join(assessment.text[span.start : span.end].translate(_OVERRIDES).split())
        line = Text(f"line {number:<4} ")
        line.append(f" {span.kind} ", STYLES[span.kind])
        line.append(f" {span.score:.2f} {span.signal}  “{quote[:160]}{'…' if len(quote) > 160 else ''}”")
        yield line
