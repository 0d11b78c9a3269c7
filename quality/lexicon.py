"""Phrases of the trade, kept in TOML files beside this module, and a matcher that reads a line once.

A lexicon is a file of entries: a language, a kind, a mode, a score and a pattern (`phrase_pattern` says how patterns are
written), with examples that must (`fail`) and must not (`ok`) match, which a test runs. Each alternative of a pattern is
filed under the words that its matches must hold, so a line costs one dictionary look-up a word, and only the alternatives
whose words all occur are ever tried.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TypeVar, cast

from quality.phrase_pattern import MODES, Condition, Mode, PatternError, conditions, folded, spans_of
from quality.segment import words_of

NAMES: tuple[str, ...] = (
    "affiliate_disclosure",
    "benefit_word",
    "call_to_action",
    "channel_plug",
    "comment_form",
    "coupon_price_pitch",
    "cross_link",
    "furniture_phrase",
    "section_name",
    "subscribe_newsletter",
    "truism_formula",
)
"""Every lexicon, by file name."""

DEFAULT_SCORE = 0.8
LINE_MODE_MAX_CHARS = 240
"""A line longer than this is prose, not one phrase with decoration."""

Place = tuple[int, int]
"""Number of a phrase in its lexicon, number of its alternative."""
_P = TypeVar("_P")

_ODD_LETTERS = re.compile("[ıſʼ\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff]")
"""Where a line holds one of these, a word of it can match a phrase and not be the phrase's word, letter by letter."""

_ENTRY_KEYS = ("id", "language", "kind", "mode", "score", "pattern", "ok", "fail")
_DEFAULTS = ("mode", "score")


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
        lower = folded(text)
        numbers = range(len(self.alternatives))
        return tuple(sorted({span for number in numbers for span in self.find_alternative(number, text, lower)}))

    def find_alternative(self, number: int, text: str, lower: str | None) -> Iterable[tuple[int, int]]:
        """Return (start, end) of every match of one alternative in a text, which is given `folded`, too."""
        if self.mode == "line" and len(text) > LINE_MODE_MAX_CHARS:
            return ()
        return spans_of(self.alternatives[number], self.mode, text, lower)


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
    places: Mapping[str, tuple[tuple[Place, Condition], ...]] = field(repr=False)
    """By word: an alternative that is filed under it, and what else a line must hold for it to be tried."""

    def hits(self, text: str, words: tuple[str, ...] | None = None) -> tuple[Hit, ...]:
        """Return the hits in one line, in order of place; `words` may be given to save tokenising again."""
        return self.hits_at(places_in(self.places, text, words_of(text) if words is None else words), text)

    def hits_at(self, places: Iterable[Place], text: str) -> tuple[Hit, ...]:
        """Return the hits of the given alternatives in one line, in order of place."""
        lower = folded(text)
        found = {
            (start, -end, number)
            for number, alternative in places
            for start, end in self.phrases[number].find_alternative(alternative, text, lower)
        }
        return tuple(Hit(start, -end, self.phrases[number]) for start, end, number in sorted(found))

    def covers(self, language: str | None) -> bool:
        """True where the absence of a hit says something about a text in this language."""
        return language is None or language in self.languages


def places_in(places: Mapping[str, Sequence[tuple[_P, Condition]]], text: str, words: Sequence[str]) -> set[_P]:
    """Return the places that are worth a look in a line of text with these words."""
    if "İ" in text:
        words = words_of(text.replace("İ", "I"))  # lower() makes two characters of the Turkish letter
    found: set[_P] = set()
    telling = places.keys() & words
    if not telling:
        return found
    strict = text.isascii() or not _ODD_LETTERS.search(text)
    apart = frozenset(words).isdisjoint
    for word in telling:
        for place, rest in places[word]:
            for others in rest if strict else ():
                if apart(others):
                    break
            else:
                found.add(place)
    return found


@cache
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
    places: dict[str, list[tuple[Place, Condition]]] = {}
    for number, phrase in enumerate(phrases):
        for place, alternative in enumerate(phrase.alternatives):
            try:
                found = conditions(alternative)
            except PatternError as error:
                raise LexiconError(f"{source}: {phrase.id}: key 'pattern': {error}") from error
            for words, *rest in found:
                for word in words:
                    places.setdefault(word, []).append(((number, place), tuple(rest)))
    return Lexicon(
        name=name,
        phrases=tuple(phrases),
        languages=frozenset(phrase.language for phrase in phrases),
        places={word: tuple(found) for word, found in places.items()},
    )


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
        raise LexiconError(
            f"{where}: key 'mode' is {mode!r}{_nearest(str(mode), MODES)}; use one of {', '.join(MODES)}"
        )
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
        mode=mode,
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
