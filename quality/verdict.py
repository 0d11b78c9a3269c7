"""The decision, in one place: measurements and spans in, verdict with its grounds out.

A score is the share of the article's characters that stand in spans of one kind. Scores and single signals add log-odds
with the policy's weights, capped for each family so that ten correlated rules cannot reject alone; the sum is the
probability that a careful editor would reject the article. What cannot be judged (another language, too few words, not
an article) is not assessed, and the status says why; it is never a bad article.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quality.policy import Policy
from quality.records import Kind, Measurement, Reason, Span, Verdict
from quality.roles import RolePrediction
from quality.segment import Document

SCORE_OF_KIND: Mapping[Kind, str] = {
    "padding": "padding",
    "promo": "promo",
    "repeat": "repetition",
    "residue": "residue",
}
QUOTE_CHARS = 240


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policy makes of a document's measurements."""

    scores: Mapping[str, float | None]
    probability: float | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    page_type: str | None
    status: str


def judge(
    document: Document,
    measurements: Mapping[str, Measurement],
    roles: RolePrediction,
    spans: Sequence[Span],
    policy: Policy,
) -> Judgement:
    """Decide on a document under a policy."""
    scores = span_scores(document, spans)
    status = _status(document, policy)
    if status != "ok":
        return Judgement(scores, None, "not_assessed", (), None, status)
    reasons = _reasons(document, measurements, scores, spans, policy)
    log_odds = policy.verdict.base_log_odds + sum(reason.points for reason in reasons)
    probability = 1.0 / (1.0 + math.exp(-log_odds))
    return Judgement(scores, probability, verdict_of(probability, policy), reasons, None, status)


def verdict_of(probability: float, policy: Policy) -> Verdict:
    """Return the verdict that a reject probability earns."""
    if probability >= policy.verdict.reject:
        return "reject"
    return "review" if probability >= policy.verdict.review else "accept"


def span_scores(document: Document, spans: Sequence[Span]) -> dict[str, float | None]:
    """Return the share (0..1) of the lines' characters that stand in spans of each kind; None without any text."""
    total = sum(line.end - line.start for line in document.lines)
    if not total:
        return dict.fromkeys(SCORE_OF_KIND.values())
    covered = dict.fromkeys(SCORE_OF_KIND, 0)
    for span in spans:
        covered[span.kind] += span.end - span.start
    return {name: min(1.0, covered[kind] / total) for kind, name in SCORE_OF_KIND.items()}


def _status(document: Document, policy: Policy) -> str:
    coverage = policy.coverage
    language = document.article.language
    if len(document.words) < coverage.min_words:
        return f"too short: {len(document.words)} words, judged from {coverage.min_words} on"
    if language not in coverage.languages:
        return f"language not calibrated: {language or 'unknown'}"
    return "ok"


def _reasons(
    document: Document,
    measurements: Mapping[str, Measurement],
    scores: Mapping[str, float | None],
    spans: Sequence[Span],
    policy: Policy,
) -> tuple[Reason, ...]:
    found = []
    for kind, name in SCORE_OF_KIND.items():
        share = scores[name]
        best = max(
            (s for s in spans if s.kind == kind), key=lambda s: (s.score * (s.end - s.start), -s.start), default=None
        )
        if not share or best is None:
            continue
        points = min(policy.family_caps[name], policy.score_weights[name] * share)
        found.append(Reason(best.signal, round(share, 4), points, _quote(document.text, best.start, best.end)))
    for signal, weight in policy.weights.items():
        measurement = measurements[signal]
        if not measurement.value or not weight:
            continue
        points = weight * measurement.value
        cap = policy.family_caps.get(signal.partition(".")[0], abs(points))
        best_piece = max(measurement.evidence, key=lambda piece: piece[2], default=None)
        quote = (
            _quote(document.text, best_piece[0], best_piece[1]) if best_piece else f"{signal} = {measurement.value:.3g}"
        )
        found.append(Reason(signal, measurement.value, max(-cap, min(cap, points)), quote))
    return tuple(sorted(found, key=lambda reason: (-reason.points, reason.signal)))


def _quote(text: str, start: int, end: int) -> str:
    quote = " ".join(text[start:end].split())
    return quote if len(quote) <= QUOTE_CHARS else quote[: QUOTE_CHARS - 1].rstrip() + "…"
