"""Read text again that is in another codec altogether: Russian in KOI8-R or Chinese in GBK, shown as Latin letters.

"Ðóññêèé" is no UTF-8 gone wrong: its bytes were right in Windows-1251. Such a line consists of accented capitals and signs
almost throughout, which no language written in Latin letters does; it is read again in each codec, and the reading stands
if it is made of words of the language, or of the commonest Han characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from quality.repair.words import words

DENSE = 0.6
"""Share of characters outside ASCII among the letters of a line; Vietnamese and Czech stay below 0.45."""
LEAST = 12
"""Characters outside ASCII that a line needs to be judged."""
KNOWN = 0.5
"""Share of the characters outside ASCII that must stand in known words."""
COMMON = 0.8
"""Share of characters that must be kana, Hangul or Han characters of the first level."""
MAX_LINE = 20_000
_ALPHABETS = (("cp1251", "ru uk bg mk"), ("koi8-r", "ru"), ("koi8-u", "uk"), ("cp1253", "el"), ("cp866", "ru"))
_HAN = ("cp949", "gb18030", "euc_jp", "cp932", "big5hkscs")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DENSE_RUN = re.compile(r"[\x80-\xff]{3}")

Record = Callable[[str, str, str, str, float, int], None]


def transcode(lines: list[str], numbers: Sequence[int], record: Record) -> None:
    """Read the dense lines among `numbers` again where one codec makes words of them; in place."""
    dense = [n for n in numbers if _is_dense(lines[n])]
    if not dense:
        return
    best, most = "", 0.0
    sample = [lines[n] for n in dense[:50]]
    for codec in [codec for codec, _ in _ALPHABETS] + list(_HAN):
        score = sum(_score(_again(line, codec), codec) for line in sample) / len(sample)
        if score > most:
            best, most = codec, score
    if most < KNOWN:
        return
    for number in dense:
        again = _again(lines[number], best)
        if again and "\n" not in again and _score(again, best) >= KNOWN / 2:
            record(lines[number][:60], again[:60], best, "transcoded", round(min(0.99, most), 2), 1)
            lines[number] = again


def _is_dense(line: str) -> bool:
    if len(line) > MAX_LINE or not _DENSE_RUN.search(line):
        return False
    high = sum(c > "\x7f" for c in line)
    return high >= LEAST and high >= DENSE * sum(c.isalpha() or c > "\x7f" for c in line)


def _again(line: str, codec: str) -> str:
    """Return a line read again, "" where it cannot be, or is UTF-8 misread."""
    for shown in ("cp1252", "latin-1"):
        try:
            body = line.encode(shown)
            again = body.decode(codec)
        except UnicodeError:
            continue
        try:
            body.decode("utf-8")
        except UnicodeError:
            return again
    return ""


def _score(text: str, codec: str) -> float:
    """Return how much of a text is made of known words or common characters, 0..1."""
    if not text:
        return 0.0
    if codec in _HAN:
        high = [c for c in text if c > "\x7f"]
        common = sum(_is_common(c) for c in high) / max(1, len(high))
        kana = sum("\u3040" <= c <= "\u30ff" for c in high) / max(1, len(high))
        hangul = sum("\uac00" <= c <= "\ud7a3" for c in high) / max(1, len(high))
        # The codecs share most of their byte pairs; Japanese has kana, Korean is Hangul throughout, Chinese has neither.
        fits = {"euc_jp": kana > 0.2, "cp932": kana > 0.2, "cp949": hangul > 0.9}.get(codec, kana < 0.2)
        return common if common >= COMMON and fits else 0.0
    found = _WORD.findall(text.lower())
    lists = [words(language) for language in dict(_ALPHABETS)[codec].split(" ")]
    letters = sum(c > "\x7f" for c in text)
    best = max(sum(len(w) for w in found if w in known) for known in lists)
    return float(best / max(1, letters))


def _is_common(character: str) -> bool:
    if (
        "\u3040" <= character <= "\u30ff"
        or "\uac00" <= character <= "\ud7a3"
        or character in "、。，！？：；“”「」（）・ー"
    ):
        return True
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        pass
    try:
        return 0xA4 <= character.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False
