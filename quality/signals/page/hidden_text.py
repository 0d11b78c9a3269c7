"""Text in the article that a reader of the page could not see.

Measures: characters of extracted lines whose element is hidden (display none, visibility hidden, the hidden attribute
or a screen-reader class) over the characters of all lines with a known element.
Why: keywords and links for search engines are put where people do not see them.
Example: a `<div style="display:none">` with forty town names.
Known misfires: texts that unfold on a click ("read more", tabs, accordions) are hidden when the page loads. None for
plain text.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document


def measure(document: Document) -> Measurement:
    """Return the hidden share of the extracted text, with the hidden lines."""
    known = [line for line in document.lines if line.layout is not None]
    total = sum(line.end - line.start for line in known)
    if not total:
        return Measurement(None)
    hidden = [line for line in known if line.layout is not None and line.layout.hidden]
    value = sum(line.end - line.start for line in hidden) / total
    return Measurement(value, tuple((line.start, line.end, value) for line in hidden))
