"""Lines, sentences and words of articles in several scripts."""

from __future__ import annotations

import time

import pytest

from quality.records import Article
from quality.segment import FEW_MARKS, LONG_TEXT, segment, sentence_bounds, words_of


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_bounds(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met Mr. Jones in St. Louis. They spoke.", ["Dr. Smith met Mr. Jones in St. Louis.", "They spoke."]),
        ("It cost 3.5 million. Then 4.", ["It cost 3.5 million.", "Then 4."]),
        ('He said "Stop." She left.', ['He said "Stop."', "She left."]),
        ("Visit example.com for more. See it.", ["Visit example.com for more.", "See it."]),
        ("今天下雨。明天晴天！好吗？", ["今天下雨。", "明天晴天！", "好吗？"]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("¿Qué pasa? ¡Nada!", ["¿Qué pasa?", "¡Nada!"]),
        ("no end mark", ["no end mark"]),
        ("   ", []),
        ("wait… what", ["wait… what"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russia’s 2 state-run banks", ("russia’s", "2", "state", "run", "banks")),
        ("漢字です", ("漢", "字", "で", "す")),
        ("Über_straße", ("über", "straße")),
        ("don't", ("don't",)),
        ("— … !", ()),
        ("हिन्दी में लिखा।", ("हिन्दी", "में", "लिखा")),
        ("বাংলা ভাষা", ("বাংলা", "ভাষা")),
        ("العَرَبِيَّة لغة", ("العَرَبِيَّة", "لغة")),
        ("cafe\u0301 noir", ("cafe\u0301", "noir")),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It's 'quoted.' 'Next' one's “here.” Don't! rock 'n' roll. End",
        "今天下雨。don't明天晴天！好吗？ Yes. No",
        "ΟΔΟΣ. ΟΔΥΣΣΕΥΣ! İstanbul. Ilık? “Ja.” Nein",
        "e.g. A.B. Smith ... Wait… What?! (Yes.) [No.] 3.5 Go",
        "   lead. Trail   ",
    ],
)
def test_the_words_of_a_line_are_those_of_its_sentences(text: str) -> None:
    (line,) = segment(Article(text=text, layout=())).lines
    assert line.words == words_of(text)
    assert [line.text[s.start : s.end] for s in line.sentences] == sentences(text)
    assert [s.words for s in line.sentences] == [words_of(sentence) for sentence in sentences(text)]


def test_the_words_of_a_long_text_are_shared() -> None:
    text = "One word. Another word. " * (LONG_TEXT // 20)
    (line,) = segment(Article(text=text, layout=())).lines
    assert line.words == words_of(text)
    assert line.sentences[0].words[1] is line.sentences[-1].words[1]


def test_what_is_squeezed_out_of_a_line_does_not_depend_on_how_many_marks_there_are() -> None:
    few = "Über_uns – “Ça va?” 3·4"
    many = few + "".join(map(chr, range(0xE000, 0xE000 + 2 * FEW_MARKS)))
    assert segment(Article(text=f"{few}\n\nx", layout=())).squeezed == ("überunsçava34", "x")
    assert segment(Article(text=f"{many}\n\nx", layout=())).squeezed == ("überunsçava34", "x")


def test_a_text_of_many_marks_is_squeezed_in_linear_time() -> None:
    text = "".join(map(chr, range(0xF0000, 0xF0000 + 60_000))) * 10
    before = time.process_time()
    assert segment(Article(text=text, layout=())).squeezed == ("",)
    assert time.process_time() - before < 5.0


def test_offsets_refer_to_the_text() -> None:
    text = "Title here\n\n  First one. Second one.\n- item one\n| a | b |\n"
    document = segment(Article(text=text, layout=()))
    assert [document.text[line.start : line.end] for line in document.lines] == [line.text for line in document.lines]
    assert [document.text[s.start : s.end] for s in document.sentences][1:3] == ["First one.", "Second one."]
    assert [line.is_heading for line in document.lines] == [True, False, False, False]
    assert document.lines[2].is_list_item
    assert document.lines[3].is_table_row


def test_a_long_line_is_cut_in_linear_time() -> None:
    text = "word. Word " * 100_000
    assert len(sentences(text)) == 100_001
    text = "A." * 300_000
    assert sentences(text)
