"""What kind each character of a text is, looked up for the whole text at once.

Counting capitals or digits one character at a time is the slowest thing that can be done to a text in Python. Here one
table says of every character which kinds it belongs to, as bits, and counting is arithmetic on arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quality.segment import Document

Kinds = NDArray[np.uint16]

MARKS: Mapping[str, str] = {
    "question": "?？",
    "exclamation": "!！",
    "quote": '"“”„«»「」',
    "money": "$€£¥₹",
    "comma": ",;，、；",
    "bracket": "([（",
    "bar": "|",
    "sign": "©®™",
}
"""Kinds of marks by name; all in the basic plane."""
_TESTS: Mapping[str, Callable[[str], bool]] = {
    "decimal": str.isdecimal,
    "digit": str.isdigit,
    "upper": str.isupper,
    "space": str.isspace,
}
KINDS: Mapping[str, np.uint16] = {name: np.uint16(1 << bit) for bit, name in enumerate((*MARKS, *_TESTS))}
"""The bit of each kind; "decimal", "digit", "upper" and "space" are what `str.isdecimal` and its like say."""
_PLANE = 0x10000


def code_points(text: str) -> NDArray[np.uint32]:
    """Return the code point of each character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@lru_cache(maxsize=1)
def _table() -> Kinds:
    """The kinds of every character of the basic plane."""
    table = np.zeros(_PLANE, dtype=np.uint16)
    for name, marks in MARKS.items():
        table[code_points(marks)] |= KINDS[name]
    for name, test in _TESTS.items():
        table[np.fromiter(map(test, map(chr, range(_PLANE))), dtype=np.bool_, count=_PLANE)] |= KINDS[name]
    return table


def kinds_of(text: str) -> Kinds:
    """Return the kinds of each character of a text, and a 0 for its end."""
    codes = code_points(text + "\0")
    rare = np.flatnonzero(codes >= _PLANE)
    if not len(rare):
        return _table()[codes]
    kinds = _table()[np.where(codes < _PLANE, codes, 0)]
    for at in rare.tolist():
        kinds[at] = sum(int(KINDS[name]) for name, test in _TESTS.items() if test(text[at]))
    return kinds


def document_kinds(document: Document) -> Kinds:
    """Return the kinds of each character of an article's text; use it through `document.derive(document_kinds)`."""
    return kinds_of(document.text)


def counts_in(kinds: Kinds, name: str, pieces: NDArray[np.intp]) -> NDArray[np.intp]:
    """Count one kind in each piece of a text; `pieces` has a row (start, end) a piece."""
    below = (kinds & KINDS[name]).nonzero()[0].searchsorted(pieces)
    counts: NDArray[np.intp] = below[:, 1] - below[:, 0]
    return counts


def bounds_of(pieces: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """Return (start, end) of pieces as rows, for `counts_in`."""
    return np.array(pieces, dtype=np.intp).reshape(-1, 2)
