"""Use the scores of a page's blocks twice: to take out what is surely furniture before trafilatura looks for the text,
and to check what it found.

trafilatura sometimes takes one section for the article, or a page of reader comments. Its text is then compared with the
blocks that the model holds for main text, both by the F1 that the model's own probabilities lead one to expect; where
the blocks promise clearly more, their text is taken instead, line by line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from lxml import etree
from lxml.html import HtmlElement
from numpy.typing import NDArray

from quality.boilerplate.features import sum_by
from quality.boilerplate.model import ScoredPage
from quality.boilerplate.shaping import MAIN_TEXT_FROM, NOT_XML
from quality.dom import BLOCK_TAGS, SKIPPED_TAGS, PageText
from quality.layout import Run

FURNITURE_BELOW = 0.1
"""A block is taken out if neither it nor any block inside it reaches this probability. Out of fold this takes out half of
the furniture and 0.9 % of the main text."""
RESCUE_MARGIN = 0.3
"""By how much the expected F1 of the blocks must exceed that of the extracted text; chosen out of fold."""

CONTAINER_SHARE = 0.9
"""The container of the main text holds at least this share of it, by its blocks of `MAIN_TEXT_FROM`."""
_CONTAINERS = frozenset("article body center div fieldset form main section td".split())

MAX_UNPLACED = 0.2
"""Nothing is said about a text of which more than this share was not found on the page."""

_UNREAD = etree.XPath("//style|//svg|//template|//link|//script[not(@type='application/ld+json')]")
"""Elements that no stage of the extraction reads."""
_WIKI_CONTROLS = etree.XPath(
    "//*[@id='siteSub' or @id='jump-to-nav']|//a[contains(@class, 'mw-jump-link')]"
    "|//span[contains(concat(' ', @class, ' '), ' mw-editsection ')]|//div[@class='printfooter']"
)
"""What MediaWiki writes into headings and around the text for its editors."""
_LEAVES = etree.XPath("//body//*[not(*)][not(normalize-space())]")
_KEPT_EMPTY = frozenset("br hr td th tr script meta".split())
"""Elements that say something without a text of their own."""
_SPACE = re.compile(r"\s+")
_CELLS = ("td", "th")
_CELL_MARK = "\0"
"""Stands between cells while a row is collected; HTML holds no such character."""


def take_out_furniture(tree: HtmlElement, page: PageText, scored: ScoredPage) -> None:
    """Remove from the tree what is surely not main text; the elements that `page` refers to stay readable."""
    for element in (*_UNREAD(tree), *_WIKI_CONTROLS(tree)):
        _remove(element)
    _take_out_empty(tree)
    best = np.zeros(len(page.blocks))
    best[scored.units.blocks] = scored.probability
    peaks: list[float] = best.tolist()
    for number in range(len(peaks) - 1, 0, -1):
        parent = page.blocks[number].parent
        if parent >= 0 and peaks[number] > peaks[parent]:
            peaks[parent] = peaks[number]
    for peak, block in zip(peaks, page.blocks, strict=True):
        if 0.0 < peak < FURNITURE_BELOW and block.parent >= 0 and peaks[block.parent] >= FURNITURE_BELOW:
            _remove(block.element)


def _take_out_empty(tree: HtmlElement) -> None:
    """Remove elements without text, a fifth of a page: pictures, icons, and the wrappers that held nothing else."""
    for leaf in _LEAVES(tree):
        element = leaf
        while element is not None and len(element) == 0 and element.tag not in _KEPT_EMPTY:
            if (element.text and not element.text.isspace()) or _parts_text(element):
                break
            parent = element.getparent()
            if element.text:
                element.tail = element.text + (element.tail or "")
            _remove(element)
            element = parent


def _parts_text(element: HtmlElement) -> bool:
    """Whether text stands directly before and after an element that holds nothing: it may be what starts a new line."""
    if element.text or not element.tail or element.tail.isspace():
        return False
    before, parent = element.getprevious(), element.getparent()
    text: str | None = before.tail if before is not None else parent.text if parent is not None else None
    return text is not None and not (text == "" or text.isspace())


def _remove(element: HtmlElement) -> None:
    """Take an element out, its tail stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = _joined(before.tail, element.tail)
        else:
            parent.text = _joined(parent.text, element.tail)
        element.tail = None
    parent.remove(element)


def _joined(text: str | None, tail: str) -> str:
    """lxml reads characters out of references such as `&#11;` that it refuses to write back."""
    return NOT_XML.sub(" ", (text or "") + tail)


def main_container(page: PageText, weights: Sequence[float]) -> HtmlElement | None:
    """Return the innermost element that holds nearly all of the main text, or None if there is no such text.

    `weights`: see `main_text_weights`.
    """
    found = None
    for weight, block in zip(weights, page.blocks, strict=True):  # a block stands behind the one around it
        if weight >= CONTAINER_SHARE * weights[0] > 0 and block.tag in _CONTAINERS:
            found = block.element
    return found


@contextmanager
def marked_container(element: HtmlElement | None) -> Iterator[None]:
    """Let the content of an element, if there is one, stand in an <article> during the block; then the tree is as before."""
    if element is None:
        yield
        return
    article = element.makeelement("article")
    article.text, element.text = _joined(element.text, ""), None
    article.extend(list(element))
    element.append(article)
    try:
        yield
    finally:
        element.text = article.text
        element.remove(article)
        element.extend(list(article))


def promise_of_blocks(page: PageText, scored: ScoredPage, lines: Sequence[str], runs: Sequence[Run | None]) -> float:
    """By how much the expected F1 of the blocks' text exceeds that of extracted lines, which stand in these runs.

    0 for lines of which too many were not found on the page.
    """
    lost = sum(len(line) for line, run in zip(lines, runs, strict=True) if run is None)
    if lost > MAX_UNPLACED * sum(map(len, lines)):
        return 0.0
    covered = np.zeros(len(page.starts) + 1)
    for run in runs:
        if run is not None:
            covered[run.first] += 1
            covered[run.last] -= 1
    inside = np.cumsum(covered)[:-1] > 0
    sizes = np.diff(np.asarray(page.chars_before, dtype=float))
    owned = sum_by(np.asarray(page.blocks_of), sizes * inside, len(page.blocks))
    taken = owned[scored.units.blocks]
    whole = np.where(scored.probability >= MAIN_TEXT_FROM, scored.units.chars, 0.0)
    return _expected_f1(scored, whole) - _expected_f1(scored, taken)


def _expected_f1(scored: ScoredPage, taken: NDArray[np.float64]) -> float:
    hits = float((scored.probability * taken).sum())
    wanted = float((scored.probability * scored.units.chars).sum())
    return 2 * hits / max(1.0, float(taken.sum()) + wanted)


def lines_from_blocks(tree: HtmlElement, page: PageText, scored: ScoredPage) -> list[str]:
    """Return the text of the blocks that are probably main text, a line a block, list items and table rows as usual."""
    chosen = {
        page.blocks[number].element
        for number, probability in zip(scored.units.blocks.tolist(), scored.probability.tolist(), strict=True)
        if probability >= MAIN_TEXT_FROM
    }
    cells = Counter(block.parent for block in page.blocks if block.tag in _CELLS)
    rows = {
        block.element
        for number, block in enumerate(page.blocks)
        if block.tag == "tr" and block.inner_blocks == cells[number]
    }
    writer = _Writer(chosen, rows)
    body = tree.find(".//body") if tree.tag != "body" else tree
    writer.walk(tree if body is None else body)
    return writer.lines


class _Writer:
    """The state of one walk that writes lines."""

    def __init__(self, chosen: set[HtmlElement], rows: set[HtmlElement]) -> None:
        self.chosen = chosen
        self.rows = rows
        """Table rows that hold nothing but plain cells; the others lay out blocks."""
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.prefix = ""
        self.open: list[bool] = [False]

    def walk(self, body: HtmlElement) -> None:
        """Visit every element in document order."""
        walker = etree.iterwalk(body, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            is_block = tag in BLOCK_TAGS or element is body
            if event == "start":
                if tag in SKIPPED_TAGS:
                    walker.skip_subtree()
                    continue
                if is_block:
                    self._break(element)
                    self.open.append(element in self.chosen)
                elif tag == "br":
                    self._end_line()
                self._text(element.text)
            else:
                if is_block and tag not in SKIPPED_TAGS:
                    self._break(element)
                    self.open.pop()
                if element is not body:
                    self._text(element.tail)
        self._end_line()

    def _text(self, text: str | None) -> None:
        if text and self.open[-1]:
            self.pieces.append(text)

    def _break(self, element: HtmlElement) -> None:
        """End the line, but not between the cells of a row; a list item's first line gets a dash."""
        if element.tag in _CELLS and element.getparent() in self.rows:
            self.pieces.append(_CELL_MARK)
            return
        self._end_line()
        if element.tag == "li":
            self.prefix = "- "
        elif element.tag not in ("p", "div"):
            self.prefix = ""

    def _end_line(self) -> None:
        cells = (_SPACE.sub(" ", cell).strip() for cell in "".join(self.pieces).split(_CELL_MARK))
        line = " | ".join(cell for cell in cells if cell)
        if line:
            self.lines.append(self.prefix + line)
            self.prefix = ""
        self.pieces.clear()
