"""The only composition: bytes in, assessment out.

Each stage is a pure function of the one before, so the same bytes give the same answer in any order and any process. The
one `except Exception` of the package stands here: whatever a page does to a stage, the answer is an assessment whose
failure names the stage and the error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from quality.decode import decode, looks_like_html
from quality.extract import ExtractionError, extract_html, extract_text
from quality.media import why_no_page
from quality.model_files import model_key
from quality.pagetype import predict_page_type
from quality.policy import Policy, SpanThresholds, default_policy
from quality.records import Article, Assessment, Failure, Measurement, RawPage, Span
from quality.recurring import packed
from quality.roles import RolePrediction, predict_roles, surely_content, without_phrases
from quality.roles import spans as role_spans
from quality.segment import Document, segment
from quality.signals import measure_all
from quality.spans import clean, resolve, signal_spans
from quality.verdict import is_judged, judge, span_scores


def assess(
    body: bytes | bytearray | memoryview,
    *,
    url: str | None = None,
    content_type: str | None = None,
    policy: Policy | None = None,
) -> Assessment:
    """Assess one page.

    Args:
        body: the bytes as they came.
        url: where they came from; used for links, the publisher and the date, never fetched.
        content_type: the HTTP header, e.g. "text/html; charset=utf-8".
        policy: thresholds and weights; the policy of the package if None.

    Never raises for bad content, opens no file or socket, keeps no state between calls. What went wrong with the page
    is in `.status` and `.failure`. Raises TypeError for an argument that is none of these: a body that was decoded, say,
    or a missing address that a table gives as NaN, which is no page's fault.
    """
    if not isinstance(body, bytes | bytearray | memoryview):
        hint = ': pass body.encode() with content_type="…; charset=utf-8"' if isinstance(body, str) else ""
        raise TypeError(f"body must be the bytes of the page, not {type(body).__name__}{hint}")
    for name, value in (("url", url), ("content_type", content_type)):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"{name} must be a string or None, not {type(value).__name__}")
    if policy is not None and not isinstance(policy, Policy):
        raise TypeError(f"policy must be what load_policy returns or None, not {type(policy).__name__}")
    page = RawPage(body=bytes(body), url=url, content_type=content_type)
    return assess_page(page, policy=policy or default_policy())


def assess_page(page: RawPage, *, policy: Policy, entering: Callable[[str], None] = lambda _: None) -> Assessment:
    """Assess one page under a policy; see `assess`. `entering` hears the name of each stage as it begins."""
    stage = "decode"
    try:
        if len(page.body) > policy.limits.max_bytes:
            return _failed(
                stage, f"{len(page.body):,} bytes, more than the {policy.limits.max_bytes:,} that are read", policy
            )
        if kind := why_no_page(page.body, page.content_type):
            return _failed(stage, f"the body is {kind}, neither HTML nor text", policy)
        entering("decode")
        is_html = looks_like_html(page.body, page.content_type, page.url or page.origin)
        decoded = decode(page.body, content_type=page.content_type, is_html=is_html)
        stage = "extract"
        limits = policy.limits
        if is_html:
            article = extract_html(
                decoded,
                url=page.url,
                max_elements=limits.max_elements,
                max_chars=limits.max_chars,
                entering=entering,
            )
        else:
            entering("repair")
            article = extract_text(decoded, url=page.url, max_chars=limits.max_chars)
        stage = "assess"
        return assess_article(article, policy=policy, entering=entering)
    except ExtractionError as error:
        return _failed("extract", str(error), policy)
    except Exception as error:  # noqa: BLE001 - a page must not end a run; the failure says what it did
        return _failed(stage, f"{type(error).__name__}: {error}"[:500], policy)


def joined(
    document: Document,
    roles: RolePrediction,
    measurements: Mapping[str, Measurement],
    found: Sequence[Span],
    thresholds: SpanThresholds,
) -> tuple[Span, ...]:
    """Join what the line roles found with the evidence of the signals: spans in order, see `resolve`."""
    named = signal_spans(
        measurements, thresholds, spared=without_phrases(document, roles), sure=surely_content(document, roles)
    )
    return resolve([*found, *named], document.text)


def assess_article(article: Article, *, policy: Policy, entering: Callable[[str], None] = lambda _: None) -> Assessment:
    """Judge an article that was extracted before, today; raises only for a broken installation."""
    entering("segment")
    document = segment(article)
    entering("signals")
    measurements = measure_all(document)
    entering("roles")
    roles = predict_roles(document)
    entering("page type")
    typed = predict_page_type(article)
    entering("verdict")
    judgement = judge(document, measurements, roles, typed, policy)
    entering("spans")
    thresholds = policy.spans if is_judged(typed, policy) else policy.other_spans
    found = role_spans(document, roles, thresholds=thresholds, reject_probability=judgement.probability)
    spans = joined(document, roles, measurements, found, thresholds)
    return Assessment(
        text=article.text,
        clean_text=clean(article.text, spans),
        spans=spans,
        scores=span_scores(article.text, spans),
        reject_probability=judgement.probability,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        language=article.language,
        page_type=judgement.page_type,
        title=article.title,
        repairs=article.repairs,
        status=judgement.status,
        signals={name: measurement.value for name, measurement in measurements.items()},
        article=article,
        line_roles=packed(roles.probabilities),
        policy=policy.key,
        model=model_key(policy),
    )


def _failed(stage: str, error: str, policy: Policy) -> Assessment:
    return Assessment(
        text="",
        clean_text="",
        spans=(),
        scores={"padding": None, "promo": None, "repetition": None, "residue": None},
        reject_probability=None,
        verdict="not_assessed",
        reasons=(),
        language=None,
        page_type=None,
        title=None,
        repairs=(),
        status=f"failed: {error}",
        failure=Failure(stage, error),
        policy=policy.key,
        model=model_key(policy),
    )


__all__ = ["assess", "assess_article", "assess_page"]
