"""Bylines, datelines and tag lists that extraction left at the edges.

Measures: characters of edge lines (among the first EDGE_LINES before the first running text, or after the last) that
are the author's name as the page states it with little beside it, a "By Name Name" line, or a date alone, over the
characters of all lines. None where the article has no line of running text.
Why: these lines are the page's records about the article; they belong in columns, not in the text.
Example: "By Ana Ruiz | 3 March 2024"
Known misfires: a diary whose entries are dated (dates inside the body are not looked at).
References: the residue convention of the rubric behind the labelled pages.
"""

from __future__ import annotations

import re

from quality.evidence import Evidence, covered
from quality.records import Measurement
from quality.segment import Document, Line, words_of

EDGE_LINES = 12
BYLINE_MAX_WORDS = 14
BYLINE_SCORE = 0.8
DATE_SCORE = 0.75
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    "|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_DATE_LINE = re.compile(
    rf"""^[^\w]{{0,4}}(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:
        (?:{_MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}
      | \d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:de\s)?(?:{_MONTH})\.?,?\s(?:de\s)?\d{{4}}
      | \d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}} | \d{{1,2}}([-/.])\d{{1,2}}\2\d{{2,4}}
    )(?:[\s,|•·-]{{1,4}}(?:at\s)?\d{{1,2}}[:.h]\d{{2}}(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{{2,4}})?)?[^\w]{{0,4}}$""",
    re.VERBOSE | re.IGNORECASE,
)

# "By Ana Ruiz", "Von Ana Ruiz | 3. März": a preposition and two to four capitalised words, then little.
_BY_LINE = re.compile(
    r"^[^\w]{0,3}(?:[Bb]y|BY|[Vv]on|[Pp]or|[Pp]ar|[Dd]i|Texte?:|Autor:)\s(?:[A-ZÀ-ÞА-Я][\w.'’-]{0,20}\s?){2,4}"
    r"(?:\s?[|•·,—–-].{0,40})?$"
)


def measure(document: Document) -> Measurement:
    """Share of the text that is bylines and datelines, 0..1; evidence is the lines."""
    body = document.body
    if not body:
        return Measurement(value=None)
    author = words_of(document.article.author or "")
    evidence: list[Evidence] = []
    for line in [*document.lines[: min(EDGE_LINES, body[0].index)], *document.lines[body[-1].index + 1 :]]:
        if _DATE_LINE.match(line.text):
            evidence.append((line.start, line.end, DATE_SCORE))
        elif _BY_LINE.match(line.text) or (author and _is_byline(line, author)):
            evidence.append((line.start, line.end, BYLINE_SCORE))
    return covered(document, evidence)


def _is_byline(line: Line, author: tuple[str, ...]) -> bool:
    """The author's whole name, with little beside it and no end of a sentence."""
    if (
        len(line.words) > BYLINE_MAX_WORDS
        or len(line.words) > 2 * len(author) + 6
        or line.text.rstrip().endswith((".", "!", "?"))
    ):
        return False
    return any(line.words[at : at + len(author)] == author for at in range(len(line.words) - len(author) + 1))
