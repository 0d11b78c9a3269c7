"""How the source of a page is indented changes nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from quality import assess
from quality.indentation import without_indentation

SEED = (Path(__file__).parent.parent / "seeds" / "004_2d7aae552a61241e.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("html", "bare"),
    [
        ("<div>\n   <a>One</a>\n\n\t <a>Two</a> <a>3</a>\n  </div>", "<div>\n<a>One</a>\n<a>Two</a> <a>3</a>\n</div>"),
        ("<p>The pump\r\n\t\tis  old.\n</p>", "<p>The pump\r\nis  old.\n</p>"),
        (
            "<ul>\n  <li class='a'>\n    <b>Run</b>\n    it</li>\n</ul>",
            "<ul>\n<li class='a'><b>Run</b>\nit</li>\n</ul>",
        ),
        ("<link\n  rel=a>\n  <p>", "<link\nrel=a>\n<p>"),
        (
            "<div>\n  <pre>open\n    <b>valve\n  </b></pre>\n  </div>",
            "<div>\n<pre>open\n    <b>valve\n  </b></pre>\n</div>",
        ),
        ("<p>\n  <CODE>open\n    valve</code>\n  </p>", "<p>\n<CODE>open\n    valve</code>\n</p>"),
        ("<pre>\n  <code>a\n  b</code>\n  c</pre>\n  d", "<pre>\n  <code>a\n  b</code>\n  c</pre>\nd"),
        ("</pre>\n  a\n  <pre>\n  b", "</pre>\na\n<pre>\n  b"),
        ("<p style='white-space: pre-line'>open\n  the valve", "<p style='white-space: pre-line'>open\n  the valve"),
        ("<div class='p-2 whitespace-pre-wrap'>open\n  it", "<div class='p-2 whitespace-pre-wrap'>open\n  it"),
        ("<p>preface\n  <precis>\n  a", "<p>preface\n<precis>\na"),
    ],
)
def test_indentation_goes_and_breaks_stay(html: str, bare: str) -> None:
    assert without_indentation(html) == bare
    assert without_indentation(bare) == bare


def test_many_open_preformatted_elements_take_linear_time() -> None:
    html = "<pre>\n  a </code" * 200_000
    start = time.process_time()
    assert without_indentation(html) == html
    assert time.process_time() - start < 2


def test_indentation_changes_neither_text_nor_spans_nor_verdict() -> None:
    lines = [line for line in SEED.split("\n") if line.strip()]
    item = "<li>{0}<b>Note</b> {1}{0}</li>"
    answers = []
    for space in ("\n", "\n\t\t\t\t            "):
        texts = "".join(f"<div>{space}<p>{line}</p>{space}</div>{space}" for line in lines)
        items = "".join(item.format(space, line) for line in lines[2:6])
        page = f"<html><head><title>T</title></head><body><article>{texts}<ul>{items}</ul></article></body></html>"
        answers.append(assess(page.encode(), url="https://news.example/b"))
    bare, indented = answers
    assert indented.text == bare.text
    assert indented.spans == bare.spans
    assert indented.reject_probability == bare.reject_probability
    assert "- " not in bare.text.split("\n")


def test_no_line_is_the_indentation_of_the_source() -> None:
    space = "\n" + " " * 48
    byline = f"<div>{space}Posted on{space}<span>{space}<b>{space}Nov 21{space}</b>{space}</span>{space}</div>"
    paragraphs = "".join(
        f"{space}<p>{space}The {place} pump stands above the weir and was painted twice since the flood of 1987.{space}</p>"
        for place in ("first", "second", "third")
    )
    page = f"<html><body><main>{space}<div>{space}<h1>{space}Pumps{space}</h1>{byline}{paragraphs}</div></main></body></html>"
    lines = assess(page.encode(), url="https://news.example/b").text.split("\n")
    assert lines[:3] == ["Pumps", "Posted on", "Nov 21"]
    assert [line for line in lines if line != line.strip()] == []
