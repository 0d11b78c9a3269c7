"""Read a document as if one codec had damaged it, and weigh that reading against the text being right as it stands.

Every damaged form that the codec could have left is restored by its context (letters by the word they make, marks by the
letters beside them), and gets points for how much better the restored text reads, and how unnatural the damaged one is:
a Greek letter inside an English word, a capital after a small letter, "©" ending a word. It loses points where
the text makes sense as it is: a word of the language, mathematics, Greek prose, an article that quotes mojibake. Points
are log-odds, roughly; what is changed is decided from all of them together (see the package).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quality.repair.letters import restore_word
from quality.repair.marks import Slot, Style, choose_marks, dash_nudge, left_class, right_class
from quality.repair.misread import Misreading, Unit
from quality.repair.points import (
    SIDE,
    form_points,
    is_elision,
    is_suffixed,
    letter_points,
    mark_points,
    raw_word_points,
    script,
    script_points,
    space_points,
)

MAX_UNITS = 10_000
"""Damaged forms that are looked at in one document; a hostile page of nothing else stays cheap."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged form of a line, what it is taken to have been, and the points for that."""

    start: int
    end: int
    restored: str | None
    """None: something that can no longer be known."""
    points: float
    rule: str
    word: str
    """The form with the words it touches, in small letters: the same again is no further evidence."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What a document is read with."""

    misreading: Misreading
    languages: tuple[str, ...]
    style: Style
    lean: float
    """Log-odds of "–" over "—" between spaces."""
    about_encoding: bool
    """The text speaks of encodings: it may quote damaged text on purpose."""


_LETTERS = re.compile(r"[^\W\d_]+")
_PLACE = "’"
"""Stands for a damaged mark in the view that others of the line are judged in."""


def explain(line: str, units: Sequence[Unit], reader: Reader) -> list[Finding]:
    """Return a finding for each unit of a line, in order; words that are right as they stand are not read.

    Linear in the length of the line.
    """
    known = [raw_word_points(line, unit, reader.languages) for unit in units]
    findings = [
        Finding(u.start, u.end, None, points, "word", "") for u, points in zip(units, known, strict=True) if points
    ]
    units = [unit for unit, points in zip(units, known, strict=True) if not points]
    rows = _rows(line, units)
    findings += [Finding(u.start, u.end, None, form_points(line[u.start : u.end], u), "unknown", "") for u in rows]
    units = [unit for unit in units if unit not in rows]
    if not units:
        return sorted(findings, key=lambda finding: finding.start)
    letters = [_is_letter(unit) for unit in units]
    restored, confirmed = _restore_words(line, units, letters, reader)
    view, places = _view(line, units, letters, restored)
    fit = _restore_marks(view, places, units, letters, restored, reader)
    foreign = _foreign(line, units)
    for index, unit in enumerate(units):
        original, form = restored[index], line[unit.start : unit.end]
        points = form_points(form, unit) + script_points(line, unit, foreign)
        place = places[index]
        before = view[max(0, place - SIDE) : place]
        if original is None:
            rule, points, after = "unknown", points - 1.0, view[place + 1 : place + 2]
        elif letters[index]:
            after = view[place + 1 : place + 1 + SIDE]
            rule = "letter"
            points += letter_points(before, original, after, unit, form, reader.languages, confirmed[index])
        else:
            after = view[place + 1 : place + 1 + SIDE]
            rule = "mark" if original.strip() else "space"
            points += (
                mark_points(original, before, after, unit, form, reader.languages)
                if rule == "mark"
                else (space_points(before, after, unit))
            )
            points += fit.get(index, 0.0)
        if reader.about_encoding and not (before[-1:].isalpha() or after[:1].isalpha()):
            points -= 8.0  # quoted
        findings.append(Finding(unit.start, unit.end, original, points, rule, _word_at(line, unit)))
    return _paired(line, sorted(findings, key=lambda finding: finding.start))


def _rows(line: str, units: Sequence[Unit]) -> set[Unit]:
    """Return the units of which three or more stand in a row, all alike and with bytes missing.

    "âââââ" was five stars or a rule across the page: no place tells its marks apart.
    """
    found: set[Unit] = set()
    first = 0
    for index in range(1, len(units) + 1):
        here, before = units[index] if index < len(units) else None, units[index - 1]
        if (
            here is None
            or here.start != before.end
            or line[here.start : here.end] != line[before.start : before.end]
            or here.complete
        ):
            if index - first >= MIN_ROW:
                found.update(units[first:index])
            first = index
    return {unit for unit in found if not unit.complete and "\xa0" not in unit.originals}


MIN_ROW = 3


def _word_at(line: str, unit: Unit) -> str:
    left = _WORD_LEFT.search(line[max(0, unit.start - SIDE) : unit.start])
    right = _WORD_RIGHT.match(line[unit.end : unit.end + SIDE])
    around = (left.group() if left else "") + line[unit.start : unit.end] + (right.group() if right else "")
    return around.lower()


_WORD_LEFT = re.compile(r"\w*\W?$")
_WORD_RIGHT = re.compile(r"\W?\w*")


def _is_letter(unit: Unit) -> bool:
    return any(c.isalpha() and c not in "ªºµ" for c in unit.originals) and not any(c in "’\xa0" for c in unit.originals)


def _restore_words(
    line: str, units: Sequence[Unit], letters: Sequence[bool], reader: Reader
) -> tuple[list[str | None], list[bool]]:
    """Return the originals of the letter units (None for others), and whether a word list confirms each."""
    restored: list[str | None] = [None] * len(units)
    confirmed = [False] * len(units)
    pieces: list[str] = []
    at = 0
    for unit, letter in zip(units, letters, strict=True):
        pieces += [line[at : unit.start], ("x" if letter else " ") * (unit.end - unit.start)]
        at = unit.end
    pieces.append(line[at:])
    mask = "".join(pieces)
    index = 0
    for word in _LETTERS.finditer(mask, 0, units[-1].end + SIDE):
        while index < len(units) and units[index].start < word.start():
            index += 1
        last = index
        while last < len(units) and units[last].start < word.end():
            last += 1
        if last > index:
            found, known = restore_word(
                line, word.start(), word.end(), units[index:last], reader.misreading, reader.languages
            )
            restored[index:last] = found
            confirmed[index:last] = [known] * (last - index)
        index = last
    return restored, confirmed


def _view(
    line: str, units: Sequence[Unit], letters: Sequence[bool], restored: Sequence[str | None]
) -> tuple[str, list[int]]:
    """Return the line with its letters restored and one character for each damaged mark, and where each unit stands."""
    pieces: list[str] = []
    places: list[int] = []
    at = length = 0
    for unit, letter, original in zip(units, letters, restored, strict=True):
        place = (original or line[unit.start]) if letter else " " if unit.originals == "\xa0" else _PLACE
        pieces += [line[at : unit.start], place]
        length += unit.start - at
        places.append(length)
        length += 1
        at = unit.end
    pieces.append(line[at:])
    return "".join(pieces), places


def _restore_marks(
    view: str,
    places: Sequence[int],
    units: Sequence[Unit],
    letters: Sequence[bool],
    restored: list[str | None],
    reader: Reader,
) -> dict[int, float]:
    """Fill in the originals of the units that are no letters, all marks of the line together.

    Returns how well each mark fits its place: points at most 0.
    """
    fit: dict[int, float] = {}
    damaged = {places[i]: i for i in range(len(units)) if not letters[i] and units[i].originals}
    slots: list[tuple[int, int | None, Slot]] = [
        (match.start(), None, _slot(view, match.start(), match.group(), reader.languages))
        for match in _QUOTES.finditer(view)
        if match.start() not in damaged
    ]
    for place, index in damaged.items():
        originals = units[index].originals
        if "\xa0" in originals:
            restored[index] = _space(view, place, units[index])
            if restored[index] is not None:
                continue
            originals = originals.replace("\xa0", "")
        slots.append((place, index, _slot(view, place, originals, reader.languages)))
    slots.sort(key=lambda slot: slot[0])
    chosen = choose_marks([slot for _, _, slot in slots], style=reader.style, lean=reader.lean)
    for (_, owner, _), (character, own) in zip(slots, chosen, strict=True):
        if owner is not None:
            restored[owner] = character
            fit[owner] = max(-1.0 if units[owner].complete else -2.5, min(0.0, own - _FITS))
    return fit


_LETTERS_BEFORE = re.compile(r"[^\W\d_]+$")
_FITS = -3.0
"""Log-probability of a mark at its place below which it speaks against the reading."""
_QUOTES = re.compile("[“”„‘]")


def _slot(view: str, place: int, originals: str, languages: Sequence[str]) -> Slot:
    before, after = view[max(0, place - 12) : place], view[place + 1 : place + 14]
    word = _LETTERS_BEFORE.search(before)
    if (
        word
        and "’" in originals
        and (is_elision(word.group(), after[:1]) or is_suffixed(word.group(), after, languages))
    ):
        return Slot("a", "c", originals)
    # Between spaces the document has decided; at a line's start the place does.
    nudge = dash_nudge("", after) if not before.strip() and "–" in originals and "—" in originals else 0.0
    return Slot(left_class(before), right_class(after, first=not before), originals, nudge)


def _space(view: str, place: int, unit: Unit) -> str | None:
    """Return what is left of a damaged no-break space: nothing beside white space. None: it was no space."""
    before, after = view[max(0, place - 1) : place], view[place + 1 : place + 2]
    if unit.complete:
        return "\xa0"
    if not before or not after or before.isspace() or after.isspace():
        return ""
    return None


def _foreign(line: str, units: Sequence[Unit]) -> float:
    """Return letters of the damaged forms' script that are no damaged form, for each damaged form."""
    kinds = {script(line[unit.start]) for unit in units} & {"greek", "cyrillic"}
    if not kinds:
        return 0.0
    inside = sum(script(c) in kinds for unit in units for c in line[unit.start : unit.end])
    return (sum(script(c) in kinds for c in line[: units[-1].end + SIDE] if c > "\u036f") - inside) / len(units)


def _paired(line: str, findings: list[Finding]) -> list[Finding]:
    """Give points to quotation marks that open and close each other, and take some from single Greek letters."""
    partners: set[int] = set()
    opened: int | None = None
    for index, finding in enumerate(findings):
        if finding.restored is None or finding.restored not in "“„”" or not finding.restored:
            continue
        closes = opened is not None and (
            finding.restored == "”" or (finding.restored == "“" and findings[opened].restored == "„")
        )
        if closes and opened is not None:
            partners |= {opened, index}
            opened = None
        else:
            opened = index if finding.restored != "”" else None
    return [
        replace(finding, points=finding.points + _PAIR)
        if index in partners
        else replace(finding, points=finding.points - _PAIR)
        if finding.restored in ("“", "„", "”")
        and finding.end - finding.start == 1
        and script(line[finding.start]) == "greek"
        else finding
        for index, finding in enumerate(findings)
    ]


_PAIR = 1.5
"""Points for either mark of a pair: two stray letters seldom stand where a quotation would begin and end."""
