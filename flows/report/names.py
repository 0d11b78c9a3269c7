"""Names of the report's files, made so that nothing a page or a source calls itself can leave the report's folder."""

from __future__ import annotations

import hashlib
import re

_PAGE_ID = re.compile(r"[0-9a-f]{8,64}")
_UNFIT = re.compile(r"[^a-z0-9.-]+")
NAME_CHARS = 60


def article_file(page_id: str) -> str:
    """Return the file name of an article's page."""
    stem = (
        page_id if _PAGE_ID.fullmatch(page_id) else hashlib.sha256(page_id.encode("utf-8", "replace")).hexdigest()[:32]
    )
    return f"{stem}.html"


def source_file(source: str) -> str:
    """Return the file name of a source's page: readable, and different for different sources."""
    digest = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:8]
    readable = _UNFIT.sub("-", source.lower()).strip(".-")[:NAME_CHARS]
    return f"{readable or 'source'}-{digest}.html"


def numbered(stem: str, page: int) -> str:
    """Return the file name of a page of a list; the first has no number."""
    return f"{stem}.html" if page == 1 else f"{stem}-{page}.html"
