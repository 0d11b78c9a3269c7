"""Finds the line of a key in a TOML file: tomllib keeps none, and people who edit by hand want to be sent there."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)""")
_KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_ASSIGNMENT = re.compile(rf"^\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")


def line_of(text: str, key: tuple[str, ...]) -> int:
    """Return the line, from 1, where the longest part of a dotted key is first written out; 1 if none of it is.

    `key` is the path of tables and keys, such as ("deny", "example.org", "expiry"). Strings over several lines that
    look like keys can mislead it; a wrong line costs a look, the key in the message is right all the same.
    """
    best, length = 1, 0
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header, assignment = _HEADER.match(line), _ASSIGNMENT.match(line)
        if header:
            table = here = _parts(header.group(1))
        elif assignment:
            here = (*table, *_parts(assignment.group(1)))
        else:
            continue
        shared = _shared(here, key)
        if shared > length:
            best, length = number, shared
    return best


def place_of_syntax(text: str, message: str) -> str:
    """Return "line n: key 'name': " for the line that tomllib's message names (the last one if it names none)."""
    lines = text.splitlines()
    found = re.search(r"line (\d+)", message)
    number = int(found.group(1)) if found else len(lines)
    assignment = _ASSIGNMENT.match(lines[number - 1]) if 0 < number <= len(lines) else None
    return f"line {number}: " + (f"key {assignment.group(1)!r}: " if assignment else "")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(double or single or bare for double, single, bare in _PART.findall(dotted))


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
