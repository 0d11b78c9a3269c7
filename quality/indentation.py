"""The indentation of a page's source is nothing, as browsers show it.

trafilatura counts it as text where it asks how long a text is, so that the white space of a page's frame outweighed short
articles, and it parts bullets from their items. Each run of white space that holds a line break becomes a bare break:
lines end where they did. Preformatted text is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PREFORMATTED = re.compile(r"<(/?)(pre|code|textarea|listing|xmp|plaintext|script|style)\b", re.IGNORECASE)
_CLASS, _PROPERTY = "whitespace-pre", "white-space"
_BY_STYLE = re.compile(r"style\s*=\s*[\"'][^\"'<>]{0,2000}white-space:\s*(?:pre|break-spaces)")
"""A style or class makes any element preformatted; where the source ends one cannot be told, so the page stays as it is."""
_BREAK = re.compile(r"\n[ \t\r\n\f]+")
_BEFORE_ITEM = re.compile(r"(<(?:li|dt|dd)(?:\s[^<>]{0,2000})?>)\r?\n", re.IGNORECASE)


def without_indentation(html: str) -> str:
    """Return the source with a bare break for each run of white space that holds one, and none before an item's text."""
    if _CLASS in html or (_PROPERTY in html and _BY_STYLE.search(html)):
        return html
    return "".join(_pieces(html))


def _pieces(html: str) -> Iterator[str]:
    start, inside = 0, ""
    for tag in _PREFORMATTED.finditer(html):
        name = tag[2].lower()
        if inside and not (tag[1] and name == inside):
            continue
        piece = html[start : tag.start()]
        yield piece if inside else _bare(piece)
        start, inside = tag.start(), "" if inside or tag[1] else name
    yield html[start:] if inside else _bare(html[start:])


def _bare(source: str) -> str:
    return _BEFORE_ITEM.sub(r"\1", _BREAK.sub("\n", source))
