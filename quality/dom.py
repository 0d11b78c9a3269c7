"""Read a page's text nodes once, in document order, with what stands around each of them.

The result is one string of letters and digits (white space, bullets and punctuation do not matter when a line is looked
up in it), flat lists with one entry a text node, and one record a block. Sums over any run of nodes, or over a whole
block, are differences of running totals. The walk is iterative, so that depth costs nothing, and stops at a fixed
number of nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

from quality.links import LinkKind, link_kind

SKIPPED_TAGS = frozenset("script style noscript template svg iframe object math head select textarea".split())
BLOCK_TAGS = frozenset(
    """
    address article aside blockquote body button caption center dd details div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
MAX_NODES = 400_000
"""Text nodes read, at most; a 10 MB page has about 200,000."""
SECTION_CHARS = 80

_NOT_ALNUM = re.compile(r"[\W_]+")
_HIDDEN = etree.XPath(
    """
    descendant::*[@hidden or @aria-hidden='true'
        or (@style and (contains(translate(@style, ' ', ''), 'display:none') or contains(@style, 'visibility: hidden')))
        or (@class and (contains(@class, 'sr-only') or contains(@class, 'screen-reader') or contains(@class, 'd-none')
            or contains(@class, 'visually-hidden') or contains(@class, 'visuallyhidden')))]
    """
)
"""Elements whose own attributes say that their text is not shown."""
_WHITE = re.compile(r"\s+")

_TOKEN = re.compile(r"[a-z0-9]{2,24}")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKEN_ATTRIBUTES = ("class", "id", "role", "itemprop", "data-testid", "data-component", "aria-label")
ATTRIBUTE_CHARS = 300


def squeeze(text: str) -> str:
    """Return the lower-case letters and digits of a text, nothing else."""
    return _NOT_ALNUM.sub("", text.lower())


@dataclass(slots=True)
class Link:
    """One `<a href>` of the page."""

    element: HtmlElement
    kind: LinkKind
    sponsored: bool
    first_node: int
    last_node: int = -1


@dataclass(slots=True)
class Block:
    """One block element: its place in the tree of blocks and the run of text nodes inside it."""

    element: HtmlElement
    tag: str
    tokens: tuple[str, ...]
    """Words of its class, id and role attributes, each once, in order."""
    parent: int
    """Index of the block around it, -1 for the outermost."""
    first_node: int
    last_node: int = -1
    """One past the last node."""
    inner_blocks: int = 0
    """Blocks inside it, all levels."""


@dataclass(slots=True)
class PageText:
    """All text of a page; see the module. Node lists run in parallel."""

    string: str = ""
    starts: list[int] = field(default_factory=list)
    """Where each node starts in `string`."""
    blocks_of: list[int] = field(default_factory=list)
    links_of: list[int] = field(default_factory=list)
    """Index into `links`, -1 outside links."""
    flags: list[int] = field(default_factory=list)
    """Bit 1: hidden, bit 2: bold."""
    sections_of: list[int] = field(default_factory=list)
    """Index into `sections`: the last heading that ended before the node."""
    links: list[Link] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    sections: list[str] = field(default_factory=lambda: [""])
    chars_before: list[int] = field(default_factory=list)
    link_chars_before: list[int] = field(default_factory=list)
    bold_chars_before: list[int] = field(default_factory=list)

    def finish(self) -> None:
        """Compute the running totals (one entry more than there are nodes)."""
        ends = [*self.starts[1:], len(self.string)]
        sizes = [end - start for start, end in zip(self.starts, ends, strict=True)] if self.starts else []
        self.chars_before = [0, *accumulate(sizes)]
        self.link_chars_before = [0, *accumulate(s if k >= 0 else 0 for s, k in zip(sizes, self.links_of, strict=True))]
        self.bold_chars_before = [0, *accumulate(s if f & 2 else 0 for s, f in zip(sizes, self.flags, strict=True))]

    def link_density(self, block: Block) -> float:
        """Share of a block's letters and digits that stand inside links."""
        chars = self.chars(block)
        links = self.link_chars_before[block.last_node] - self.link_chars_before[block.first_node]
        return links / chars if chars else 0.0

    def chars(self, block: Block) -> int:
        """Letters and digits in a block."""
        return self.chars_before[block.last_node] - self.chars_before[block.first_node]


def read_page(tree: HtmlElement, *, site: str | None) -> PageText:
    """Walk a page's <body> once. `site`: the page's own registrable domain, for telling its links from others."""
    body = tree.find(".//body") if tree.tag != "body" else tree
    reader = _Reader(PageText(), site)
    reader.walk(tree if body is None else body)
    reader.page.finish()
    return reader.page


class _Reader:
    """The state of one walk."""

    def __init__(self, page: PageText, site: str | None) -> None:
        self.page = page
        self.site = site
        self.pieces: list[str] = []
        self.length = 0
        self.open_blocks: list[int] = [-1]
        self.link = -1
        self.hidden = 0
        self.hiders: frozenset[HtmlElement] = frozenset()
        self.bold = 0
        self.section = 0
        self.tokens: dict[tuple[str, ...], tuple[str, ...]] = {}

    def walk(self, body: HtmlElement) -> None:
        """Visit every element; the tail of the body itself does not count."""
        self.hiders = frozenset(_HIDDEN(body))
        walker = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                if element.tag in SKIPPED_TAGS:
                    walker.skip_subtree()
                    continue
                self._open(element)
                if element.text:
                    self._text(element.text)
            else:
                if event == "end" and element.tag not in SKIPPED_TAGS:
                    self._close(element)
                if element.tail and element is not body:
                    self._text(element.tail)
            if len(self.page.starts) >= MAX_NODES:
                break
        while len(self.open_blocks) > 1:
            self._end_block()
        self.page.string = "".join(self.pieces)

    def _text(self, text: str) -> None:
        if text.isspace():
            return
        squeezed = squeeze(text)
        if not squeezed:
            return
        page = self.page
        page.starts.append(self.length)
        page.blocks_of.append(self.open_blocks[-1])
        page.links_of.append(self.link)
        page.flags.append((1 if self.hidden else 0) | (2 if self.bold else 0))
        page.sections_of.append(self.section)
        self.pieces.append(squeezed)
        self.length += len(squeezed)

    def _open(self, element: HtmlElement) -> None:
        page = self.page
        tag = element.tag
        if self.hiders and element in self.hiders:
            self.hidden += 1
        if tag in BLOCK_TAGS or len(self.open_blocks) == 1:
            page.blocks.append(Block(element, tag, self._tokens(element), self.open_blocks[-1], len(page.starts)))
            self.open_blocks.append(len(page.blocks) - 1)
        elif tag == "a":
            href = element.get("href")
            if href is not None:
                rel = (element.get("rel") or "").lower()
                sponsored = "sponsored" in rel or "nofollow" in rel or "ugc" in rel
                page.links.append(Link(element, link_kind(href, site=self.site), sponsored, len(page.starts)))
                self.link = len(page.links) - 1
        elif tag in ("b", "strong"):
            self.bold += 1

    def _tokens(self, element: HtmlElement) -> tuple[str, ...]:
        """Pages repeat their attributes, so each combination is split once."""
        attributes = dict(element.items())
        values = tuple([attributes[name] for name in _TOKEN_ATTRIBUTES if name in attributes]) if attributes else ()
        if not values:
            return ()
        known = self.tokens.get(values)
        if known is None:
            pieces = (_TOKEN.findall(CAMEL.sub(" ", value[:ATTRIBUTE_CHARS]).lower()) for value in values)
            known = self.tokens[values] = tuple(dict.fromkeys(token for piece in pieces for token in piece))
        return known

    def _close(self, element: HtmlElement) -> None:
        page = self.page
        tag = element.tag
        if self.hidden and element in self.hiders:
            self.hidden -= 1
        if self.open_blocks[-1] >= 0 and page.blocks[self.open_blocks[-1]].element is element:
            block = self._end_block()
            if tag in HEADING_TAGS and block.last_node > block.first_node:
                page.sections.append(_WHITE.sub(" ", "".join(element.itertext())).strip()[:SECTION_CHARS])
                self.section = len(page.sections) - 1
        elif tag == "a" and self.link >= 0 and page.links[self.link].element is element:
            page.links[self.link].last_node = len(page.starts)
            self.link = -1
        elif tag in ("b", "strong"):
            self.bold = max(0, self.bold - 1)

    def _end_block(self) -> Block:
        number = self.open_blocks.pop()
        block = self.page.blocks[number]
        block.last_node = len(self.page.starts)
        block.inner_blocks = len(self.page.blocks) - number - 1
        return block
