"""What people decided about sources: `sources.toml`, and the lists it imports.

    [allow."example.org"]                 # or [deny."…"], [watch."…"]; a host or "medium.com/@name" is a sub-source
    note = "reviewed by hand"
    who = "anna"
    expiry = 2027-01-31                   # the last day on which it holds

    [list."AI content farms"]
    file = "lists/farms.txt"              # relative to sources.toml
    format = "ublock"                     # ublock | adguard | hosts | plain | csv
    action = "deny"                       # allow | deny | watch; or rating (csv): a prior, not a decision

A person's own entry stands above any list, and of two lists the first one. Errors name the file, the line and the
key: an entry that nobody reads must not look like an entry that never applied.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from quality.block_lists import FORMATS, canonical_source, read_domains, read_ratings
from quality.toml_lines import line_of, place_of_syntax

Action = Literal["allow", "deny", "watch"]

ACTIONS: tuple[Action, ...] = ("allow", "deny", "watch")
ENTRY_KEYS = ("note", "who", "expiry")
LIST_KEYS = ("file", "format", "action", "note", "who", "expiry", "column", "rating", "best", "worst", "pages")

RATING_PAGES = 10.0
"""Effective pages that a rating is worth where the list does not say."""

RATED_RATES = (0.02, 0.6)
"""Shares of bad pages that the best and the worst rating stand for: no rating is certainty."""


class SourceListError(ValueError):
    """A list of sources cannot be used; the message names the file, the line, the key and what to do."""


@dataclass(frozen=True, slots=True)
class Override:
    """What a person or a list says of one source or sub-source."""

    source: str
    action: Action
    note: str = ""
    who: str = ""
    expiry: dt.date | None = None
    """The last day on which it holds; None: for good."""
    list_name: str = ""
    """The imported list it stands in; "" for an entry of sources.toml itself."""

    def holds(self, as_of: dt.date) -> bool:
        """True up to and on the day of expiry."""
        return self.expiry is None or as_of <= self.expiry

    def describe(self) -> str:
        """Say in one line who decided what: the reason shown for the source."""
        words = {"allow": "allowed", "deny": "denied", "watch": "watched"}[self.action]
        by = f" by list {self.list_name!r}" if self.list_name else f" by {self.who}" if self.who else " in sources.toml"
        until = f" until {self.expiry.isoformat()}" if self.expiry else ""
        return f"{words}{by}{until}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, slots=True)
class Rating:
    """A prior for one source: the share of bad pages to expect, and how many pages that expectation is worth."""

    mean: float
    strength: float
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class SourceLists:
    """All that people said, by source or sub-source."""

    overrides: Mapping[str, Override] = field(default_factory=dict)
    ratings: Mapping[str, Rating] = field(default_factory=dict)
    ignored: tuple[tuple[str, int], ...] = ()
    """(list, lines) for imported lists with lines that name no whole domain."""

    def expired(self, as_of: dt.date) -> tuple[Override, ...]:
        """Return the entries that no longer hold, for people to renew or remove."""
        return tuple(entry for entry in self.overrides.values() if not entry.holds(as_of))


def load_sources(path: Path | str) -> SourceLists:
    """Read sources.toml and the lists it names.

    Raises SourceListError naming file, line and key for anything unknown, malformed, unreadable or said twice.
    """
    path = Path(path)
    text = _read(path, str(path))
    place = _Place(path, text)
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceListError(f"{path}: {place_of_syntax(text, str(error))}not valid TOML: {error}") from error
    sections = (*ACTIONS, "list")
    for name, section in table.items():
        if name not in sections:
            raise place.error(
                (name,), f"unknown table {name!r}{_nearest(name, sections)}; known: {', '.join(sections)}"
            )
        if not isinstance(section, dict):
            raise place.error((name,), f'{name!r} must hold tables such as [{name}."example.org"], found {section!r}')
    overrides: dict[str, Override] = {}
    for action in ACTIONS:
        for name, entry in table.get(action, {}).items():
            override = _override(action, name, entry, place)
            if override.source in overrides:
                other = overrides[override.source].action
                raise place.error(
                    (action, name), f"{override.source!r} stands under [{other}] already; keep one of them"
                )
            overrides[override.source] = override
    return _with_lists(overrides, table.get("list", {}), place)


def import_list(
    text: str,
    list_format: str,
    *,
    name: str,
    action: Action,
    note: str = "",
    who: str = "",
    expiry: dt.date | None = None,
    column: str | None = None,
) -> tuple[tuple[Override, ...], int]:
    """Return one override for each source of a block list (formats: `read_domains`), and how many lines named none."""
    listed = read_domains(text, list_format, column=column)
    return tuple(Override(source, action, note, who, expiry, name) for source in listed.sources), listed.ignored


def import_ratings(
    text: str,
    *,
    name: str,
    best: float = 100.0,
    worst: float = 0.0,
    pages: float = RATING_PAGES,
    column: str | None = None,
    rating: str | None = None,
) -> dict[str, Rating]:
    """Return a prior, worth `pages`, for each source of a CSV of ratings (see `read_ratings`); the first row counts."""
    low, high = RATED_RATES
    ratings: dict[str, Rating] = {}
    for row in read_ratings(text, best=best, worst=worst, column=column, rating=rating):
        ratings.setdefault(row.source, Rating(low + (high - low) * row.badness, pages, name))
    return ratings


def _with_lists(own: dict[str, Override], lists: Mapping[str, Any], place: _Place) -> SourceLists:
    overrides, ratings, ignored = dict(own), dict[str, Rating](), list[tuple[str, int]]()
    for name, entry in lists.items():
        settings = _list_settings(name, entry, place)
        file = place.path.parent / settings["file"]
        try:
            text = _read(file, settings["file"])
            if settings["action"] == "rating":
                options = _only(settings, ("column", "rating", "best", "worst", "pages"))
                ratings = import_ratings(text, name=name, **options) | ratings
                continue
            options = _only(settings, ("note", "who", "expiry", "column"))
            rows, skipped = import_list(text, settings["format"], name=name, action=settings["action"], **options)
        except ValueError as error:
            raise place.error(("list", name, "file"), f"list {name!r}: {settings['file']}: {error}") from error
        overrides = {row.source: row for row in rows} | overrides
        ignored += [(name, skipped)] if skipped else []
    return SourceLists(overrides, ratings, tuple(ignored))


def _only(settings: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: settings[key] for key in keys if key in settings}


def _list_settings(name: str, entry: Any, place: _Place) -> dict[str, Any]:
    key = ("list", name)
    settings = _checked(entry, LIST_KEYS, key, place)
    for needed in ("file", "format", "action"):
        if needed not in settings:
            raise place.error(key, f"list {name!r} lacks the key {needed!r}")
    for setting, known in (("format", FORMATS), ("action", (*ACTIONS, "rating"))):
        value = settings[setting]
        if value not in known:
            near = _nearest(value, known)
            raise place.error((*key, setting), f"unknown {setting} {value!r}{near}; known: {', '.join(known)}")
    if settings["action"] == "rating" and settings["format"] != "csv":
        raise place.error((*key, "format"), f'action = "rating" needs format = "csv", found {settings["format"]!r}')
    if settings.get("pages", 1) <= 0:
        raise place.error((*key, "pages"), f"'pages' must be above 0, found {settings['pages']!r}")
    return settings


def _override(action: Action, name: str, entry: Any, place: _Place) -> Override:
    source = canonical_source(name)
    if source is None:
        expected = "expected a domain, a host, host/author or file:<folder>; a name with dots needs quotes"
        raise place.error((action, name), f"{name!r} is no source; {expected}")
    settings = _checked(entry, ENTRY_KEYS, (action, name), place)
    return Override(source, action, settings.get("note", ""), settings.get("who", ""), settings.get("expiry"))


def _checked(entry: Any, known: tuple[str, ...], key: tuple[str, ...], place: _Place) -> dict[str, Any]:
    """Return the entry once its keys are known and its values of their types."""
    if not isinstance(entry, dict):
        hint = " (quote a name that has dots)" if key[-1].isalpha() else ""
        raise place.error(key, f"{key[-1]!r} must be a table with {', '.join(known)}{hint}, found {entry!r}")
    for name, value in entry.items():
        if name not in known:
            dotted = f'; a name with dots needs quotes: [{key[0]}."{key[1]}.{name}"]' if isinstance(value, dict) else ""
            message = f"unknown key {name!r}{_nearest(name, known)}; known: {', '.join(known)}{dotted}"
            raise place.error((*key, name), message)
        if name == "expiry":
            right, kind = isinstance(value, dt.date) and not isinstance(value, dt.datetime), "a date such as 2027-01-31"
        elif name in ("best", "worst", "pages"):
            right, kind = _is_finite(value), "a finite number"
        else:
            right, kind = isinstance(value, str), "text in quotes"
        if not right:
            raise place.error((*key, name), f"{name!r} must be {kind}, found {value!r}")
    return entry


def _is_finite(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def _read(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        detail = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SourceListError(f"{shown}: cannot be read: {detail}") from error


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """The file that errors are about."""

    path: Path
    text: str

    def error(self, key: tuple[str, ...], message: str) -> SourceListError:
        """Return an error that begins with file, line and dotted key."""
        return SourceListError(f"{self.path}:{line_of(self.text, key)}: {'.'.join(key)}: {message}")
