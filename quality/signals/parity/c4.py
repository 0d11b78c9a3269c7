"""C4's line and document rules with the values that datatrove 0.10.1 computes (`datatrove_c4_*`).

Measures: the share of lines (`splitlines()`, empty ones included) that each line rule of datatrove's `C4QualityFilter`
drops, in its order, so that a line counts for the first rule that it breaks; and what the document rules look at: the
sentences of the lines that stay, "lorem ipsum", curly brackets; mC4's count of long lines. Known misfires: the end
marks are ASCII, so Chinese, Hindi or Arabic text loses every line; lists, headings, tables and code lose theirs too.
References: Raffel et al. 2020, section 2.2; Xue et al. 2021; datatrove `c4_filters.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.marks import SENTENCE_MARKS
from quality.signals.parity.reading import Column, Reading, column, ratio, read

SOURCE = "datatrove_c4"
MAX_WORD_CHARS = 1000
MIN_LINE_WORDS = 3
LONG_LINE_CHARS = 200
"""mC4 keeps a document with at least three lines of so many characters."""

_CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
_MARK_BETWEEN, _WORD, _END_MARK = range(3)
_END_MARKS = (".", "?", "!", '"', "'")
_POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


def _fate(line: str) -> str:
    """Name the rule that drops a line without white space around it, or "kept"."""
    if len(line) > MAX_WORD_CHARS and any(len(word) > MAX_WORD_CHARS for word in line.split()):
        return "long_word"
    line = _CITATION.sub("", line) if "[" in line else line
    if not line.endswith(_END_MARKS) or line.endswith("..."):
        return "no_end_mark"
    if len(line.split(None, MIN_LINE_WORDS)) < MIN_LINE_WORDS:
        return "few_words"
    lower = line.lower()
    if "javascript" in lower:
        return "javascript"
    return "policy" if any(phrase in lower for phrase in _POLICIES) else "kept"


def _fates(document: Document) -> tuple[str, ...]:
    return tuple(map(_fate, document.derive(read).stripped_lines))


def _fate_counts(document: Document) -> Counter[str]:
    return Counter(document.derive(_fates))


def _dropped(rule: str) -> Callable[[Document], Measurement]:
    def measure(document: Document) -> Measurement:
        counts = document.derive(_fate_counts)
        return Measurement(ratio(counts[rule], counts.total()))

    return measure


def _sentences(document: Document) -> Measurement:
    reading = document.derive(read)
    kept = np.array([fate == "kept" for fate in document.derive(_fates)], dtype=np.bool_)
    cited: list[NDArray[np.int64]] = []
    for number in np.flatnonzero(kept).tolist():
        line = reading.lines[number]
        if "[" in line and _CITATION.search(line):
            kept[number] = False
            cited.append(reading.words_of(_CITATION.sub("", line)))
    sizes = reading.line_word_counts
    line_of = np.repeat(np.arange(len(sizes)), sizes)
    wanted = kept[line_of]
    words = reading.numbered
    count = _sentence_count(words.column(_kind, np.int8)[words.ids[wanted]], line_of[wanted])
    for numbers in cited:
        kinds = words.vocabulary.column(_kind, np.int8)[numbers]
        count += _sentence_count(kinds, np.zeros(len(kinds), dtype=np.int64))
    return Measurement(float(count))


def _sentence_count(kinds: NDArray[np.int8], line_of: NDArray[np.intp]) -> int:
    """Return how many sentences spaCy's sentencizer finds: a new one starts with a line, and at a word after an end mark.

    `kinds`: of each word, as `_kind` tells them; `line_of`: its line, ascending.
    """
    lines = int(np.count_nonzero(line_of[1:] != line_of[:-1])) + (len(line_of) > 0)
    told = kinds != _MARK_BETWEEN
    kinds, line_of = kinds[told], line_of[told]
    begins = (kinds[1:] == _WORD) & (kinds[:-1] == _END_MARK) & (line_of[1:] == line_of[:-1])
    return lines + int(np.count_nonzero(begins))


def _kind(word: str) -> int:
    if word.isalnum():
        return _WORD
    if word in SENTENCE_MARKS:
        return _END_MARK
    return _MARK_BETWEEN if all(unicodedata.category(char).startswith("P") for char in word) else _WORD


def _long_lines(reading: Reading) -> float:
    return float(sum(1 for line in reading.text.splitlines() if len(line) >= LONG_LINE_CHARS))


_RULES = (
    ("long_word", "Lines with a word of more than 1,000 characters over lines"),
    ("no_end_mark", "Lines that do not end in . ? ! \" ' or end in '...' over lines"),
    ("few_words", "Lines of less than three words over lines"),
    ("javascript", "Lines that mention javascript over lines"),
    ("policy", "Lines that mention a privacy policy, cookies or terms of use over lines"),
)

COLUMNS: tuple[Column, ...] = (
    *(Column(f"parity.{SOURCE}_{rule}_lines_fraction", summary, _dropped(rule)) for rule, summary in _RULES),
    Column(f"parity.{SOURCE}_sentences_count", "Sentences of the lines that pass the line rules", _sentences),
    column(SOURCE, "lorem_ipsum", "1 where 'lorem ipsum' occurs", lambda r: float("lorem ipsum" in r.lower)),
    column(SOURCE, "curly_bracket", "1 where '{' occurs", lambda r: float("{" in r.text)),
    column(SOURCE, "long_lines_count", "Lines of 200 characters or more (mC4)", _long_lines),
)
