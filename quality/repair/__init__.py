"""Undo wrong decodings in extracted text (first version, interface only)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ftfy

from quality.records import Repair


@dataclass(frozen=True, slots=True)
class Repaired:
    """Lines after repair (as many as came in), what was changed, and how many damaged characters remain."""

    lines: tuple[str, ...]
    repairs: tuple[Repair, ...]
    damage: int


def repair_lines(lines: Sequence[str], *, language: str | None = None) -> Repaired:
    """Restore wrongly decoded lines; clean lines come back unchanged."""
    out: list[str] = []
    repairs: list[Repair] = []
    for line in lines:
        fixed = ftfy.fix_encoding(line).replace("\n", " ")
        if fixed != line:
            repairs.append(Repair(line[:80], fixed[:80], "", "ftfy", 0.9, 1))
        out.append(fixed)
    return Repaired(tuple(out), tuple(repairs), sum(line.count("\ufffd") for line in out))
