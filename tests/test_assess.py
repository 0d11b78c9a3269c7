"""`assess`: the contract's promises on real-looking, odd and hostile bytes."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import quality
from quality import Assessment, assess
from quality.records import CUT, KINDS

SEEDS = Path(__file__).parent.parent / "seeds"
PAGE = (SEEDS / "canary.page").read_bytes()
SENTENCE = b"The council approved the bridge on Monday after a hearing that lasted four hours. "
SITEMAP = b"<urlset>" + b"<url><loc>https://a.example/the-bridge-of-the-town</loc></url>" * 60 + b"</urlset>"
PARAGRAPHS = (
    "The reservoir above Callow has been empty since June, and nobody on the council will say who opened the sluice.",
    "Mark Dower, who kept the gate for 22 years, was told to stay at home on the morning of the 4th. He did not.",
    "He found the padlock cut and the wheel turned eleven times. It takes nine to empty the upper basin.",
    "The county measured 14 litres a second at the lower weir that afternoon, a third of what the village uses.",
)
SCORES = {"padding", "promo", "repetition", "residue"}


def check_invariants(a: Assessment) -> None:
    assert set(a.scores) == SCORES
    assert all(score is None or 0 <= score <= 1 for score in a.scores.values())
    assert a.verdict in ("accept", "review", "reject", "not_assessed")
    assert (a.reject_probability is None) == (a.verdict == "not_assessed")
    assert a.reject_probability is None or 0 <= a.reject_probability <= 1
    assert a.status == "ok" or a.verdict == "not_assessed"
    for span in a.spans:
        assert 0 <= span.start < span.end <= len(a.text)
        assert span.kind in KINDS
        assert 0 <= span.score <= 1
        assert span.signal
    for own in (True, False):
        spans = [span for span in a.spans if (span.kind in CUT) is own]
        assert all(before.end <= after.start for before, after in pairwise(spans))
    a.text.encode("utf-8")  # no lone surrogate leaves the pipeline


@pytest.mark.parametrize(
    ("body", "content_type", "stage", "words"),
    [
        (b"", "text/html", "extract", "no"),
        (b"   \n ", "text/plain", "extract", "no text"),
        (b"%PDF-1.7 ...", "text/html", "decode", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "decode", "PNG"),
        (b"PK\x03\x04" + b"\0" * 30, None, "decode", "ZIP"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4 ...", "text/html", "decode", "PDF"),
        (b"{\\rtf1\\ansi " + SENTENCE * 30 + b"}", "text/html", "decode", "RTF"),
        (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(range(256)) * 9, "text/html", "decode", "the body is binary"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n' + SITEMAP, None, "decode", "XML (<urlset>)"),
        (SITEMAP, "text/html", "decode", "XML (<urlset>)"),
        (b'<?xml version="1.0"?><shop>' + SENTENCE * 30 + b"</shop>", "application/xml", "decode", "XML (<shop>)"),
        (b'\n{"items": [{"text": "' + SENTENCE * 30 + b'"}]}', "text/html", "decode", "JSON"),
        (b"[" + b'"' + SENTENCE * 30 + b'",\n"x"]\n', "text/plain", "decode", "JSON"),
        (b'\xef\xbb\xbf{"text": "' + SENTENCE * 9 + b'"}\n{"text": "' + SENTENCE * 9 + b'"}\n', None, "decode", "JSON"),
        (b"[" * 100_000, "text/plain", "decode", "JSON"),
        (b"# no bots\r\nUser-agent: *\r\nDisallow: /search\r\n\r\n" * 200, "text/plain", "decode", "robots.txt"),
        (b"User-Agent: a\nDisallow:\nSitemap: https://a.example/map.xml", None, "decode", "robots.txt"),
        (b"<html><head><title>x</title></head><body></body></html>", "text/html", "extract", "no article text"),
        (b"x" * 20_000_001, "text/plain", "decode", "20,000,001 bytes"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_cannot_be_an_article_is_a_named_failure(body: bytes, content_type: str, stage: str, words: str) -> None:
    a = assess(body, content_type=content_type)
    check_invariants(a)
    assert a.failure is not None
    assert a.failure.stage == stage
    assert words in a.failure.error
    assert a.status.startswith("failed")


@pytest.mark.parametrize("content_type", ["text/plain", "text/html"])
@pytest.mark.parametrize("run", [" ", "\t\u00a0", "\u200b "], ids=ascii)
def test_a_long_run_of_white_space_takes_bounded_time(run: str, content_type: str) -> None:
    first = "<p>Lamps tested on desks</p>\n<p>A lamp in a window, lamps for desks, the best lamps for homes"
    body = f"{first}{run * (200_000 // len(run))}x</p>\n<p>The lamp was tested for nine weeks on two desks.</p>\n"
    start = time.process_time()
    a = assess(body.encode(), content_type=f"{content_type}; charset=utf-8")
    assert a.failure is None
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE html><html><body><p>' + SENTENCE * 9 + b"</p></body></html>", None),
        (b'<?xml version="1.0"?><html:html xmlns:html="x"><body><p>' + SENTENCE * 9, "text/xml"),
        (b'<?xml version="1.0"?><div><p>' + SENTENCE * 9 + b"</p></div>", "application/xhtml+xml"),
        (b'<?xml version="1.0"?><pom> begins a file of Maven. ' + SENTENCE * 9, "text/plain"),
        (b"<p>" + SENTENCE * 9 + b"\x01\x02</p>", "text/html"),
        (b'{"id": 4} is what the server said. ' + SENTENCE * 9, "text/plain"),
        (b'{"id": 4}\nis what the server said.\n' + SENTENCE * 9, "text/plain"),
        (b"[1] " + SENTENCE * 9, "text/plain"),
        (b'["We had to", he said, and left.] ' + SENTENCE * 9, "text/plain"),
        (b"[2026]\n[Monday]\n" + SENTENCE * 9, "text/plain"),
        (b"[1]\n[2]\n" + SENTENCE * 9, "text/plain"),
        (b"User-agent: * is the first line of most files that robots read.\n" + SENTENCE * 9, "text/plain"),
        (b"User-agent: *\nDisallow: /\nThese two lines keep all robots out.\n" + SENTENCE * 9, "text/plain"),
        (b"\x1b$B$3$l\x1b(B " * 90 + SENTENCE * 9, "text/plain"),
        (("橋の建設計画を承認した。" * 90 + SENTENCE.decode() * 9).encode("utf-16-le"), "text/plain; charset=utf-16le"),
        (("<p>" + "橋の建設計画を承認した。" * 20 + SENTENCE.decode() * 9).encode("utf-16-le"), "text/html"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_xhtml_and_texts_with_stray_controls_are_read(body: bytes, content_type: str | None) -> None:
    a = assess(body, content_type=content_type)
    assert a.failure is None
    assert "on Monday" in a.text


@pytest.mark.parametrize(
    ("body", "damage"),
    [
        (b"<script>a = '\0\0'</script><p>" + SENTENCE * 5 + b"</p>", 0),
        (b"<p>" + SENTENCE * 5 + b"Nobody\0 came.</p>", 0),
        (b"<p>" + SENTENCE * 5 + "Nobody at the \ufffd\ufffd\ufffd came.</p>".encode(), 3),
    ],
    ids=["in a script", "in the text", "lost before"],
)
def test_what_was_lost_is_no_repair(body: bytes, damage: int) -> None:
    a = assess(body, content_type="text/html; charset=utf-8")
    assert a.article is not None and a.article.damage == damage
    assert a.repairs == ()


def test_a_type_that_is_not_sure_is_none_without_an_address() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    page = f"<html><head><title>The empty reservoir</title></head><body><article>{paragraphs}</article></body></html>"
    kinds = [
        assess(page.encode(), url=url, content_type="text/html; charset=utf-8").page_type
        for url in (None, "https://callow.example/news/2026/the-empty-reservoir")
    ]
    assert kinds == [None, "article"]


def test_too_many_elements_are_refused_by_name() -> None:
    a = assess(b"<html><body>" + b"<b>x</b>" * 100_001 + b"</body></html>", content_type="text/html")
    assert a.failure is not None
    assert "more than the 100,000 that are read" in a.failure.error


def test_text_below_the_nesting_limit_is_kept_and_flagged() -> None:
    sentence = (
        "The council approved the bridge on Monday after a hearing that lasted four hours and drew ninety people. "
    )
    deep = (
        "<div>" * 3_000
        + f"<p>{sentence * 6}</p>"
        + "</div>" * 3_000
        + f"<p>{sentence.replace('Monday', 'Friday') * 3}</p>"
    )
    a = assess(f"<html><body>{deep}</body></html>".encode(), content_type="text/html")
    assert "on Monday" in a.text
    assert "on Friday" in a.text
    assert a.article is not None
    assert "deep_markup" in a.article.flags


def test_a_short_text_is_not_judged() -> None:
    a = assess(b"A short note about the weather in Bremen today.", content_type="text/plain")
    assert a.verdict == "not_assessed"
    assert a.failure is None
    assert "too short" in a.status


def test_a_language_that_was_not_calibrated_is_not_guessed_at() -> None:
    text = "Hallitus esitteli tiistaina uuden talousarvion, joka leikkaa kuntien tukia neljällä prosentilla. " * 12
    a = assess(text.encode(), content_type="text/plain; charset=utf-8")
    assert a.language == "fi"
    assert a.verdict == "not_assessed"
    assert "language not calibrated: fi" in a.status
    assert a.signals


def test_the_same_bytes_give_the_same_answer_in_any_order() -> None:
    pages = [path.read_bytes() for path in sorted(SEEDS.glob("*.txt"))]
    forward = [assess(page, content_type="text/plain") for page in pages]
    backward = [assess(page, content_type="text/plain") for page in reversed(pages)]
    assert forward == backward[::-1]
    assert [assess(PAGE) for _ in range(5)] == [assess(PAGE)] * 5


@pytest.mark.slow
def test_the_answer_does_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys; from quality import assess; from pathlib import Path;"
        f"[print(assess(p.read_bytes(), content_type='text/plain')) for p in sorted(Path({str(SEEDS)!r}).glob('*.txt'))];"
        f"print(assess(Path({str(SEEDS)!r}, 'canary.page').read_bytes()))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_any_bytes_like_body_is_read(kind: type[bytearray] | type[memoryview]) -> None:
    assert assess(kind(PAGE)) == assess(PAGE)


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        (PAGE.decode(), {}, "body must be the bytes of the page, not str: pass body.encode()"),
        (None, {}, "body must be the bytes of the page, not NoneType"),
        (PAGE, {"url": float("nan")}, "url must be a string or None, not float"),
        (PAGE, {"url": b"https://a.example/"}, "url must be a string or None, not bytes"),
        (PAGE, {"content_type": b"text/html"}, "content_type must be a string or None, not bytes"),
        (PAGE, {"policy": "mine.toml"}, "policy must be what load_policy returns or None, not str"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_wrong_argument_is_no_bad_page(body: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=re.escape(words)):
        assess(body, **options)


def test_capitals_of_the_host_change_nothing_but_the_address() -> None:
    title, body = "The Riverside bridge: what Riverside built", "Riverside built the bridge in May. " * 20
    page = f"<html><head><title>{title}</title></head><article><h1>{title}</h1><p>{body}</p></article></html>".encode()
    small, large = (assess(page, url=f"https://www.{host}/a") for host in ("riverside.example", "RIVERSIDE.example"))
    assert small.signals == large.signals
    assert small.reject_probability == large.reject_probability


def test_the_names_of_the_package_are_found_by_completion_and_by_type_checkers() -> None:
    assert set(quality.__all__) <= set(dir(quality))
    assert (Path(quality.__file__).parent / "py.typed").is_file()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(PAGE) - 1), st.binary(min_size=0, max_size=6)), max_size=12),
    st.sampled_from(["text/html", "text/html; charset=utf-16", "text/plain; charset=koi8-r", None, "x/y; charset=\0"]),
)
@pytest.mark.slow
def test_mutated_pages_never_break_an_invariant(edits: list[tuple[int, bytes]], content_type: str | None) -> None:
    body = bytearray(PAGE)
    for at, piece in edits:
        body[at : at + len(piece)] = piece
    a = assess(bytes(body), url="https://a.example/x", content_type=content_type)
    check_invariants(a)
    assert a == assess(bytes(body), url="https://a.example/x", content_type=content_type)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_assessed(text: str) -> None:
    check_invariants(assess(text.encode("utf-8", "surrogatepass"), content_type="text/plain; charset=utf-8"))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_assessed(body: bytes) -> None:
    check_invariants(assess(body))
