"""The decision, in one place: measurements and roles in, verdict with its grounds out.

A score is the share of the article's characters that stand in spans of one kind: what an editor would see marked. The
article model turns roles, signals and wording into the calibrated probability that a careful editor would reject the
article; its contributions are capped by family, so that ten correlated rules cannot reject alone, and become the
reasons. What cannot be judged (another language, too few words, a page that is no article) is not assessed, and the
status says why; it is never a bad article.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quality.pagetype import PageTypePrediction
from quality.policy import Policy
from quality.reasons import reasons_of, stated
from quality.records import Kind, Measurement, Reason, Span, Verdict
from quality.roles import RolePrediction
from quality.segment import Document
from quality.verdict_model import assess_features, features

SCORE_OF_KIND: Mapping[Kind, str] = {
    "padding": "padding",
    "promo": "promo",
    "repeat": "repetition",
    "residue": "residue",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policy makes of a document's measurements."""

    probability: float | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    page_type: str | None
    status: str


def judge(
    document: Document,
    measurements: Mapping[str, Measurement],
    roles: RolePrediction,
    typed: PageTypePrediction | None,
    policy: Policy,
) -> Judgement:
    """Decide on a document under a policy."""
    # without an address, which tells a page of a shop from an article best, a type that is not sure is none
    known = typed and (document.article.url or typed.probability >= policy.coverage.type_certainty)
    page_type = typed.type if typed and known else None
    status = _status(document, typed, policy)
    if status != "ok":
        return Judgement(None, "not_assessed", (), page_type, status)
    model = assess_features(features(document, measurements, roles), family_caps=policy.family_caps)
    extra = _fired(document, measurements, policy)
    reasons = _added(reasons_of(document, measurements, roles, model), extra)
    log_odds = math.log(model.probability / (1.0 - model.probability)) if 0 < model.probability < 1 else 0.0
    probability = model.probability
    if extra:
        probability = _probability(log_odds + sum(reason.points for reason in extra))
    ordered = tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.signal)))
    return Judgement(probability, verdict_of(probability, policy), ordered, page_type, status)


def _probability(log_odds: float) -> float:
    odds = math.exp(-abs(log_odds))
    return 1.0 / (1.0 + odds) if log_odds >= 0 else odds / (1.0 + odds)


def is_judged(typed: PageTypePrediction | None, policy: Policy) -> bool:
    """Return True unless the page is surely of a type that is not judged; plain text has no type and is."""
    coverage = policy.coverage
    return not typed or typed.type in coverage.judged_page_types or typed.probability < coverage.type_certainty


def verdict_of(probability: float, policy: Policy) -> Verdict:
    """Return the verdict that a reject probability earns."""
    if probability >= policy.verdict.reject:
        return "reject"
    return "review" if probability >= policy.verdict.review else "accept"


def span_scores(text: str, spans: Sequence[Span]) -> dict[str, float | None]:
    """Return the share (0..1) of the lines' characters that stand in spans of each kind; None without any text."""
    total = sum(len(line) for line in text.split("\n") if line.strip())
    if not total:
        return dict.fromkeys(SCORE_OF_KIND.values())
    covered = dict.fromkeys(SCORE_OF_KIND, 0)
    for span in spans:
        covered[span.kind] += span.end - span.start
    return {name: min(1.0, covered[kind] / total) for kind, name in SCORE_OF_KIND.items()}


def _status(document: Document, typed: PageTypePrediction | None, policy: Policy) -> str:
    coverage = policy.coverage
    language = document.article.language
    if len(document.words) < coverage.min_words:
        return f"too short: {len(document.words)} words, judged from {coverage.min_words} on"
    if language not in coverage.languages:
        return f"language not calibrated: {language or 'unknown'}"
    if typed and not is_judged(typed, policy):
        return f"not an article: {typed.type}"
    return "ok"


def _added(reasons: Sequence[Reason], extra: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return all reasons, one a signal: where a rule counts what the model counts too, their points are added up."""
    joined = {reason.signal: reason for reason in reasons}
    for reason in extra:
        known = joined.get(reason.signal)
        joined[reason.signal] = replace(reason, points=reason.points + known.points) if known else reason
    return tuple(joined.values())


def _fired(document: Document, measurements: Mapping[str, Measurement], policy: Policy) -> tuple[Reason, ...]:
    """Return what the policy's own rules add, for findings that the model could not learn or a curator fears more."""
    found = []
    for signal, rule in policy.rules.items():
        measurement = measurements[signal]
        if measurement.value is None or measurement.value < rule.at or not rule.points:
            continue
        quote = stated(signal, measurement, document.text)
        found.append(Reason(signal, measurement.value, rule.points, quote))
    return tuple(found)
