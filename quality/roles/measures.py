"""What can be counted in each line and around it, as one matrix: lines x named features.

Every family answers one question a reader asks of a suspicious line. Shape: what does it look like? Layout: what did the
HTML make of it? Publisher: does the page talk about itself? Topic: is it about what the article is about? Novelty: does it
say anything that was not said? Place: how far from both ends, under which heading? Where the HTML is missing, layout
features are NaN, which the trees treat as a case of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.dom import squeeze
from quality.links import site_of
from quality.records import Article
from quality.segment import Document, Line

FloatArray = NDArray[np.float64]

_TAGS = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "td",
    "tr",
    "div",
    "a",
    "span",
    "blockquote",
    "figcaption",
    "pre",
    "button",
    "aside",
    "dd",
    "section",
)
_ASIDES = sorted(
    {
        "aside",
        "nav",
        "footer",
        "header",
        "form",
        "figure",
        "figcaption",
        "table",
        "article",
        "main",
        "blockquote",
        "button",
        "section",
        "details",
    }
)
_PLAIN = (
    "links external_links affiliate_links sponsored_links campaign_links share_links fragment_links "
    "button hidden dom_position dom_copies parent_link_density parent_blocks outer_link_density outer_blocks"
).split()
_plain = attrgetter(*_PLAIN)
MIN_NAME_CHARS = 4


def publisher_names(article: Article) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the publisher's words (for n-grams) and squeezed names (for search), from the URL's host and site name."""
    names: list[str] = []
    words: set[str] = set()
    try:
        host = urlsplit(article.url or "").hostname or ""
    except ValueError:
        host = ""
    if host:
        label = squeeze(site_of(host).split(".")[0])
        if len(label) >= MIN_NAME_CHARS:
            names.append(label)
            words.add(label)
    site_words = [squeeze(word) for word in (article.site_name or "").split()]
    site_words = [word for word in site_words if word]
    whole = "".join(site_words)
    if 0 < len(site_words) <= 5 and len(whole) >= MIN_NAME_CHARS:
        names.append(whole)
        label = names[0]
        words.update(w for w in site_words if len(w) >= MIN_NAME_CHARS and (w in label or len(site_words) <= 2))
    return frozenset(words), tuple(dict.fromkeys(names))


def layout(lines: Sequence[Line]) -> dict[str, FloatArray]:
    """What the HTML says of each line; NaN where it says nothing."""
    count = len(lines)
    columns: dict[str, FloatArray] = {}
    known = [row for row in range(count) if lines[row].layout is not None]
    layouts = [line.layout for line in lines if line.layout is not None]

    def column(name: str, values: ArrayLike) -> None:
        array: FloatArray
        if len(layouts) == count:
            array = np.array(values, dtype=float)
        else:
            array = np.full(count, np.nan)
            array[known] = values
        columns[f"layout.{name}"] = array

    column("link_density", [x.link_density for x in layouts])
    plain = np.array(list(map(_plain, layouts)), dtype=float).reshape(len(layouts), len(_PLAIN))
    for at, name in enumerate(_PLAIN):
        column(name, plain[:, at])
    column("bold_fraction", [x.bold_chars / max(1, x.chars) for x in layouts])
    column("whole_link", [float(x.links == 1 and x.link_density > 0.9) for x in layouts])
    column("depth", [len(x.path) for x in layouts])
    column("skipped_chars", [x.skipped_chars for x in layouts])
    column("parent_fraction", [x.chars / max(1, x.parent_chars) for x in layouts])
    column("outer_fraction", [x.chars / max(1, x.outer_chars) for x in layouts])
    column("outer_chars", [x.outer_chars for x in layouts])
    column("section_chars", [len(x.section) for x in layouts])
    column(
        "heading_level",
        [float(x.tag[1]) if len(x.tag) == 2 and x.tag[0] == "h" and x.tag[1].isdigit() else 0.0 for x in layouts],
    )
    for name in ("main_odds", "main_odds_before", "main_odds_after"):
        column(name, [np.nan if (odds := getattr(x, name)) is None else odds for x in layouts])
    number = {tag: at for at, tag in enumerate(_TAGS)}
    tags = np.array([number.get(x.tag, -1) for x in layouts])
    for tag, at in number.items():
        column(f"tag_{tag}", tags == at)
    asides = np.array([_asides_of(tuple(x.path)) for x in layouts]).reshape(len(layouts), len(_ASIDES))
    for at, tag in enumerate(_ASIDES):
        column(f"in_{tag}", asides[:, at])
    column(
        "anchor_words",
        [float(np.mean([len(text.split()) for text in x.anchor_texts])) if x.anchor_texts else 0.0 for x in layouts],
    )
    return columns


@lru_cache(maxsize=1024)
def _asides_of(path: tuple[str, ...]) -> tuple[bool, ...]:
    """Which of `_ASIDES` an element stands in; lines of one block share their path."""
    return tuple(tag in path for tag in _ASIDES)


def place(lines: Sequence[Line]) -> dict[str, FloatArray]:
    """Where each line stands."""
    count = len(lines)
    index = np.arange(count, dtype=float)
    chars = np.array([len(line.text) for line in lines], dtype=float)
    before = np.concatenate(([0.0], np.cumsum(chars)[:-1]))
    total = max(1.0, float(chars.sum()))
    long_rows = [row for row, line in enumerate(lines) if len(line.words) >= 25 and line.ends_sentence]
    first, last = (long_rows[0], long_rows[-1]) if long_rows else (0, count - 1)
    heading = np.full(count, -1.0)
    at = -1
    for row, line in enumerate(lines):
        heading[row] = at
        if line.is_heading:
            at = row
    return {
        "place.index": index,
        "place.from_end": count - 1 - index,
        "place.fraction": before / total,
        "place.chars_before": before,
        "place.chars_after": total - before - chars,
        "place.before_first_body": np.maximum(0.0, first - index),
        "place.after_last_body": np.maximum(0.0, index - last),
        "place.since_heading": index - heading,
        "place.lines": np.full(count, float(count)),
        "place.total_chars": np.full(count, total),
    }


def publisher(document: Document, names: tuple[str, ...], *, we_share: float) -> dict[str, FloatArray]:
    """Does the line name the site it stands on? `we_share`: share of the lines that say "we"."""
    lines = document.lines
    squeezed = document.squeezed
    mentioned = np.array([float(any(name in text for name in names)) for text in squeezed])
    title = squeeze(document.article.title or "")
    author = squeeze(document.article.author or "")
    return {
        "publisher.mentioned": mentioned,
        "publisher.mentioned_share": np.full(len(lines), mentioned.mean() if len(lines) else 0.0),
        "publisher.we_share": np.full(len(lines), we_share),
        "publisher.is_title": np.array([float(bool(title) and text == title) for text in squeezed]),
        "publisher.author": np.array([float(len(author) >= MIN_NAME_CHARS and author in text) for text in squeezed]),
        "publisher.in_title": np.full(len(lines), float(any(name in title for name in names))),
    }
