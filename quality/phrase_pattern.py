"""The little language that lexicon phrases are written in.

A pattern is words, not a regex: `(a|b)` chooses, `(a )?` may be left out, `*` at the end of a word stands for any
ending, `<n>` for a number, `<word>` for one word, `<words>` for up to four words of the same sentence, `<sep>` for a
colon, bar, arrow or dash, `<ask>` for a question mark, `<end>` for what ends a sentence or the line. It is matched on
word boundaries (scripts without spaces have none), case ignored; every repetition is bounded. `conditions` says which
words every match must hold, so that a lexicon can look patterns up instead of trying them all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, get_args

from quality.content_words import STOP_WORDS as COMMON
from quality.segment import words_of

Mode = Literal["line", "start", "sentence", "anywhere"]
"""Where a match must stand: the whole line, the line's start, a sentence's start, or anywhere."""

MODES: tuple[Mode, ...] = get_args(Mode)

_OPEN_ENDED = re.compile(r"[?*<>]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_PLACEHOLDERS = {
    "<n>": r"\d[\d.,:/-]{0,15}",
    "<words>": r"(?:[^\s.!?。]{1,40}\s{1,3}){0,4}?",
    "<word>": r"[^\s:|.!?]{1,40}",
    "<ask>": r"\s{0,2}[?？]",
    "<end>": r"(?=\s{0,2}(?:[.!?…»›→>*|)\]]|$))",
    "<sep>": r"\s{0,2}[:：|»›>–—-]",
}
_LETTERS = {size: re.compile(rf"[a-z]{{{size}}}(?![?*])") for size in (1, 2)}
"""How a pattern begins of whose matches the first letters are known."""
_ANCHORED = frozenset(("line", "start"))
"""Modes whose matches begin with the line."""
_TWO_CASED = re.compile("[İıſςΣ]")
"""Letters that a regex takes for others when case is ignored and `lower` does not, or the other way round."""
_NOT_WHOLE = re.compile(r"\w*\*\w*|\w*<(?:word|n)>\w*|<\w+>")
"""What is no whole word of the text: letters before or after "*", a word or a number; the other placeholders are apart."""
_DECORATION = r"[^\w]{0,8}"
_LINE_GAP = r"[^\w]{1,6}"  # a whole line of furniture joins its words with bars, bullets and colons
_SENTENCE_LEAD = r"(?:^[^\w]{0,8}|[.!?…:;|•►▶–—।。！？)-][^\w]{0,4})"


class PatternError(ValueError):
    """A pattern that cannot be used."""


def is_literal(alternative: str) -> bool:
    """True for an alternative that only lists words, so that its matches can be read off it."""
    return not _OPEN_ENDED.search(alternative)


def folded(text: str) -> str | None:
    """Return a text in lower case; None where a letter of it is the same as another to a regex and not to `lower`.

    Ignoring case makes a regex with many choices three times slower, so patterns are matched in the folded text.
    """
    return text.lower() if text.isascii() or not _TWO_CASED.search(text) else None


def spans_of(alternative: str, mode: Mode, text: str, lower: str | None) -> Sequence[tuple[int, int]]:
    """Return (start, end) of the matches of a pattern in one line of text, which is given `folded`, too."""
    pattern = _lowered(alternative, mode)
    if lower is None or pattern is None:
        pattern, lower = _compiled(alternative, mode, re.IGNORECASE), text
    if mode in _ANCHORED:
        match = pattern.match(lower)
        return (match.span(1),) if match else ()
    return [match.span(1) for match in pattern.finditer(lower)]


@cache
def _lowered(alternative: str, mode: Mode) -> re.Pattern[str] | None:
    """The regex for text in lower case; None for a pattern that needs the other."""
    return None if _TWO_CASED.search(alternative) else _compiled(alternative.lower(), mode, re.NOFLAG)


@cache
def _compiled(alternative: str, mode: Mode, flags: re.RegexFlag) -> re.Pattern[str]:
    """Return the regex of a pattern; its first group is the phrase itself."""
    body = f"({_regex(alternative, mode)})"
    before, after = {
        "line": (rf"^{_DECORATION}", rf"{_DECORATION}$"),
        "start": (rf"^{_DECORATION}", ""),
        "sentence": (_SENTENCE_LEAD, ""),
        "anywhere": ("", ""),
    }[mode]
    return re.compile(before + body + after, flags)


def _regex(alternative: str, mode: Mode) -> str:
    if _UNSPACED.search(alternative):
        return f"(?:{_translated(alternative, mode)})"
    right = "" if alternative.endswith(("<sep>", "<ask>", "<end>", "*")) else r"(?!\w)"
    if alternative.startswith("<"):
        return f"(?:{_translated(alternative, mode)}){right}"
    return f"(?:{_led(alternative, mode)}){right}"


def _led(alternative: str, mode: Mode) -> str:
    """Return the regex of a pattern that no letter may stand before.

    Where it can, it says so after the first letters: what begins with a letter, or with a choice of them, is searched
    several times faster than what begins with a look behind.
    """
    options, rest = [alternative], ""
    if alternative.startswith("("):
        options, after = _group(alternative, 0)
        rest = alternative[after:]
    size = next((size for size in (2, 1) if all(_LETTERS[size].match(option) for option in options)), 0)
    if not size or rest.startswith("?"):
        return rf"(?<!\w)(?:{_translated(alternative, mode)})"
    ends: dict[str, list[str]] = {}  # by first letters; of those with the same ones the first that matches still wins
    for option in options:
        ends.setdefault(option[:size], []).append(_translated(option[size:], mode))
    led = (rf"{letters}(?<!\w{letters})(?:{'|'.join(after)})" for letters, after in ends.items())
    return f"(?:{'|'.join(led)}){_translated(rest, mode)}"


def _translated(pattern: str, mode: Mode) -> str:
    pieces = []
    for piece in re.split(r"(<\w+>|\s+|[()|?*'])", pattern):
        if piece in _PLACEHOLDERS:
            pieces.append(_PLACEHOLDERS[piece])
        elif piece.isspace():
            pieces.append(_LINE_GAP if mode == "line" else r"[ \t\u00a0]{1,4}")
        else:
            special = {"(": "(?:", ")": ")", "|": "|", "?": "?", "*": r"\w{0,14}", "'": "['’ʼ]"}
            pieces.append(special.get(piece, re.escape(piece)))
    return "".join(pieces)


Condition = tuple[frozenset[str], ...]
"""Sets of words of which a match holds one each; the first set is the rarest."""


def conditions(pattern: str) -> tuple[Condition, ...]:
    """Return conditions of which every match fulfils at least one. Raises PatternError where no word is required.

    The choice with the rarest words is taken apart, so that "(copy link|link copied)" asks for both words of an option.
    """
    required = _required(pattern)
    if not required:
        raise PatternError(f"{pattern!r} can match without any whole word")
    first = max(range(len(required)), key=lambda number: _rarity(required[number][0]))
    rest = tuple(
        words
        for number, (words, _) in enumerate(required)
        if number != first and not any(map(_TWO_CASED.search, words))
    )
    words, options = required[first]
    if not options:
        return ((words, *rest),)
    return tuple(dict.fromkeys((*one, *rest) for option in options for one in conditions(option)))


def _required(pattern: str) -> list[tuple[frozenset[str], tuple[str, ...]]]:
    """Return sets of words of which every match holds one each, and the options of the choice that each set is from."""
    found: list[tuple[frozenset[str], tuple[str, ...]]] = []
    plain = ""
    at = 0
    while at < len(pattern):
        if pattern[at] in ")|?":
            raise PatternError(f"{pattern!r}: ')', '|' and '?' belong to a group '(a|b)?'")
        if pattern[at] != "(":
            plain += pattern[at]
            at += 1
            continue
        options, after = _group(pattern, at)
        optional = pattern[after : after + 1] == "?"
        # A word that a group may lengthen is not whole; "*" has the same meaning and kills it below.
        glued_left = plain[-1:].isalnum() and any(option[:1].isalnum() for option in options)
        glued_right = pattern[after + optional :][:1].isalnum() and any(option[-1:].isalnum() for option in options)
        plain += ("*" if glued_left else " ") + ("*" if glued_right else "")
        inner = [_rarest(option) for option in options]
        if not optional and not glued_left and not glued_right and all(inner):
            found.append((frozenset[str]().union(*inner), tuple(options)))
        at = after + optional
    words = words_of(_NOT_WHOLE.sub(" ", plain))
    # An apostrophe comes in two shapes, so such a word is filed under both.
    return found + [(frozenset((word, word.replace("'", "’"))), ()) for word in words]


def _rarest(pattern: str) -> frozenset[str]:
    """Return the required set whose shortest word is longest (so: rarest), no words where none is required."""
    return max((words for words, _ in _required(pattern)), key=_rarity, default=frozenset())


def _rarity(words: frozenset[str]) -> tuple[bool, int, int]:
    return words.isdisjoint(COMMON), min((len(word) for word in words), default=0), -len(words)


def _group(pattern: str, start: int) -> tuple[list[str], int]:
    """Return the alternatives of the group that opens at `start`, and the place after its ")"."""
    depth, bars = 0, [start]
    for at in range(start, len(pattern)):
        depth += (pattern[at] == "(") - (pattern[at] == ")")
        if pattern[at] == "|" and depth == 1:
            bars.append(at)
        if depth == 0:
            return [pattern[a + 1 : b] for a, b in zip(bars, [*bars[1:], at], strict=True)], at + 1
    raise PatternError(f"{pattern!r} has a '(' that is never closed")
