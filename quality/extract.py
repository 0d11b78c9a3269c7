"""Turn the characters of a page into an article: its text line by line, and what the HTML knew about each line.

trafilatura finds the text (never with its `deduplicate`, whose module-wide cache makes a result depend on the pages before
it). The same parsed tree gives the metadata and the layout of the lines, so a page is parsed once. A tree nested deeper
than libxml2 reads would lose the rest of the page without a word; such a page is flattened, read again and flagged. Plain
text has no furniture to strip: its lines are the blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

import trafilatura
from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HTMLParser, HtmlProcessingInstruction, fromstring
from trafilatura.meta import reset_caches
from trafilatura.settings import DEFAULT_CONFIG
from trafilatura.utils import is_dubious_html, remove_control_characters, repair_faulty_html

from quality.boilerplate import (
    RESCUE_MARGIN,
    BoilerplateModel,
    ScoredPage,
    discarded_texts,
    lines_from_blocks,
    main_container,
    main_text_weights,
    marked_container,
    named_text,
    promise_of_blocks,
    score_page,
    shaped,
    take_out_furniture,
    unnamed,
)
from quality.dom import HEADING_TAGS, PageText, read_page, squeeze
from quality.indentation import without_indentation
from quality.joiners import stand_in_for_joiners, with_joiners
from quality.language import identify
from quality.layout import Run, describe, place
from quality.links import site_of_url
from quality.metadata import read_metadata
from quality.page_features import page_features_of
from quality.records import Article, Decoded, LineLayout
from quality.repair import Repaired, repair_lines
from quality.repair.double import repairs_in, undo_double_encoding

_PARSER = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
"""trafilatura's settings, but every element is of one class: lxml's own look-up by tag calls Python for each."""
_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction)
)

_FLATTENINGS = (
    re.compile(r"</?(?:div|span|font|section|center|blockquote|b|i|em|strong|small|big|u)\b[^<>]{0,2000}>", re.I),
    re.compile(r"<(?!/?(?:html|head|title|body|p|h[1-6]|br)\b)[^<>]{1,2000}>", re.I),
)
"""Tags taken out of a page that nests too deeply: first the wrappers that broken pages open without end, so that the
text keeps its lists and tables; then all but the plainest blocks."""
_SELF_LINKS = frozenset("¶#§")
"""What the link of a heading to itself shows in documentation."""
_BLANK = re.compile(r"(?<![^\S\n])[^\S\n]++$", re.MULTILINE)  # tried once a run of white space, not once a space
_NEWLINES = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")

CONTAINER_GAIN, UNNAMED_GAIN = 0.03, 0.1
"""By how much the expected F1 must rise for another look to replace what trafilatura found by name: one that is shown the
container of the main text, one without the names for which it discards main text. Chosen out of fold."""
MOST_RUN_TOGETHER = 0.5
"""Share of lines that may be parts of other lines in a text that replaces theirs."""
TEXT_TITLE_CHARS = 200
"""The first line of a plain text is its title unless it is longer than a title can be."""


class ExtractionError(Exception):
    """The page holds no article text; the message says what was found instead."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page's tree, and what was done to it to get one."""

    tree: HtmlElement
    flags: tuple[str, ...]


def extract_html(
    decoded: Decoded,
    *,
    url: str | None,
    max_elements: int,
    max_chars: int,
    entering: Callable[[str], None] = lambda _: None,
    blocks: bool = True,
    block_model: BoilerplateModel | None = None,
) -> Article:
    """Extract the article of an HTML page; lines beyond `max_chars` characters are left out and flagged.

    `entering` hears the name of each step as it begins. `block_model`: the model of the page's blocks, the one that ships
    if None. Without `blocks` it takes nothing out, and it tells the layout what it thinks only if it is given: what is
    trained on pages that this model has seen must not see its work.

    Raises ExtractionError if the page cannot be parsed, has more than `max_elements` elements, or holds no text.
    """
    entering("parse")
    html, undone = undo_double_encoding(decoded.text)
    parsed = parse_html(without_indentation(html))
    tree = parsed.tree
    elements = int(tree.xpath("count(//*)"))
    if elements > max_elements:
        raise ExtractionError(f"the page has {elements:,} elements, more than the {max_elements:,} that are read")
    _tidy_headings(tree)
    entering("metadata")
    metadata = read_metadata(tree, url=url)
    entering("markup")
    page = read_page(tree, site=site_of_url(url))
    features = page_features_of(tree, page)
    entering("main text")
    scored = score_page(page, block_model) if blocks or block_model is not None else None
    odds = scored.node_odds(page) if scored is not None else None
    joined = stand_in_for_joiners(tree, html)
    lines, runs, flags = _main_text(tree, page, scored if blocks else None, url=url)
    lines = list(map(with_joiners, lines)) if joined else lines
    if not lines:
        raise ExtractionError(f"no article text among {elements:,} elements")
    lines, cut = _within(lines, max_chars)
    entering("layout")
    layout = describe(page, runs[: len(lines)], odds)
    entering("repair")
    return _article(
        lines,
        layout,
        decoded,
        url=url,
        title=metadata.title,
        author=metadata.author,
        date=metadata.date,
        site_name=metadata.site_name,
        description=metadata.description,
        headings=metadata.headings,
        markup="html",
        page_features=features,
        flags=parsed.flags + flags + cut,
        undone=undone,
    )


def _tidy_headings(tree: HtmlElement) -> None:
    """Take out the links of headings to themselves, and let a button that is the whole heading be text."""
    for heading in [heading for heading in tree.iter(*HEADING_TAGS) if len(heading)]:
        for link in list(heading.iter("a")):
            if "headerlink" in link.get("class", "").split() or link.text_content().strip() in _SELF_LINKS:
                link.drop_tree()
        for button in heading.iter("button"):
            if squeeze(heading.text_content()) == squeeze(button.text_content()):  # a question that shows its answer
                button.tag = "span"
                button.attrib.pop("class", None)


def forget_pages() -> None:
    """Empty trafilatura's caches: they keep the texts of a thousand pages, whatever their size. Results do not change."""
    reset_caches()


def _main_text(
    tree: HtmlElement, page: PageText, scored: ScoredPage | None, *, url: str | None
) -> tuple[list[str], list[Run | None], tuple[str, ...]]:
    """Return the lines of the main text, where they stand on the page, and flags. The tree loses its furniture."""
    if scored is None:
        lines = _lines(tree, url)
        return lines, place(page, lines), ()
    take_out_furniture(tree, page, scored)
    weights = main_text_weights(page, scored)
    with shaped(tree, page, weights):
        lines = _lines(tree, url)
    runs = place(page, lines)
    promise = promise_of_blocks(page, scored, lines, runs)
    if promise > RESCUE_MARGIN:
        lines = [line for written in lines_from_blocks(tree, page, scored) if (line := _printable(written))]
        return lines, place(page, lines), ("text_from_blocks",)
    container = main_container(page, weights)
    if container is None or promise < 0:
        return lines, runs, ()
    again = _another_look(tree, page, weights, container, promise)
    if again is None:
        return lines, runs, ()
    gain, flag, elements = again
    with (
        shaped(tree, page, weights),
        unnamed(elements),
        marked_container(container if flag == "text_container" else None),
    ):
        others = _lines(tree, url)
    other_runs = place(page, others)
    if promise_of_blocks(page, scored, others, other_runs) <= promise - gain and not run_together(runs, other_runs):
        return others, other_runs, (flag,)
    return lines, runs, ()


def _another_look(
    tree: HtmlElement, page: PageText, weights: Sequence[float], container: HtmlElement, promise: float
) -> tuple[float, str, list[HtmlElement]] | None:
    """Return how trafilatura should look again, if it should: what must be gained, the flag, elements to bear no name."""
    if promise < CONTAINER_GAIN and (tree.find(".//article") is not None or tree.find(".//main") is not None):
        return None  # both are among the names, all of which take milliseconds to look for
    named = named_text(tree)
    if named is None:
        return 0.0, "text_container", []  # it takes paragraphs alone
    if not (named is container or named in container.iterancestors()) and promise >= CONTAINER_GAIN:
        return CONTAINER_GAIN, "text_container", []
    if promise >= UNNAMED_GAIN and (discarded := discarded_texts(tree, page, weights)):
        return UNNAMED_GAIN, "text_unnamed", discarded
    return None


def _lines(tree: HtmlElement, url: str | None) -> list[str]:
    text = trafilatura.extract(tree, url=url, include_comments=False, config=DEFAULT_CONFIG) or ""
    return text.replace("\r", " ").split("\n") if text.strip() else []  # "&#13;" is a space in a page


def _printable(line: str) -> str:
    """Drop what is not printable, as trafilatura does with its lines."""
    cleaned = remove_control_characters(line)
    return line if cleaned == line else cleaned.strip()


def run_together(runs: Sequence[Run | None], others: Sequence[Run | None]) -> bool:
    """True if many lines, which stand in `runs`, are parts of lines that stand in `others`: their paragraphs ran together."""
    inner = {node for run in others if run is not None for node in range(run.first + 1, run.last)}
    return sum(run is not None and run.first in inner for run in runs) > MOST_RUN_TOGETHER * len(runs)


def extract_text(decoded: Decoded, *, url: str | None, max_chars: int) -> Article:
    """Take plain text as it is; its lines are the blocks and its first short line is the title.

    Lines beyond `max_chars` characters are left out and flagged. Raises ExtractionError if there is nothing but white space.
    """
    text = _BLANK.sub("", _NEWLINES.sub("\n", decoded.text)).strip("\n")
    if not text.strip():
        raise ExtractionError("the file holds no text")
    lines, cut = _within(text.split("\n"), max_chars)
    first = next(line for line in lines if line.strip())
    title = first.strip() if len(first) <= TEXT_TITLE_CHARS and len(lines) > 1 else None
    return _article(lines, (None,) * len(lines), decoded, url=url, title=title, markup="text", flags=cut)


def _within(lines: list[str], max_chars: int) -> tuple[list[str], tuple[str, ...]]:
    """Return the lines that fit, the last one cut if it must be, and the flag "truncated" if something was left out."""
    left = max_chars
    for index, line in enumerate(lines):
        if len(line) > left:
            return [*lines[:index], line[:left]], ("truncated",)
        left -= len(line) + 1
    return lines, ()


def _article(
    lines: Sequence[str],
    layout: tuple[LineLayout | None, ...],
    decoded: Decoded,
    *,
    url: str | None,
    title: str | None,
    markup: str,
    author: str | None = None,
    date: str | None = None,
    site_name: str | None = None,
    description: str | None = None,
    headings: tuple[str, ...] = (),
    page_features: dict[str, float] | None = None,
    flags: tuple[str, ...] = (),
    undone: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> Article:
    language = identify(lines)
    repaired = repair_lines(lines, language=language)
    if repaired.repairs:
        language = identify(repaired.lines)
    text = "\n".join(repaired.lines)
    return Article(
        text=text,
        layout=layout,
        url=_readable(url),
        title=_repaired_title(title, lines, repaired, language),
        author=author,
        date=date,
        site_name=site_name,
        language=language,
        description=description,
        headings=headings,
        markup=markup,
        charset=decoded.charset,
        charset_method=decoded.method,
        charset_confidence=decoded.confidence,
        repairs=(*repairs_in(text, undone), *repaired.repairs),
        damage=repaired.damage,
        page_features=page_features or {},
        flags=flags,
    )


def _readable(url: str | None) -> str | None:
    """Return an address unless it is none that can be parsed ("http://["): nothing can be read out of it."""
    try:
        urlsplit(url or "")
    except ValueError:
        return None
    return url


def _repaired_title(title: str | None, lines: Sequence[str], repaired: Repaired, language: str | None) -> str | None:
    """A title that is also a line was repaired with the document's evidence; another is repaired by itself."""
    if title is None:
        return None
    for before, after in zip(lines, repaired.lines, strict=True):
        if before.strip() == title:
            return after.strip()
    return repair_lines([title], language=language).lines[0]


def parse_html(html: str) -> Parsed:
    """Parse once as trafilatura does; flatten and parse again what libxml2 cut at its depth limit."""
    tree, flags = _load(html), list[str]()
    if tree is None:
        html, flags = f"<html><body>{html}</body></html>", ["no_html_element"]
        tree = _load(html)
    for tags in _FLATTENINGS:
        if not _cut_by_depth():
            break
        html, flags = tags.sub("\n", html), ["deep_markup"]
        tree = _load(html)
    if tree is None:
        raise ExtractionError("the page could not be parsed as HTML")
    return Parsed(tree, tuple(flags))


def _load(html: str) -> HtmlElement | None:
    """`trafilatura.load_html` for a string, with this module's parser; None for what is no HTML document."""
    beginning = html[:50].lower()
    html = repair_faulty_html(html, beginning)
    try:
        tree = fromstring(html, parser=_PARSER)
    except ValueError:  # a string with an encoding declaration
        tree = _load_bytes(html)
    except (etree.LxmlError, TypeError):
        return None
    else:
        if len(tree) < 1:
            tree = _load_bytes(html)
    return None if tree is None or (is_dubious_html(beginning) and len(tree) < 2) else tree


def _load_bytes(html: str) -> HtmlElement | None:
    try:
        return fromstring(html.encode("utf-8", "surrogatepass"), parser=_PARSER)
    except (etree.LxmlError, ValueError, TypeError):
        return None


def _cut_by_depth() -> bool:
    """True if the last parse stopped at libxml2's nesting limit (its parser keeps the log of the last parse only)."""
    return any("xcessive depth" in entry.message for entry in _PARSER.error_log.filter_from_fatals())
