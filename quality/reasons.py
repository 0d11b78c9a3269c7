"""Why a verdict came out as it did, in an editor's words: each point on a quoted sentence or a stated number.

The article model adds up some seventy small contributions. People read them by finding: the three features of a role
are one reason with its surest line, a signal is one reason with its best piece of evidence, a lack is a sentence that
states the number, and the wording is shown by the sentence that weighs most. What is too small to be worth a line is
added up in one last reason, so that the reasons and the base always add up to the log-odds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from quality.records import ROLES, Measurement, Reason
from quality.roles import RolePrediction
from quality.segment import Document
from quality.verdict_model import Contribution, ModelAssessment, VerdictModel, load_model
from quality.wording import heaviest_sentence

QUOTE_CHARS = 240
LEAST_POINTS = 0.08
"""Log-odds below which a finding gets no line of its own: it moves a probability by less than two points."""
REST = "model.rest"

STATEMENTS: Mapping[str, str] = {
    "information.decorative_statistics": "{percent} of the sentences give the size or growth of a market",
    "information.missing_attribution": "{percent} of the sentences name no source",
    "information.missing_dates": "{percent} of the sentences hold no date",
    "information.missing_first_hand": "first-hand experience is missing to {percent}",
    "information.missing_limits": "admitted limits, drawbacks or doubts are missing to {percent}",
    "information.missing_names": "{percent} of the sentences name no person, place or thing",
    "information.missing_numbers": "{percent} of the sentences hold no number",
    "information.missing_particulars": "{percent} of the sentences hold no name, number, date or quote",
    "information.missing_quantities": "{percent} of the sentences hold no quantity with a unit",
    "information.missing_quotes": "{percent} of the sentences quote nobody",
    "page.clickbait_title": "the title withholds or overstates ({percent})",
    "repetition.duplicate_ngrams": "{percent} of the text is sequences of five to ten words that occur more than once",
    "page.absent_list": "{percent} of the entries that the title promises are not there",
    "page.advertorial_shape": "{percent} of the sections end in an offer or at the publisher",
    "page.hidden_text": "{percent} of the text is hidden from readers of the page",
    "page.keyword_stuffing": "the page's own search phrase is {percent} of the way to stuffing (5 % of all words)",
    "page.publisher_mentions": "{percent} of the lines name the publisher",
    "page.template_sections": "{percent} of the sections open or close with the same words as another",
    "page.title_body_mismatch": "{percent} of the title's words never occur in the text",
}
"""Sentences for signals whose number says more than one piece of evidence."""
_ROLE_STATEMENTS: Mapping[str, str] = {
    "promo": "lines that sell or send away, weighed by how sure they are",
    "residue": "lines that are page furniture, weighed by how sure they are",
    "padding": "lines that only fill, weighed by how sure they are",
    "repeat": "lines that repeat, weighed by how sure they are",
}


def reasons_of(
    document: Document,
    measurements: Mapping[str, Measurement],
    roles: RolePrediction | None,
    assessed: ModelAssessment,
    *,
    model: VerdictModel | None = None,
) -> tuple[Reason, ...]:
    """Return the reasons of a model's assessment, those that speak most for rejection first.

    The points of all reasons and `assessed.base_log_odds` add up to the log-odds of the probability.
    """
    found: list[Reason] = []
    rest: list[Contribution] = []
    for signal, parts in _grouped(assessed.contributions).items():
        points = sum(part.points for part in parts)
        if abs(points) < LEAST_POINTS or (points < 0 and not parts[0].value):
            rest.extend(parts)
            continue
        found.append(
            Reason(
                signal,
                round(parts[0].value, 4),
                points,
                _quote(signal, parts[0].value, points, document, measurements, roles, model),
            )
        )
    if rest:
        against = sum(part.points for part in rest)
        quote = f"{len(rest)} findings that are absent, small or about average here"
        found.append(Reason(REST, float(len(rest)), against, quote))
    return tuple(sorted(found, key=lambda reason: (-reason.points, reason.signal)))


def _grouped(contributions: Sequence[Contribution]) -> dict[str, list[Contribution]]:
    """Gather the statistics of one role under `roles.<role>`; every other feature stands alone."""
    groups: dict[str, list[Contribution]] = {}
    for contribution in contributions:
        name = contribution.feature
        groups.setdefault(name.partition("_")[0] if name.startswith("roles.") else name, []).append(contribution)
    return groups


def _quote(
    signal: str,
    value: float,
    points: float,
    document: Document,
    measurements: Mapping[str, Measurement],
    roles: RolePrediction | None,
    model: VerdictModel | None,
) -> str:
    if signal == "wording":
        return _wording_quote(document, value, points, model)
    if signal.startswith("roles."):
        return _role_quote(signal.removeprefix("roles."), value, points, document, roles)
    if signal in STATEMENTS:
        return STATEMENTS[signal].format(percent=percent(value))
    evidence = measurements[signal].evidence
    if points > 0 and evidence:
        start, end, _ = max(evidence, key=lambda piece: (piece[2], piece[1] - piece[0], -piece[0]))
        return quoted(document.text, start, end)
    return f"{signal} = {value:.3g}, {'above' if points > 0 else 'below'} the average article"


def _wording_quote(document: Document, value: float, points: float, model: VerdictModel | None) -> str:
    if points <= 0:
        return f"worded like articles that readers keep ({points:+.2f} in log-odds)"
    best = heaviest_sentence(document, (model or load_model()).wording)
    return quoted(document.text, *best) if best else "worded like articles that readers reject"


def _role_quote(role: str, value: float, points: float, document: Document, roles: RolePrediction | None) -> str:
    if points <= 0 or roles is None:
        return f"{percent(value)} of the text is in {_ROLE_STATEMENTS[role]}"
    column = roles.probabilities[:, [str(name) for name in ROLES].index(role)]
    line = document.lines[int(np.argmax(column))]
    return quoted(document.text, line.start, line.end)


def stated(signal: str, measurement: Measurement, text: str) -> str:
    """Return a finding in words: what its number says, or its surest piece of evidence."""
    if measurement.value is not None and signal in STATEMENTS:
        return STATEMENTS[signal].format(percent=percent(measurement.value))
    best = max(measurement.evidence, key=lambda piece: piece[2], default=None)
    return quoted(text, best[0], best[1]) if best else f"{signal} = {measurement.value:.3g}"


def percent(share: float) -> str:
    """Return a share in per cent, as text: "38 %"."""
    return f"{100 * share:.0f} %"


def quoted(text: str, start: int, end: int) -> str:
    """Return a piece of the text on one line, cut at QUOTE_CHARS."""
    quote = " ".join(text[start:end].split())
    return quote if len(quote) <= QUOTE_CHARS else quote[: QUOTE_CHARS - 1].rstrip() + "…"
