"""What becomes of a character whose UTF-8 bytes are read in a wrong single-byte codec, and how to read that backwards.

UTF-8 writes "’" as E2 80 99. ISO-8859-7 reads E2 as "β" and the other two as control characters, which most sites strip:
a lone "β" is left, and stands for every character whose first byte is E2. A `Misreading` knows for one codec which
characters are images of which bytes, which bytes may be missing, and for each damaged form all the originals it may
come from. `units` finds the damaged forms of a line. Nothing is decided here: "β" is a unit in any Greek text too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

CODECS = (
    "cp1252 latin-1 cp1250 iso8859-2 cp1251 cp1253 iso8859-7 cp1254 iso8859-9 koi8-r mac-roman cp437 cp1257 iso8859-15 "
    "iso8859-16 cp1255 cp1256 cp874 koi8-u iso8859-5 cp866 cp850 mac-cyrillic iso8859-13 cp1258"
).split()
"""Codecs that UTF-8 is mistaken for, the likelier first: between codecs that explain a text equally well, it decides."""

_PLACEHOLDERS = "\ufffd\x1a?"
"""What software writes in place of a byte that it could not read."""

# What web text is made of, most frequent first; only a form that lost bytes needs it (a complete one is decoded).
# Frequencies: order within punctuation counted on English, German and French articles; letters by alphabet.
_PUNCTUATION = "’—–”“…‘•™„€\u200b→‚\u2011″′\u202f\u2009\u2060−≥≤✓★●►◦▪‹›“†‡‰№₹₽≈≠×⁄⅓⅔←↑↓⇒√∞■□▶◆○☆✔✅❤➡✗✘➤"
_LATIN_1 = "".join(map(chr, range(0xA0, 0x100)))
_LETTERS = (
    "".join(map(chr, (*range(0x100, 0x180), 0x1A0, 0x1A1, 0x1AF, 0x1B0, 0x218, 0x219, 0x21A, 0x21B)))
    + "".join(map(chr, (*range(0x386, 0x3CF), *range(0x400, 0x460), 0x490, 0x491)))
    + "".join(map(chr, (*range(0x5D0, 0x5EB), *range(0x621, 0x64B), *range(0x660, 0x66A), 0x67E, 0x686, 0x6A9, 0x6AF)))
    + "".join(map(chr, (0x60C, 0x61F, 0x6CC, 0x1E9E, *range(0x1EA0, 0x1EFA))))
)
_REPERTOIRE = _PUNCTUATION + "\xa0" + _LATIN_1 + _LETTERS + "".join(map(chr, range(0x80, 0xA0)))

# No-break spaces become spaces, or go at a line's end, and soft hyphens are dropped, on the way through most extractors.
_DROPPED = {0xA0: None, 0xAD: None}
_C1_MEANT = {chr(b): bytes([b]).decode("cp1252") for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""Control characters in UTF-8 text were Windows-1252 before (browsers read them so)."""
_KNOWN = frozenset(_REPERTOIRE)
# Indic to Georgian, Ethiopic, Khmer, kana to Han, Hangul, compatibility forms; emoji and mathematical letters.
_BLOCKS = tuple(
    (int(first, 16), int(last, 16))
    for first, last in (
        pair.split("-")
        for pair in "900-1100 1200-1380 1780-1800 1E00-A000 AC00-D7A4 F900-FFFF 1D400-1D800 1F000-1FB00".split(" ")
    )
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a line that may be one damaged character."""

    start: int
    end: int
    originals: str
    """Characters that it may have been, likeliest first; empty: something no longer known (an emoji, a Han character)."""
    visible: int
    """Characters after the first one that are images of further bytes."""
    complete: bool
    """All bytes are there: exactly one original."""


@dataclass(frozen=True)
class Misreading:
    """UTF-8 misread in one codec."""

    codec: str
    image_of: tuple[str, ...]
    """Image of each byte; "" where the codec has none or makes a control character of it."""
    byte_of: Mapping[str, int]
    """Bytes by image, control characters included."""
    leads: frozenset[str]
    """Images of bytes that begin a character."""
    follow: frozenset[str]
    """Images of bytes that follow, control characters included."""
    pattern: re.Pattern[str]
    originals: Mapping[str, str]
    """Originals by damaged form, for forms that lost bytes."""

    def damage(self, text: str) -> str:
        """Return what this misreading makes of a text once control characters and soft hyphens are stripped."""
        table = {ord(c): "".join(map(self.image_of.__getitem__, c.encode())) for c in set(text) if c >= "\x80"}
        return text.translate(table).translate(_DROPPED)

    def possible(self, characters: frozenset[str]) -> bool:
        """Return whether a text of these characters can hold any damaged form at all (a quick look, often wrong)."""
        return not self.leads.isdisjoint(characters) and (
            not self.follow.isdisjoint(characters) or any(form in characters for form in self.originals)
        )

    def units(self, line: str, most: int, end: int) -> list[Unit]:
        """Return the damaged forms of line[:end], left to right, the longest that make sense, and at most that many."""
        found: list[Unit] = []
        at = 0
        while len(found) < most and (match := self.pattern.search(line, at, end)):
            unit = self._unit(match.group(), match.start())
            at = match.start() + 1 if unit is None else unit.end
            if unit is not None:
                found.append(unit)
        return found

    def _unit(self, form: str, start: int) -> Unit | None:
        for length in range(len(form), 0, -1):
            found = self._read(form[:length])
            if found is not None:
                originals, visible, complete = found
                return Unit(start, start + length, originals, visible, complete)
        return None

    def _read(self, form: str) -> tuple[str, int, bool] | None:
        bytes_there = [self.byte_of[c] for c in form if c in self.byte_of]
        needed = _length(bytes_there[0])
        if len(bytes_there) == len(form) == needed:
            try:
                original = bytes(bytes_there).decode()
            except UnicodeDecodeError:
                return None
            original = _C1_MEANT.get(original, original)
            return (original, needed - 1, True) if _written(original) else None
        image = "".join(c for c in form if c not in _PLACEHOLDERS)
        if len(form) > len(image) and len(form) > needed:
            return None
        if image in self.originals:
            return self.originals[image], len(image) - 1, False
        # A lone image of a rare first byte is a letter more often than a wreck.
        return ("", len(image) - 1, False) if needed > 2 and len(image) > 1 and self._loses(needed, image) else None

    def _loses(self, needed: int, image: str) -> bool:
        return len(image) < needed and "" in self.image_of[0x80:0xC0]


def _written(character: str) -> bool:
    """Return whether a character is one that web text is written in; chance sequences mostly are not."""
    code = ord(character)
    return character in _KNOWN if code < 0x900 else any(a <= code < b for a, b in _BLOCKS)


def _length(lead: int) -> int:
    return 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


@cache
def misreading(codec: str) -> Misreading:
    """Return the misreading of UTF-8 in one of `CODECS`."""
    raw = [bytes([b]).decode(codec, "ignore") for b in range(256)]
    image_of = tuple("" if b >= 0x80 and "\x80" <= c <= "\x9f" else c for b, c in enumerate(raw))
    byte_of = {chr(b): b for b in range(0x80, 0xA0)} | {image_of[b]: b for b in range(0x80, 256) if image_of[b]}
    originals: dict[str, list[str]] = {}
    for original in _REPERTOIRE:
        encoded = original.encode()
        whole = "".join(image_of[b] for b in encoded)
        # (Not in longer sequences: a word joiner, E2 81 A0, is not worth a guess.)
        for image in dict.fromkeys((whole, whole.translate(_DROPPED) if len(encoded) == 2 else whole)):
            if image and image_of[encoded[0]] and len(image) < len(encoded):
                originals.setdefault(image, []).append(_C1_MEANT.get(original, original))
    forms = {image: "".join(dict.fromkeys(found)) for image, found in originals.items()}
    leads = frozenset(image_of[b] for b in range(0xC2, 0xF5) if image_of[b])
    follow = frozenset(c for c, b in byte_of.items() if b < 0xC0)
    return Misreading(codec, image_of, byte_of, leads, follow, _pattern(image_of, set(forms)), forms)


def _pattern(image_of: tuple[str, ...], forms: set[str]) -> re.Pattern[str]:
    def group(codes: range) -> str:
        return "".join(re.escape(image_of[b]) for b in codes if image_of[b]) or "\\ue000"

    follow = f"[{group(range(0x80, 0xC0))}\\x80-\\x9f]"
    loses = "" in image_of[0x80:0xC0]
    lost = f"(?:{follow}|[\\ufffd\\x1a])" if loses else follow
    bare = "".join(re.escape(form) for form in sorted(forms) if len(form) == 1)
    two, three, four = group(range(0xC2, 0xE0)), group(range(0xE0, 0xF0)), group(range(0xF0, 0xF5))
    least = "1," if loses else ""
    parts = [f"(?<=[{two}]){lost}", f"(?<=[{three}]){lost}{{{least}2}}", f"(?<=[{four}]){lost}{{{least}3}}"]
    if loses:
        parts += [rf"(?<=[{three}])(?:\?\?|{follow}\?)", rf"(?<=[{two}])\?(?=\w)"]
    if bare:
        parts.append(f"(?<=[{bare}])")
    # One class in front lets the engine skip to the next possible first byte: five times as fast on clean text.
    return re.compile(f"[{two}{three}{four}{bare}](?:{'|'.join(parts)})")
