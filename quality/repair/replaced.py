"""Restore characters that were lost whole: U+FFFD, or a question mark, in their place.

"caf\ufffd" can only be "café" among the words of its language, and "don?t" only "don’t". U+FFFD is damage for certain, so what
stands beside it decides; a question mark is damage only where several of them split words that are contracted. Whatever
is not clear stays as it is and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from quality.repair.marks import MARKS, Slot, Style, choose_marks, left_class, right_class
from quality.repair.points import inside_word_points
from quality.repair.words import CASES, accented

BAR = 2.5
"""Points (see `points`) that a mark inside a word needs."""
SURE = -1.2
"""Log-probability that a mark needs at its place outside words."""
QUESTIONS = 3
"""Different contracted words split by question marks that a text needs before they are taken for damage."""
MAX_LOST = 5_000
"""Lost characters that are looked at in one document."""
_LOST = "\ufffd"
_RUN = re.compile(f"{_LOST}+")
_WORD = re.compile(
    rf"[^\W\d_]{{0,30}}(?:{_LOST}{{1,3}}[^\W\d_]{{1,30}})+(?:{_LOST}{{1,3}})?|[^\W\d_]{{2,30}}{_LOST}{{1,3}}"
)
_QUESTION = re.compile(r"(?<![\w=&/?])([^\W\d_]{2,20})\?(s|t|re|ll|ve|d|m)(?![\w=&?/])")

Record = Callable[[str, str, str, str, float, int], None]


@lru_cache(maxsize=24)
def _words_with_holes(language: str, case: str) -> Mapping[str, str]:
    plain = CASES[case](accented(language))
    return dict(zip(re.sub(r"[^\x00-\x7f]", _LOST, plain).split("\n"), plain.split("\n"), strict=True))


def restore_lost(lines: list[str], languages: Sequence[str], style: Style, lean: float, record: Record) -> None:
    """Restore what the words or marks around U+FFFD make certain, in place."""
    left = MAX_LOST
    for number, line in enumerate(lines):
        lost = len(_RUN.findall(line)) if _LOST in line else 0
        if not lost or left < lost:
            continue
        left -= lost
        fixed = _WORD.sub(lambda found: _whole_word(found.group(), languages, record), line)
        lines[number] = _marks(fixed, languages, style, lean, record) if _LOST in fixed else fixed


def _whole_word(word: str, languages: Sequence[str], record: Record) -> str:
    key = re.sub(f"{_LOST}+", _LOST, word)
    for language in languages:
        for case in ("title", "small") if key[:1].isupper() else ("small", "title"):
            found = _words_with_holes(language, case).get(key)
            if found is not None:
                record(_LOST, "".join(c for c in found if not c.isascii()), "", "lost letter", 0.8, 1)
                return found
    return word


def _marks(line: str, languages: Sequence[str], style: Style, lean: float, record: Record) -> str:
    runs = list(_RUN.finditer(line))
    slots = []
    for run in runs:
        before, after = line[max(0, run.start() - 1) : run.start()], line[run.end() : run.end() + 14]
        slots.append(Slot(left_class(before), right_class(after, first=not before), MARKS + "„‚"))
    pieces, at = [], 0
    for run, (mark, own) in zip(runs, choose_marks(slots, style=style, lean=lean), strict=True):
        before, after = line[max(0, run.start() - 32) : run.start()], line[run.end() : run.end() + 32]
        inside = before[-1:].isalpha() and after[:1].isalpha()
        alone = not before.strip()[-1:] or not after.strip()[:1] or (before[-1].isspace() and after[0].isspace())
        sure = (
            mark == "’" and inside_word_points(mark, before, after, languages) >= BAR
            if inside
            else own >= SURE and not alone
        )
        if sure and len(run.group()) <= 3:
            record(_LOST, mark, "", "lost mark", 0.7, 1)
            pieces += [line[at : run.start()], mark]
            at = run.end()
    return "".join(pieces) + line[at:]


def restore_questions(lines: list[str], is_known: Callable[[str], bool], record: Record) -> None:
    """Restore apostrophes that became question marks, where a text has several such contractions; in place."""
    found = [m for line in lines if "?" in line for m in _QUESTION.finditer(line[:100_000])]
    if len({m.group().lower() for m in found if is_known(m.group(1))}) < QUESTIONS:
        return
    for number, line in enumerate(lines):
        fixed = _QUESTION.sub(r"\1’\2", line) if "?" in line else line
        if fixed != line:
            record("?", "’", "", "lost apostrophe", 0.8, len(_QUESTION.findall(line)))
            lines[number] = fixed
