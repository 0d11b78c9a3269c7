"""What speaks for and against a damaged form: points, roughly log-odds that it is damage and not what was written.

Three kinds of evidence. How the form itself looks: control characters, symbols glued to letters. How it stands in its
surroundings: another script inside a word, a capital after a small letter, a sign that no writer puts there. And what
words it makes: a word of the language before or after the repair. Weights were set on damaged and clean paragraphs in
twelve languages so that clean text stays below the bar with a wide margin (tests/cases/encoding).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quality.repair.misread import Unit
from quality.repair.words import is_word

# Characters that end words and sentences in clean text too, so that they say little when they follow a capital letter.
_STOPS = frozenset("‘’“”„‚‹›«»–—―…•™€†‡‰·°΄΅ˆ˜\xa0´`ºª")
_ELISIONS = frozenset(
    (
        "l d qu c n j s m t un dell all nell dall sull quest lorsqu puisqu jusqu quoiqu aujourd quell bell sant"
        " entr presqu degli agl dagl coll grand"
    ).split(" ")
)
_CONTRACTED = frozenset("s t re ll ve d m".split(" "))
_NOUN_NEXT = re.compile(
    r"(?:\b(?:the|an?|of|and|or|for|with|both|where|is|that|as|if|in|by|from|to|let|than|coefficients?|parameters?"
    r"|letters?|factors?|symbols?|values?|variables?|angle|alpha|beta|gamma)|[=<>≈≤≥±×+*/^(\[{,;])\s?$",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(
    r"\s?(?:(?:is|are|was|were|has|and|or|of|subunits?|coefficients?|values?|parameters?|particles?|decay|cells?"
    r"|receptors?|carotene|blockers?|testing|version)\b|[=<>≈≤≥±×+*/^)\]}_,;:.-])",
    re.IGNORECASE,
)
_LEFT_WORD = re.compile(r"[^\W\d_]{1,30}$")
_RIGHT_WORD = re.compile(r"[^\W\d_]{1,30}")
SIDE = 32
"""Characters of context on each side that are looked at."""


def script(character: str) -> str:
    """Return "greek", "cyrillic", "latin" or "" (neither) for a character."""
    if character <= "\u024f" or "\u1e00" <= character <= "\u1eff":
        return "latin" if character.isalpha() else ""
    if "\u0370" <= character <= "\u03ff":
        return "greek" if character.isalpha() else ""
    return "cyrillic" if "\u0400" <= character <= "\u052f" else ""


def form_points(form: str, unit: Unit) -> float:
    """Return the points for the look of a damaged form alone."""
    rest = form[1:]
    if any("\x80" <= c <= "\x9f" for c in rest) or len(form) == 4:
        return 6.0
    telling = (
        sum(not c.isalpha() and c not in _STOPS and c not in " ?" for c in rest) + ("€" in rest) + ("\ufffd" in rest)
    )
    if unit.complete and len(form) == 3:
        return 4.0 if telling else 3.0 if form[0] in "âβвБΓ‚ט" else 0.5
    if telling:
        return 3.0
    return 1.0 if rest and not rest.isalpha() else 0.5 if rest else 0.0


def script_points(line: str, unit: Unit, foreign: float) -> float:
    """Return the points for a letter of another script, or a capital, glued to small Latin letters.

    foreign: letters of the form's script that are no damaged form, per damaged form of the line: prose in that script.
    """
    lead = line[unit.start]
    kind = script(lead)
    before, after = line[max(0, unit.start - 2) : unit.start], line[unit.end : unit.end + 2]
    small_before = before[-1:].islower() and before[-1:].isascii()
    small_after = after.islower() and after.isascii() and len(after) == 2
    if kind in ("greek", "cyrillic"):
        points = 2.0 if small_before or small_after else 0.0
        return points - (6.0 if foreign >= 1 else 1.5 if foreign > 0 else 0.0)
    if kind == "latin" and lead.isupper() and small_before:
        return 2.0
    return 0.0


def raw_word_points(line: str, unit: Unit, languages: Sequence[str]) -> float:
    """Return the points against a form that is part of a word as it stands ("pâte", "MANHÃ")."""
    left = _LEFT_WORD.search(line, max(0, unit.start - SIDE), unit.start)
    right = _RIGHT_WORD.match(line, unit.start)
    if right is None:
        return 0.0
    word = (left.group() if left else "") + right.group()
    if len(word) >= 2 and is_word(word, languages):
        return -6.0
    shorter = word[: -len(right.group())] + line[unit.start]
    return (
        -6.0
        if len(shorter) > 1
        and len(right.group()) > 1
        and is_word(shorter, languages)
        and not line[unit.end - 1].isalpha()
        else 0.0
    )


def letter_points(
    before: str, original: str, after: str, unit: Unit, form: str, languages: Sequence[str], confirmed: bool
) -> float:
    """Return the points for a restored letter: for the word it makes (`confirmed`: one found in a word list)."""
    left, right = _LEFT_WORD.search(before), _RIGHT_WORD.match(after)
    word = (left.group() if left else "") + original + (right.group() if right else "")
    scripts = {script(c) for c in word if c.isalpha()}
    if len(scripts) > 1:
        return -4.0
    if confirmed or is_word(word, languages) or is_word(word.casefold(), languages):
        return 3.0 if len(word) > 3 else 2.0 if len(word) > 1 else 0.5
    if form[0] in "ÅØ×" and len(word) == 1 and (not before.strip() or before.rstrip()[-1:].isdigit()):
        return -4.0
    if len(word) == 1:
        return -2.0
    return 0.5 if unit.complete else -0.5


def mark_points(original: str, before: str, after: str, unit: Unit, form: str, languages: Sequence[str]) -> float:
    """Return the points for a restored mark between two pieces of restored text."""
    left = _LEFT_WORD.search(before)
    right = _RIGHT_WORD.match(after)
    if left and right:
        return _inside_word(original, left.group(), right.group(), languages)
    if original in "–—" and before[-1:].isdigit() and after[:1].isdigit():
        return 2.0 if before[-2:].isdigit() and after[:2].isdigit() else 0.5
    if left or right:
        word = left.group() if left else right.group() if right else ""
        points = 2.0 if len(word) > 2 and is_word(word, languages) else 0.5
        if not form.isascii() and script(form[0]) == "greek" and re.match(r"-\w|\d", after):
            points -= 4.0
        return points + (1.0 if original == "’" and before[-1:] in "sz" and after[:1].isspace() else 0.0)
    spaced_before, spaced_after = not before or before[-1].isspace(), not after or after[0].isspace()
    if spaced_before and spaced_after:
        if unit.visible:
            return 0.0
        if _NOUN_NEXT.search(before.rstrip() + "") or _NOUN_BEFORE.match(after):
            return -4.0
        return 1.5
    if before[-1:] in ".,!?;:)…%’”" and (spaced_after or after[:1] in ".,;:)’”"):
        return 2.0
    if re.match(r"[\s\d]*[=<>≈≤≥±×+*/^_-]", after) or re.search(r"[=<>≈≤≥±×+*/^_\d-]\s?$", before):
        return -3.0
    return 0.5


def space_points(before: str, after: str, unit: Unit) -> float:
    """Return the points for a letter that is taken for what a no-break space left."""
    if unit.visible:
        return 1.0 if after[:1].isspace() or before[-1:].isspace() else 2.0
    if before[-1:] in ".,!?;:)" and after[:1].isspace():
        return 3.0
    return 2.0 if before[-1:].islower() or not before else 0.5


def _inside_word(original: str, left: str, right: str, languages: Sequence[str]) -> float:
    known_left = is_word(left, languages)
    if original == "’":
        if right.lower() in _CONTRACTED and len(left) > 1:
            return 3.5 if known_left else 2.0
        if left.lower() in _ELISIONS and (len(right) > 1 and is_word(right, languages)):
            return 3.5
        if is_word(f"{left}'{right}", languages):
            return 3.5
        return 1.5 if left in ("O", "D", "L", "Mc") and right[0].isupper() else 0.0
    known_right = is_word(right, languages)
    if original in "–—":
        return 3.0 if known_left and known_right and len(left) > 1 and len(right) > 1 else 0.5
    return 0.5
