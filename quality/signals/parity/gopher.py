"""Gopher's quality and repetition signals with the values that datatrove 0.10.1 computes (`datatrove_gopher_*`).

Measures: as datatrove's `GopherQualityFilter` and `GopherRepetitionFilter` with their default (English) words. Quality
ratios are over words or over `splitlines()` lines; repetition is over the characters of the text, second and later
copies only, n-grams found by a greedy scan from the left. Known misfires, kept because the name promises the published
value: a top n-gram that occurs once still counts (a headline alone scores .29), stop words are English, and poems,
tables and code count as repetition.
References: Rae et al. 2021, appendix A.1; datatrove `gopher_quality_filter.py`, `gopher_repetition_filter.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.reading import (
    DUPLICATE_LENGTHS,
    TOP_LENGTHS,
    Column,
    Reading,
    column,
    ratio,
    second_copies,
    share,
)

SOURCE = "datatrove_gopher"
STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})

_LINE_BREAKS = re.compile(r"\n+")
_PARAGRAPH_BREAKS = re.compile(r"\n{2,}")


def _words(reading: Reading) -> float:
    return float(reading.numbered.counts[reading.spoken].sum())


def _mean_length(reading: Reading) -> float | None:
    characters = reading.numbered.counts * reading.numbered.lengths
    return ratio(int(characters[reading.spoken].sum()), _words(reading))


def _ellipses(reading: Reading) -> float | None:
    return ratio(reading.text.count("...") + reading.text.count("…"), reading.words_count)


def _alphabetic(reading: Reading) -> float | None:
    return ratio(reading.numbered.count(_has_letter), reading.words_count)


def _has_letter(word: str) -> bool:
    return word.isalpha() or any(map(str.isalpha, word))


def _is_stop_word(word: str) -> bool:
    return word in STOP_WORDS


def _line_copies(document: Document) -> tuple[int, int, int]:
    """Return (second copies of lines, their characters, lines)."""
    text = document.text
    pieces = _LINE_BREAKS.split(text) if "\n\n" in text else text.split("\n")
    return *second_copies(pieces), len(pieces)


def _paragraph_copies(document: Document) -> tuple[int, int, int]:
    """Return (second copies of paragraphs, their characters, paragraphs)."""
    text = document.text.strip()
    pieces = _PARAGRAPH_BREAKS.split(text) if "\n\n" in text else [text]
    return *second_copies(pieces), len(pieces)


def _copies(count: Callable[[Document], tuple[int, int, int]]) -> Callable[[Document], Measurement]:
    def measure(document: Document) -> Measurement:
        copies, _, pieces = document.derive(count)
        return Measurement(ratio(copies, pieces))

    return measure


def _copied_characters(count: Callable[[Document], tuple[int, int, int]]) -> Callable[[Document], Measurement]:
    return lambda document: Measurement(ratio(document.derive(count)[1], len(document.text)))


def _top(n: int) -> Callable[[Reading], float | None]:
    def value(reading: Reading) -> float | None:
        if reading.grams is None or n not in reading.grams.top:
            return None
        at, count = reading.grams.top[n]
        characters = reading.numbered.characters
        spaces = n - 1
        return ratio((int(characters[at + n] - characters[at]) + spaces) * count, len(reading.text))

    return value


def _duplicates(n: int) -> Callable[[Reading], float | None]:
    def value(reading: Reading) -> float | None:
        if reading.grams is None:
            return None
        grams = reading.grams.repeated[n]
        before = reading.numbered.characters
        sizes = before[grams.starts + n] - before[grams.starts]
        seen: set[int] = set()
        characters = free = 0
        for at, gram, size in zip(grams.starts.tolist(), grams.numbers.tolist(), sizes.tolist(), strict=True):
            if at < free:
                continue
            if gram in seen:
                characters += size
                free = at + n
            else:
                seen.add(gram)
        return ratio(characters, len(reading.text))

    return value


COLUMNS: tuple[Column, ...] = (
    column(SOURCE, "words_count", "Words that are not all punctuation", _words),
    column(SOURCE, "mean_word_length", "Mean characters of words that are not all punctuation", _mean_length),
    column(SOURCE, "hash_ratio", "'#' over words", lambda r: ratio(r.text.count("#"), r.words_count)),
    column(SOURCE, "ellipsis_ratio", "'...' and '…' over words", _ellipses),
    column(
        SOURCE,
        "bullet_lines_fraction",
        "Lines that start with '•' or '-' over lines",
        lambda r: share(r.stripped_lines, lambda line: line.startswith(("•", "-"))),
    ),
    column(
        SOURCE,
        "ellipsis_lines_fraction",
        "Lines that end with '...' or '…' over lines",
        lambda r: share(r.stripped_lines, lambda line: line.endswith(("...", "…"))),
    ),
    column(SOURCE, "alphabetic_words_fraction", "Words with a letter over words", _alphabetic),
    column(
        SOURCE,
        "stop_words_count",
        "How many of eight English stop words occur",
        lambda r: float(r.numbered.column(_is_stop_word, np.bool_).sum()),
    ),
    Column(f"parity.{SOURCE}_duplicate_lines_fraction", "Second copies of lines over lines", _copies(_line_copies)),
    Column(
        f"parity.{SOURCE}_duplicate_line_chars_fraction",
        "Characters of second copies of lines over characters",
        _copied_characters(_line_copies),
    ),
    Column(
        f"parity.{SOURCE}_duplicate_paragraphs_fraction",
        "Second copies of paragraphs (blank line between) over paragraphs",
        _copies(_paragraph_copies),
    ),
    Column(
        f"parity.{SOURCE}_duplicate_paragraph_chars_fraction",
        "Characters of second copies of paragraphs over characters",
        _copied_characters(_paragraph_copies),
    ),
    *(
        column(
            SOURCE,
            f"top_{n}_gram_fraction",
            f"Characters of the most frequent {n}-gram times its count over characters",
            _top(n),
        )
        for n in TOP_LENGTHS
    ),
    *(
        column(
            SOURCE,
            f"duplicate_{n}_gram_fraction",
            f"Characters of repeated {n}-grams (greedy scan, second copies) over characters",
            _duplicates(n),
        )
        for n in DUPLICATE_LENGTHS
    ),
)
