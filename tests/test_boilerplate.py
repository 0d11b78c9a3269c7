"""The model of a page's blocks takes out furniture, rescues what the extractor misses, and leaves good extractions alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import lxml.html
import numpy as np
import pytest

from flows.training.boilerplate import MarkedPage, figures, fit, in_text, out_of_fold, own_texts
from quality import assess
from quality.boilerplate import (
    ScoredPage,
    discarded_texts,
    lines_from_blocks,
    main_container,
    main_text_weights,
    marked_container,
    score_page,
    shaped,
    take_out_furniture,
    unnamed,
)
from quality.boilerplate.features import units_of
from quality.boilerplate.model import MAX_BLOCKS, load_model
from quality.dom import read_page, squeeze
from quality.extract import parse_html, run_together
from quality.layout import Run

CASES = tomllib.loads((Path(__file__).parent / "cases" / "boilerplate" / "pages.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_pages(case):
    page = f"<html><head><title>The valve</title></head><body>{case['html']}</body></html>"
    a = assess(page.encode(), url="https://news.example/valve")
    assert a.article is not None
    assert ("text_from_blocks" in a.article.flags) == case["from_blocks"]
    for text in case["keeps"]:
        assert text in a.text
    for text in case["drops"]:
        assert text not in a.text
    assert len(a.article.layout) == len(a.text.split("\n"))


WRAPPED = tomllib.loads((Path(__file__).parent / "cases" / "boilerplate" / "wrappers.toml").read_text())
CONTENT = "".join(
    f"<h2>{part['heading']}</h2><p>{part['text']}</p><ul>{''.join(f'<li>{item}</li>' for item in part['items'])}</ul>"
    for part in WRAPPED["part"]
)


@pytest.mark.parametrize("wrapper", WRAPPED["wrapper"], ids=lambda wrapper: wrapper["name"])
def test_headings_and_lists_are_kept_in_whatever_the_text_stands(wrapper):
    page = wrapper["html"].replace("CONTENT", f"<h1>{WRAPPED['title']}</h1>{CONTENT}")
    a = assess(f"<html><head><title>{WRAPPED['title']}</title></head>{page}</html>".encode(), url="https://x.example/a")
    assert a.article is not None
    wanted = [text for part in WRAPPED["part"] for text in (part["heading"], part["text"], *part["items"])]
    assert [text for text in wanted if text not in a.text] == []
    assert [text for text in wanted if text not in a.clean_text] == []
    assert not any(text in a.clean_text for text in ("Home", "Guestbook"))


@pytest.mark.parametrize("tag", ["h2", "h3"])
def test_a_heading_that_is_a_button_is_a_heading(tag):
    part = "".join(
        f'<div class="accordion-item"><{tag}><button class="accordion-button">{part["heading"]}</button></{tag}>'
        f"<div><p>{part['text']}</p></div></div>"
        for part in WRAPPED["part"]
    )
    page = f"<body><main><h1>{WRAPPED['title']}</h1>{part}<button>Subscribe</button></main></body>"
    a = assess(f"<html><head><title>{WRAPPED['title']}</title></head>{page}</html>".encode(), url="https://x.example/a")
    assert [part["heading"] for part in WRAPPED["part"] if part["heading"] not in a.clean_text] == []
    assert "Subscribe" not in a.text


@pytest.mark.parametrize(
    "heading", ["{}<button>Copy link</button>", "<button>Share</button> {}", "<button class='x'>{}</button>", "{}"]
)
def test_a_control_in_a_heading_is_no_part_of_it(heading):
    part = "".join(f"<h2>{heading.format(part['heading'])}</h2><p>{part['text']}</p>" for part in WRAPPED["part"])
    page = f"<body><main><h1>{WRAPPED['title']}</h1>{part}</main></body>"
    a = assess(f"<html><head><title>{WRAPPED['title']}</title></head>{page}</html>".encode(), url="https://x.example/a")
    lines = a.text.split("\n")
    assert [part["heading"] for part in WRAPPED["part"] if part["heading"] not in lines] == []


@pytest.mark.parametrize("cell", ["<ul><li>Ruiz</li><li>Berg</li></ul>", "<p>Ruiz</p><p>Berg</p>"])
def test_a_table_of_data_with_one_cell_of_blocks_stays_a_table(cell):
    rows = "".join(f"<tr><td>{1951 + n}</td><td>Marsh {n}</td><td>{'Gold' if n else cell}</td></tr>" for n in range(40))
    page = f"<body><main><h1>Winners of the river race</h1><table>{rows}</table></main></body>"
    text = assess(f"<html><head><title>x</title></head>{page}</html>".encode(), url="https://x.example/a").text
    assert text.count("| Gold") == 39


SHOWN = "In {n} the pilot of the harbour measured the bridge near Lund, which Berg had painted {n} days before. "
HIDDEN = "In {n} the keeper of the tower sold the valve of the station, which Novak had repaired {n} years before. "


@pytest.mark.parametrize("hidden", [4, 6])
@pytest.mark.parametrize(
    "attribute", ["", "{{ attrs }}", "{foo=1", 'title="a&#11;b"', 'id="a&#11;b"', '{"a":1}', "{...props}"]
)
def test_main_text_that_the_extractor_discards_by_a_name_is_read(attribute, hidden):
    shown = "".join(f"<p>{SHOWN.format(n=n * 37 + 1200) * 4}</p>" for n in range(4 * hidden))
    more = "".join(
        f'<h2>About {n}</h2><div class="expand-box" {attribute}>'
        f"{''.join(f'<p>{HIDDEN.format(n=n * 100 + m) * 4}</p>' for m in range(3))}</div>"
        for n in range(hidden)
    )
    page = f"<body><nav><a href=/>Home</a></nav><article><h1>The harbour</h1>{shown}{more}</article></body>"
    a = assess(f"<html><head><title>The harbour</title></head>{page}</html>".encode(), url="https://x.example/a")
    assert a.failure is None
    assert a.article is not None
    assert a.article.flags == ("text_unnamed",)
    assert all(f"In {n * 100 + m} the keeper" in a.text for n in range(hidden) for m in range(3))
    assert all(f"In {n * 37 + 1200} the pilot" in a.text for n in range(4 * hidden))


def test_a_container_whose_own_text_holds_a_character_that_xml_forbids_is_read():
    part = "".join(f"<h2>{part['heading']}</h2><p>{part['text']}</p>" for part in WRAPPED["part"])
    page = f"<body><div class='x'>&#11;{part}</div></body>"
    a = assess(f"<html><head><title>{WRAPPED['title']}</title></head>{page}</html>".encode(), url="https://x.example/a")
    assert a.failure is None
    assert all(part["text"] in a.text for part in WRAPPED["part"])


def test_code_in_a_figure_is_text():
    code = "".join(
        f"<p>{part['text']}</p><figure class='kg-card kg-code-card'><pre><code>$ valve --part {n}\nok {n}</code></pre></figure>"
        for n, part in enumerate(WRAPPED["part"])
    )
    page = f"<body><article><h1>{WRAPPED['title']}</h1>{code}</article></body>"
    text = assess(f"<html><head><title>x</title></head>{page}</html>".encode(), url="https://x.example/a").text
    assert [n for n in range(len(WRAPPED["part"])) if f"$ valve --part {n}\nok {n}" not in text] == []


def test_elements_are_as_before_when_the_extractor_has_read_them():
    cell = "".join(f"<h2>{part['heading']}</h2><p>{part['text']}</p>" for part in WRAPPED["part"])
    html = (
        f'<html><body><div class="expand-box" id="x"><table><tr><td>{cell}</td></tr></table></div>'
        "<figure><pre>$ valve</pre></figure></body></html>"
    )
    tree = parse_html(html).tree
    page = read_page(tree, site=None)
    scored = score_page(page)
    weights = main_text_weights(page, scored)
    before = [(element.tag, dict(element.attrib)) for element in tree.iter()]
    discarded = discarded_texts(tree, page, weights)
    assert [element.get("id") for element in discarded] == ["x"]
    with shaped(tree, page, weights), unnamed(discarded):
        assert {element.tag for element in tree.iter()} == {"html", "body", "div", "h2", "p", "pre"}
        assert not any(element.attrib for element in tree.iter())
    assert [(element.tag, dict(element.attrib)) for element in tree.iter()] == before


def test_the_container_is_marked_for_the_extractor_and_left_as_it_was():
    html = "<html><body>a<div>b<p>c</p>d<p>e</p>f</div>g</body></html>"
    for path in ("//body", "//div"):
        tree = lxml.html.fromstring(html)
        before = list(tree.iter())
        with marked_container(tree.xpath(path)[0]):
            assert len(tree.xpath(f"{path}/article//p")) == 2
            assert tree.text_content() == "abcdefg"
        assert lxml.html.tostring(tree).decode() == html
        assert list(tree.iter()) == before


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<main><div><p>{}</p><p>{}</p></div></main>", "div"),
        ("<table><tr><td><a>x</a></td><td><p>{}</p><p>{}</p></td></tr></table>", "td"),
        ("<div><p>{}</p></div><div><p>{}</p></div>", "body"),
        ("<div><p>{}</p></div><div>{}</div>", "body"),
    ],
)
def test_the_container_is_the_innermost_that_holds_the_text(inside, found):
    tree = lxml.html.fromstring(f"<html><body>{inside.format('a ' * 50, 'b ' * 50)}</body></html>")
    page, scored = everything(tree)
    container = main_container(page, main_text_weights(page, scored))
    assert container is not None
    assert container.tag == found


@pytest.mark.parametrize(
    ("lines", "others", "together"),
    [
        ([(0, 1), (1, 2), (2, 3), (3, 4)], [(0, 4)], True),
        ([(0, 4)], [(0, 1), (1, 2), (2, 3), (3, 4)], False),
        ([(0, 2), (2, 3), None, (4, 5)], [(0, 3), (4, 5), (5, 6)], False),
        ([], [(0, 3)], False),
    ],
)
def test_paragraphs_that_ran_together_are_told_from_a_line_that_was_cut(lines, others, together):
    placed = [[None if run is None else Run(0, 1, *run, 1) for run in runs] for runs in (lines, others)]
    assert run_together(*placed) == together


def test_the_controls_of_a_wiki_are_no_text():
    edit = '<span class="mw-editsection"><span>[</span><a href="/w?action=edit">edit</a><span>]</span></span>'
    parts = "".join(
        f'<h2><span class="mw-headline">{part["heading"]}</span>{edit}</h2><p>{part["text"]}</p>'
        for part in WRAPPED["part"]
    )
    page = (
        f'<body><div id="content"><h1>{WRAPPED["title"]}</h1><div id="siteSub">From Valvepedia</div>'
        '<a class="mw-jump-link" href="#nav">Jump to navigation</a><a class="mw-jump-link" href="#s">Jump to search</a>'
        f'<div class="mw-parser-output">{parts}</div></div></body>'
    )
    text = assess(f"<html><head><title>x</title></head>{page}</html>".encode(), url="https://wiki.example/valve").text
    assert not any(word in text for word in ("edit", "Jump to", "Valvepedia"))
    assert all(part["heading"] in text.split("\n") and part["text"] in text for part in WRAPPED["part"])


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<p>a</p><div><i class=icon></i></div><p>b</p>", ["p", "p"]),
        ("<p>a<br>b</p><hr>", ["p", "br", "hr"]),
        ("<table><tr><td>1</td><td></td></tr></table>", ["table", "tr", "td", "td"]),
        ("<pre>if x:<span> </span>y</pre>", ["pre"]),
        ("<p><img src=x.png> caption</p>", ["p"]),
    ],
)
def test_elements_without_text_are_taken_out_and_no_character_is_lost(body, left):
    tree = lxml.html.fromstring(f"<html><body>{body}</body></html>")
    page, scored = everything(tree)
    before = tree.text_content()
    take_out_furniture(tree, page, scored)
    assert [element.tag for element in tree.body.iterdescendants()] == left
    assert tree.text_content() == before


def everything(tree):
    """A page of which every unit is held for main text."""
    page = read_page(tree, site=None)
    units = units_of(page, {})
    return page, ScoredPage(units, np.ones(len(units.blocks)))


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<p>One <b>bold</b><i>er</i> word.</p><p>Two</p>", ["One bolder word.", "Two"]),
        ("<ul><li>Apples</li><li><p>Pears</p><p>and quinces</p></li></ul>", ["- Apples", "- Pears", "and quinces"]),
        (
            "<table><tr><th>Row</th><th>Width</th></tr><tr><td>1</td><td>30 cm</td></tr></table>",
            ["Row | Width", "1 | 30 cm"],
        ),
        ("<table><tr><td><p>A</p><p>B</p></td><td><div>C</div></td></tr></table>", ["A", "B", "C"]),
        ("<p>a<br>b</p><script>x()</script><p>c</p>", ["a", "b", "c"]),
        ("<div>loose <p>inner</p> tail</div>", ["loose", "inner", "tail"]),
    ],
)
def test_lines_from_blocks(body, lines):
    tree = lxml.html.fromstring(f"<html><body>{body}</body></html>")
    page, scored = everything(tree)
    assert lines_from_blocks(tree, page, scored) == lines


def test_furniture_goes_and_tails_stay():
    tree = lxml.html.fromstring("<html><body><div>a<nav>menu</nav>b</div><p>c</p><style>x</style>d</body></html>")
    page = read_page(tree, site=None)
    units = units_of(page, {})
    kept = np.array([page.blocks[block].tag != "nav" for block in units.blocks], dtype=float)
    take_out_furniture(tree, page, ScoredPage(units, np.where(kept > 0, 1.0, 0.01)))
    assert "".join(tree.itertext()) == "abcd"


def test_an_empty_element_between_two_texts_still_parts_them():
    broken = '<p>One ends here.<span class="br"></span>Two begins<i class="icon"></i></p><p><b></b>Three</p>'
    tree = lxml.html.fromstring(f"<html><body>{broken}</body></html>")
    page = read_page(tree, site=None)
    units = units_of(page, {})
    take_out_furniture(tree, page, ScoredPage(units, np.ones(len(units.blocks))))
    assert [element.tag for element in tree.find("body").iter()] == ["body", "p", "span", "p"]


@pytest.mark.parametrize("reference", ["&#1;", "&#x0b;", "&#xfffe;", "&#8;"])
def test_references_to_characters_that_xml_forbids_stop_nothing(reference):
    body = next(case for case in CASES if case["name"] == "an ordinary article")["html"]
    page = f"<html><body>{body.replace('</nav>', f'</nav>before{reference}after')}</body></html>"
    a = assess(page.encode(), url="https://news.example/valve")
    assert a.status == "ok"
    assert "Nobody kept the invoices" in a.text


def test_huge_and_empty_pages_are_left_alone():
    empty = lxml.html.fromstring("<html><body></body></html>")
    assert score_page(read_page(empty, site=None)) is None
    huge = lxml.html.fromstring("<html><body>" + "<p>x</p>" * (MAX_BLOCKS + 1) + "</body></html>")
    assert score_page(read_page(huge, site=None)) is None


def test_one_unit_has_as_many_columns_as_the_model_reads():
    tree = lxml.html.fromstring("<html><body><p>alone</p></body></html>")
    page = read_page(tree, site=None)
    units = units_of(page, {})
    assert units.matrix.shape[0] == 1
    assert load_model().forest.feature.max() < units.matrix.shape[1]
    assert np.isfinite(score_page(page).probability).all()


def test_texts_are_found_in_the_marked_text_in_order():
    whole = squeeze(
        "Growing leeks. Leeks want deep soil and patience. "
        + "They stand in it for a year. " * 4
        + "Share the harvest with a neighbour. Soil"
    )
    texts = [
        squeeze(t)
        for t in ("Growing leeks", "Share", "Leeks want deep, soil and patience.", "Buy our soil here today, friends")
    ]
    assert in_text(texts, whole).tolist() == [True, False, True, False]


def marked(number):
    """A made-up page of a domain of its own: an article between a menu and a footer."""
    words = " ".join(f"word{number}{i} and the rest of a sentence that goes on," for i in range(6))
    body = "".join(f"<p>{i} {words}</p>" for i in range(4))
    links = "".join(f"<li><a href='/{i}'>Link {i}</a></li>" for i in range(5))
    tree = lxml.html.fromstring(
        f"<html><body>{'<h1>Story</h1>' if number % 2 else ''}<div class='top menu'><ul>{links}</ul></div><div class='story'>{body}</div>"
        f"<div class='bottom legal'><p>All rights</p></div></body></html>"
    )
    page = read_page(tree, site=None)
    units = units_of(page, {})
    main = np.array([text.startswith(tuple("0123")) for text in own_texts(page, units.blocks)])
    return MarkedPage(page, f"site{number}.example", units.blocks, units.chars, main)


def test_training_learns_and_repeats_itself():
    pages = [marked(number) for number in range(40)]
    measured = figures(pages, out_of_fold(pages))
    assert measured["auc"] > 0.99
    one, two = fit(pages), fit(pages)
    assert one.names["story"] > 0 > one.names["menu"]
    for name, array in one.arrays().items():
        assert np.array_equal(array, two.arrays()[name]), name
