"""Findings become spans, and the clean text is the text without promo and residue."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import assess
from quality.decode import decode
from quality.extract import extract_html
from quality.policy import default_policy
from quality.records import CUT, KINDS, Measurement, Span, in_order
from quality.roles import predict_roles
from quality.roles.clauses import units_of
from quality.roles.spans import RoleThresholds, _Asked, _with_pieces
from quality.segment import segment
from quality.spans import clean, resolve, signal_spans


def span(start: int, end: int, kind: str = "promo", score: float = 0.9) -> Span:
    return Span(start, end, kind, score, "test.signal")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], []),
        ([span(0, 5), span(0, 5)], [(0, 5)]),
        ([span(0, 10, score=0.6), span(3, 6, "residue", 0.9)], [(0, 3), (3, 6), (6, 10)]),
        ([span(0, 10, score=0.9), span(3, 6, "residue", 0.6)], [(0, 10)]),
        ([span(0, 4), span(4, 8)], [(0, 4), (4, 8)]),
        ([span(0, 4, score=0.5), span(1, 9, score=0.8)], [(1, 9)]),
        ([span(0, 5, score=0.5), span(3, 9, score=0.8)], [(0, 3), (3, 9)]),
        ([span(0, 10, "repeat", 0.6), span(3, 6, "padding", 0.9)], [(0, 3), (3, 6), (6, 10)]),
        ([span(0, 10, "repeat", 0.9), span(0, 10, "promo", 0.6)], [(0, 10), (0, 10)]),  # a plug that is said again
        ([span(0, 10, "padding", 0.9), span(3, 6, "residue", 0.6)], [(0, 10), (3, 6)]),
    ],
)
def test_the_surer_finding_keeps_the_characters(findings: list[Span], expected: list[tuple[int, int]]) -> None:
    assert [(found.start, found.end) for found in resolve(findings, "x" * 10)] == expected


spans_strategy = st.lists(
    st.builds(
        lambda start, length, kind, score: span(start, start + length, kind, score),
        st.integers(0, 60),
        st.integers(1, 30),
        st.sampled_from(KINDS),
        st.floats(0, 1),
    ),
    max_size=25,
)


@given(spans_strategy)
def test_spans_of_one_question_are_disjoint_in_order_and_stay_inside_their_finding(findings: list[Span]) -> None:
    text = "ab  " * 25
    resolved = resolve(findings, text)
    assert resolve(reversed(findings), text) == resolved
    assert list(resolved) == sorted(resolved, key=in_order)
    for own in (True, False):
        for before, after in itertools.pairwise(found for found in resolved if (found.kind in CUT) is own):
            assert before.end <= after.start
    marked = {at for found in findings for at in range(found.start, found.end)}
    assert {at for found in resolved for at in range(found.start, found.end)} <= marked
    for found in resolved:
        assert text[found.start : found.end].strip()
        assert any(f.start <= found.start and found.end <= f.end and f.kind == found.kind for f in findings)


@pytest.mark.parametrize(
    ("text", "cut", "expected"),
    [
        ("Keep this.\nBuy now!\nKeep that.", ["Buy now!"], "Keep this.\nKeep that."),
        ("A fact (see our shop) stands.", [" (see our shop)"], "A fact stands."),
        ("- Buy now!", ["Buy now!"], ""),
        ("One.\n\nAd.\n\nTwo.", ["Ad."], "One.\n\nTwo."),
        ("One. Ad. Two.", ["Ad."], "One. Two."),
        ("Nothing  to cut.", [], "Nothing  to cut."),
        ("a\nAd one\nAd two\nb", ["Ad one\nAd two"], "a\nb"),
    ],
)
def test_clean_text_leaves_no_trace_of_the_cut(text: str, cut: list[str], expected: str) -> None:
    spans = resolve([span(text.index(piece), text.index(piece) + len(piece)) for piece in cut], text)
    assert clean(text, spans) == expected


@pytest.mark.parametrize(
    ("signal", "start", "end", "spans"),
    [
        ("promo.call_to_action", 10, 20, 0),  # in a line that is surely content
        ("promo.call_to_action", 10, 45, 1),  # not all of it is
        ("promo.call_to_action", 50, 60, 1),
        ("promo.paid_links", 10, 20, 1),  # knows it by more than a phrase
        ("page.injected_links", 10, 20, 1),
        ("page.clickbait_title", 10, 20, 0),  # evidence of the verdict, no span
    ],
)
def test_a_phrase_proves_nothing_in_a_line_that_is_surely_content(
    signal: str, start: int, end: int, spans: int
) -> None:
    measured = {signal: Measurement(0.5, ((start, end, 0.85),))}
    assert len(signal_spans(measured, default_policy().spans, spared=((0, 40), (90, 95)))) == spans


@pytest.mark.parametrize(
    ("signal", "start", "end", "spans"),
    [
        ("residue.named_block", 0, 40, 0),
        ("promo.named_block", 0, 40, 0),
        ("residue.named_block", 41, 89, 1),
        ("promo.call_to_action", 0, 40, 1),  # its phrase may be quoted, which is another list
    ],
)
def test_the_name_of_a_block_proves_nothing_in_a_line_that_is_surely_content(
    signal: str, start: int, end: int, spans: int
) -> None:
    measured = {signal: Measurement(0.5, ((start, end, 0.8),))}
    assert len(signal_spans(measured, default_policy().spans, sure=((0, 40), (90, 95)))) == spans


def test_padding_and_repeats_are_shown_and_kept() -> None:
    assert clean("Filler. Filler.", [span(0, 7, "padding"), span(8, 15, "repeat")]) == "Filler. Filler."


def test_a_plug_inside_padding_is_cut_whichever_is_surer() -> None:
    text = "At the end of the day (see our shop) it is what it is."
    plug = span(text.index(" (see"), text.index(" it is"), score=0.5)
    found = resolve([span(0, len(text), "padding", 0.9), plug], text)
    assert [(s.start, s.end, s.kind) for s in found] == [(0, len(text), "padding"), (plug.start + 1, plug.end, "promo")]
    assert clean(text, found) == "At the end of the day it is what it is."


@given(st.text(alphabet="ab \n", max_size=80), spans_strategy)
def test_clean_text_holds_only_characters_of_the_text(text: str, findings: list[Span]) -> None:
    inside = [f for f in findings if f.end <= len(text)]
    cleaned = clean(text, resolve(inside, text))
    assert cleaned.count("a") <= text.count("a")
    for piece in cleaned.split():
        assert set(piece) <= {"a", "b"}


PARAGRAPHS = (
    "The reservoir above Callow has been empty since June, and nobody on the council will say who opened the sluice.",
    "Mark Dower, who kept the gate for 22 years, was told to stay at home on the morning of the 4th. He did not.",
    "He found the padlock cut and the wheel turned eleven times. It takes nine to empty the upper basin.",
    "The county measured 14 litres a second at the lower weir that afternoon, a third of what the village uses.",
    "The pump that was lent by the next valley costs £2,300 a month, and is needed until the first frost comes.",
    "Farmers along the upper canal have begun to store water in tanks that were last used in the drought of 1976.",
    "In that year the same gate was opened by children. They were fined two pounds each and became two nurses and a judge.",
    "A report is due on 12 September. It will not name anybody, because the camera on the dam had no film in it.",
)


@pytest.mark.parametrize(
    ("name", "line", "kept"),
    [
        ("speaker-bio", "Anna Reuss kept the second gate for nine years and wrote its only manual.", True),
        ("form-text", "The form of the valley is that of a boot with the toe at Callow.", True),
        ("product-disclaimer", "Readings below 4 litres a second are estimates, because the weir is cracked.", True),
        ("post-cta", "Ready to fix your own gate? Talk to our engineers.", False),
        ("disclaimer", "This article is for information and no substitute for the advice of an engineer.", False),
    ],
)
def test_prose_in_a_block_with_a_name_of_furniture_stays(name: str, line: str, kept: bool) -> None:
    paragraphs = [f"<p>{text}</p>" for text in PARAGRAPHS]
    paragraphs.insert(4, f'<div class="{name}"><p>{line}</p></div>')
    html = f"<html><head><title>Callow</title></head><body><article><h1>Who opened the gate?</h1>{''.join(paragraphs)}</article></body></html>"
    assert (line in assess(html.encode()).clean_text) == kept


CALM = "The council met on Monday and approved the bridge over the river."
PLUG = "Sign up for our letter today."
LOUD, SILENT = (2.0, 0.6), (-2.0, 0.0)


@pytest.mark.parametrize(
    ("line", "answers", "left"),
    [
        (f"{CALM} {PLUG}", [SILENT, LOUD], CALM),
        (f"{PLUG} {CALM}", [LOUD, SILENT], CALM),
        (f"{CALM} {PLUG} {CALM}", [SILENT, LOUD, SILENT], f"{CALM} {CALM}"),
        (f"{CALM} {PLUG} {PLUG}", [SILENT, LOUD, LOUD], CALM),
        (f"{CALM} {PLUG} And there is more to come.", [SILENT, LOUD, (0.1, 0.01)], CALM),
        (f"{CALM} {PLUG}", [SILENT, (2.0, 0.4)], ""),
        (f"{CALM} {PLUG}", [(-0.8, 0.0), LOUD], ""),
        (f"{CALM} {PLUG}", [(-2.0, 0.06), LOUD], ""),
        (f"He lost. {PLUG}", [SILENT, LOUD], ""),
        (f"Who paid for the bridge that fell into the river? {PLUG}", [SILENT, LOUD], ""),
        (f"We met on Monday and approved the bridge over the river. {PLUG}", [SILENT, LOUD], ""),
        (f"The Hill Post met on Monday and approved the bridge over it. {PLUG}", [SILENT, LOUD], ""),
        (f"{CALM} He fell (sign up for the letter today) in. {CALM}", [SILENT, SILENT, LOUD, SILENT], f"{CALM} He fell  in. {CALM}"),
        (f"{CALM} Sign up (for our letter) today.", [SILENT, LOUD, LOUD], CALM),
    ],
)  # fmt: skip
def test_of_a_line_that_is_cut_quiet_sentences_stay_beside_a_plug(
    line: str, answers: list[tuple[float, float]], left: str
) -> None:
    html = f'<meta property="og:site_name" content="The Hill Post"><article><p>{CALM}</p><p>{line}</p></article>'
    page = decode(html.encode(), content_type=None, is_html=True)
    article = extract_html(page, url="https://thehillpost.example/a", max_elements=1000, max_chars=10_000)
    document = segment(article)
    at = document.lines[1]
    assert at.text == line
    asked = [_Asked(unit, *answer) for unit, answer in zip(units_of(document, at), answers, strict=True)]
    whole = [Span(at.start, at.end, "promo", 0.8, "roles.line")]
    found = _with_pieces(whole, asked, document, predict_roles(document), RoleThresholds(0.42, 0.42, 0.3, 0.3))
    assert all(span.kind in CUT for span in found)
    kept = "".join(
        char for place, char in enumerate(line, at.start) if not any(s.start <= place < s.end for s in found)
    )
    assert kept.strip().replace(f"{CALM}  {CALM}", f"{CALM} {CALM}") == left
    assert [(span.start, span.end) for span in found] == sorted({(span.start, span.end) for span in found})
