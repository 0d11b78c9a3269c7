"""Find the elements that each extracted line came from, and say what the HTML knew about it.

The extractor hands over bare lines; whether a line is a plug often shows only in its markup: a list of links, an
`<aside class="related">`, a button. A line is looked up among the page's text nodes by its first letters and digits
(see `dom.py`): long lines first, nearest after the one before; short ones then between their neighbours. It owns the run
of nodes that it covers, and its numbers are sums over that run. Every search is bounded; the tree is not changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from quality.dom import ATTRIBUTE_CHARS, CAMEL, Block, PageText, read_page, squeeze
from quality.links import site_of_url
from quality.page_features import page_features_of
from quality.records import LineLayout

PROBE = 14
"""Letters and digits by which a line is looked up: long enough to be rare, short enough for most headings."""
ANCHOR_CHARS = 40
"""Lines this long are placed first; shorter ones ("Share") stand in a page many times."""
MAX_CANDIDATES = 64
WINDOW = 20_000
"""Characters searched after the line before where no text node starts with the line."""
MAX_DEPTH = 400
"""Ancestors looked at, at most: browsers nest no deeper than 512, real pages hardly 60."""
MAX_TOKENS = 48
MAX_ANCHORS, ANCHOR_TEXT_CHARS, MAX_LINK_WORDS = 8, 80, 16
NEAR_NODES = 8
"""Text nodes on either side of a line of which the odds of main text are told."""
OUTER_FACTOR = 5
"""The outer block is the nearest that holds this many times the characters of the line."""
MIN_OUTER_CHARS = 200

_HOST = re.compile(r"^(?:https?:)?//[^/?#]*")
_LINK_WORD = re.compile(r"(?!https?\b|www\b|html?\b)[a-z]{3,20}")
_BUTTON = re.compile(r"\b(?:btn|button|cta)\b")


@dataclass(frozen=True, slots=True)
class Run:
    """Where a line stands: characters of the page's string, and nodes, half open."""

    start: int
    end: int
    first: int
    last: int
    copies: int


def line_layouts(tree: HtmlElement, lines: Sequence[str], *, url: str | None) -> tuple[LineLayout | None, ...]:
    """Return what the HTML knows about each line, None for a line that was not found. One entry a line, blank ones too."""
    return layouts_of(read_page(tree, site=site_of_url(url)), lines)


def page_features(tree: HtmlElement, *, url: str | None) -> dict[str, float]:
    """Return numbers about the whole page by name (see `page_features.py`); the names are the same for every page."""
    return page_features_of(tree, read_page(tree, site=site_of_url(url)))


def layouts_of(page: PageText, lines: Sequence[str]) -> tuple[LineLayout | None, ...]:
    """The same for a page that was read already."""
    return describe(page, place(page, lines))


def place(page: PageText, lines: Sequence[str]) -> list[Run | None]:
    """Find where each line stands on a page: long lines in a first pass, the others between them."""
    return _place(page, [squeeze(line) for line in lines])


def describe(
    page: PageText, runs: Sequence[Run | None], odds: NDArray[np.float64] | None = None
) -> tuple[LineLayout | None, ...]:
    """Say what the HTML knows about lines that were placed.

    `odds`: log-odds that each text node belongs to the main text, NaN where unknown, if a model was asked.
    """
    layouts: list[LineLayout | None] = []
    describer = _Describer(page, odds)
    last_end: int | None = None
    for run in runs:
        if run is None:
            layouts.append(None)
            continue
        skipped = max(0, run.start - last_end) if last_end is not None else 0
        layouts.append(describer.layout(run, skipped))
        last_end = run.end
    return tuple(layouts)


def _place(page: PageText, keys: Sequence[str]) -> list[Run | None]:
    """Give each line its run of nodes: long lines in a first pass, the others between them."""
    finder = _Finder(page)
    runs: list[Run | None] = [None] * len(keys)
    at = 0
    for number, key in enumerate(keys):
        if len(key) >= ANCHOR_CHARS:
            run = finder.find(key, at, len(page.string))
            runs[number] = run
            at = run.end if run is not None and run.start >= at else at
    limits = _next_starts(runs, len(page.string))
    at = 0
    for number, key in enumerate(keys):
        if runs[number] is None and key:
            runs[number] = finder.find(key, at, limits[number])
        run = runs[number]
        at = run.end if run is not None and at <= run.start <= limits[number] else at
    return runs


def _next_starts(runs: Sequence[Run | None], end: int) -> list[int]:
    """Start of the next placed line, for each line."""
    limits = [end] * len(runs)
    limit = end
    for number in range(len(runs) - 1, -1, -1):
        limits[number] = limit
        run = runs[number]
        if run is not None:
            limit = run.start
    return limits


class _Finder:
    """An index of the places where text nodes start."""

    def __init__(self, page: PageText) -> None:
        self.page = page
        self.by_probe: dict[str, list[int]] = {}
        string = page.string
        for start in page.starts:
            self.by_probe.setdefault(string[start : start + PROBE], []).append(start)
        self.short: dict[str, list[int]] = {}
        ends = [*page.starts[1:], len(string)][: len(page.starts)]
        for start, end in zip(page.starts, ends, strict=True):
            if end - start < PROBE:
                self.short.setdefault(string[start:end], []).append(start)

    def find(self, key: str, at: int, limit: int) -> Run | None:
        """The best place of a line: whole matches before partial ones, then in [at, limit), then nearest to `at`."""
        string = self.page.string
        if len(key) >= PROBE:
            starts = self._near(self.by_probe.get(key[:PROBE], []), at)
            whole = [start for start in starts if string.startswith(key, start)]
        else:
            starts = whole = self._near(self.short.get(key, []), at)
        if whole:
            start = min(whole, key=lambda s: (not at <= s < limit, s < at, abs(s - at)))
            return self._run(start, start + len(key), len(whole))
        start = string.find(key, at, min(len(string), max(limit, at) + len(key), at + WINDOW + len(key)))
        if start >= 0:
            return self._run(start, start + len(key), 1)
        if starts:
            start = min(starts, key=lambda s: (not at <= s < limit, s < at, abs(s - at)))
            return self._run(start, self._end_of_partial(key, start), len(starts))
        return self._by_tail(key, at)

    @staticmethod
    def _near(starts: list[int], at: int) -> list[int]:
        if len(starts) <= MAX_CANDIDATES:
            return starts
        middle = bisect_left(starts, at)
        return starts[max(0, middle - MAX_CANDIDATES // 4) : middle + 3 * MAX_CANDIDATES // 4]

    def _end_of_partial(self, key: str, start: int) -> int:
        """Where a line ends whose middle differs from the page (the extractor dropped an element)."""
        tail = key[-PROBE:]
        found = self.page.string.find(tail, start, start + 2 * len(key) + 200)
        return found + len(tail) if found >= 0 else min(len(self.page.string), start + len(key))

    def _by_tail(self, key: str, at: int) -> Run | None:
        """Last resort for lines whose first letters the page has not: their last ones, close by."""
        if len(key) < 2 * PROBE:
            return None
        tail = key[-PROBE:]
        found = self.page.string.find(tail, at, at + WINDOW)
        if found < 0:
            return None
        end = found + len(tail)
        return self._run(max(0, end - len(key)), end, 1)

    def _run(self, start: int, end: int, copies: int) -> Run:
        starts = self.page.starts
        first = max(0, bisect_right(starts, start) - 1)
        last = max(first + 1, bisect_left(starts, end))
        return Run(start, end, first, last, copies)


class _Odds:
    """Running sums, by which the mean over any run of nodes is read off at once."""

    def __init__(self, page: PageText, odds: NDArray[np.float64]) -> None:
        weights = np.where(np.isnan(odds), 0.0, np.diff(np.asarray(page.chars_before, dtype=float)))
        self.weights: list[float] = np.concatenate(([0.0], np.cumsum(weights))).tolist()
        self.sums: list[float] = np.concatenate(([0.0], np.cumsum(weights * np.nan_to_num(odds)))).tolist()

    def mean(self, first: int, last: int) -> float | None:
        """Mean over the letters of nodes first..last-1, rounded; None without any of which something is known."""
        last = min(last, len(self.sums) - 1)
        weight = self.weights[last] - self.weights[first]
        return round((self.sums[last] - self.sums[first]) / weight, 3) if weight > 0 else None


class _Describer:
    """Turns runs into layouts; ancestors are read once a block."""

    def __init__(self, page: PageText, odds: NDArray[np.float64] | None) -> None:
        self.page = page
        self.odds = _Odds(page, odds) if odds is not None else None
        self.paths: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def layout(self, run: Run, skipped: int) -> LineLayout:
        """Describe one line."""
        page = self.page
        number = self._block(run)
        block = page.blocks[number]
        path, tokens = self._ancestry(number)
        links = self._links(run)
        chars = page.chars_before[run.last] - page.chars_before[run.first]
        parent, outer = self._containers(number, chars)
        odds = self.odds
        return LineLayout(
            tag=block.tag,
            path=path,
            tokens=tokens,
            chars=chars,
            link_chars=page.link_chars_before[run.last] - page.link_chars_before[run.first],
            links=len(links),
            external_links=sum(page.links[k].kind.external for k in links),
            affiliate_links=sum(page.links[k].kind.affiliate for k in links),
            sponsored_links=sum(page.links[k].sponsored for k in links),
            anchor_texts=tuple(self._anchor_text(k) for k in links[:MAX_ANCHORS]),
            button=block.tag == "button" or any(self._is_button(k) for k in links[:MAX_ANCHORS]),
            hidden=all(page.flags[node] & 1 for node in range(run.first, min(run.last, run.first + MAX_CANDIDATES))),
            dom_position=run.start / max(1, len(page.string)),
            dom_copies=run.copies,
            campaign_links=sum(page.links[k].kind.campaign for k in links),
            share_links=sum(page.links[k].kind.share for k in links),
            fragment_links=sum(page.links[k].kind.fragment for k in links),
            link_words=self._link_words(links),
            bold_chars=page.bold_chars_before[run.last] - page.bold_chars_before[run.first],
            section=page.sections[page.sections_of[run.first]],
            skipped_chars=skipped,
            parent_chars=page.chars(parent),
            parent_link_density=page.link_density(parent),
            parent_blocks=parent.inner_blocks,
            outer_chars=page.chars(outer),
            outer_link_density=page.link_density(outer),
            outer_blocks=outer.inner_blocks,
            main_odds=odds.mean(run.first, run.last) if odds is not None else None,
            main_odds_before=odds.mean(max(0, run.first - NEAR_NODES), run.first) if odds is not None else None,
            main_odds_after=odds.mean(run.last, run.last + NEAR_NODES) if odds is not None else None,
        )

    def _block(self, run: Run) -> int:
        """The innermost block that holds the whole run, or the first node's block where only the page holds it."""
        page = self.page
        first = number = page.blocks_of[run.first]
        for _ in range(MAX_DEPTH):
            if page.blocks[number].last_node >= run.last:
                break
            if page.blocks[number].parent < 0:
                return first
            number = page.blocks[number].parent
        return number

    def _containers(self, number: int, chars: int) -> tuple[Block, Block]:
        """The block around a block, and the nearest one that holds much more text than the line."""
        page = self.page
        above = page.blocks[number].parent
        parent = page.blocks[above] if above >= 0 else page.blocks[number]
        outer = parent
        enough = max(MIN_OUTER_CHARS, OUTER_FACTOR * chars)
        for _ in range(MAX_DEPTH):
            if page.chars(outer) >= enough or outer.parent < 0:
                break
            outer = page.blocks[outer.parent]
        return parent, outer

    def _ancestry(self, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Path of tags from the body, and class tokens of the block and its ancestors, nearest first."""
        known = self.paths.get(number)
        if known is None:
            tags: list[str] = []
            tokens: dict[str, None] = {}
            block = number
            for _ in range(MAX_DEPTH):
                if block < 0:
                    break
                about = self.page.blocks[block]
                tags.append(about.tag)
                if len(tokens) < MAX_TOKENS:
                    tokens.update(dict.fromkeys(about.tokens))
                block = about.parent
            known = self.paths[number] = (tuple(reversed(tags)), tuple(tokens)[:MAX_TOKENS])
        return known

    def _links(self, run: Run) -> list[int]:
        """The links that the run touches, in order."""
        seen = dict.fromkeys(self.page.links_of[run.first : run.last])
        seen.pop(-1, None)
        return list(seen)

    def _link_words(self, links: Sequence[int]) -> tuple[str, ...]:
        """Words of where the links lead, each once."""
        words: dict[str, None] = {}
        for number in links[:MAX_ANCHORS]:
            link = self.page.links[number]
            href = (link.element.get("href") or "")[:ATTRIBUTE_CHARS].lower()
            mark = "@" if link.kind.external else ""
            href = href if link.kind.external else _HOST.sub("", href)
            words.update((mark + word, None) for word in _LINK_WORD.findall(href)[:8])
        return tuple(words)[:MAX_LINK_WORDS]

    def _anchor_text(self, link: int) -> str:
        return " ".join("".join(self.page.links[link].element.itertext()).split())[:ANCHOR_TEXT_CHARS]

    def _is_button(self, link: int) -> bool:
        element = self.page.links[link].element
        if element.get("role") == "button":
            return True
        names = element.get("class")
        return bool(names) and bool(_BUTTON.search(CAMEL.sub(" ", names[:ATTRIBUTE_CHARS]).lower().replace("_", " ")))
