"""Which records of an archive are pages: answers of success, of a media type that is read.

A crawl also holds redirects, error pages, styles, scripts, images, feeds and data. A site does not publish them as
articles, so they are neither judged nor failures; they are left alone and counted by why.
"""

from __future__ import annotations

import re

from fastwarc.warc import WarcRecord

_PAGES = frozenset(("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "text/plain"))
_XML = frozenset(("text/xml", "application/xml"))
_UNSAID = frozenset(("unknown/unknown", "application/unknown", "*/*"))
"""What https://mimesniff.spec.whatwg.org takes for no type at all."""
_XHTML = re.compile(rb"<html[\s>]", re.IGNORECASE)
_HEAD = 2_048
PAGELESS = frozenset(("metadata", "revisit", "note"))
"""What a crawl also writes: what is known of an answer, that a page had not changed, its own log. See `kind_of`."""
BESIDE_PAGES = frozenset(("warcinfo", "request"))
"""What stands in every archive, and alone in one that was cut before its first answer."""
_SHOWN = 80
"""Longest media type that is counted by its name."""


def why_no_page(record: WarcRecord) -> str | None:
    """Return why a response is no page, by its headers; None for a page, and where nothing is said against it."""
    headers = record.http_headers
    if headers is not None and headers.status_code is not None and not 200 <= headers.status_code < 300:
        return f"HTTP status {headers.status_code}"
    media = media_type_of(record)
    return None if not media or media in _PAGES or media in _XML else media[:_SHOWN]


def kind_of(record: WarcRecord) -> str:
    """Return a record's type in lower case; "note" for a resource that is not of the web, such as the log of a crawler."""
    kind = (record.headers.get("WARC-Type") or "").strip().lower()
    address = (record.headers.get("WARC-Target-URI") or "").strip(" <").lower()
    return (
        "note" if kind == "resource" and not address.startswith(("http://", "https://", "file://", "ftp://")) else kind
    )


def why_no_xhtml(record: WarcRecord, body: bytes) -> str | None:
    """Return the media type of an XML document that is none of XHTML (a feed, a site map); None for anything else."""
    media = media_type_of(record)
    return media if media in _XML and not _XHTML.search(body[:_HEAD]) else None


def media_type_of(record: WarcRecord) -> str:
    """Return the media type in lower case; "" where none is said.

    A record that is no HTTP answer (a look-up of a name, a page that was stored without its headers) has a type itself.
    """
    headers = record.headers if record.http_headers is None else record.http_headers
    media = re.split("[;,]", headers.get("Content-Type") or "", maxsplit=1)[0].strip().lower()
    return "" if "/" not in media or media in _UNSAID or media == "application/http" else media
