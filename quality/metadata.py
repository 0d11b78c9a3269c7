"""Title, author, date and site name from the cheap places: JSON-LD, <meta>, <title>, itemprop, <time>, the URL.

A full search for dates and authors in running text (htmldate, trafilatura's metadata) doubles the cost of extraction and
is not needed to judge a page. What is not stated in these places is None; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from lxml.html import HtmlElement

MAX_JSON_LD = 200_000
"""Characters of one JSON-LD block that are read; larger ones are product catalogues."""

_DATE = re.compile(r"\b((?:19|20)\d\d)[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])(?!\d)")
_DATE_METAS = (
    "article:published_time",
    "date",
    "datepublished",
    "govuk:first-published-at",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
)
"""Names of <meta> that hold the day of publication, surest first."""
_ARTICLE_TYPES = ("article", "blogposting", "mediaposting", "report", "recipe")
_OTHER_TYPES = ("webpage", "product", "review", "howto")
"""Ends of the types of an article (https://schema.org/Article and those below it), and of types that stand in for it."""
_BREAK_HINTS = re.compile("(?<![\u00c2-\u00df])[\u00ad\u200b]")
"""Soft hyphens and zero-width spaces, but for what may be the second byte of UTF-8 that was read as Latin-1 (C3 AD is "í")."""
_SITE_SUFFIX = re.compile(r"\s+(?:[|·•»–—-]|::)\s+[^|·•»–—]{2,60}$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    site_name: str | None = None
    description: str | None = None
    headings: tuple[str, ...] = ()
    declared_language: str | None = None


def read_metadata(tree: HtmlElement, *, url: str | None) -> Metadata:
    """Read a page's metadata; never raises for odd content, never searches running text."""
    metas = _metas(tree)
    linked = _linked_data(tree)
    headings = tuple(text for h in _first(tree.iter("h1", "h2", "h3"), 60) if (text := _text(h)))
    h1s = [text for h in _first(tree.iter("h1"), 10) if (text := _text(h))]
    site_name = _clip(metas.get("og:site_name") or metas.get("application-name") or linked.get("publisher"))
    title_tag = next((text for t in _first(tree.iter("title"), 3) if (text := _text(t))), None)
    title = metas.get("og:title") or linked.get("headline") or metas.get("twitter:title")
    if not title and title_tag:
        title = _title_of(title_tag, h1s, site_name)
    dates = (linked.get("datepublished"), *map(metas.get, _DATE_METAS), _date_property(tree), _time_tag(tree), url)
    return Metadata(
        title=_clip(title or next(iter(h1s), None)),
        author=_clip(linked.get("author") or metas.get("author") or metas.get("article:author")),
        date=next((date for text in dates if (date := _iso_date(text))), None),
        site_name=site_name,
        description=_clip(metas.get("description") or metas.get("og:description"), 1_000),
        headings=headings,
        declared_language=(tree.get("lang") or metas.get("og:locale") or "")[:2].lower() or None,
    )


def _title_of(title_tag: str, h1s: Sequence[str], site_name: str | None) -> str:
    """Return the longest heading that the tag repeats, unless it is the site's name, or else the tag without that name."""
    bare = _SITE_SUFFIX.sub("", title_tag)
    if site_name:
        name = re.escape(site_name)
        parts = re.match(rf"{name}\s*(?:[|·•»:–—-]|::)\s+(\S.*)|(.*\S)\s+(?:[|·•»–—-]|::)\s+{name}$", title_tag)
        bare = parts[1] or parts[2] if parts else bare
    return max((h1 for h1 in h1s if h1 in title_tag and h1 != site_name), key=len, default=bare)


def _first(elements: Iterator[HtmlElement], count: int) -> Iterator[HtmlElement]:
    for element, _ in zip(elements, range(count), strict=False):
        yield element


def _text(element: HtmlElement) -> str:
    return " ".join(_visible("".join(element.itertext())).split())[:300]


def _visible(text: str) -> str:
    """Return a text without the marks that say where a word may be broken; the text of the article has none either."""
    return text if text.isascii() else _BREAK_HINTS.sub("", text)


def _clip(text: str | None, length: int = 300) -> str | None:
    text = " ".join(_visible(text).split())[:length] if text else ""
    return text or None


def _metas(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in _first(tree.iter("meta"), 300):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _time_tag(tree: HtmlElement) -> str | None:
    return next((t.get("datetime") for t in _first(tree.iter("time"), 20) if t.get("datetime")), None)


def _date_property(tree: HtmlElement) -> str | None:
    for element in _first(iter(tree.xpath("//*[contains(@itemprop, 'datePublished')]")), 20):
        if stated := element.get("content") or element.get("datetime"):
            return str(stated)
    return None


def _iso_date(text: str | None) -> str | None:
    match = _DATE.search(text) if text else None
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else None


def _linked_data(tree: HtmlElement) -> dict[str, str]:
    """Return what JSON-LD says of the article: the first block of an article counts before the others, each for what it has."""
    found: dict[str, str] = {}
    for key, value, _ in sorted(_json_ld(tree), key=lambda field: not field[2]):
        found.setdefault(key, value)
    return found


def _json_ld(tree: HtmlElement) -> Iterator[tuple[str, str, bool]]:
    """Yield (key, value, whether an article says so), in the order of the page."""
    for script in _first(tree.iter("script"), 200):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > MAX_JSON_LD:
            continue
        try:
            block = json.loads(script.text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(block):
            yield from _fields(node)


def _nodes(block: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    if isinstance(block, list) and depth < 4:
        for item in block[:50]:
            yield from _nodes(item, depth + 1)
    elif isinstance(block, dict):
        yield block
        if depth < 4 and "@graph" in block:
            yield from _nodes(block["@graph"], depth + 1)


def _fields(node: Mapping[str, object]) -> Iterator[tuple[str, str, bool]]:
    kinds = node.get("@type")
    names = [str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])]
    article = any(name.endswith(_ARTICLE_TYPES) for name in names)
    if not article and not any(name.endswith(_OTHER_TYPES) for name in names):
        return
    for key in ("headline", "datePublished"):
        value = node.get(key)
        if isinstance(value, str) and value.strip():
            yield key.lower(), unescape(value) if key == "headline" else value, article
    for key in ("author", "publisher"):
        value = node.get(key)
        person = value[0] if isinstance(value, list) and value else value
        name = person.get("name") if isinstance(person, dict) else person
        if isinstance(name, str) and name.strip() and not name.startswith("http"):
            yield key, name, article
