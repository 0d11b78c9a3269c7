"""Let trafilatura see a page for what the model of its blocks knows it to be, while it looks for the text.

trafilatura goes by tags and names: it reads a table as data, drops a figure with all that stands in it, and discards what
bears a name such as "promo" or is hidden until somebody clicks. Where these elements hold the main text, they are shown
to it as plain divisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.xpaths import BODY_XPATH, OVERALL_DISCARD_XPATH

from quality.boilerplate.model import ScoredPage
from quality.dom import PageText

MAIN_TEXT_FROM = 0.4
"""A block of this probability belongs to the main text."""
MOST = 0.5
"""An element holds the main text if at least this share of it stands there; it is text if so much of its own is."""
PARAGRAPHS, BREAKS = 2, 6
"""A cell with so many paragraphs or line breaks is no datum."""

_IN_ARTICLES = frozenset("h1 h2 h3 h4 h5 h6 table ul ol blockquote pre article section".split())
"""Tags of which a cell of data holds none."""
_TABLE_PARTS = frozenset("tbody thead tfoot tr td th".split())
_CODE_FIGURES = etree.XPath("//figure[.//pre]")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters outside https://www.w3.org/TR/xml/#charsets: lxml reads references to them and refuses to write them."""
_NAMES = ("class", "id", "style", "aria-hidden", "hidden", "role")


@contextmanager
def shaped(tree: HtmlElement, page: PageText, weights: Sequence[float]) -> Iterator[None]:
    """Let layout tables and figures of code be divisions during the block. `weights`: see `main_text_weights`."""
    changed: list[tuple[HtmlElement, str]] = [(figure, figure.tag) for figure in _CODE_FIGURES(tree)]
    for block, weight in zip(page.blocks, weights, strict=True):
        if block.tag == "table" and weight >= MOST * weights[0] > 0:
            table = block.element
            parts = [part for part in table.iter(*_TABLE_PARTS) if next(part.iterancestors("table")) is table]
            if _lays_out(parts):
                changed += [(element, element.tag) for element in (table, *parts)]
    try:
        for element, _ in changed:
            element.tag = "div"
        yield
    finally:
        for element, tag in changed:
            element.tag = tag


def discarded_texts(tree: HtmlElement, page: PageText, weights: Sequence[float]) -> list[HtmlElement]:
    """Return the elements that trafilatura discards by their names although most of what they hold is main text."""
    found = {element for discarded in OVERALL_DISCARD_XPATH for element in discarded(tree)}
    return [
        block.element
        for block, weight in zip(page.blocks, weights, strict=True)
        if weight and block.element in found and weight >= MOST * page.chars(block)
    ]


@contextmanager
def unnamed(elements: Sequence[HtmlElement]) -> Iterator[None]:
    """Let elements bear no name that trafilatura looks at during the block."""
    taken: list[tuple[HtmlElement, str, str]] = []
    try:
        for element in elements:
            for name in _NAMES:
                value = element.get(name)
                if value is not None and not NOT_XML.search(value):  # else lxml would not take it back
                    taken.append((element, name, value))
                    del element.attrib[name]
        yield
    finally:
        for element, name, value in taken:
            element.set(name, value)


def _lays_out(parts: list[HtmlElement]) -> bool:
    """Whether a table with these parts of its own is there for the layout: its cells are rows, or most of its text stands in
    cells that hold blocks."""
    cells = [part for part in parts if part.tag in ("td", "th")]
    if cells and all(sum(child.tag in ("td", "th") for child in cell.getparent()) == 1 for cell in cells):
        return True
    chars = [sum(map(len, cell.itertext())) for cell in cells]
    inside = sum(count for cell, count in zip(cells, chars, strict=True) if _holds_blocks(cell))
    return inside >= MOST * sum(chars) > 0


def _holds_blocks(cell: HtmlElement) -> bool:
    inside = [element.tag for element in cell.iterdescendants()]
    return not _IN_ARTICLES.isdisjoint(inside) or inside.count("p") >= PARAGRAPHS or inside.count("br") >= BREAKS


def main_text_weights(page: PageText, scored: ScoredPage) -> list[float]:
    """Return how many characters of main text each block of the page holds, those of the blocks inside it too."""
    inside = np.zeros(len(page.blocks))
    inside[scored.units.blocks] = np.where(scored.probability >= MAIN_TEXT_FROM, scored.units.chars, 0.0)
    weights: list[float] = inside.tolist()
    for number in range(len(weights) - 1, 0, -1):
        parent = page.blocks[number].parent
        if parent >= 0:
            weights[parent] += weights[number]
    return weights


def named_text(tree: HtmlElement) -> HtmlElement | None:
    """Return the element that trafilatura takes for the text by its name; None if it takes paragraphs alone."""
    for named in BODY_XPATH:
        found = named(tree)
        if len(found):
            element: HtmlElement = found[0]
            return element
    return None
