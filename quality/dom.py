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
_BOLD_TAGS = frozenset({"b", "strong"})

_NOT_ALNUM = re.compile(r"[\W_]+")
_HIDING_NAMES = ("sr-only", "screen-reader", "d-none", "visually-hidden", "visuallyhidden")
"""Parts of class attributes of elements that are not shown."""
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
    """The state of one walk. A page has a thousand elements, so what is done for each of them stands in one loop."""

    def __init__(self, page: PageText, site: str | None) -> None:
        self.page = page
        self.site = site
        self.open_blocks: list[int] = [-1]
        self.hiding: dict[tuple[str | None, str | None], bool] = {}
        self.tokens: dict[tuple[str, ...], tuple[str, ...]] = {}

    def walk(self, body: HtmlElement) -> None:
        """Visit every element; the tail of the body itself does not count."""
        page, open_blocks, pieces = self.page, self.open_blocks, list[str]()
        starts, blocks, links = page.starts, page.blocks, page.links
        hiders, hiding = list[HtmlElement](), self.hiding
        length, link, bold, section = 0, -1, 0, 0
        walker = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if tag in SKIPPED_TAGS:
                    walker.skip_subtree()
                    continue
                get = element.get
                look = (get("style"), get("class"))
                hides = hiding.get(look)
                if hides is None:
                    hides = hiding[look] = _hides(*look)
                if (hides or get("hidden") is not None or get("aria-hidden") == "true") and element is not body:
                    hiders.append(element)
                if tag in BLOCK_TAGS or len(open_blocks) == 1:
                    blocks.append(Block(element, tag, self._tokens(element), open_blocks[-1], len(starts)))
                    open_blocks.append(len(blocks) - 1)
                elif tag == "a":
                    href = get("href")
                    if href is not None:
                        rel = (get("rel") or "").lower()
                        sponsored = "sponsored" in rel or "nofollow" in rel or "ugc" in rel
                        links.append(Link(element, link_kind(href, site=self.site), sponsored, len(starts)))
                        link = len(links) - 1
                elif tag in _BOLD_TAGS:
                    bold += 1
                text = element.text
            else:
                if event == "end" and tag not in SKIPPED_TAGS:
                    if hiders and hiders[-1] is element:
                        hiders.pop()
                    if open_blocks[-1] >= 0 and blocks[open_blocks[-1]].element is element:
                        block = self._end_block()
                        if tag in HEADING_TAGS and block.last_node > block.first_node:
                            page.sections.append(_WHITE.sub(" ", "".join(element.itertext())).strip()[:SECTION_CHARS])
                            section = len(page.sections) - 1
                    elif link >= 0 and tag == "a" and links[link].element is element:
                        links[link].last_node = len(starts)
                        link = -1
                    elif tag in _BOLD_TAGS and bold:
                        bold -= 1
                text = element.tail if element is not body else None
            if not text or text.isspace():
                continue
            squeezed = _NOT_ALNUM.sub("", text.lower())
            if squeezed:
                starts.append(length)
                page.blocks_of.append(open_blocks[-1])
                page.links_of.append(link)
                page.flags.append((1 if hiders else 0) | (2 if bold else 0))
                page.sections_of.append(section)
                pieces.append(squeezed)
                length += len(squeezed)
                if len(starts) >= MAX_NODES:
                    break
        while len(open_blocks) > 1:
            self._end_block()
        page.string = "".join(pieces)

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

    def _end_block(self) -> Block:
        number = self.open_blocks.pop()
        block = self.page.blocks[number]
        block.last_node = len(self.page.starts)
        block.inner_blocks = len(self.page.blocks) - number - 1
        return block


def _hides(style: str | None, names: str | None) -> bool:
    """Say whether an element's own style or class attribute says that its text is not shown."""
    if style and ("display:none" in style.replace(" ", "") or "visibility: hidden" in style):
        return True
    return bool(names) and any(name in str(names) for name in _HIDING_NAMES)
