"""Damaged text is restored, clean text is left alone, and hostile text costs little."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality import assess
from quality.records import Article
from quality.repair import repair_lines
from quality.repair.double import MAX_RECORDS, repairs_in, undo_double_encoding
from quality.segment import segment
from quality.signals.encoding import damage_fraction

CASES = Path(__file__).with_name("cases") / "encoding"
CLEAN: list[dict[str, Any]] = tomllib.loads((CASES / "clean.toml").read_text("utf-8"))["case"]
DAMAGED: list[dict[str, Any]] = tomllib.loads((CASES / "damaged.toml").read_text("utf-8"))["case"]


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def damaged_params() -> list[Any]:
    known_failure = pytest.mark.xfail(strict=True, reason="not restored yet")
    return [pytest.param(case, marks=known_failure if case["label"] == "known-failure" else ()) for case in DAMAGED]


@pytest.mark.parametrize("case", CLEAN)
def test_clean_text_stays_as_it_is(case: dict[str, Any]) -> None:
    found = repair_lines([case["text"]])
    assert (found.lines, found.repairs, found.damage) == ((case["text"],), (), 0)


def test_clean_texts_of_many_languages_stay_as_they_are_in_one_document() -> None:
    lines = tuple(case["text"] for case in CLEAN)
    assert repair_lines(lines).lines == lines


@pytest.mark.parametrize("case", damaged_params())
def test_damaged_text_is_restored(case: dict[str, Any]) -> None:
    found = repair_lines([case["text"]])
    assert flat(found.lines[0]) == flat(case["expected"])
    assert found.repairs


@pytest.mark.parametrize(
    ("line", "restored"),
    [
        ("Clients’ review: âââââ (4.9/5 stars)", None),
        ("Rated ââââ by us, and itâs fair.", "Rated ââââ by us, and it’s fair."),
    ],
)
def test_rows_of_one_damaged_mark_are_left_because_nothing_tells_what_they_were(
    line: str, restored: str | None
) -> None:
    found = repair_lines([line])
    assert found.lines == (restored or line,)
    assert bool(found.repairs) == (restored is not None)


def misread(text: str) -> str:
    return text.encode("utf-8").decode("latin-1")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            misread("It’s rated ⭐⭐⭐⭐⭐ – “fine”… café, naïve, 10 €"),
            "It’s rated ⭐⭐⭐⭐⭐ – “fine”… café, naïve, 10 €",
        ),
        (misread("Путин сказал: «да»"), "Путин сказал: «да»"),
        (misread("Русский"), "Русский"),  # no letter with "Ð" has a control character here
        (misread("漢字を読むのは楽しいです。毎日"), "漢字を読むのは楽しいです。毎日"),
        ("CAFÉ\x92S menu, voilà\x94 and É« stay", None),
        ("Ã\x83Â©tude of nothing that can be read twice", "Ã©tude of nothing that can be read twice"),
        ("çé\xa0 and à°¿ have no control characters", None),
        ("clean text – with “marks”", None),
    ],
)
def test_pages_that_were_decoded_twice_are_read_once(shown: str, expected: str | None) -> None:
    html, found = undo_double_encoding(shown)
    assert html == (expected or shown)
    assert bool(found) == (expected is not None)


def test_what_parsers_drop_is_restored_before_they_see_it() -> None:
    said = "Reviewers gave the ferry ⭐⭐⭐⭐⭐ because it’s “never late” – not even in May, when the river is high."
    page = f"<html><head><title>A ferry</title></head><body><article><p>{misread(said)}</p></article></body></html>"
    found = assess(page.encode(), url="https://news.example/ferry")
    assert said in found.text
    assert {(r.restored, r.rule, r.count) for r in found.repairs} >= {("⭐", "double", 5), ("’", "double", 1)}


@pytest.mark.parametrize("forms", [["’"], [chr(0x10000 + 5 * n) for n in range(30_000)]], ids=["one", "many"])
def test_a_page_of_nothing_but_double_encoding_takes_bounded_time(forms: list[str]) -> None:
    page = misread("".join(forms) * (300_000 // len(forms)))
    began = time.process_time()
    html, found = undo_double_encoding(page)
    kinds = repairs_in(html, found)
    assert time.process_time() - began < 3.0
    assert html == "".join(forms) * (300_000 // len(forms))
    assert len(kinds) == min(len(forms), MAX_RECORDS)


MIXED = (
    "Russia’s decision — the first of its kind — was welcomed.",
    "- Economic ties: Russiaβs recognition could bring trade.",
    "- SEE ALSO THIS STORY.Β The Haunted Room",
    "β Example Account (@example) July 4, 2025",
    "Patients on a β-blocker did better (β = 0.42).",
)


def test_only_the_damaged_lines_of_a_mixed_document_change() -> None:
    found = repair_lines(MIXED)
    assert found.lines == (
        MIXED[0],
        "- Economic ties: Russia’s recognition could bring trade.",
        "- SEE ALSO THIS STORY. The Haunted Room",
        "— Example Account (@example) July 4, 2025",
        MIXED[4],
    )
    assert {(r.original, r.restored, r.codec, r.rule) for r in found.repairs} == {
        ("β", "’", "iso8859-7", "mark"),
        ("β", "—", "iso8859-7", "mark"),
        ("Β", "", "iso8859-7", "space"),
    }
    assert all(0.5 < r.confidence <= 1 and r.count == 1 for r in found.repairs)


def test_the_document_vouches_for_what_a_line_alone_does_not_show() -> None:
    alone = "The plan β they say β works well."
    clear = "It isnβt what theyβd hoped, and Russiaβs army knows that we havenβt seen it."
    assert repair_lines([alone]).lines == (alone,)
    assert repair_lines([clear, alone]).lines[1] in (
        "The plan – they say – works well.",
        "The plan — they say — works well.",
    )


def test_repair_is_deterministic_and_done_once() -> None:
    once = repair_lines(MIXED)
    assert repair_lines(MIXED) == once
    assert repair_lines(once.lines).lines == once.lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\ufeffc\x07", "abc"),
        ("left\u202e and right\u202c", "left and right"),
        ("\ud83d\ude00 ok", "😀 ok"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧 क्\u200dया", "👨\u200d👩\u200d👧 क्\u200dया"),
        ("שלום\u200f (x)", "שלום\u200f (x)"),
    ],
)
def test_what_nobody_can_read_goes_and_joiners_stay(text: str, expected: str) -> None:
    assert repair_lines([text]).lines == (expected,)


def test_a_lone_surrogate_is_counted_as_damage() -> None:
    found = repair_lines(["lone \ud83d here"])
    assert (found.lines, found.damage) == (("lone \ufffd here",), 1)


def test_damage_is_measured_and_quoted() -> None:
    text = "lost \ufffd\ufffd here"
    article = Article(text=text, layout=(None,), damage=2)
    found = damage_fraction.measure(segment(article))
    assert found.value == pytest.approx(2 / 10)
    assert [text[start:end] for start, end, _ in found.evidence] == ["\ufffd", "\ufffd"]
    assert damage_fraction.measure(segment(Article(text=" ", layout=(None,)))).value is None
    assert damage_fraction.measure(segment(Article(text="whole", layout=(None,)))).value == 0


texts = st.text(alphabet=st.characters(exclude_characters="\n"), max_size=60)
residue = st.text(alphabet="âÃÂβΒΓÎÐÑ€™œ©“”’ \xa0\x80\x99\x9d?abestr\ufffd.", max_size=60)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(texts, residue), max_size=6))
def test_any_lines_come_back_as_many_lines_of_valid_text(lines: list[str]) -> None:
    found = repair_lines(lines)
    assert len(found.lines) == len(lines)
    assert not any("\n" in line for line in found.lines)
    "".join(found.lines).encode("utf-8")
    assert found.damage >= 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "β",
        "â",
        "Ã",
        "Ã ",
        "xÃ",
        "Russiaβs ",
        "donâ€™t ",
        "“",
        "\x00",
        "\x92",
        "\ud800",
        "\ufffd",
        "a\ufffdb ",
        "Ð°",
        "é",
        "it?s ",
    ],
)
def test_hostile_lines_take_bounded_time(piece: str) -> None:
    line = piece * (2_000_000 // len(piece))
    start = time.process_time()
    repair_lines([line])
    assert time.process_time() - start < 20


def test_time_grows_no_faster_than_the_text() -> None:
    line = "Russiaβs plan β “so” itâs said β isnâ€™t Ã©tÃ© "
    repair_lines([line] * 50)
    times = []
    for count in (100, 400):
        start = time.process_time()
        repair_lines([line] * count)
        times.append(time.process_time() - start)
    assert times[1] < 4 * times[0] * 2.5
