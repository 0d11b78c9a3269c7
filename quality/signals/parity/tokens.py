"""Words as the datatrove filters count them: the English rules of spaCy's blank tokenizer, without spaCy.

Counts such as "words" or "top 2-gram" only mean the published thing over the published words, and spaCy takes longer
than all the filters that need it. The rules are few: cut at white space; take punctuation off both ends of a piece,
one mark at a time; then cut at hyphens, commas and full stops between letters; English contractions ("don't" is "do"
and "n't") are a table. Each distinct piece is cut once a process. On extracted web pages 9,999 in 10,000 words agree
with spaCy 3.8; the rest are rare emoticons and marks glued to words.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain, product

LONGEST_PIECE = 500
"""A piece without white space that is longer is one word: cutting marks off its ends one by one would be quadratic."""

_PREFIX_CHARS = frozenset(
    ",:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪…'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉⟦⟧§%=—–$£€¥฿₽﷼₴₩₪₹₺₿"
)
_SUFFIX_CHARS = frozenset(",:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪…'\"”“`‘´’‚„»«「」『』（）〔〕【】《》〈〉⟦⟧—–")
_PLAIN_MARKS = frozenset(',;:!?)"”')
"""Marks that are cut off a word of letters without a second look: most pieces that are no plain words end so."""
_CURRENCY = frozenset("$£€¥฿₽﷼₴₩₪₹₺₿")
_BEFORE_FULL_STOP = frozenset("%²-+'\"”“`‘´’‚,„»«…:;!?¿¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪")
_PREFIX_CURRENCY = ("US$", "C$", "A$")
_UNIT_LIST = """
    km km² km³ m m² m³ dm dm² dm³ cm cm² cm³ mm mm² mm³ ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa
    mbar mb MB kb KB gb GB tb TB T G M K %
"""
_UNITS = tuple(
    sorted(
        _UNIT_LIST.split(),
        key=len,
        reverse=True,
    )
)
_NUMBER_UNIT = re.compile(r"(?<=[0-9])(?:" + "|".join(map(re.escape, _UNITS)) + r")$")
_POSSESSIVES = ("'s", "'S", "’s", "’S")
_INFIX = re.compile(
    r"""
    \.\.+ | …                                               # an ellipsis inside a piece
    | (?<=[0-9]) [+\-*^] (?=[0-9-])                         # 2020-21
    | (?<=[^\W\d_]) , (?=[^\W\d_])
    | (?<=[^\W_]) (?: --- | -- | —— | [-–—~] ) (?=[^\W\d_])  # well-known
    | (?<=[^\W_]) [:<>=/] (?=[^\W\d_])                      # and/or
    | (?<=[^\W\d_]|['"”“`‘´’‚„»«]) \. (?=[^\W\d_'"”“`‘´’‚„»«])  # end.Next; the case is checked by _infixes
    | [®©™°]
    """,
    re.VERBOSE,
)
_URL = re.compile(
    r"(?:[\w+.-]{2,}://)?(?:[^\s@]+@)?(?:[A-Za-z0-9\u00a1-\uffff][\w-]{0,62}\.)+[a-z\u00df-\uffff]{2,63}(?::\d{2,5})?(?:[/?#]\S*)?$"
)
_WHOLE_LIST = """
    'S 's and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'cuz 'bout 'em 'll 'nuff ma'am Ma'am o'clock O'clock lovin'
    havin' 'd doin' goin' nothin' somethin' ol' a.m. p.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. Gen. Gov. i.e.
    I.e. Inc. Jr. Ltd. Md. Messrs. Mo. Mont. Mr. Mrs. Ms. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s. Mt. Ak. Ala. Apr.
    Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan. Kans. Ky. La.
    Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep.
    Sept. Tenn. Va. Wash. Wis. '' C++
"""
_WHOLE = frozenset(_WHOLE_LIST.split()) | frozenset(f"{letter}." for letter in "abcdefghijklmnopqrstuvwxyzäöü")

_EMOTICON_LIST = """
    :) :-) :)) :-)) (: (-: =) (= :] :-] [: =] ]= =[ :} 8) 8-) (-8 ;) ;-) (; :( :-( :(( ): )-: =( :') :'( :/ :-/ =/ =|
    :| :-| :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 :() :* :-* :3 :-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD 8D ^_^
    >.< <3 </3 o_o -_- ''
"""
_EMOTICONS = frozenset(_EMOTICON_LIST.split())
_EMOTICON_MARKS = frozenset("".join(_EMOTICONS)) - frozenset("0138DOPXopxD")


_NEGATED_TWICE = "ca could do does did had may might must need ought sha should wo would"


def _contractions() -> dict[str, tuple[str, ...]]:
    """Return the table of English contractions, with and without their apostrophe, as spaCy cuts them."""
    endings: dict[str, tuple[str, ...]] = {
        "i": ("'m", "'ma", "'ll", "'ll've", "'d", "'d've", "'ve"),
        **dict.fromkeys(("you", "we", "they"), ("'ll", "'ll've", "'d", "'d've", "'ve", "'re")),
        **dict.fromkeys(("he", "she", "it"), ("'ll", "'ll've", "'d", "'d've", "'s")),
        **dict.fromkeys(
            ("who", "what", "when", "where", "why", "how", "there"),
            ("'s", "'ll", "'ll've", "'re", "'ve", "'d", "'d've"),
        ),
        "that": ("'s", "'ll", "'ll've", "'d", "'d've"),
        "this": ("'s", "'ll", "'ll've", "'d", "'d've"),
        **dict.fromkeys(("these", "those"), ("'ll", "'ll've", "'re", "'ve", "'d", "'d've")),
        **dict.fromkeys(_NEGATED_TWICE.split(), ("n't", "n't've")),
        **dict.fromkeys(("ai", "are", "is", "was", "were", "have", "has", "dare"), ("n't",)),
    }
    for verb in ("could", "might", "must", "should", "would"):
        endings[verb] = (*endings[verb], "'ve")
    table: dict[str, tuple[str, ...]] = {}
    for (stem, ends), bare in product(endings.items(), (False, True)):
        for end, start in product(ends, (stem, stem.title())):
            parts = ("n't", *re.findall(r"'[a-z]+", end[3:])) if end.startswith("n't") else _apostrophes(end)
            for mark in ("",) if bare else ("'", "’"):
                pieces = (start, *(part.replace("'", mark) for part in parts))
                table["".join(pieces)] = pieces
    for stem, end in product(("can", "Can"), ("not",)):
        table[stem + end] = (stem, end)
    for whole, cut in (
        ("gonna", 3),
        ("Gonna", 3),
        ("gotta", 3),
        ("Gotta", 3),
        ("let's", 3),
        ("Let's", 3),
        ("y'all", 2),
        ("let’s", 3),
        ("Let’s", 3),
        ("y’all", 2),
    ):
        table[whole] = (whole[:cut], whole[cut:])
    for hour, period in product(range(1, 13), ("am", "pm", "a.m.", "p.m.")):
        table[f"{hour}{period}"] = (str(hour), period)
    for word in ["ill", "its", "hell", "shell", "shed", "were", "well", "whore"]:
        table.pop(word, None)
        table.pop(word.title(), None)
    return table


def _apostrophes(end: str) -> tuple[str, ...]:
    if end == "'ma":
        return ("'m", "a")
    return tuple(re.findall(r"'[a-z]+", end))


_CONTRACTIONS = _contractions()


def cut_piece(piece: str) -> tuple[str, ...]:
    """Return the words of one piece without white space."""
    if piece.isalpha():
        return _CONTRACTIONS.get(piece, (piece,))
    words: list[str] = []
    tail: list[str] = []
    while piece:
        if piece.isalpha():
            words.extend(_CONTRACTIONS.get(piece, (piece,)))
            break
        if piece in _WHOLE:
            words.append(piece)
            break
        if piece in _CONTRACTIONS:
            words.extend(_CONTRACTIONS[piece])
            break
        before = len(piece)
        cut = _prefix_length(piece)
        if cut:
            words.append(piece[:cut])
            piece = piece[cut:]
            if piece in _WHOLE or piece in _CONTRACTIONS:
                continue
        cut = _suffix_length(piece)
        if cut:
            tail.append(piece[-cut:])
            piece = piece[:-cut]
        if len(piece) == before:
            words.extend((piece,) if _URL.match(piece) else _infixes(piece))
            break
    words.extend(reversed(tail))
    return tuple(_joined(words))


def _joined(words: list[str]) -> list[str]:
    """Put emoticons together again; they win over the marks that they are made of."""
    if len(words) < 2 or not any(word in _EMOTICON_MARKS for word in words):
        return words
    joined: list[str] = []
    at = 0
    while at < len(words):
        width = next((n for n in (4, 3, 2) if n <= len(words) - at and "".join(words[at : at + n]) in _EMOTICONS), 1)
        joined.append("".join(words[at : at + width]))
        at += width
    return joined


def _prefix_length(piece: str) -> int:
    first = piece[0]
    if piece.startswith(".."):
        return len(piece) - len(piece.lstrip("."))
    if piece.startswith(_PREFIX_CURRENCY):
        return piece.index("$") + 1
    if first == "+":
        return 0 if piece[1:2].isdigit() else 1
    return 1 if first in _PREFIX_CHARS or (first > "\u00a5" and unicodedata.category(first) == "So") else 0


def _suffix_length(piece: str) -> int:
    if not piece:
        return 0
    if piece.endswith(".."):
        return len(piece) - len(piece.rstrip("."))
    if piece.endswith(_POSSESSIVES):
        return 2
    last, before = piece[-1], piece[-2:-1]
    if last in _SUFFIX_CHARS or (last > "\u00a5" and unicodedata.category(last) == "So"):
        return 1
    if last == ".":
        lower = before.isdigit() or before in _BEFORE_FULL_STOP or (before.isalpha() and not before.isupper())
        capitals = piece[-3:-1]
        return 1 if before and (lower or (len(capitals) == 2 and capitals.isalpha() and capitals.isupper())) else 0
    if before.isdigit() and (last == "+" or last in _CURRENCY):
        return 1
    unit = _NUMBER_UNIT.search(piece)
    return len(unit.group()) if unit else 0


def _infixes(piece: str) -> list[str]:
    words: list[str] = []
    at = 0
    for mark in _INFIX.finditer(piece):
        start, end = mark.span()
        if start == 0 or (mark.group() == "." and (piece[start - 1].isupper() or piece[end].islower())):
            continue
        words += [piece[at:start], mark.group()]
        at = end
    if piece[at:]:
        words.append(piece[at:])
    return [word for word in words if word]


def cut_words(piece: str) -> tuple[str, ...]:
    """Return the words and marks of a piece without white space."""
    if piece.isalpha():
        return _CONTRACTIONS.get(piece) or (piece,)
    core, last = piece[:-1], piece[-1]
    if core.isalpha() and (last in _PLAIN_MARKS or (last == "." and core[-1].islower())) and piece not in _WHOLE:
        return (*_CONTRACTIONS.get(core, (core,)), last)
    return cut_piece(piece) if len(piece) <= LONGEST_PIECE else (piece,)


def tokenize(text: str) -> tuple[str, ...]:
    """Return the words and marks of a text in order."""
    return tuple(chain.from_iterable(map(cut_words, text.split())))
