"""Lines find their elements, whatever the extractor did to their white space, and odd pages do no harm."""

from __future__ import annotations

import math
import time

import lxml.html
import numpy as np
import pytest

from quality.boilerplate.model import load_model
from quality.decode import decode
from quality.dom import read_page
from quality.extract import extract_html
from quality.layout import describe, line_layouts, page_features, place
from quality.links import link_kind, site_of

PAGE = """
<html><body>
<nav class="site-nav"><a href="/">Home</a> <a href="/about">About us</a></nav>
<main id="post"><h1>Growing leeks in clay</h1>
<p class="lead">Leeks want <b>deep</b> soil, and clay is deep but <a href="https://soil.example/clay">heavy</a>.</p>
<h2>Tools</h2>
<ul class="tool-list"><li>Dibber</li><li>A long line of string and two pegs</li></ul>
<table><tr><td>Row</td><td>30 cm</td></tr></table>
<p>First half<br>second half of the paragraph</p>
<aside class="related-posts" role="complementary"><h3>Read next</h3>
<p><a href="https://shop.example/x?tag=leek-20" rel="sponsored nofollow" class="btn btnPrimary">Buy leek seeds today</a></p></aside>
<p style="display: none">Only robots read this sentence</p>
</main>
<footer><a href="#top">Share this page with friends</a><p>Dibber</p></footer>
</body></html>
"""
LINES = (
    "Growing leeks in clay",
    "Leeks want deep soil, and clay is deep but heavy.",
    "Tools",
    "- Dibber",
    "- A long line of string and two pegs",
    "| Row | 30 cm |",
    "second half of the paragraph",
    "",
    "Buy leek seeds today",
    "Only robots read this sentence",
    "Nobody wrote this line",
)


@pytest.fixture(scope="module")
def layouts():
    found = line_layouts(lxml.html.fromstring(PAGE), LINES, url="https://garden.example/leeks")
    assert len(found) == len(LINES)
    return dict(zip(LINES, found, strict=True))


def test_blocks_and_paths(layouts):
    assert layouts["Growing leeks in clay"].tag == "h1"
    assert layouts["- Dibber"].tag == "li"
    assert layouts["- Dibber"].path[-3:] == ("main", "ul", "li")
    assert layouts["| Row | 30 cm |"].tag == "tr"
    assert layouts["- Dibber"].tokens[:2] == ("tool", "list")


def test_lines_without_an_element_have_no_layout(layouts):
    assert layouts[""] is None
    assert layouts["Nobody wrote this line"] is None


def test_links(layouts):
    lead, plug = layouts["Leeks want deep soil, and clay is deep but heavy."], layouts["Buy leek seeds today"]
    assert (lead.links, lead.external_links, lead.affiliate_links) == (1, 1, 0)
    assert 0 < lead.link_density < 0.3
    assert (plug.links, plug.affiliate_links, plug.sponsored_links, plug.button) == (1, 1, 1, True)
    assert plug.anchor_texts == ("Buy leek seeds today",)
    assert plug.link_density == 1.0
    assert "@shop" in plug.link_words


def test_surroundings(layouts):
    assert layouts["Buy leek seeds today"].section == "Read next"
    assert {"related", "posts", "complementary"} <= set(layouts["Buy leek seeds today"].tokens)
    assert layouts["Only robots read this sentence"].hidden
    assert not layouts["Buy leek seeds today"].hidden
    assert layouts["- Dibber"].dom_copies == 2


def test_order_decides_between_copies():
    tree = lxml.html.fromstring(
        "<body><p>Share</p><h2>One heading that is long enough to be placed first</h2><div>Share</div></body>"
    )
    layouts = line_layouts(tree, ["One heading that is long enough to be placed first", "Share"], url=None)
    assert [layout.tag for layout in layouts if layout] == ["h2", "div"]


def test_the_tree_is_left_alone():
    tree = lxml.html.fromstring(PAGE)
    before = lxml.html.tostring(tree)
    line_layouts(tree, LINES, url=None)
    page_features(tree, url=None)
    assert lxml.html.tostring(tree) == before


def test_page_features_have_stable_names():
    full = page_features(lxml.html.fromstring(PAGE), url="https://garden.example/leeks")
    empty = page_features(lxml.html.fromstring("<html><body></body></html>"), url=None)
    assert list(full) == list(empty)
    assert full["h1_count"] == 1
    assert full["affiliate_link_count"] == 1
    assert full["hidden_fraction"] > 0


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 250 + "deep words here" + "</div>" * 250,
        "<a href='x'>" * 3000,
        "<p>Share</p>" * 5000,
        "<script>deep words here</script>",
        "<!-- deep words here -->tail",
        "",
    ],
    ids=["deep", "anchors", "copies", "script", "comment", "empty"],
)
def test_odd_pages(body):
    tree = lxml.html.fromstring(f"<html><body>{body}</body></html>")
    started = time.process_time()
    layouts = line_layouts(tree, ["deep words here", "Share"] * 200, url="https://[broken")
    assert len(layouts) == 400
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("href", "kind"),
    [
        ("https://amzn.to/3abc", {"external", "affiliate"}),
        ("https://www.amazon.co.uk/dp/B0?tag=site-21", {"external", "affiliate"}),
        ("/go/best-hosting", {"affiliate"}),
        ("https://garden.example/leeks?page=2", set()),
        ("https://blog.garden.example/", set()),
        ("https://other.example/?utm_source=garden", {"external", "campaign"}),
        ("https://www.facebook.com/sharer/sharer.php?u=x", {"external", "share"}),
        ("#part", {"fragment"}),
        ("mailto:me@garden.example", set()),
        ("http://[", {"external"}),
        ("/google/tag=1", set()),
    ],
)
def test_link_kinds(href, kind):
    found = link_kind(href, site="garden.example")
    assert {name for name in ("external", "affiliate", "campaign", "share", "fragment") if getattr(found, name)} == kind


def test_sites():
    assert site_of("www.bbc.co.uk") == "bbc.co.uk"
    assert site_of("a.b.example.org") == "example.org"


def test_odds_of_main_text_are_means_over_letters_of_a_line_and_of_what_stands_around():
    tree = lxml.html.fromstring("<body><p>aaaa <b>bb</b></p><p>One line of text</p><p>cccc</p><p>dddd</p></body>")
    page = read_page(tree, site=None)
    assert len(page.starts) == 5
    odds = np.array([3.0, -3.0, 1.0, np.nan, 2.0])
    first, second = describe(page, place(page, ["aaaa bb", "One line of text"]), odds)
    assert first is not None and second is not None
    assert (first.main_odds_before, first.main_odds, first.main_odds_after) == (None, 1.0, 1.235)
    assert (second.main_odds_before, second.main_odds, second.main_odds_after) == (1.0, 1.0, 2.0)
    (unknown,) = describe(page, place(page, ["cccc"]), odds)
    assert unknown is not None and unknown.main_odds is None
    (unasked,) = describe(page, place(page, ["aaaa bb"]))
    assert unasked is not None and unasked.main_odds is None


def test_the_layout_says_what_the_model_of_blocks_thinks_of_a_line():
    html = PAGE.replace(
        "</main>", "<p>" + "Clay holds water for weeks, and leeks drink it slowly. " * 8 + "</p></main>"
    )
    decoded = decode(html.encode(), content_type=None, is_html=True)
    limits = {"url": "https://garden.example/leeks", "max_elements": 1000, "max_chars": 10_000}
    article = extract_html(decoded, **limits)
    said = [layout.main_odds for layout in article.layout if layout is not None]
    assert said and all(odds is not None and math.isfinite(odds) for odds in said)
    silent = extract_html(decoded, **limits, blocks=False)
    assert {layout.main_odds for layout in silent.layout if layout is not None} == {None}
    told = extract_html(decoded, **limits, blocks=False, block_model=load_model())
    assert [layout and layout.main_odds is not None for layout in told.layout] == [
        layout and True for layout in silent.layout
    ]
    assert told.text == silent.text
