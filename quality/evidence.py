"""From pieces of text to a measurement: how much of an article is covered by what a signal found.

Most signals that quote text share one scale, so that their values can be compared and added: the characters that the
quoted pieces cover, each counted once and weighted with the score of the piece that reaches it first, over the
characters of the text. A piece is a whole sentence or line, since half a sentence cannot be cut or quoted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

from quality.records import Measurement
from quality.segment import Document, Line, Sentence

Evidence = tuple[int, int, float]
"""(start, end, score): offsets in the article's text, and how sure the finding is."""

NO_NAME_CAPITALS = frozenset(
    ("de", "lb", "ar", "fa", "he", "ur", "hi", "bn", "ta", "te", "mr", "th", "zh", "ja", "ko", "ka", "am")
)
"""Languages in which a capital inside a sentence is no sign of a name: every noun has one, or no word has."""
_FIGURE = re.compile(r"[\d\"“”„«»€$£%°]")
_NAME = re.compile(r"[^\W\d_a-zà-ÿа-яёa-ž](?<=[\w,;:’')] .)(?![’'])\w")

_PARTS = re.compile(r"[-_:\s]+")


def has_particular(document: Document, start: int, end: int) -> bool:
    """True for a piece with a number, a quotation mark or, where capitals mean names, a capital inside."""
    if _FIGURE.search(document.text, start, end):
        return True
    return document.article.language not in NO_NAME_CAPITALS and bool(_NAME.search(document.text, start + 1, end))


def covered(document: Document, evidence: Iterable[Evidence]) -> Measurement:
    """Return the weighted share of the text's characters (lines only, 0..1) that evidence covers, with the evidence."""
    pieces = tuple(sorted(set(evidence)))
    total = document.line_chars
    if not total:
        return Measurement(value=None)
    return Measurement(value=min(1.0, _weight(pieces) / total), evidence=pieces)


def _weight(pieces: tuple[Evidence, ...]) -> float:
    """Sum of the characters covered, each weighted with the score of the first piece that covers it."""
    weight = 0.0
    reach = 0
    for start, end, score in pieces:
        if end > reach:
            weight += (end - max(start, reach)) * score
            reach = end
    return weight


def sentence_at(document: Document, offset: int) -> tuple[int, int]:
    """Return (start, end) of the sentence that holds an offset of the text; the offset alone if none does."""
    sentences = document.sentences
    number = bisect_right(sentences, offset, key=lambda sentence: sentence.start) - 1
    if number >= 0 and offset < sentences[number].end:
        return sentences[number].start, sentences[number].end
    return offset, offset


def sentences_of(document: Document, line: Line) -> tuple[Sentence, ...]:
    """Return the sentences of one line."""
    return document.sentences_by_line[line.index]


def line_or_sentence(document: Document, line: Line, start: int, end: int) -> tuple[int, int]:
    """Return the piece of text to quote for a match in a line: the line if it is one sentence, else its sentences."""
    first, last = sentence_at(document, line.start + start), sentence_at(document, line.start + max(start, end - 1))
    if first[0] == first[1]:
        return line.start, line.end
    return first[0], max(first[1], last[1])


def lines_named(document: Document, names: tuple[str, ...], *, nearest: int, minority: float) -> tuple[Line, ...]:
    """Return the lines whose block or near ancestors carry a name, for each name that marks only a part of the page.

    Args:
        document: the document.
        names: lower-case words, looked for as parts of class and id tokens: "cta" is in "card-cta" and "cta__text".
        nearest: how many tokens are looked at, nearest first.
        minority: share of the lines above which a name says nothing.
    """
    found: dict[str, list[Line]] = {name: [] for name in names}
    for line in document.lines:
        if line.layout is None or line.layout.tag == "h1":
            continue
        parts = _parts_of(tuple(line.layout.tokens[:nearest]))
        for name in names:
            if name in parts:
                found[name].append(line)
    few = [lines for lines in found.values() if len(lines) <= minority * len(document.lines)]
    return tuple(sorted({line.index: line for lines in few for line in lines}.values(), key=lambda line: line.index))


@lru_cache(maxsize=4096)
def _parts_of(tokens: tuple[str, ...]) -> frozenset[str]:
    """The parts of class and id tokens; lines of one block have the same."""
    return frozenset(part for token in tokens for part in _PARTS.split(token))
