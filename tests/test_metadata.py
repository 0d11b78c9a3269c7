"""When a page says that it was published."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from quality.extract import parse_html
from quality.metadata import read_metadata

URL = "https://paper.example/2019/01/02/bridge"


def _date(html: str, url: str = URL) -> str | None:
    return read_metadata(document_fromstring(f"<html>{html}</html>"), url=url).date


@pytest.mark.parametrize(
    "stated",
    [
        '<head><meta property="article:published_time" content="2020-05-11T08:00:00Z"></head>',
        '<head><meta name="date" content="2020-05-11"></head>',
        '<head><meta name="govuk:first-published-at" content="2020-05-11T09:30:00.000+01:00"></head>',
        '<head><meta name="dcterms.date" content="2020-05-11"></head>',
        '<head><meta name="DCTERMS.created" content="2020-05-11T10:00+00:00"></head>',
        '<head><meta name="dcterms.issued" content="2020-05-11"></head>',
        '<head><meta name="DC.Date" content="2020/05/11"></head>',
        '<head><meta name="DC.date.issued" content="2020-05-11"></head>',
        '<head><meta itemprop="datePublished" content="2020-05-11"></head>',
        '<body><span itemprop="datePublished" content="2020-05-11">May</span></body>',
        '<body><time itemprop="datePublished" datetime="2020-05-11">May</time></body>',
        '<body><time datetime="2021-07-01">July</time><time itemprop="datePublished dateModified" datetime="2020-05-11">May</time></body>',
        '<head><meta name="date" content="May 2020"><meta name="dc.date" content="2020-05-11"></head>',
        '<head><meta name="dcterms.issued" content="2020-05-11"><meta name="dcterms.date" content="2021-07-01"></head>',
    ],
)
def test_a_stated_date_goes_before_the_address(stated: str) -> None:
    assert _date(stated) == "2020-05-11"


@pytest.mark.parametrize(
    ("html", "url", "date"),
    [
        ("<body><p>Nothing is said.</p></body>", URL, "2019-01-02"),
        ("<body><p>Nothing is said.</p></body>", "https://paper.example/bridge", None),
        ('<head><meta name="dcterms.modified" content="2021-07-01"></head>', URL, "2019-01-02"),
        ('<body><time itemprop="dateModified" content="2021-07-01">July</time></body>', URL, "2019-01-02"),
        ('<body><span itemprop="datePublished">11 May 2020</span></body>', URL, "2019-01-02"),
    ],
)
def test_what_states_no_day_of_publication(html: str, url: str, date: str | None) -> None:
    assert _date(html, url) == date


@pytest.mark.parametrize("hint", ["&shy;", "&#8203;", "\u00ad"])
def test_hints_where_a_word_may_break_stand_in_no_title(hint: str) -> None:
    word = f"Donau{hint}dampf{hint}schiff"
    found = read_metadata(
        parse_html(
            f'<html><head><title>{word}</title><meta property="og:title" content="Das {word}"></head><h1>{word}</h1></html>'
        ).tree,
        url=None,
    )
    assert found.title == "Das Donaudampfschiff"
    assert found.headings == ("Donaudampfschiff",)


def test_what_may_be_a_damaged_letter_stays_in_a_title() -> None:
    tree = parse_html("<html><head><title>Mar\u00c3\u00ada</title></head><p>x</p></html>").tree
    assert read_metadata(tree, url=None).title == "Mar\u00c3\u00ada"


@pytest.mark.parametrize(
    ("head", "headings", "title"),
    [
        (
            "<title>The glass - a visit - Hexley Herald</title>",
            ["Hexley Herald", "The glass - a visit"],
            "The glass - a visit",
        ),
        (
            '<title>The glass - a visit - Hexley Herald</title><meta property="og:site_name" content="Hexley Herald">',
            ["Hexley Herald"],
            "The glass - a visit",
        ),
        (
            '<title>Hexley Herald: The glass – a visit</title><meta property="og:site_name" content="Hexley Herald">',
            [],
            "The glass – a visit",
        ),
        ('<title>Hexley Herald</title><meta property="og:site_name" content="Hexley Herald">', [], "Hexley Herald"),
        ("<title>Chapter 3 - Light</title>", ["Light"], "Light"),
        ("<title>The glass | Hexley Herald</title>", ["Something else"], "The glass"),
        ("<title>The glass | Hexley Herald</title>", [], "The glass"),
    ],
)
def test_the_name_of_the_site_is_no_title(head: str, headings: list[str], title: str) -> None:
    body = "".join(f"<h1>{heading}</h1>" for heading in headings)
    tree = parse_html(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>").tree
    assert read_metadata(tree, url=None).title == title


def _scripts(*blocks: str) -> str:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<html><head>{scripts}</head><body><p>A lamp.</p></body></html>"


MINE = (
    '{"@type": "%s", "headline": "A lamp &amp; a mill", "author": {"name": "Ana Ruiz"}, "datePublished": "2024-03-05"}'
)
OTHER = '{"@type": "%s", "headline": "Old ferry", "author": "Bob Roe", "datePublished": "2017-02-02", "publisher": "The Post"}'


@pytest.mark.parametrize(
    "blocks",
    [
        (MINE % "NewsArticle", OTHER % "NewsArticle"),
        (MINE % "Article", OTHER % "WebPage"),
        (OTHER % "WebPage", MINE % "Article"),
        (OTHER % "Product", MINE % "OpinionNewsArticle"),
        (MINE % "TechArticle", OTHER % "JobPosting"),
        (f'{{"@graph": [{OTHER % "CollectionPage"}, {OTHER % "MedicalWebPage"}, {MINE % "LiveBlogPosting"}]}}',),
        (MINE % "HowTo",),
    ],
)
def test_the_first_article_in_json_ld_is_the_page(blocks: tuple[str, ...]) -> None:
    found = read_metadata(document_fromstring(_scripts(*blocks)), url=None)
    assert (found.title, found.author, found.date) == ("A lamp & a mill", "Ana Ruiz", "2024-03-05")


def test_json_ld_of_a_page_says_what_its_article_does_not() -> None:
    blocks = ('{"@type": "Article", "headline": "A lamp"}', OTHER % "WebPage", OTHER % "JobPosting")
    found = read_metadata(document_fromstring(_scripts(*blocks)), url=None)
    assert (found.title, found.author, found.site_name) == ("A lamp", "Bob Roe", "The Post")
    assert read_metadata(document_fromstring(_scripts(OTHER % "JobPosting")), url=None).author is None
