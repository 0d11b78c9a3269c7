"""What a pure function of a short string returned before, in bounded memory.

`functools.lru_cache` keeps its keys in order of use, and that order costs more than most functions of a word do. Here
everything is forgotten when there is too much of it, so that a look-up is that of a dict. Long strings hardly come
again, in a script without spaces above all, and are not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_V = TypeVar("_V")

LONGEST = 32
"""Characters of a key that is kept."""
MOST_WORDS = 131_072
"""Words that are kept: those of some thousand pages, in 10 to 25 MB for each of three functions. With a quarter of it a
third of an article's distinct words had to be cut anew instead of a fifth."""


class Memo(dict[str, _V]):
    """Values of a function by key, worked out when first asked for; at most `most` of them at a time."""

    def __init__(self, function: Callable[[str], _V], *, most: int) -> None:
        super().__init__()
        self._function = function
        self._most = most

    def __missing__(self, key: str) -> _V:
        value = self._function(key)
        if len(key) <= LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[key] = value
        return value
