"""Lines of prose that stand in the text more than once.

Measures: characters of second and later copies of lines of at least MIN_WORDS words that end a sentence, compared as
words, over the characters of all lines. Copies that the page itself does not have (the extractor doubled a block: the
page has fewer copies than the text) are not counted. Evidence is the later copies. None under MIN_LINES lines.
Why: nobody writes the same paragraph twice for a reader.
Example: the same paragraph under two headings.
Known misfires: refrains, table rows, code, timetables. Table rows, headings and lines with marks of code are left
out; list items need LIST_MIN_WORDS words.
References: Gopher (Rae et al. 2021), duplicate line characters; trafilatura issues 817 and 879 on doubled output.
"""

from __future__ import annotations

import re
from collections import Counter

from quality.evidence import Evidence
from quality.records import Measurement
from quality.segment import Document, Line

MIN_LINES = 3
MIN_WORDS = 8
LIST_MIN_WORDS = 14
"""List items repeat for good reasons more often than paragraphs do."""
SCORE = 0.8
_CODE = re.compile(r"[{}<>;=\\|]|::|^\s*(?://|#|\*|--)|[a-z][A-Z]\w*\(")


def measure(document: Document) -> Measurement:
    """Share of the text in later copies of lines, 0..1; evidence is the later copies."""
    if len(document.lines) < MIN_LINES:
        return Measurement(value=None)
    seen: Counter[tuple[str, ...]] = Counter()
    evidence: list[Evidence] = []
    for line in document.lines:
        if len(line.words) < MIN_WORDS:
            continue
        seen[line.words] += 1
        in_page = line.layout.dom_copies if line.layout is not None else seen[line.words]
        if 1 < seen[line.words] <= in_page and _is_prose(line):
            evidence.append((line.start, line.end, SCORE))
    total = sum(line.end - line.start for line in document.lines)
    return Measurement(value=sum(end - start for start, end, _ in evidence) / total, evidence=tuple(evidence))


def _is_prose(line: Line) -> bool:
    if line.is_list_item and len(line.words) < LIST_MIN_WORDS:
        return False
    if line.is_heading or line.is_table_row or _CODE.search(line.text):
        return False
    return line.ends_sentence and not line.text.rstrip().endswith((":", ";", "?"))
