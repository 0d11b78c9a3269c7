"""The wording of an article as a sparse vector of hashed words and word pairs, and the sentence that weighs most in it.

Filler and advertisements are written in other words than reports: that shows in function words, address and rhythm more
than in topics, so no word is made important for being rare (no IDF: on labelled articles it costs a point of AUC). A
gram weighs 1 + ln(count); the vector has length one, so long and short articles share a scale. Words are hashed with
CRC-32, pairs by mixing the hashes of their words, and a bucket that the training saw in less than three articles is left out.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from quality.characters import KINDS, code_points, document_kinds
from quality.pieces import pieces, pieces_of
from quality.segment import Document
from quality.vocabulary import Vocabulary

BITS = 20
BUCKETS = 1 << BITS
MAX_CHARS = 40_000
"""About 7,000 words; what comes after changes the vector of an article no more."""
LANGUAGES = frozenset({"en"})
"""Languages whose wording the model has learned; for others an article is judged without it."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_FIRST = np.uint64(0x9E3779B1)
_SECOND = np.uint64(0x85EBCA77)
_SHIFT = np.uint64(32 - BITS)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Wording:
    """Hashed grams of one article, in reading order: first all words, then all pairs."""

    buckets: NDArray[np.int64]
    """Bucket of each gram."""
    starts: NDArray[np.int64]
    """Where each gram starts in the article's text."""

    @property
    def length(self) -> int:
        """Words and marks that were read."""
        return (len(self.buckets) + 1) // 2

    def window(self, start: int, length: int) -> Wording:
        """Return the wording of a stretch of words and marks."""
        pairs = self.length + start
        pick = np.r_[start : start + length, pairs : pairs + length - 1]
        return Wording(self.buckets[pick], self.starts[pick])

    def vector(self, known: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return (buckets, values) of the unit vector over the known buckets; empty without any."""
        buckets, counts = np.unique(self.buckets[known[self.buckets]], return_counts=True)
        values = 1.0 + np.log(counts)
        norm = float(np.sqrt((values**2).sum()))
        return buckets, values / norm if norm else values


def _tokens(_: Vocabulary, pieces: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """The CRC of each token of pieces of text, and its length; no token holds what stands between pieces."""
    each = [_TOKEN.findall(piece) for piece in pieces]
    tokens = list(chain.from_iterable(each))
    sizes = np.fromiter(map(len, each), dtype=np.int64, count=len(each))
    hashes = (zlib.crc32(token.lower().encode("utf-8", "surrogatepass")) for token in tokens)
    values = np.empty((len(tokens), 2), dtype=np.uint32)
    values[:, 0] = np.fromiter(hashes, dtype=np.uint32, count=len(tokens))
    values[:, 1] = np.fromiter(map(len, tokens), dtype=np.uint32, count=len(tokens))
    return sizes, values


def read_wording(document: Document) -> Wording:
    """Return the grams of an article's text; use through `document.derive`."""
    whole = len(document.text) <= MAX_CHARS
    read = document.derive(pieces) if whole else pieces_of(document.text[:MAX_CHARS])
    _, tokens = read.runs(_tokens)
    words = tokens[:, 0].astype(np.uint64)
    pairs = (words[:-1] * _FIRST + words[1:] * _SECOND) & _LOW
    singles = (words * _FIRST) & _LOW
    buckets = (np.concatenate((singles, pairs)) >> _SHIFT).astype(np.int64)
    places = _starts(document, tokens[:, 1].astype(np.int64))
    return Wording(buckets, np.concatenate((places, places[:-1])))


def _starts(document: Document, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where tokens of these lengths start that hold all characters of the text but white space and low lines."""
    kinds = document.derive(document_kinds)[: min(MAX_CHARS, len(document.text))]
    held = (kinds & KINDS["space"]) == 0
    held &= code_points(document.text[:MAX_CHARS]) != ord("_")
    starts: NDArray[np.int64] = np.flatnonzero(held)[np.cumsum(sizes) - sizes]
    return starts


def heaviest_sentence(document: Document, weights: NDArray[np.float64]) -> tuple[int, int] | None:
    """Return (start, end) of the body sentence whose grams weigh most for its length; None without one."""
    wording = document.derive(read_wording)
    body = {line.index for line in document.body}
    sentences = [s for s in document.sentences if s.line in body and 6 <= len(s.words) <= 80]
    if not sentences or not len(wording.buckets):
        return None
    order = np.argsort(wording.starts, kind="stable")
    sums = np.concatenate(([0.0], np.cumsum(weights[wording.buckets[order]])))
    places = wording.starts[order]
    first = np.searchsorted(places, [s.start for s in sentences])
    last = np.searchsorted(places, [s.end for s in sentences])
    means = (sums[last] - sums[first]) / np.sqrt(np.maximum(1, last - first))
    best = sentences[int(np.argmax(means))]
    return best.start, best.end
