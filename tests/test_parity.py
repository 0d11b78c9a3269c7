"""Published signals have their published values: datatrove's against recorded ones, the others by hand."""

from __future__ import annotations

import json
import string
import tomllib
import unicodedata
from pathlib import Path

import pytest

from quality.records import Article
from quality.repeats import Numbered
from quality.segment import Document, segment
from quality.signals.parity import COLUMNS
from quality.signals.parity.reading import MAX_WORDS, read
from quality.signals.parity.tokens import tokenize

CASES = Path(__file__).parent / "cases" / "parity"
TEXTS = {
    case["name"]: case["text"].strip("\n")
    for case in tomllib.loads((CASES / "texts.toml").read_text(encoding="utf-8"))["text"]
}
RECORDED = json.loads((CASES / "datatrove.json").read_text(encoding="utf-8"))
BY_ID = {column.id: column for column in COLUMNS}


def _document(text: str, language: str = "en") -> Document:
    return segment(Article(text=text, layout=(None,) * (text.count("\n") + 1), language=language))


def _sequence(numbered: Numbered) -> list[str]:
    return [numbered.words[number] for number in numbered.ids]


def _values(text: str, language: str = "en") -> dict[str, float | None]:
    document = _document(text, language)
    return {column.id: column.measure(document).value for column in COLUMNS}


def test_every_text_is_recorded() -> None:
    assert list(RECORDED) == list(TEXTS)


@pytest.mark.parametrize("name", RECORDED)
def test_words_are_those_of_datatrove(name: str) -> None:
    assert _sequence(_document(TEXTS[name]).derive(read).numbered) == RECORDED[name]["words"]


ODD = (
    "",
    "—",
    "... ,,, — • ‼",
    "a\u2028b\x85c\x1fd\n\n e\x0bf",
    "ΟΔΟΣ ΟΔΟΣ. ΣΑΣ’S İstanbul Ǆ ﬁn ½ x² \u212b\u0344 \u037e \u1fef",
    "don’t—stop: «état»… “naïve” re-sign, naïve! Façade",
    "価格（税込）：１２３円。 漢字ﾃｽﾄ",
    "\ud800 broken \udfff surrogates-\ud83d",
)
"""Texts in which white space, marks, letter case or composition are not what ASCII makes one expect."""


@pytest.mark.parametrize("text", [*TEXTS.values(), *ODD])
def test_words_that_are_cut_piece_by_piece_are_those_of_the_whole_text(text: str) -> None:
    reading = _document(text).derive(read)
    unmarked = text.lower().translate(str.maketrans("", "", string.punctuation))  # as RedPajama-V2's normalize does
    assert _sequence(reading.numbered_normalized) == unicodedata.normalize("NFD", unmarked).split()
    assert _sequence(reading.pieces) == text.split()
    for words in (reading.pieces, reading.numbered, reading.numbered_normalized):
        assert list(words.words) == list(dict.fromkeys(_sequence(words)))
    assert reading.line_word_counts.tolist() == [len(tokenize(line)) for line in text.splitlines()]


@pytest.mark.parametrize("name", RECORDED)
def test_values_are_those_of_datatrove(name: str) -> None:
    ours = _values(TEXTS[name])
    recorded = {f"parity.{key}": value for key, value in RECORDED[name]["values"].items()}
    assert {key: ours[key] for key in recorded} == pytest.approx(recorded, abs=1e-12)


def test_every_datatrove_column_is_recorded() -> None:
    names = {column.id.removeprefix("parity.") for column in COLUMNS if "datatrove" in column.id}
    assert names == set(next(iter(RECORDED.values()))["values"])


def test_a_top_gram_that_occurs_once_counts_for_datatrove_only() -> None:
    values = _values("Rovers win")
    assert values["parity.datatrove_gopher_top_2_gram_fraction"] == 1.0
    assert values["parity.redpajama_top_2_gram_fraction"] == 0.0


def test_redpajama_covers_words_once() -> None:
    repeated = "one two three four five six"
    values = _values(f"{repeated}. {repeated}!")
    assert values["parity.redpajama_duplicate_5_gram_fraction"] == 1.0
    assert values["parity.redpajama_duplicate_6_gram_fraction"] == 1.0
    assert values["parity.redpajama_duplicate_7_gram_fraction"] == 0.0
    assert values["parity.redpajama_unique_words_fraction"] == 0.5
    assert values["parity.redpajama_words_count"] == 12


def test_character_shares() -> None:
    values = _values("ab 12 (x)\n{y} #")
    assert values["parity.nemo_digits_fraction"] == pytest.approx(2 / 15)
    assert values["parity.nemo_brackets_fraction"] == pytest.approx(2 / 15)
    assert values["parity.nemo_white_space_fraction"] == pytest.approx(4 / 15)
    assert values["parity.redpajama_curly_bracket_fraction"] == pytest.approx(2 / 15)
    assert values["parity.datajuicer_alphanumeric_fraction"] == pytest.approx(6 / 15)
    assert values["parity.datatrove_gopher_hash_ratio"] == pytest.approx(
        1 / len(_document("ab 12 (x)\n{y} #").derive(read).numbered.ids)
    )


def test_repeated_characters() -> None:
    assert _values("abcdefghij" * 3)["parity.datajuicer_character_repetition_fraction"] == pytest.approx(1 / 3)
    assert _values("abcdefghijklmnop")["parity.datajuicer_character_repetition_fraction"] == 0.0


def test_stop_words_need_a_list() -> None:
    assert _values("Der Hund ist in dem Haus", "de")["parity.redpajama_stop_words_fraction"] == pytest.approx(4 / 6)
    assert _values("A kutya a házban van", "hu")["parity.redpajama_stop_words_fraction"] is None


def test_texts_beyond_the_limit_are_not_measured() -> None:
    values = _values("word " * (MAX_WORDS + 1))
    assert values["parity.datatrove_gopher_duplicate_5_gram_fraction"] is None
    assert values["parity.redpajama_top_2_gram_fraction"] is None
    assert values["parity.datatrove_gopher_words_count"] == MAX_WORDS + 1


def test_hostile_texts_are_measured() -> None:
    for text in ("(" * 100_000, "a" * 100_000, "\n" * 1000, "a-" * 50_000, ".." * 50_000, "\ud800 x"):
        _values(text)
