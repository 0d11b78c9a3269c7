"""What a pure function returned before, by key, in bounded memory.

`functools.lru_cache` keeps its keys in order of use, and that order costs more than most functions of a word do. Here
everything is forgotten when there is too much of it, so that a look-up is that of a dict.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class Memo(dict[_K, _V], Generic[_K, _V]):
    """Values of a function by key, worked out when first asked for; at most `most` of them at a time."""

    def __init__(self, function: Callable[[_K], _V], *, most: int) -> None:
        super().__init__()
        self._function = function
        self._most = most

    def __missing__(self, key: _K) -> _V:
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._function(key)
        return value
