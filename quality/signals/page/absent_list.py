"""A title that promises a number of things, over a text that does not list them.

Measures: 1 - entries / promised, at least 0, where the title promises N (3 to 100) plural things. Entries are the
most of: numbered lines up to N, headings, list items, table rows and short paragraphs that start with a name.
Why: "21 Ideas for Small Kitchens" with an introduction, a conclusion and no ideas is a page built for the click;
often the list was a gallery that no text came with.
Example: a title "15 Halloween Quotes" over three paragraphs.
Known misfires: "7 years later", "10 Downing Street", ages and prices: the number must stand before a plural word, at
the title's start or after "the", "top", "best"; extraction may lose a list. None where nothing is promised.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document

MIN_PROMISED, MAX_PROMISED = 3, 100
_PROMISE = re.compile(
    r"(?:^|\b(?:the|top|best|these|die|los|las|les|os|as|i|le)\s+)(\d{1,3})\+?\s+(?:[\w’'-]+\s+){0,4}?([^\W\d_]{3,}(?:s|en|er|i|y|ów|e))\b",
    re.IGNORECASE,
)
_NO_LIST = re.compile(
    r"^(?:years?|months?|days?|hours?|minutes?|weeks?|percent|million|billion|euros?|dollars?|people|points?|jahren?|tagen?|"
    r"monaten?|stunden|minuten|prozent|años|días|meses|horas|ans|mois|jours|heures|lat|dni|anni|giorni|anos|dias|miles|times|"
    r"killed|injured|dead|others|arrests?|games?|goals?|seasons?)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\W{0,3}(?:#\s?)?(\d{1,3})(?:[.):–-]|\s[A-ZÀ-Þ])")
ENTRY_MAX_WORDS = 14


def promised(title: str) -> int | None:
    """Return how many things a title promises, None where it promises none."""
    match = _PROMISE.search(title)
    if match is None or _NO_LIST.match(match.group(2)):
        return None
    number = int(match.group(1))
    return number if MIN_PROMISED <= number <= MAX_PROMISED else None


def measure(document: Document) -> Measurement:
    """Return the share of the promised entries that the text lacks."""
    title = (document.article.title or "")[:300]
    number = promised(title)
    if number is None or not document.lines:
        return Measurement(None)
    lines = document.lines
    numbered = {int(m.group(1)) for line in lines if (m := _NUMBERED.match(line.text)) and int(m.group(1)) <= number}
    short = sum(1 for line in lines if 0 < len(line.words) <= ENTRY_MAX_WORDS)
    entries = max(
        len(numbered),
        sum(line.is_heading for line in lines),
        sum(line.is_list_item for line in lines),
        sum(line.is_table_row for line in lines),
        short,
        len(document.article.headings),
    )
    lacking = max(0.0, 1.0 - entries / number)
    at = document.text.find(title)
    return Measurement(lacking, ((at, at + len(title), lacking),) if at >= 0 and lacking else ())
