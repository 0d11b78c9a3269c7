"""NeMo Curator's heuristic signals (`nemo_*`), computed from the published definitions.

Measures: shares of the characters of the text, or of its words or sentences, as each summary says. NeMo drops
documents with non-alphanumeric > .25, symbols a word > .1, digits > .15, URLs > .2, white space > .25, brackets > .1,
sentences without end mark > .85. Known misfires: price tables and code are rich in digits and symbols; poems have no
end marks.
References: NVIDIA NeMo Curator, `filters/heuristic_filter.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.reading import Column, Reading, column, ratio

SOURCE = "nemo"
_URL = re.compile(r"https?://[^\s<>\"']{1,2000}")
_END_MARKS = frozenset(".!?…。！？｡؟।")
_CLOSERS = "'\"”’»)]"
_BRACKETS = frozenset("()[]")


def _characters(test: Callable[[str], bool]) -> Callable[[Reading], float | None]:
    def value(reading: Reading) -> float | None:
        return ratio(sum(count for char, count in reading.characters.items() if test(char)), len(reading.text))

    return value


def _symbols(reading: Reading) -> float | None:
    text = reading.text
    return ratio(text.count("#") + text.count("...") + text.count("…"), reading.pieces_count)


def _urls(reading: Reading) -> float | None:
    return ratio(sum(len(url) for url in _URL.findall(reading.text)), len(reading.text))


def _unfinished(document: Document) -> Measurement:
    text = document.text
    ends = [text[max(s.start, s.end - 12) : s.end].rstrip(_CLOSERS)[-1:] in _END_MARKS for s in document.sentences]
    return Measurement(ratio(ends.count(False), len(ends)))


COLUMNS: tuple[Column, ...] = (
    column(
        SOURCE,
        "non_alphanumeric_fraction",
        "Characters that are no letter, digit or white space over characters",
        _characters(lambda char: not char.isalnum() and not char.isspace()),
    ),
    column(SOURCE, "symbol_ratio", "'#', '...' and '…' over words between white space", _symbols),
    column(SOURCE, "digits_fraction", "Digits over characters", _characters(str.isdigit)),
    column(SOURCE, "url_fraction", "Characters of URLs over characters", _urls),
    column(SOURCE, "white_space_fraction", "White space over characters", _characters(str.isspace)),
    column(
        SOURCE, "brackets_fraction", "Round and square brackets over characters", _characters(_BRACKETS.__contains__)
    ),
    column(
        SOURCE,
        "longest_word_length",
        "Characters of the longest word between white space",
        lambda r: float(r.pieces.lengths.max()) if r.pieces_count else None,
    ),
    Column(f"parity.{SOURCE}_no_end_mark_fraction", "Sentences without an end mark over sentences", _unfinished),
)
