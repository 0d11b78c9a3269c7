"""Text of pages, paths and errors on a terminal: characters that it would obey, or that turn letters round, are escaped."""

from __future__ import annotations

import json
import re

_OBEYED = "\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f"
"""Control characters beyond those that JSON escapes anyway, those that change the direction of what follows, and tags that
are not seen."""
_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f\u200b-\u200f\ufeff{_OBEYED}]")
_IN_JSON = re.compile(f"[{_OBEYED}]")
_IN_LINES = re.compile(rf"[\x00-\x08\x0b-\x1f{_OBEYED}]")


def plain(text: str) -> str:
    """Return a text on one line, with the characters that a terminal would obey as escapes."""
    return _CONTROL.sub(_escape, text.replace("\n", "⏎").replace("\t", " "))


def plain_lines(text: str) -> str:
    """Return a text of several lines with the characters that a terminal would obey as escapes."""
    return _IN_LINES.sub(_escape, text)


def plain_json(text: str) -> str:
    """Return JSON of the same values in which the characters that a terminal would obey are escapes of JSON."""
    return _IN_JSON.sub(_escape_in_json, text)


def _escape_in_json(found: re.Match[str]) -> str:
    mark = found[0]
    return f"\\u{ord(mark):04x}" if mark.isascii() else json.dumps(mark)[1:-1]


def _escape(found: re.Match[str]) -> str:
    return f"\\x{ord(found[0]):02x}"
