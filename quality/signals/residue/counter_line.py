"""Lines that count something of the page, and nothing else.

Measures: characters of counter lines over the characters of all lines. A counter line has at most six words, of which
one is a number or a duration and another a unit of the page (views, shares, comments, min read …, in several
languages), or is a bare number with "K"/"M" beside share words; the bare copyright line "© 2024 …" counts too.
Why: counters change with every visit, so two fetches of the same article differ in nothing else.
Example: "12 shares"
Known misfires: box scores and statistics whose row names are the same words ("3 comments" in a table).
References: DCLM's counter rule (regex `^\\d+
(likes|shares|comments|retweets|reposts|quotes|bookmarks|upvotes|downvotes|downloads|views|followers)$`).
"""

from __future__ import annotations

import re

from quality.evidence import covered
from quality.records import Measurement
from quality.segment import Document

COUNTER_MAX_CHARS = 60
SCORE = 0.85
_UNITS = (
    "views?|reads?|shares?|likes?|comments?|followers|subscribers|retweets|reposts|upvotes|downvotes|downloads|claps|pins?|replies"
    "|min(?:ute)?s?[ -]read(?:ing)?|visits?|hits"
    "|vistas|visitas|lecturas|compartidos|comentarios|me gusta|vues|lectures|partages|commentaires|aufrufe|klicks|kommentare"
    "|visualizzazioni|condivisioni|commenti|visualizações|compartilhamentos|comentários|wyświetleń|udostępnień|komentarzy"
    "|просмотров|просмотра|комментариев|görüntülenme|okunma|yorum|kali dibaca|komentar|مشاهدة|مشاهدات|تعليقات|बार देखा गया"
)
_NUMBER = r"\d{1,3}(?:[.,\s]?\d{1,3}){0,3}\s?[kKmM]?\+?"
_COUNTER = re.compile(
    rf"""^[^\w©]{{0,4}}(?:
        {_NUMBER}\s(?:{_UNITS})
      | (?:total\s|page\s|post\s)?(?:{_UNITS})\s?[:：]\s?{_NUMBER}
      | (?:©|\(c\)|copyright)\s?(?:©\s?)?\d{{4}}\b.{{0,50}}
    )[^\w]{{0,4}}$""",
    re.VERBOSE | re.IGNORECASE,
)


def measure(document: Document) -> Measurement:
    """Share of the text that is counters, 0..1; evidence is the lines."""
    return covered(
        document,
        [
            (line.start, line.end, SCORE)
            for line in document.lines
            if line.end - line.start <= COUNTER_MAX_CHARS and _COUNTER.match(line.text)
        ],
    )
