"""What somebody says on a line, inside quotation marks or after "the sign said:", and the author tells of it.

A pair is looked for in the whole line, since a sentence may end inside it. An opening mark follows no letter and a
closing one precedes none, so that inches and apostrophes pair with nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from quality.lexicon import Hit
from quality.segment import Line, words_of

CLOSING = {
    '"': '"',
    "“": '”“"',
    "”": "”",
    "„": '“”"',
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "‘": "’",
    "‚": "‘’",
    "'": "'",
    "「": "」",
    "『": "』",
}
"""The marks that close what a mark opens."""
MAX_CHARS = 1_000
"""A mark that is not closed within so many characters is taken for a stray one."""
MIN_OUTSIDE_WORDS, MIN_OUTSIDE_CHARS = 3, 8
"""What stands outside the marks tells of what is inside if it is so long; a line that is only a quotation tells nothing."""
REPORTED_SCORE = 0.3
"""A phrase that is quoted is a hint, no proof."""

_SPACED = "«‹"
_UNSPACED = "「『"
_OPENING = re.compile(r"(?<!\w)(?:[«‹]|[\"“”„»›‘‚'](?!\s))|[「『]")
_ELISION = re.compile(r"['‘](?:\d|(?:tis|twas|til|till|em|n|cause|bout)\b)", re.IGNORECASE)
_BUTTON_BEFORE = re.compile(
    r"(?<!\w)(?:click|tap|press|hit|select|choose|klick\w{0,4}|tipp\w{0,4}|cliquez|clique|clic|clicca|kliknij|нажмите)"
    r"(?:\s+\w{1,12}){0,2}\s*$|(?:点击|點擊|点按)\s*$",
    re.IGNORECASE,
)
_BUTTON_AFTER = re.compile(r".(?:ボタン)?(?:を(?:クリック|タップ|押)|から|より|はこちら)")
_BUTTON_CHARS = 60
_SAYS = (
    r"(?:said|says|reads|wrote|writes|announced|announces|promised|promises|shouted|shouts|asked|asks|ask|told|tells|advised|advises|urged|urges|warned|warns|demanded|demands|replied|explained|sagte|sagt|stand|steht|"
    r"schrieb|schreibt|hieß es|heißt es|lautete?|dit|disait|écrit|écrivait|lisait|lit-on|proclame|annonçait|dice|decía|dijo|"
    r"escribió|reza|rezaba|diceva|disse|scrisse|recita|recitava|diz|dizia|escreveu|lê-se|mówił[ai]?|napisał[ai]?|głosi|głosił[ai]?|"
    r"сказал[аи]?|писал[аи]?|написано|гласит|гласила?)"
)
_SAID_BEFORE = re.compile(rf"\b{_SAYS}(?:\s+(?:to\s+)?(?:me|us|him|her|them))?\s?:\s*\W{{0,3}}$", re.IGNORECASE)
_SAID_AFTER = re.compile(rf"[^.!?:\n]{{0,60}}?,\s+(?:[^\W\d]+\s+){{0,3}}?{_SAYS}\b", re.IGNORECASE)
_ATTRIBUTED = re.compile(rf",\s+(?:[^\W\d]+\s+){{0,3}}?{_SAYS}\b", re.IGNORECASE)
_OWN_WORDS = re.compile(
    r"\b(?:we|our|i|my|wir|unser\w*|nous|notre|nosotros|nuestr\w+|noi|nostr\w+|nós|noss\w+)\b", re.IGNORECASE
)
_SAID_CHARS = 80
_TOLD = re.compile(rf"\b{_SAYS}\b|\bread\s?[:,]", re.IGNORECASE)


def _closing(mark: str) -> re.Pattern[str]:
    marks = f"[{CLOSING[mark]}]"
    if mark in _UNSPACED:
        return re.compile(marks)
    return re.compile(("" if mark in _SPACED else r"(?<!\s)") + marks + r"(?!\w)")


_CLOSING = {mark: _closing(mark) for mark in CLOSING}


@lru_cache(maxsize=8)
def quotations(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of what stands between quotation marks in one line, outer pairs only."""
    found = []
    next_closing = dict.fromkeys(CLOSING, -1)
    at = 0
    while opening := _OPENING.search(text, at):
        mark, at = opening[0], opening.end()
        if _ELISION.match(text, opening.start()):
            continue
        if next_closing[mark] <= at:
            closing = _CLOSING[mark].search(text, at + 1)
            next_closing[mark] = closing.start() if closing else len(text)
        end = next_closing[mark]
        if end < min(len(text), at + MAX_CHARS):
            found.append((at, end))
            at = end + 1
    return tuple(found)


def is_reported(line: Line, hit: Hit) -> bool:
    """True for a phrase that the line quotes and tells of; not for the name of a button that the reader is to press."""
    return _is_quoted(line, hit) or _is_said(line, hit)


def _is_said(line: Line, hit: Hit) -> bool:
    """True for a phrase that somebody says without quotation marks: after a colon, or before ", said the card"."""
    text = line.text
    before = text[max(0, hit.start - _SAID_CHARS) : hit.start]
    if _SAID_BEFORE.search(before):
        return not _OWN_WORDS.search(before)
    after = _SAID_AFTER.match(text[hit.end : hit.end + 2 * _SAID_CHARS])
    return after is not None and not _OWN_WORDS.search(after[0], after[0].rindex(","))


def _is_quoted(line: Line, hit: Hit) -> bool:
    pairs = quotations(line.text)
    number = bisect_right(pairs, hit.start, key=lambda pair: pair[0]) - 1
    if number < 0 or hit.end > pairs[number][1]:
        return False
    start, end = pairs[number]
    if _BUTTON_BEFORE.search(line.text, max(0, start - 1 - _BUTTON_CHARS), start - 1) or _BUTTON_AFTER.match(
        line.text, end
    ):
        return False
    inside = words_of(line.text[start:end])
    words, chars = len(line.words) - len(inside), len(line.text) - (end - start)
    return words >= MIN_OUTSIDE_WORDS and chars >= MIN_OUTSIDE_CHARS


def is_told(line: Line) -> bool:
    """True for a line that quotes and says that somebody said so; the publisher's own sayings do not count."""
    pairs = quotations(line.text)
    if not pairs:
        return False
    edges = [0, *(edge for pair in pairs for edge in pair), len(line.text)]
    outside = " ".join(line.text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    told = len(words_of(outside)) >= MIN_OUTSIDE_WORDS and _TOLD.search(outside) is not None
    return told and not _OWN_WORDS.search(outside)


def is_attributed(sentence: str) -> bool:
    """True for a sentence that somebody says without quotation marks: ", said the card", ", the owner says"."""
    found = _ATTRIBUTED.search(sentence)
    return found is not None and not _OWN_WORDS.search(found[0])


def score_of(line: Line, hit: Hit) -> float:
    """Return how sure a hit is: its phrase's score, or a hint's where the line only quotes it."""
    return min(hit.phrase.score, REPORTED_SCORE) if is_reported(line, hit) else hit.phrase.score
