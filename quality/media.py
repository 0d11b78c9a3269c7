"""Bodies that are neither HTML nor text, whatever the server called them.

Crawls hold images, archives, fonts, feeds and site maps under text/html or under no type. Read as an article, a site map
is a text without a fault. First bytes name what has a name; control characters betray any other binary format; XML is
known by its declaration and a root element that is none of HTML, JSON by being readable as such.
"""

from __future__ import annotations

import json
import re
from types import UnionType

from quality.decode import has_mark
from quality.dom import BLOCK_TAGS

_FIRST_BYTES = {
    b"%PDF-": "PDF",
    b"%!PS": "PostScript",
    b"{\\rtf": "RTF",
    b"PK\x03\x04": "ZIP or Office",
    b"\x89PNG": "PNG image",
    b"GIF8": "GIF image",
    b"\xff\xd8\xff": "JPEG image",
    b"\x1f\x8b\x08": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x00asm": "WebAssembly",
    b"OggS": "Ogg",
    b"ID3": "MP3",
}
_UTF8_MARK = b"\xef\xbb\xbf"
_HEAD = 4_096
"""Bytes that are looked at."""
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\x0b\f\r\x0e\x0f\x1b")
"""What no text holds but a stray one. Escape and shifts are part of East Asian codecs."""
CONTROL_SHARE = 0.02
"""Share of control characters from which a body is binary: compressed data has 0.1, and none of 1,419 pages any."""

_BEFORE_ROOT = rb"(?:\s++|<\?[^>]{0,400}\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,400}>)*+"
_XML = re.compile(
    rb"\s*(?P<declared><\?xml\s[^>]{0,400}\?>)?"
    + _BEFORE_ROOT
    + rb"<(?:[A-Za-z][\w.-]{0,40}:)?(?P<root>[A-Za-z][\w.-]{0,40})",
    re.DOTALL | re.IGNORECASE,
)
_FEEDS = frozenset(("rss", "feed", "rdf", "urlset", "sitemapindex", "opml"))
"""Roots that make an XML document without a declaration too."""
_HTML_ROOTS = BLOCK_TAGS | frozenset(
    "html head title meta link base script style noscript frameset a span img br b i".split()
)


_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[\[\]{\"\d-]")
"""How an object or a list begins."""
_ROBOTS = re.compile(
    rb"(?:#.*|user-agent|allow|disallow|sitemap|crawl-delay|host|clean-param)\s*(?::.*)?", re.IGNORECASE
)


def why_no_page(body: bytes, content_type: str | None) -> str | None:
    """Return what a body is that is neither HTML nor text, None for any other. `content_type`: the HTTP header."""
    head = body[:_HEAD].removeprefix(_UTF8_MARK).lstrip()
    for mark, name in _FIRST_BYTES.items():
        if head.startswith(mark):
            return name
    if not _may_be_utf16(body, content_type) and len(head) - len(head.translate(None, _CONTROLS)) > CONTROL_SHARE * len(
        head
    ):
        return "binary"
    if _JSON.match(head) and _is_json(body):
        return "JSON"
    if b"user-agent:" in head.lower() and all(_ROBOTS.fullmatch(line) for line in _whole_lines(head)):
        return "robots.txt"
    if (content_type or "").strip().lower().startswith("text/plain"):
        return None  # a text on XML may begin with some
    xml = _XML.match(head)
    root = xml["root"].decode("ascii", "replace").lower() if xml else ""
    if xml and (root in _FEEDS or (xml["declared"] and root not in _HTML_ROOTS)):
        return f"XML (<{root}>)"
    return None


def _is_json(body: bytes) -> bool:
    """Return whether a body is a JSON object or list, or its first two lines are an object each."""
    lines = body.strip().split(b"\n", 2)[:2]
    return _parses(body, dict | list) or (len(lines) == 2 and all(_parses(line, dict) for line in lines))


def _parses(text: bytes, kind: type | UnionType) -> bool:
    try:
        return isinstance(json.loads(text), kind)
    except RecursionError:  # of so many brackets no text consists
        return True
    except ValueError:
        return False


def _whole_lines(head: bytes) -> list[bytes]:
    lines = [line.strip() for line in head.splitlines()]
    return [line for line in (lines if len(head) < _HEAD - 3 else lines[:-1]) if line]


def _may_be_utf16(body: bytes, content_type: str | None) -> bool:
    """Return whether every other byte may be a control character without harm."""
    if "utf-16" in (content_type or "").lower() or (has_mark(body) and not body.startswith(_UTF8_MARK)):
        return True
    even, odd = body[:_HEAD:2].count(0), body[1:_HEAD:2].count(0)
    return max(even, odd) > 8 * min(even, odd) + len(body[:_HEAD]) // 100
