"""Lines that are the file name of a picture, written out.

Measures: characters of slug lines over the characters of all lines. A slug line has three to fourteen words, all
lower case (digits allowed) with no mark of punctuation but hyphens or underscores, and either ends in a number or an
image suffix and repeats at least SHARED of its words from the title, or joins its words with hyphens or underscores
only. None where the article has fewer than MIN_LINES lines; scripts without case never match.
Why: an empty alt text is filled with the file name by the content system, and extraction reads it as a caption.
Example: "mayor opens new bridge over river 1" under "Mayor Opens New Bridge over River"
Known misfires: poems and chat logs in lower case (they do not repeat the title).
References: WordPress media titles (sanitize_title of the upload).
"""

from __future__ import annotations

import re

from quality.evidence import covered
from quality.records import Measurement
from quality.segment import Document, Line

MIN_LINES = 2
SHARED = 0.7
SCORE = 0.9
_SLUG = re.compile(r"^[a-z0-9]+(?:[ _-]{1,2}[a-z0-9]+){2,13}(?:\.(?:jpe?g|png|webp|gif|avif))?$")
_JOINED = re.compile(r"^[a-z0-9]+(?:[_-][a-z0-9]+){3,13}(?:\.(?:jpe?g|png|webp|gif|avif))?$")
_FILE_END = re.compile(r"(?:[ _-]\d{1,4}|\.(?:jpe?g|png|webp|gif|avif)|[ _-]\d{2,4}x\d{2,4})$")


def measure(document: Document) -> Measurement:
    """Share of the text that is image file names, 0..1; evidence is the lines."""
    if len(document.lines) < MIN_LINES:
        return Measurement(value=None)
    title = frozenset(document.title_words) or frozenset(document.lines[0].words)
    return covered(document, [(line.start, line.end, SCORE) for line in document.lines if _is_slug(line, title)])


def _is_slug(line: Line, title: frozenset[str]) -> bool:
    text = line.text.strip()
    if not _SLUG.match(text):
        return False
    if _JOINED.match(text):
        return bool(_FILE_END.search(text)) or _shared(text, title) >= SHARED
    return bool(_FILE_END.search(text)) and _shared(text, title) >= SHARED


def _shared(text: str, title: frozenset[str]) -> float:
    words = [word for word in re.split(r"[ _.-]+", text) if not word.isdigit()]
    return sum(word in title for word in words) / len(words) if words else 0.0
