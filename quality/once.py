"""An attribute that is worked out when it is first read, and then kept.

`functools.cached_property` of Python 3.11 takes a lock around the first reading, which costs three times what most
attributes of a line do. Nothing here is shared between threads before it is built, and building twice gives the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, overload

_O = TypeVar("_O")
_T = TypeVar("_T")


class once(Generic[_O, _T]):
    """Turn a method into an attribute of its instance; the instance must have a `__dict__`."""

    def __init__(self, build: Callable[[_O], _T]) -> None:
        self._build = build
        self._name = build.__name__
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: None, owner: type[_O]) -> once[_O, _T]: ...
    @overload
    def __get__(self, instance: _O, owner: type[_O]) -> _T: ...
    def __get__(self, instance: _O | None, owner: type[_O]) -> once[_O, _T] | _T:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._build(instance)
        return value
