"""Phrases of the trade, kept in TOML files beside this module, and a matcher that reads a line once.

A lexicon is a file of entries: a language, a kind, a mode and a pattern, with examples that must (`fail`) and must not
(`ok`) match. A pattern is words, not a regex: one alternative a line; `(a|b)` chooses, `(a )?` may be left out, `*` at
the end of a word stands for any ending, `<n>` for a number, `<word>` for one word, `<words>` for up to four
words of the same sentence, `<sep>` for a colon, bar, arrow or dash. It is matched on word boundaries, case ignored. Each pattern is filed under one word that every match must hold, so a line
costs one dictionary look-up a word, and only the patterns whose word occurs are ever run.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal, cast, get_args

from quality.segment import words_of

Mode = Literal["line", "start", "sentence", "anywhere"]
"""Where a match must stand: the whole line, the line's start, a sentence's start, or anywhere."""

MODES: tuple[Mode, ...] = get_args(Mode)
NAMES: tuple[str, ...] = (
    "affiliate_disclosure",
    "call_to_action",
    "channel_plug",
    "comment_form",
    "coupon_price_pitch",
    "cross_link",
    "furniture_phrase",
    "hedge",
    "section_name",
    "subscribe_newsletter",
    "truism_formula",
)
"""Every lexicon, by file name."""

DEFAULT_SCORE = 0.8
LINE_MODE_MAX_CHARS = 240
"""A line longer than this is prose, not one phrase with decoration."""

_ENTRY_KEYS = ("id", "language", "kind", "mode", "score", "pattern", "ok", "fail")
_DEFAULTS = ("mode", "score")
_OPEN_ENDED = re.compile(r"[?*<>]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_PLACEHOLDERS = {
    "<n>": r"\d[\d.,:/-]{0,15}",
    "<words>": r"(?:[^\s.!?。]{1,40}\s{1,3}){0,4}?",
    "<word>": r"[^\s:|.!?]{1,40}",
    "<sep>": r"\s{0,2}[:：|»›>–—-]",
}
_DECORATION = r"[^\w]{0,8}"
_LINE_GAP = r"[^\w]{1,6}"  # a whole line of furniture joins its words with bars, bullets and colons
_SENTENCE_LEAD = r"(?:^[^\w]{0,8}|[.!?…:;|•►▶–—।。！？)-][^\w]{0,4})"


class LexiconError(ValueError):
    """A lexicon file that cannot be used; the message names the file, the entry and the key."""


@dataclass(frozen=True)
class Phrase:
    """One entry of a lexicon."""

    lexicon: str
    id: str
    language: str
    kind: str
    mode: Mode
    score: float
    """0..1, how sure a match is; below 0.5 it is a hint, not proof."""
    alternatives: tuple[str, ...]
    ok: tuple[str, ...]
    fail: tuple[str, ...]

    def find(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return (start, end) of every match in one line of text."""
        if self.mode == "line" and len(text) > LINE_MODE_MAX_CHARS:
            return ()
        return tuple(match.span(1) for match in _compiled(self.alternatives, self.mode).finditer(text))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a line; offsets are relative to the line."""

    start: int
    end: int
    phrase: Phrase


@dataclass(frozen=True)
class Lexicon:
    """A named set of phrases with the index that makes matching cheap."""

    name: str
    phrases: tuple[Phrase, ...]
    languages: frozenset[str]
    _index: Mapping[str, tuple[int, ...]] = field(repr=False)

    def hits(self, text: str, words: tuple[str, ...] | None = None) -> tuple[Hit, ...]:
        """Return the hits in one line, in order of place; `words` may be given to save tokenising again."""
        index = self._index
        if words is None or "İ" in text:
            words = words_of(text.replace("İ", "I"))  # lower() makes two characters of the Turkish letter
        anchors = [word for word in words if word in index]
        if not anchors:
            return ()
        candidates = sorted({number for anchor in anchors for number in index[anchor]})
        found = [Hit(*span, self.phrases[number]) for number in candidates for span in self.phrases[number].find(text)]
        return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end)))

    def covers(self, language: str | None) -> bool:
        """True where the absence of a hit says something about a text in this language."""
        return language is None or language in self.languages


@lru_cache(maxsize=None)
def lexicon(name: str) -> Lexicon:
    """Return a lexicon of `NAMES`; read once, when the module that uses it is imported. Raises LexiconError."""
    if name not in NAMES:
        raise LexiconError(f"no lexicon is called {name!r}{_nearest(name, NAMES)}; there are: {', '.join(NAMES)}")
    source = f"lexicons/{name}.toml"
    return parse((files("quality") / "lexicons" / f"{name}.toml").read_text(encoding="utf-8"), name=name, source=source)


def line_hits(text: str) -> tuple[str, ...]:
    """Return the ids "lexicon.kind" of everything the lexicons find in one line, sorted, each once."""
    words = words_of(text)
    return tuple(sorted({f"{name}.{hit.phrase.kind}" for name in NAMES for hit in lexicon(name).hits(text, words)}))


def parse(toml: str, *, name: str, source: str) -> Lexicon:
    """Read a lexicon from TOML text. Raises LexiconError with the source, the entry and the key that is wrong."""
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{source}: not valid TOML: {error}") from error
    _known_keys(raw, ("about", "default", "phrase"), f"{source}: top level")
    default = raw.get("default", {})
    _known_keys(default, _DEFAULTS, f"{source}: [default]")
    phrases: list[Phrase] = []
    seen: set[str] = set()
    for number, entry in enumerate(raw.get("phrase", []), 1):
        phrase = _phrase({**default, **entry}, name, f"{source}: phrase {number} ({entry.get('id', 'no id')})")
        if phrase.id in seen:
            raise LexiconError(f"{source}: phrase {number}: id {phrase.id!r} is used twice; give each entry its own")
        seen.add(phrase.id)
        phrases.append(phrase)
    if not phrases:
        raise LexiconError(f"{source}: has no [[phrase]] entries")
    index: dict[str, list[int]] = {}
    for number, phrase in enumerate(phrases):
        for anchor in sorted(_phrase_anchors(phrase, f"{source}: {phrase.id}")):
            index.setdefault(anchor, []).append(number)
    return Lexicon(
        name=name,
        phrases=tuple(phrases),
        languages=frozenset(phrase.language for phrase in phrases),
        _index={anchor: tuple(numbers) for anchor, numbers in index.items()},
    )


def is_literal(alternative: str) -> bool:
    """True for an alternative that only lists words, so that its matches can be read off it."""
    return not _OPEN_ENDED.search(alternative)


def _phrase(entry: Mapping[str, object], name: str, where: str) -> Phrase:
    _known_keys(entry, _ENTRY_KEYS, where)
    texts = {}
    for key in ("id", "language", "kind", "pattern"):
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise LexiconError(f"{where}: key {key!r} must be a non-empty string, found {value!r}")
        texts[key] = value
    mode = entry.get("mode", "anywhere")
    if mode not in MODES:
        raise LexiconError(f"{where}: key 'mode' is {mode!r}{_nearest(str(mode), MODES)}; use one of {', '.join(MODES)}")
    score = entry.get("score", DEFAULT_SCORE)
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 < score <= 1:
        raise LexiconError(f"{where}: key 'score' must be a number in (0, 1], found {score!r}")
    examples = {key: entry.get(key, []) for key in ("ok", "fail")}
    for key, value in examples.items():
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise LexiconError(f"{where}: key {key!r} must be a list of strings, found {value!r}")
        if not value:
            raise LexiconError(f"{where}: key {key!r} is missing: give lines that must {'not ' * (key == 'ok')}match")
    return Phrase(
        lexicon=name,
        id=texts["id"],
        language=texts["language"],
        kind=texts["kind"],
        mode=cast(Mode, mode),
        score=float(score),
        alternatives=tuple(line.strip() for line in texts["pattern"].splitlines() if line.strip()),
        ok=tuple(cast("list[str]", examples["ok"])),
        fail=tuple(cast("list[str]", examples["fail"])),
    )


def _known_keys(table: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise LexiconError(f"{where}: unknown key {key!r}{_nearest(key, known)}; known: {', '.join(known)}")


def _nearest(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


@lru_cache(maxsize=None)
def _compiled(alternatives: tuple[str, ...], mode: Mode) -> re.Pattern[str]:
    body = "(" + "|".join(_regex(alternative, mode) for alternative in alternatives) + ")"
    before, after = {
        "line": (rf"^{_DECORATION}", rf"{_DECORATION}$"),
        "start": (rf"^{_DECORATION}", ""),
        "sentence": (_SENTENCE_LEAD, ""),
        "anywhere": ("", ""),
    }[mode]
    return re.compile(before + body + after, re.IGNORECASE)


def _regex(alternative: str, mode: Mode) -> str:
    pieces = []
    for piece in re.split(r"(<\w+>|\s+|[()|?*'])", alternative):
        if piece in _PLACEHOLDERS:
            pieces.append(_PLACEHOLDERS[piece])
        elif piece.isspace():
            pieces.append(_LINE_GAP if mode == "line" else r"[ \t\u00a0]{1,4}")
        else:
            special = {"(": "(?:", ")": ")", "|": "|", "?": "?", "*": r"\w{0,14}", "'": "['’ʼ]"}
            pieces.append(special.get(piece, re.escape(piece)))
    body = "(?:" + "".join(pieces) + ")"
    if _UNSPACED.search(alternative):
        return body
    left = "" if alternative.startswith("<") else r"(?<!\w)"
    right = "" if alternative.endswith(("<sep>", "*")) else r"(?!\w)"
    return left + body + right


def _phrase_anchors(phrase: Phrase, where: str) -> set[str]:
    anchors: set[str] = set()
    for alternative in phrase.alternatives:
        found = _anchors(alternative, where)
        if not found:
            raise LexiconError(f"{where}: key 'pattern': {alternative!r} can match without any whole word")
        anchors |= found
    return anchors


def _anchors(pattern: str, where: str) -> frozenset[str]:
    """Return words of which every match holds at least one: the set whose shortest word is longest (so: rarest)."""
    best: frozenset[str] = frozenset()
    plain = ""
    at = 0
    while at < len(pattern):
        if pattern[at] in ")|?":
            raise LexiconError(f"{where}: key 'pattern': {pattern!r}: ')', '|' and '?' belong to a group '(a|b)?'")
        if pattern[at] != "(":
            plain += pattern[at]
            at += 1
            continue
        options, after = _group(pattern, at, where)
        optional = pattern[after : after + 1] == "?"
        # A word that a group may lengthen is not whole; "*" has the same meaning and kills it below.
        glued_left = plain[-1:].isalnum() and any(option[:1].isalnum() for option in options)
        glued_right = pattern[after + optional :][:1].isalnum() and any(option[-1:].isalnum() for option in options)
        plain += ("*" if glued_left else " ") + ("*" if glued_right else "")
        inner = [_anchors(option, where) for option in options]
        if not optional and not glued_left and not glued_right and all(inner):
            best = max(best, frozenset[str]().union(*inner), key=_rarity)
        at = after + optional
    words = words_of(re.sub(r"\w*\*\w*|<\w+>", " ", plain))
    # An apostrophe comes in two shapes, so such a word is filed under both.
    return max([best, *(frozenset((word, word.replace("'", "’"))) for word in words)], key=_rarity)


def _rarity(words: frozenset[str]) -> tuple[int, int]:
    return min((len(word) for word in words), default=0), -len(words)


def _group(pattern: str, start: int, where: str) -> tuple[list[str], int]:
    """Return the alternatives of the group that opens at `start`, and the place after its ")"."""
    depth, bars = 0, [start]
    for at in range(start, len(pattern)):
        depth += (pattern[at] == "(") - (pattern[at] == ")")
        if pattern[at] == "|" and depth == 1:
            bars.append(at)
        if depth == 0:
            return [pattern[a + 1 : b] for a, b in zip(bars, [*bars[1:], at], strict=True)], at + 1
    raise LexiconError(f"{where}: key 'pattern': {pattern!r} has a '(' that is never closed")
