"""Tell apart the quotation marks, apostrophes and dashes that one damaged form stands for.

All marks of a line are chosen together, as the likeliest path through "a quotation is open" and "is not": a closing mark
needs an opening one before it. What speaks for a mark at its place are counts of the letters, spaces and stops beside it
(marks.txt); which characters quote, and which dash is set between spaces, depends on the language and on the marks that
the document has undamaged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

MARKS = "’‘“”–—"
_CONTRACTED = frozenset("s t re ll ve d m".split())
_WORD = re.compile(r"[^\W\d_]{1,12}")
_OPENING_LATE = -4.0
_CLOSING_NOTHING = -3.0
_LEFT_OPEN = -2.0
"""Log-probabilities, read off the articles behind marks.txt: a quotation within one of the same kind 0.02, a closing mark
without an opening one in its line 0.05, a quotation that runs on into the next paragraph 0.13."""
_OTHER = -2.5
"""Log-probability that a damaged form with a mark among its originals is something else (bullet, arrow, minus) between
spaces or at a line's start, where such signs stand."""


@dataclass(frozen=True, slots=True)
class Style:
    """The marks of a language: double quotes, single quotes, and the log-odds of "–" over "—" between spaces."""

    open2: str = "“"
    close2: str = "”"
    open1: str = "‘"
    close1: str = "’"
    en_dash: float = 0.2


_LOW_HIGH = Style("„", "“", "‚", "‘", 3.0)
_LOW_RIGHT = Style("„", "”", "‚", "’", 2.5)
_RIGHT = Style("”", "”", "’", "’", 3.0)
_STYLES = (
    dict.fromkeys("de cs sk sl bg is lt sh mk".split(), _LOW_HIGH)
    | dict.fromkeys("pl ro hu lv".split(), _LOW_RIGHT)
    | dict.fromkeys("fi sv".split(), _RIGHT)
    | dict.fromkeys("fr it nl pt da nb tr el ca id vi".split(), Style(en_dash=2.0))
    | {"es": Style(en_dash=0.0), "ru": Style("„", "“", en_dash=-3.0), "uk": Style("„", "“", en_dash=0.5)}
)


def style_of(language: str | None) -> Style:
    """Return the marks of a language; English ones where it is not known."""
    return _STYLES.get(language or "en", Style())


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a line where one of several characters stood: what is beside it, and whether a mark stands there now."""

    left: str
    right: str
    originals: str
    lean: float = 0.0
    """Log-odds of "–" over "—" that the words around it add to the document's."""


def left_class(text: str) -> str:
    """Return the class of what stands left of a mark (see marks.txt); only the last character counts."""
    if not text:
        return "^"
    return "s" if text[-1] in "sS" else _class(text[-1])


def right_class(text: str, *, first: bool) -> str:
    """Return the class of what stands right of a mark. `first`: the mark opens the line, and contracts nothing."""
    if not text:
        return "$"
    word = _WORD.match(text)
    if word:
        if not first and word.group().lower() in _CONTRACTED and not text[word.end() : word.end() + 1].isalnum():
            return "c"
        return "A" if text[0].isupper() else "a"
    return _class(text[0])


def _class(character: str) -> str:
    if character.isspace():
        return "_"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    if character.isdigit():
        return "0"
    for members, name in ((".!?…", "."), (",;:", ","), ("([{", "("), (")]}%", ")"), (MARKS, "U")):
        if character in members:
            return name
    return "#"


@lru_cache(maxsize=1)
def _counts() -> Mapping[str, tuple[int, ...]]:
    lines = (resources.files(__package__) / "marks.txt").read_text("utf-8").splitlines()
    rows = (line.rsplit(" ", len(MARKS)) for line in lines if line and not line.startswith("# "))
    return {row[0]: tuple(map(int, row[1:])) for row in rows}


@lru_cache(maxsize=512)
def mark_scores(left: str, right: str) -> tuple[float, ...]:
    """Return log-probabilities of the six marks between two classes, smoothed with either side taken alone."""
    counts = _counts()
    total = [sum(row[i] for row in counts.values()) for i in range(len(MARKS))]
    by_left = [sum(row[i] for key, row in counts.items() if key[0] == left) for i in range(len(MARKS))]
    by_right = [sum(row[i] for key, row in counts.items() if key[1] == right) for i in range(len(MARKS))]
    apart = [(a + 0.5) * (b + 0.5) / (t + 1) for a, b, t in zip(by_left, by_right, total, strict=True)]
    here = counts.get(left + right, (0,) * len(MARKS))
    weight = 4 / sum(apart)
    mixed = [count + weight * share for count, share in zip(here, apart, strict=True)]
    return tuple(math.log(value / sum(mixed)) for value in mixed)


def dash_lean(lines: Iterable[str], language: str | None, lost: str) -> float:
    """Return the log-odds of "–" over "—" between spaces in a document: writers keep to one of them.

    Adds the language's habit, the clean dashes of the document, and what is said for either by the places of the lost
    ones. lost: the form that is left of a dash, "" for none.
    """
    odds = style_of(language).en_dash
    short = long = places = 0
    for line in lines:
        short += line.count(" – ")
        long += line.count(" — ")
        at = line.find(f" {lost} ") if lost else -1
        while at >= 0 and places < MAX_PLACES:
            places += 1
            odds += dash_nudge(line[max(0, at - 60) : at], line[at + len(lost) + 2 : at + len(lost) + 3]) if at else 0.0
            at = line.find(f" {lost} ", at + 1)
    return odds + 2.0 * (math.log(short + 0.3) - math.log(long + 0.3))


MAX_PLACES = 40
"""Lost dashes whose places are looked at."""


def dash_nudge(before: str, after: str) -> float:
    """Return the log-odds of "–" over "—" between spaces by the text around: titles and lists like the short one.

    Counted on the spaced dashes of the articles behind marks.txt: the short one is 82 % before a capital, 39 % before a
    small letter, 74 % after less than five words; a line that begins with a dash is an attribution more often than not.
    """
    if not before.strip():
        return -1.5 if after.lstrip()[:1].isupper() else -0.5
    following = after.lstrip()[:1]
    return (-0.4 if following.islower() else 1.3) + (0.8 if before.count(" ") < 4 else 0.0)


def choose_marks(slots: Sequence[Slot], *, style: Style, lean: float) -> list[tuple[str, float]]:
    """Return for each slot of a line its likeliest character and the log-probability of that one at its place alone.

    A slot with one original is fixed, and opens or closes a quotation like the others. Linear in the number of slots.
    """
    options = [_options(slot, style, lean) for slot in slots]
    back: list[dict[tuple[bool, bool], tuple[tuple[bool, bool], str]]] = []
    best: dict[tuple[bool, bool], float] = {(False, False): 0.0}
    for choices in options:
        following: dict[tuple[bool, bool], float] = {}
        came: dict[tuple[bool, bool], tuple[tuple[bool, bool], str]] = {}
        for state, score in best.items():
            for character, role, own in choices:
                after, cost = _step(state, role)
                value = score + own + cost
                if value > following.get(after, -math.inf):
                    following[after], came[after] = value, (state, character)
        best = following
        back.append(came)
    state = max(best, key=lambda s: best[s] + _LEFT_OPEN * (s[0] + s[1]))
    chosen: list[str] = []
    for came in reversed(back):
        state, character = came[state]
        chosen.append(character)
    chosen.reverse()
    return [
        (character, max(own for c, _, own in choices if c == character))
        for character, choices in zip(chosen, options, strict=True)
    ]


def _step(state: tuple[bool, bool], role: str) -> tuple[tuple[bool, bool], float]:
    double, single = state
    if role == "open2":
        return (True, single), _OPENING_LATE if double else 0.0
    if role == "close2":
        return (False, single), 0.0 if double else _CLOSING_NOTHING
    if role == "open1":
        return (double, True), _OPENING_LATE if single else 0.0
    if role == "close1":
        return (double, False), 0.0 if single else -9.0
    return state, 0.0


def _options(slot: Slot, style: Style, lean: float) -> list[tuple[str, str, float]]:
    """Return (character, role, log-probability) of what may stand in a slot."""
    apostrophe, open1, open2, close2, en, em = mark_scores(slot.left, slot.right)
    if slot.left + slot.right in ("__", "^_", "_$", "_^"):
        en, em = _leaning(en, em, lean + slot.lean)
    table = [
        ("’", "apostrophe", apostrophe),
        (style.open2, "open2", open2),
        (style.close2, "close2", close2),
        (style.open1, "open1", open1),
        (style.close1, "close1", close2 - 1.0),
        ("–", "dash", en),
        ("—", "dash", em),
    ]
    found = [row for row in table if row[0] in slot.originals]
    if len(slot.originals) == 1 and found:
        return [(character, role, own) for character, role, own in found]
    others = [c for c in slot.originals if all(c != row[0] for row in table)][:1]
    if not found:
        return [(_other(slot), "other", 0.0)]
    if others and slot.left in "^_" and slot.right == "_":
        found.append((_other(slot), "other", _OTHER - 2.0))
    return found


def _leaning(en: float, em: float, lean: float) -> tuple[float, float]:
    both = math.log(math.exp(en) + math.exp(em))
    share = 1 / (1 + math.exp(-max(-6.0, min(6.0, lean))))
    return both + math.log(share), both + math.log(1 - share)


def _other(slot: Slot) -> str:
    """Return the likeliest original that is neither quotation mark nor dash, by what stands beside it."""
    rest = [c for c in slot.originals if c not in "’‘“”„‚–—"] or list(slot.originals)
    if "•" in rest:
        if slot.left in "^_" and slot.right in "_aA0":
            return "•"
        if "™" in rest and slot.left in "asA0)":
            return "™"
    return rest[0]
