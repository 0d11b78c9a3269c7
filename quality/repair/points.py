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
# Short words that are contracted; other letters before "âs" are rather a foreign name ("Abbâs").
_SHORT = frozenset(
    "i he we it she you who that how let can don won isn us uk eu tv pc ai dj mp un dr mr ceo nba nfl nhl dad mom mum"
    " boy men man kid dog cat day one car pet son her god app job law guy bar".split(" ")
)
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
# A letter by itself is meant as a letter: "the vowels â and ê", "literele ă, â, î", "/â/".
_LETTER_TALK = re.compile(
    r"\b(?:letters?|vowels?|characters?|sounds?|accents?|diacritic\w*|circumflex|lettres?|voyelles?|letras?|vocal(?:e|es|i)?"
    r"|liter\w+|buchstaben?|harf\w*|chữ)\b",
    re.IGNORECASE,
)
_SINGLE = r"[^\W\d_aAIiyYàoOeéuùwzvskóíюяиоуваксі]"
_SINGLE_BEFORE = re.compile(rf"(?:^|[\s,/\[(]){_SINGLE}[\s,/]*$")
_SINGLE_AFTER = re.compile(rf"[\s,/]*(?:\w{{1,4}}\s)?{_SINGLE}(?:[\s,.;/\])]|$)")
_LEFT_WORD = re.compile(r"[^\W\d_]{1,30}$")
_RIGHT_WORD = re.compile(r"[^\W\d_]{1,30}")
_AFTER_A = tuple("°«»·´ºª")
"""Signs that are "Â" and themselves when misread; no language ends words in "Â"."""
STRONG_LOOK = 3.0
"""Points of a form that hardly occurs in clean text."""
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
    if rest in ("²", "³", "¹") and script(form[0]) != "cyrillic" and form[0] in "ÅβΔΓΒΕΘ":
        return 0.0  # Ångström squared, a power of a quantity
    telling = (
        sum(not c.isalpha() and c not in _STOPS and c not in " ?" for c in rest) + ("€" in rest) + ("\ufffd" in rest)
    )
    if unit.complete and len(form) == 3:
        return 4.0 if telling else 3.0 if form[0] in "âβвБΓ‚ט" else 0.5
    if telling:
        return 3.0
    if rest == "\xa0" and form[0] in "ÃÂ":
        return 2.0
    if form[0] == "Â" and rest in _AFTER_A:
        return 2.5
    return 1.0 if rest and not rest.isalpha() else 0.5 if rest else 0.0


def script_points(line: str, unit: Unit, foreign: float) -> float:
    """Return the points for a letter of another script, or a capital, glued to small Latin letters.

    foreign: letters of the form's script that are no damaged form, per damaged form of the line: prose in that script.
    """
    lead = line[unit.start]
    kind = script(lead)
    before, after = line[max(0, unit.start - 2) : unit.start], line[unit.end : unit.end + 2]
    small_before = before[-1:].islower() and before[-1:].isascii()
    small_after = after.islower() and after.isascii() and after.isalpha() and len(after) == 2
    if kind in ("greek", "cyrillic"):
        # "βgal" is written, "Russiaβs" is not.
        points = 2.0 if small_before else 0.5 if small_after else 0.0
        return points - (6.0 if foreign >= 1 else 1.5 if foreign > 0 else 0.0)
    if kind == "latin" and lead.isupper() and small_before:
        return 2.0
    return 0.0


def raw_word_points(line: str, unit: Unit, languages: Sequence[str]) -> float:
    """Return the points against a form that is part of a word as it stands ("pâte", "MANHÃ")."""
    if form_points(line[unit.start : unit.end], unit) >= STRONG_LOOK:
        return 0.0
    left = _LEFT_WORD.search(line, max(0, unit.start - SIDE), unit.start)
    right = _RIGHT_WORD.match(line, unit.start)
    if right is None:
        return 0.0
    before = left.group() if left else ""
    words = [before + right.group()]
    if not line[unit.end - 1].isalpha() and not line[unit.end : unit.end + 1].isalpha():
        words.append(before + line[unit.start])
    return -6.0 if any(len(w) > 1 and _natural(w) and is_word(w, languages) for w in words) else 0.0


def _natural(word: str) -> bool:
    return word.islower() or word.isupper() or word.istitle()


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
    points = _place_points(original, before, after, unit, form, languages)
    if before[-2:] == after[:2] == "’’":
        points -= 4.0  # an ornament
    if not unit.complete and original not in _MARKS and form_points(form, unit) < STRONG_LOOK:
        points -= 2.5  # a rare sign, where much else would explain the form
    if unit.complete and original in _MARKS and len(form) == 2:
        points -= 2.0  # a control character before the damage: that is two accidents
    # A complete form is read, not guessed: its surroundings say little against it.
    return max(-1.0, points) if unit.complete else points


def _place_points(original: str, before: str, after: str, unit: Unit, form: str, languages: Sequence[str]) -> float:
    left, right = _LEFT_WORD.search(before), _RIGHT_WORD.match(after)
    if left and right:
        return _inside_word(original, left.group(), right.group(), script(form[0]) == "latin", languages)
    greek = script(form[0]) == "greek"
    if original in "–—" and before[-1:].isdigit() and (after[:1].isdigit() or after[:1] in _CURRENCY):
        return 3.0 if not greek else 2.0 if before[-2:].isdigit() and after[:2].isdigit() else 0.5
    if left or right:
        word = left.group() if left else right.group() if right else ""
        points = 2.0 if len(word) > 2 and is_word(word, languages) and not (greek and word.isupper()) else 0.5
        if greek and re.match(r"-\w|\d", after):
            points -= 4.0
        return points + (1.0 if original == "’" and before[-1:] in "sz" and after[:1].isspace() else 0.0)
    spaced_before, spaced_after = not before or before[-1].isspace(), not after or after[0].isspace()
    if spaced_before and spaced_after:
        if unit.visible:
            return 0.0
        if not before and not after:
            return -3.0
        if not greek:
            talk = _LETTER_TALK.search(before) or _LETTER_TALK.search(after)
            if talk or _SINGLE_BEFORE.search(before[-6:]) or _SINGLE_AFTER.match(after):
                return -4.0
            return _between_words(before, after, languages)
        return -4.0 if _NOUN_NEXT.search(before.rstrip()) or _NOUN_BEFORE.match(after) else 1.5
    if before[-1:] in ".,!?;:)…%’”" and (spaced_after or after[:1] in ".,;:)’”"):
        return 2.0
    if re.match(r"[\s\d]*[=<>≈≤≥±×+*/^_-]", after) or re.search(r"[=<>≈≤≥±×+*/^_\d-]\s?$", before):
        return -3.0
    return 0.5


_MARKS = frozenset("’‘“”„‚–—…")
_CURRENCY = tuple("$€£¥")


def _between_words(before: str, after: str, languages: Sequence[str]) -> float:
    """Return the points for a lone Latin letter between two words: "â" is a word in Welsh and Friulian."""
    sides = [m.group() for m in (_LEFT_WORD.search(before.rstrip()), _RIGHT_WORD.match(after.lstrip())) if m]
    known = [word for word in sides if is_word(word, languages)]
    if not any(len(word) > 3 for word in known):
        return 1.0
    return 3.0 if len(known) == len(sides) else 2.0


def space_points(before: str, after: str, unit: Unit) -> float:
    """Return the points for a letter that is taken for what a no-break space left."""
    if unit.visible:
        return 1.0 if after[:1].isspace() or before[-1:].isspace() else 2.0
    if before.rstrip()[-1:] in tuple(".,!?;:)") and (not after or after[0].isspace()):
        return 3.0
    return 2.0 if before[-1:].islower() else 0.0


def is_elision(left: str, right: str) -> bool:
    """Return whether an apostrophe joins two pieces of a word as in French, Italian and Catalan ("l’été", "dell’arte")."""
    return left.lower() in _ELISIONS and right[:1].lower() in _VOWELS and right != ""


def is_suffixed(left: str, right: str, languages: Sequence[str]) -> bool:
    """Return whether an apostrophe parts a name from its ending, as in Turkish ("Türkiye’de")."""
    return tuple(languages[:1]) == ("tr",) and left.istitle() and len(left) > 2 and right[:1].islower()


_VOWELS = frozenset("aeiouyhàâäáèéêëìíîïòóôöùúûüœæ")


def inside_word_points(mark: str, before: str, after: str, languages: Sequence[str]) -> float:
    """Return the points for a mark between two letters, by the word it makes."""
    left, right = _LEFT_WORD.search(before), _RIGHT_WORD.match(after)
    return _inside_word(mark, left.group(), right.group(), False, languages) if left and right else 0.0


def _inside_word(original: str, left: str, right: str, latin: bool, languages: Sequence[str]) -> float:
    """Return the points for a mark between letters. `latin`: the form is a Latin letter, and may be one of a foreign name."""
    known_left = is_word(left, languages)
    if original == "’":
        if right.lower() in _CONTRACTED:
            if known_left and (len(left) > 3 or left.lower() in _SHORT or (len(left) == 3 and left.isupper())):
                return 3.5
            named = len(left) > 3 and left[0].isupper()
            return 3.0 if named and not left.istitle() else 2.5 if named else 1.0
        if is_elision(left, right):
            return 3.5 if len(right) > 1 and is_word(right, languages) else 2.5 if len(right) > 2 else 0.5
        if (len(left) > 1 or left.lower() in "oyid") and is_word(f"{left}'{right}", languages):
            return 3.5
        if is_suffixed(left, right, languages):
            return 3.0
        if left in ("O", "D", "L", "Mc") and right[0].isupper():
            return 1.5
    elif original in "–—":
        known_right = is_word(right, languages)
        if known_left and known_right and len(left) > 1 and (len(right) > 1 or right in "aI"):
            return 3.0
        if (known_left and len(left) > 3) or (known_right and len(right) > 3):
            return 1.0
    else:
        return 0.5
    return -3.5 if latin else 0.5
