"""Content words, lightly stemmed: what two sentences must share to be about the same thing.

Function words of the larger European languages are dropped, and endings are cut so that "recognized", "recognizes"
and "recognise" meet. The stemmer is deliberately crude and the same for every language: it cuts common endings from
words of six letters or more; scripts without such endings pass unchanged. It is used for overlap only, never shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quality.memo import MOST_WORDS, Memo
from quality.segment import Document
from quality.vocabulary import Vocabulary

STOP_WORDS = frozenset(
    """
    a about above after again against all also although am an and any are as at be because been before being below between both
    but by can cannot could did do does doing down during each either even ever every few for from further had has have
    having he her here hers him his how however i if in into is it its itself just like less let many may me might more most
    much must my neither no nor not now of off often on once one only onto or other our out over own per rather same she
    should since so some such than that the their them then there these they this those through thus to too toward towards
    under until up upon us very was we were what when where whether which while who whom whose why will with within without
    would yet you your it's don't isn't aren't we're you're they're i'm we've you'll
    der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden wurde wurden hat haben
    hatte nicht auch auf aus bei mit nach von vor zu zum zur im in am an als wie wenn dass daß sich sie er es ich wir ihr man
    noch nur schon so sehr über unter durch für um bis diese dieser dieses diesem diesen
    el la los las un una unos unas y o pero es son era fue han ha no también en de del al a con por para que se su sus lo le
    les como más muy este esta estos estas ese esa entre sobre sin ya desde hasta
    le les des du et ou mais est sont était a ont ne pas aussi dans sur avec pour par que qui se sa son ses ce cette ces
    il elle ils elles on nous vous plus très comme au aux en
    il lo gli i uno ed ma è sono era ha hanno non anche nel nella su con per che si suo sua di da dal della dei delle
    o os as um uma e mas é são foi tem não também em no na nos nas do da dos das com por para que se seu sua ao mais como
    w na z do i a że się nie jest są to od po za przez dla jak ale czy oraz być był była było tym tego
    и в во не на с со что как а то это по из у за от о для к ко но его её их он она они мы вы я же бы был была было были
    """.split()
)
_ENDING = re.compile(
    r"(?:ization|isation|ational|iveness|fulness|ousness|ements?|ations?|ition|ingly|edly|ising|izing|ises|izes|ised|ized"
    r"|ities|ments?|ings?|ied|ies|ers?|est|ely|ly|ed|es|ity|ise|ize|ion|ions|al|ive|ous|ful|en|em|er|e|s|n"
    r"|ами|ями|ого|его|ому|ему|ыми|ими|ах|ях|ов|ев|ей|ой|ый|ий|ая|яя|ое|ее|ые|ие|ам|ям|ом|ем|ы|и|а|я|о|е|у|ю|ь)$"
)
MIN_STEM = 4


def stem(word: str) -> str:
    """Return a word without its ending, at least MIN_STEM letters long; short words unchanged."""
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) <= MIN_STEM + 1:
        return word
    match = _ENDING.search(word, MIN_STEM)
    return word[: match.start()] if match else word


def _content_stem(word: str) -> str:
    """The stem of a content word, nothing for the others."""
    return "" if word in STOP_WORDS else stem(word)


_STEMS = Memo(_content_stem, most=MOST_WORDS)


def stems(words: tuple[str, ...]) -> frozenset[str]:
    """Return the stems of the content words."""
    return frozenset(filter(None, map(_STEMS.__getitem__, words)))


@dataclass(frozen=True)
class StemTable:
    """Which sentence holds the stem of which content word; a row a pair, sentence by sentence, each pair once."""

    sentence: NDArray[np.int64]
    stem: NDArray[np.int64]
    """Place in `words`."""
    words: tuple[str, ...]
    """The stems of the document."""


def stem_table(document: Document) -> StemTable:
    """Return the stems of the content words of each sentence as a table; use it through `document.derive(stem_table)`."""
    sizes = np.array([len(one.words) for one in document.sentences], dtype=np.int64)
    held, numbers = document.numbered.runs(_stem_numbers)
    sentence = np.repeat(np.arange(len(sizes)), sizes)[held > 0]
    stems_held = document.numbered.vocabulary.parts("stems").numbered(numbers)
    size = max(1, len(stems_held.kinds))
    pairs = np.unique(sentence * size + stems_held.ids)
    return StemTable(*np.divmod(pairs, size), stems_held.words)


def _stem_numbers(vocabulary: Vocabulary, words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    found = list(map(_content_stem, words))
    held = np.fromiter(map(bool, found), dtype=np.int64, count=len(found))
    return held, vocabulary.parts("stems").numbers_of(tuple(filter(None, found)))


def sentence_stems(document: Document) -> tuple[frozenset[str], ...]:
    """Return the stems of the content words of each sentence; use it through `document.derive(sentence_stems)`."""
    table = document.derive(stem_table)
    words = list(map(table.words.__getitem__, table.stem.tolist()))
    bounds = table.sentence.searchsorted(np.arange(len(document.sentences) + 1)).tolist()
    return tuple([frozenset(words[start:end]) for start, end in pairwise(bounds)])


def line_stems(document: Document) -> tuple[frozenset[str], ...]:
    """Return the stems of the content words of each line; use it through `document.derive(line_stems)`."""
    bags = document.derive(sentence_stems)
    found = []
    at = 0
    for sentences in document.sentences_by_line:
        count = len(sentences)
        found.append(bags[at] if count == 1 else frozenset[str]().union(*bags[at : at + count]))
        at += count
    return tuple(found)
