"""The phrases that a page wants to be found by: n-grams of title, description, headings and address.

A search phrase is two to four content words that stand in at least two of those places, or in the title. The body is
then searched for them, as the keyword signals need.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import numpy as np

from quality.segment import Document, words_of

MIN_WORD_CHARS = 3
SIZES = (2, 3, 4)
_SMALL = """
    the and for with from that this your you are was were have has how what why when who which will can all
        not our its his her
    into about over more most best top new der die das und für mit von den dem ein eine wie was ist auf les
        des une pour avec
    dans sur est que qui los las una por para con del como más uno dos não com uma mais che per con del della
        nie jak jest
"""
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=1)
def small_words() -> frozenset[str]:
    """Return words that make no search phrase by themselves."""
    return frozenset(_SMALL.split())


@dataclass(frozen=True, slots=True)
class Keyphrase:
    """A phrase that the page wants to be found by, and where the body uses it."""

    words: tuple[str, ...]
    places: tuple[int, ...]
    """Positions in `Document.words`, none overlapping."""


def content_words(document: Document, words: Sequence[str]) -> list[str]:
    """Return the words of at least four letters that are no function words, each once, without the publisher's"
    " label."""
    host = (
        urlsplit(document.article.url or "http://x").netloc.lower() if "[" not in (document.article.url or "") else ""
    )
    kept = (word for word in words if len(word) > MIN_WORD_CHARS and word not in small_words() and _LETTER.match(word))
    return list(dict.fromkeys(word for word in kept if word not in host))


def keyphrases(document: Document) -> tuple[Keyphrase, ...]:
    """Return the search phrases that the body uses; use through `document.derive`."""
    article = document.article
    sources = [document.title_words, words_of(article.description or ""), *map(words_of, article.headings[:20])]
    with suppress(ValueError):  # an address that cannot be read names no phrase
        sources.append(words_of(unquote(urlsplit(article.url or "").path).replace("-", " ").replace("_", " ")))
    standing: Counter[tuple[str, ...]] = Counter()
    for words in sources:
        standing.update(_grams(words))
    wanted = {gram for gram, count in standing.items() if count >= 2}
    places: dict[tuple[str, ...], list[int]] = {}
    words, numbered = document.words, document.numbered
    first = numbered.among({gram[0] for gram in wanted})
    for at in np.flatnonzero(first[numbered.ids]).tolist():
        for n in SIZES:
            gram = words[at : at + n]
            if gram in wanted:
                held = places.setdefault(gram, [])
                if not held or at >= held[-1] + n:
                    held.append(at)
    return tuple(Keyphrase(gram, tuple(held)) for gram, held in sorted(places.items()))


def _grams(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the search phrases that words could be, each once: none starts or ends with a small word or holds one of
    a single letter.
    """
    small = small_words()
    grams: dict[tuple[str, ...], None] = {}
    for at, word in enumerate(words):
        if word in small or len(word) == 1:
            continue
        for end in range(at + SIZES[0] - 1, min(at + SIZES[-1], len(words))):
            last = words[end]
            if len(last) == 1:
                break
            if last not in small:
                grams[words[at : end + 1]] = None
    return list(grams)
