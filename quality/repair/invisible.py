"""Take out characters that nobody can read, where they carry nothing: stray controls, byte order marks, zero-width spaces.

Joiners stay where scripts need them (Persian, Indic, emoji), direction marks stay beside right-to-left letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
# C0 without tab, line feed and carriage return; DEL; byte order mark, zero-width space, word joiner, soft hyphen,
# interlinear marks, tag characters outside emoji are left alone.
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u2060\ufff9-\ufffb]+")
_C1 = re.compile("[\x80-\x9f]")
_C1_MEANT = {b: bytes([b]).decode("cp1252", "ignore") or None for b in range(0x80, 0xA0)}
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

Record = Callable[[str, str, str, str, float, int], None]


def mend_surrogates(lines: list[str], record: Record) -> None:
    """Join surrogate pairs into the characters they stand for; a lone surrogate becomes U+FFFD."""
    for number, line in enumerate(lines):
        if line.isascii() or not _SURROGATE.search(line):
            continue
        joined = _PAIR.sub(lambda m: m.group().encode("utf-16", "surrogatepass").decode("utf-16"), line)
        lone = len(_SURROGATE.findall(joined))
        pairs = len(line) - len(joined)
        if pairs:
            record("surrogate pair", "character", "utf-16", "surrogate", 1.0, pairs)
        if lone:
            record("lone surrogate", "\ufffd", "", "surrogate", 1.0, lone)
        lines[number] = _SURROGATE.sub("\ufffd", joined)


def clean_invisible(lines: list[str], record: Record) -> None:
    """Take stray control and direction characters out of the lines, and give C1 controls their Windows-1252 meaning."""
    for number, line in enumerate(lines):
        if line.isascii() and line.isprintable():
            continue
        clean = line
        if _C1.search(clean):
            record("C1 control", "Windows-1252 character", "cp1252", "control", 0.9, len(_C1.findall(clean)))
            clean = clean.translate(_C1_MEANT)
        clean = _without(clean, _NEVER, "control", record)
        if _DIRECTION.search(clean) and not _RIGHT_TO_LEFT.search(clean):
            clean = _without(clean, _DIRECTION, "direction", record)
        lines[number] = clean


def _without(line: str, pattern: re.Pattern[str], rule: str, record: Record) -> str:
    found = sum(map(len, pattern.findall(line)))
    if not found:
        return line
    record(f"{rule} character", "", "", rule, 1.0, found)
    return pattern.sub("", line)
