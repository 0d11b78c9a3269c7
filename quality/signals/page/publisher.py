"""Who publishes a page, as its text would name them; read once for the signals that look for plugs of the own name.

The name is the site's label in the host name ("example" of www.example.co.uk) and the site name that the page states.
Both are compared without spaces and punctuation, so that "Scratch Culinary" and scratchculinary.com are one name.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from quality.links import site_of
from quality.segment import Document

MIN_NAME_CHARS = 5
"""Shorter labels ("bbc", "time") are words of other words too often."""
MAX_NAME_CHARS = 40
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def squeezed(text: str) -> str:
    """Return the lower-case letters and digits of a text."""
    return _NOT_ALPHANUMERIC.sub("", text.lower())


def publisher_names(document: Document) -> tuple[str, ...]:
    """Return the publisher's squeezed names; empty where there is no URL or only short ones."""
    article = document.article
    try:
        host = urlsplit(article.url or "").hostname or ""
    except ValueError:
        host = ""
    names = [squeezed(site_of(host).split(".")[0]) if host else "", squeezed(article.site_name or "")]
    return tuple(dict.fromkeys(name for name in names if MIN_NAME_CHARS <= len(name) <= MAX_NAME_CHARS))


def lines_that_name_the_publisher(document: Document) -> tuple[int, ...]:
    """Return the indexes of the lines that name the publisher; use through `document.derive`."""
    names = publisher_names(document)
    if not names:
        return ()
    return tuple(number for number, text in enumerate(document.squeezed) if any(name in text for name in names))
