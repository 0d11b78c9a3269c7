"""Bytes become the right text, whatever the page says about itself, and nothing raises."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.decode import codec_of, decode, looks_like_html

CASES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("cases").joinpath("encoding/bytes.toml").read_text("utf-8")
)["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_bytes_become_the_text_that_was_written(case: dict[str, Any]) -> None:
    found = decode(case["text"].encode(case["encoding"]), content_type=case.get("content_type"), is_html=True)
    assert found.text == case["text"]
    assert (found.charset, found.method, found.invalid_bytes) == (case["charset"], case["method"], 0)
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "cp1252"),
        (" latin1 ", "cp1252"),
        ("us-ascii", "cp1252"),
        ("GB2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("euc-kr", "cp949"),
        ("iso-8859-9", "cp1254"),
        ("tis-620", "cp874"),
        ("utf8", "utf-8"),
        ("nonsense", None),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_text_without_markup_has_no_meta() -> None:
    body = "<meta charset=koi8-r> Größe, Maß und Straße".encode("cp1252")
    assert decode(body, content_type="text/plain; charset=windows-1252", is_html=False).charset == "cp1252"


def test_a_page_of_mixed_encodings_is_read_piece_by_piece() -> None:
    body = "héllo – wörld\n<b>ä é ö</b>".encode() + b"\nfoo \x96 bar\n" + "naïve – café".encode()
    found = decode(body, content_type=None, is_html=True)
    assert found.text == "héllo – wörld\n<b>ä é ö</b>\nfoo – bar\nnaïve – café"
    assert (found.charset, found.method, found.invalid_bytes) == ("utf-8", "mixed", 0)


def test_a_cut_character_at_the_end_costs_one_character() -> None:
    found = decode("Größe und Maß, Straße, Fuß – ä".encode()[:-1], content_type=None, is_html=False)
    assert found.text == "Größe und Maß, Straße, Fuß – \ufffd"
    assert found.invalid_bytes == 1


def test_nul_characters_are_taken_out_and_counted() -> None:
    found = decode(b"<p>one\0two</p>", content_type=None, is_html=True)
    assert (found.text, found.invalid_bytes) == ("<p>onetwo</p>", 1)


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=60)), st.booleans())
def test_any_bytes_are_read(body: bytes, content_type: str | None, is_html: bool) -> None:
    found = decode(body, content_type=content_type, is_html=is_html)
    found.text.encode("utf-8")
    assert "\0" not in found.text
    assert looks_like_html(body, content_type, None) in (True, False)


@pytest.mark.parametrize("piece", [b"\xff", b"\xc3\xa9\xff", b"<!--", b"<meta charset=", b"<", b"\0\xd8", b"\x1b$B"])
def test_hostile_bytes_take_bounded_time(piece: bytes) -> None:
    body = piece * (2_000_000 // len(piece))
    start = time.process_time()
    decode(body, content_type=None, is_html=True)
    looks_like_html(body, None, None)
    assert time.process_time() - start < 6


@pytest.mark.parametrize(
    ("body", "content_type", "hint", "expected"),
    [
        (b"<!DOCTYPE html><p>x", None, None, True),
        (b"\n\n  <!-- made by hand -->\n<!doctype HTML>", "text/plain", None, True),
        (b"\xef\xbb\xbf<html>", None, None, True),
        ("\ufeff<html>".encode("utf-16-le"), None, None, True),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>', "application/xml", None, True),
        (b"<head><title>x</title>", None, None, True),
        (b"plain words", "text/html", None, True),
        (b"plain words", "application/xhtml+xml; charset=utf-8", None, True),
        (b"plain words", None, "https://example.org/page.html?x=1", True),
        (b"<p>one</p><p>two</p>", None, None, True),
        (b"<div>" * 9, "text/plain", None, True),
        (b"plain words", None, None, False),
        (b"plain words", "text/plain; charset=utf-8", None, False),
        (b"Use <b>bold</b> and <p>paragraph</p> tags.", "text/plain", None, False),
        (b"a < b and c > d", None, "notes.txt", False),
        (b"How to write <a href='x'>links</a>", None, "notes.txt", False),
        (b"", None, None, False),
    ],
)
def test_html_is_recognised(body: bytes, content_type: str | None, hint: str | None, expected: bool) -> None:
    assert looks_like_html(body, content_type, hint) is expected
