"""How numbers, times and names are written for people; a value that is missing is a dash, never a zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

MISSING = "–"
LONGEST_CLIPPED = 8
"""Times its room that a text is looked at for words when it is clipped: a title may be a megabyte of spaces."""
VERDICTS = ("accept", "review", "reject", "not_assessed")
VERDICT_NAMES: Mapping[str, str] = MappingProxyType(
    {"accept": "accept", "review": "review", "reject": "reject", "not_assessed": "not assessed"}
)


def whole(value: float | None) -> str:
    """Write a count: 12,345."""
    return MISSING if value is None else f"{value:,.0f}"


def share(value: float | None) -> str:
    """Write a fraction of 0..1 as a percentage; only 0 and 1 are written 0 % and 100 %."""
    if value is None:
        return MISSING
    percent = 100 * value
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    near_an_end = percent < 9.95 or 99.5 <= percent < 100
    return f"{percent:.1f} %" if near_an_end and percent != int(percent) else f"{percent:.0f} %"


def decimal(value: float | None) -> str:
    """Write a score or probability with two decimals."""
    return MISSING if value is None else f"{value:.2f}"


def measured(value: float | None) -> str:
    """Write what a signal measured, with three significant digits."""
    return MISSING if value is None else f"{value:,.3g}" if abs(value) < 999.5 else f"{value:,.0f}"


def points(value: float | None) -> str:
    """Write the points of a reason, with their sign."""
    return MISSING if value is None else f"{value:+.2f}".replace("-", "−")


def moment(value: dt.datetime | None) -> str:
    """Write a time: 2026-03-01 14:05 UTC."""
    return MISSING if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def day(value: dt.date | dt.datetime | None) -> str:
    """Write a date."""
    return MISSING if value is None else f"{value:%Y-%m-%d}"


def seconds(value: float | None) -> str:
    """Write a duration: 42.1 s, 12 min 5 s, 3 h 10 min."""
    if value is None:
        return MISSING
    if value < 59.95:
        return f"{value:.1f} s"
    whole_seconds = round(value)
    if whole_seconds < 3600:
        return f"{whole_seconds // 60} min {whole_seconds % 60} s"
    return f"{whole_seconds // 3600} h {whole_seconds % 3600 // 60} min"


def verdict_name(value: str) -> str:
    """Write a verdict as words."""
    return VERDICT_NAMES.get(value, value)


def verdict_class(value: str) -> str:
    """Return the style class of a verdict; a name that is not known gets none of its own."""
    return value.replace("_", "-") if value in VERDICT_NAMES else "not-assessed"


def charset(name: str | None, method: str | None, confidence: float | None) -> str:
    """Write a charset, how it was found and, where that leaves doubt, how sure it is: cp1252 (detector, 0.71)."""
    doubt = "" if confidence is None or confidence >= 1 else f", {confidence:.2f}"
    return f"{name} ({method}{doubt})" if name else MISSING


def clipped(value: str | None, chars: int = 140) -> str:
    """Put a text on one line of at most `chars` characters."""
    whole_text = value or ""
    text = " ".join(whole_text[: LONGEST_CLIPPED * chars].split())
    if len(text) <= chars and len(whole_text) <= LONGEST_CLIPPED * chars:
        return text
    return text[: chars - 1].rstrip() + "…"


def visible(value: str | None) -> str:
    """Write characters that leave no mark on paper as their number, ⟨U+00A0⟩, so that a repair of them can be seen."""
    return "".join(char if char.isprintable() else f"⟨U+{ord(char):04X}⟩" for char in value or "")


FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "whole": whole,
        "share": share,
        "decimal": decimal,
        "measured": measured,
        "points": points,
        "moment": moment,
        "day": day,
        "seconds": seconds,
        "verdict_name": verdict_name,
        "verdict_class": verdict_class,
        "clipped": clipped,
        "visible": visible,
    }
)
