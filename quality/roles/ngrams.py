"""Hashed word n-grams of many short texts at once, and linear scores over them.

Words are hashed with CRC-32 (stable across processes and machines, unlike `hash`), longer n-grams by mixing the hashes of
their parts in numpy. Nothing is looked up in a vocabulary: a hash is a row
of a weight table. A text's score is the sum of its rows over the square root of their number, so that long and short
lines share one scale.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.memo import MOST_WORDS, Memo

WORD_BITS = 18
CLASS_BITS = 15
MAX_CHARS = 1200
"""Characters of a line that are read; a role shows in its first sentences, and whole articles on one line are cut first."""
WORD_ORDERS = (1, 2, 3)
PLUG_ORDERS = (1, 2)
"""N-grams that say of a sentence whether it is a plug; longer ones are too rare to learn from."""
PLUG_BITS = 19

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+|[^a-z0-9_\s]")
"""The same for text in lower-case ASCII, in half the time."""
PUBLISHER_TOKEN = "\x02pub"
_NUMBER_TOKEN = "\x020"
_START, _END = (array("I", [zlib.crc32(mark)]).tobytes() for mark in (b"\x02start", b"\x02end"))
_CODE_BYTES = array("I").itemsize
_MIX = (
    np.uint32(0x9E3779B1),
    np.uint32(0x85EBCA77),
    np.uint32(0xC2B2AE3D),
    np.uint32(0x27D4EB2F),
    np.uint32(0x165667B1),
)


@dataclass(frozen=True)
class Grams:
    """Hashes of all texts, one after the other; `bounds[i]:bounds[i+1]` are those of text i."""

    hashes: NDArray[np.uint32]
    bounds: NDArray[np.int64]

    def of(self, kept: NDArray[np.bool_]) -> Grams:
        """Return the hashes of the texts that are kept."""
        counts = np.diff(self.bounds)
        return Grams(self.hashes[np.repeat(kept, counts)], np.concatenate(([0], np.cumsum(counts[kept]))))

    def scores(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum the rows of a (2**bits, columns) table over each text, scaled by 1/sqrt(n). Texts x columns."""
        counts = np.diff(self.bounds)
        result = np.zeros((len(counts), table.shape[1]))
        filled = np.flatnonzero(counts)
        if len(filled):
            rows = table.take(self.hashes, axis=0)
            result[filled] = np.add.reduceat(rows, self.bounds[:-1][filled], axis=0, dtype=np.float64)
            result[filled] /= np.sqrt(counts[filled])[:, None]
        return result


def word_grams(
    texts: Sequence[str],
    *,
    publisher: frozenset[str],
    orders: Sequence[int] = WORD_ORDERS,
    bits: int = WORD_BITS,
    salt: int = 0,
) -> Grams:
    """Hash the word n-grams of each text. Words of `publisher` (lower case) become one token, numbers another.

    Texts of different salts share no n-gram: the words of a heading are told from those of the line itself.
    """
    return WordCodes(publisher).grams(texts, orders=orders, bits=bits, salt=salt)


def plug_grams(texts: Sequence[str], *, publisher: frozenset[str]) -> Grams:
    """Hash the words and pairs of words of each sentence, see `word_grams`."""
    return word_grams(texts, publisher=publisher, orders=PLUG_ORDERS, bits=PLUG_BITS)


def _code(token: str) -> int:
    return zlib.crc32((_NUMBER_TOKEN if token[0].isdecimal() else token).encode("utf-8", "replace"))


def _tokens(lower: str) -> list[str]:
    return (_ASCII_TOKEN if lower.isascii() else _TOKEN).findall(lower)


def _piece(lower: str) -> bytes:
    return array("I", map(_code, _tokens(lower))).tobytes()


_PIECES = Memo(_piece, most=MOST_WORDS)
"""Codes by what stands between white space, which no token holds."""


class WordCodes:
    """Codes of the words of texts; texts that come again are read once."""

    def __init__(self, publisher: frozenset[str]) -> None:
        self._publisher = publisher
        self._texts: dict[str, bytes] = {"": b""}

    def _codes(self, text: str) -> bytes:
        codes = self._texts.get(text)
        if codes is None:
            lower = text[:MAX_CHARS].lower()
            if any(word in lower for word in self._publisher):
                names = (PUBLISHER_TOKEN if token in self._publisher else token for token in _tokens(lower))
                inner = array("I", map(_code, names)).tobytes()
            else:
                inner = b"".join(map(_PIECES.__getitem__, lower.split()))
            codes = self._texts[text] = _START + inner + _END
        return codes

    def grams(
        self, texts: Sequence[str], *, orders: Sequence[int] = WORD_ORDERS, bits: int = WORD_BITS, salt: int = 0
    ) -> Grams:
        """Hash the n-grams of each text, see `word_grams`."""
        parts = list(map(self._codes, texts))
        codes = _flat(parts) ^ np.uint32(zlib.crc32(b"salt%d" % salt) if salt else 0)
        return _windows(codes, _bounds(parts), orders, bits)


def _flat(parts: Iterable[bytes]) -> NDArray[np.uint32]:
    return np.frombuffer(b"".join(parts), dtype=np.uint32)


def _bounds(parts: Iterable[bytes]) -> NDArray[np.int64]:
    return np.cumsum([0, *map(len, parts)]) // _CODE_BYTES


def _class_code(token: str) -> bytes:
    return array("I", [zlib.crc32(token.encode("utf-8", "replace"))]).tobytes()


_CLASS_CODES = Memo(_class_code, most=8_192)


def class_grams(token_lists: Sequence[Sequence[str]], *, bits: int = CLASS_BITS) -> Grams:
    """Hash sets of class tokens: each token for itself."""
    code = _CLASS_CODES.__getitem__
    parts = [b"".join(map(code, tokens)) for tokens in token_lists]
    return Grams(_finish(_flat(parts), bits), _bounds(parts))


def joined(parts: Sequence[Grams]) -> Grams:
    """Put texts behind each other."""
    counts = [np.diff(part.bounds) for part in parts]
    hashes = np.concatenate([part.hashes for part in parts])
    return Grams(hashes, np.concatenate(([0], np.cumsum(np.concatenate(counts)))))


def merged(parts: Sequence[Grams]) -> Grams:
    """Join several fields of the same texts into one set of n-grams a text."""
    counts = [np.diff(part.bounds) for part in parts]
    place = np.concatenate([np.repeat(np.arange(len(count)), count) for count in counts])
    hashes = np.concatenate([part.hashes for part in parts])
    bounds = np.concatenate(([0], np.cumsum(np.sum(counts, axis=0))))
    return Grams(hashes[np.argsort(place, kind="stable")], bounds)


def _windows(codes: NDArray[np.uint32], bounds: NDArray[np.int64], orders: Sequence[int], bits: int) -> Grams:
    """All n-grams of the given orders that do not cross a bound, grouped by text."""
    count = len(bounds) - 1
    owners = np.repeat(np.arange(count), np.diff(bounds))
    hashes: list[NDArray[np.uint32]] = []
    places: list[NDArray[np.int64]] = []
    for order in orders:
        size = len(codes) - order + 1
        if size <= 0:
            continue
        mixed = np.full(size, np.uint32(order), dtype=np.uint32)
        for offset in range(order):
            mixed = (mixed ^ codes[offset : offset + size]) * _MIX[offset]
            mixed ^= mixed >> np.uint32(15)
        inside = owners[:size] == owners[order - 1 : order - 1 + size]
        hashes.append(_finish(mixed[inside], bits))
        places.append(owners[:size][inside])
    if not hashes:
        return Grams(np.zeros(0, dtype=np.uint32), np.zeros(count + 1, dtype=np.int64))
    place = np.concatenate(places)
    by_text = np.argsort(place, kind="stable")
    totals = np.bincount(place, minlength=count)
    return Grams(np.concatenate(hashes)[by_text], np.concatenate(([0], np.cumsum(totals))))


def _finish(codes: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    """Spread the bits and keep the upper ones."""
    spread = (codes ^ (codes >> np.uint32(13))) * _MIX[0]
    return spread >> np.uint32(32 - bits)
