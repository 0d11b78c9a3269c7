"""Joiners that spelling needs stay in the text of a page; those that join nothing go, as they always did."""

from __future__ import annotations

import pytest

from quality import assess
from quality.decode import decode
from quality.extract import extract_html
from quality.records import Article
from quality.segment import segment

SENTENCE = (
    "من می\u200cخواهم کتاب\u200cهایی را که {} سال پیش خریده\u200cام دوباره بخوانم و درباره\u200cی آن\u200cها بنویسم."
)
FILLING = {
    "trafilatura": "".join(f"<p>{SENTENCE.format(number)}</p>" for number in range(12)),
    "blocks": f"<p>{SENTENCE.format('چند')}</p>" * 9,
}
"""By what finds the text."""
by = pytest.mark.parametrize("by", FILLING)


def extracted(line: str, by: str, *, more: str = "") -> Article:
    page = f"<html><head><title>x</title></head><body><article><p>{line}</p>{FILLING[by]}{more}</article></body></html>"
    decoded = decode(page.encode(), content_type="text/html; charset=utf-8", is_html=True)
    article = extract_html(decoded, url=None, max_elements=1000, max_chars=10_000)
    assert ("text_from_blocks" in article.flags) == (by == "blocks")
    return article


@by
@pytest.mark.parametrize(
    "line",
    [
        "من می\u200cخواهم کتاب\u200cهای تازه\u200cای را که خریده\u200cام بخوانم و درباره\u200cی آن\u200cها بنویسم.",
        "अंतर्राष्ट्रीय सम्मेलन में श\u094d\u200dव और क\u094d\u200cष दोनों रूप देखे गए, और सबने उन्हें पढ़ा भी।",
        "അവന\u0d4d\u200d പുസ്തകം വായിച്ചു, പിന്നെ അവള\u0d4d\u200d അത് തിരികെ നല\u0d4d\u200dകി എന്ന് പറഞ്ഞു.",
        "ශ\u0dca\u200dරී ලංකාවේ ජනතාව අද උදෑසන වැඩට ගියහ, ඔවුන් සවස නැවත ගෙදර ආහ.",
        "The family 👨\u200d👩\u200d👧 and the coder 👩🏽\u200d💻 shrugged 🤷\u200d♀\ufe0f at the ❤\ufe0f\u200d🔥 in the sentence.",
    ],
)
def test_joiners_that_join_stay(line: str, by: str) -> None:
    assert extracted(line, by).text.split("\n")[0] == line


@by
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A\u200cuf\u200clage von zehntausend Stück, sagt der Verlag am Montag.", "Auflage von zehntausend Stück, sagt der Verlag am Montag."),
        ("\u200c\u00a0\u200c\u00a0\u200cThe mail pads its preview with nothing at all.", "The mail pads its preview with nothing at all."),
        ("می\u200c خواهم و می\u200c. این جمله هم خوانده می\u200cشود و ساده است.", "می خواهم و می. این جمله هم خوانده می\u200cشود و ساده است."),
        ("A sentence with a soft\u00adhyphen and a zero\u200bwidth space.", "A sentence with a softhyphen and a zerowidth space."),
    ],
)  # fmt: skip
def test_those_that_join_nothing_go(line: str, expected: str, by: str) -> None:
    assert extracted(line, by).text.split("\n")[0] == expected


@pytest.mark.parametrize("reference", ["&zwnj;", "&#8204;", "&#08204;", "&#x200C;", "&#x200c;", "&#X0200C;"])
def test_entities_are_joiners_too(reference: str) -> None:
    page = "".join(
        f"<p>من می{reference}خواهم این {number} جمله را تازه و بی هیچ شتابی بنویسم.</p>" for number in range(12)
    )
    decoded = decode(f"<html><body><article>{page}".encode(), content_type="text/html; charset=utf-8", is_html=True)
    article = extract_html(decoded, url=None, max_elements=1000, max_chars=10_000)
    assert not article.flags
    assert article.text.count("می\u200cخواهم") == 12


def test_in_every_element_and_beside_what_no_xml_holds() -> None:
    more = "<ul><li>کتاب\u200cها<b> و نامه\u200cها</b> و می\u200cشود</li></ul><h2>آن\u200cها</h2><p>می\u200cرود\u0001 و بس</p>"
    lines = extracted(
        "آن\u200cها کتاب می\u200cخوانند و بس، و هیچ چیز دیگری نمی\u200cگویند.", "trafilatura", more=more
    ).text.split("\n")
    assert {"- کتاب\u200cها و نامه\u200cها و می\u200cشود", "آن\u200cها"} <= {line.replace("  ", " ") for line in lines}
    assert any("رود" in line and line.endswith("و بس") for line in lines[1:])


def test_a_page_with_the_stand_ins_keeps_its_own() -> None:
    text = extracted("این \U00016fe2 و \U00010af0 را می\u200cخواهم در همین جمله بنویسم و بس.", "trafilatura").text
    assert "این \U00016fe2 و \U00010af0 را" in text
    assert (text.count("\U00016fe2"), text.count("\U00010af0"), text.count("\u200d")) == (1, 1, 0)


def test_lines_with_joiners_stand_on_the_page_and_one_word_is_one() -> None:
    article = extracted("من می\u200cخواهم این کتاب\u200cها را بخوانم و بس.", "trafilatura")
    assert all(layout is not None for layout in article.layout)
    assert "می\u200cخواهم" in segment(article).lines[0].words


def test_plain_text_keeps_them() -> None:
    line = "من می\u200cخواهم این کتاب\u200cها را بخوانم و بس."
    assert assess(line.encode(), content_type="text/plain; charset=utf-8").text == line
