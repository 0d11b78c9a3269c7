"""Data-Juicer's text signals (`datajuicer_*`), computed from the published definitions.

Measures: alphanumeric and special characters over characters; function words of the article's language over normalised
words; repetition of 10-grams of characters (the top √distinct ones, at most those that repeat) and of words, each over
all 10-grams. Data-Juicer keeps alphanumeric ≥ .25, special ≤ .25, stop words ≥ .3, either repetition ≤ .5. Known
misfires: a list with one long prefix a line; languages that join function words to others (Finnish, Turkish).
References: Chen et al. 2024 (Data-Juicer), `ops/filter/`.
"""

from __future__ import annotations

import math

import numpy as np

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.reading import MAX_WORDS, Column, Reading, column, ratio, read

SOURCE = "datajuicer"
LENGTH = 10
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: spreads the windows' hashes (Knuth, TAOCP 3, 6.4)."""


def _characters(reading: Reading, *, alphanumeric: bool) -> float | None:
    count = sum(n for char, n in reading.characters.items() if char.isalnum() or (not alphanumeric and char.isalpha()))
    return ratio(count if alphanumeric else len(reading.text) - count, len(reading.text))


def _repeated_characters(reading: Reading) -> float | None:
    """Hash each window of ten characters; equal windows have equal hashes, and 64 bits make others unlikely."""
    if len(reading.codes) < LENGTH or len(reading.codes) > MAX_WORDS * LENGTH:
        return None
    one = reading.codes.astype(np.uint64)
    two = one[:-1] * _MULTIPLIER + one[1:]
    four = two[:-2] * _MULTIPLIER**2 + two[2:]
    eight = four[:-4] * _MULTIPLIER**4 + four[4:]
    windows = eight[:-2] * _MULTIPLIER**2 + two[8:]
    windows.sort()
    last = np.flatnonzero(windows[1:] != windows[:-1])
    counts = np.diff(last, prepend=-1, append=len(windows) - 1)
    again = np.sort(counts[counts > 1])
    top = min(math.isqrt(len(counts)), len(again))
    return float(again[len(again) - top :].sum() / len(windows))


def _repeated_words(reading: Reading) -> float | None:
    grams = reading.normalized_count - LENGTH + 1
    known = reading.normalized_grams
    return ratio(len(known.repeated[LENGTH].starts), grams) if known is not None and grams > 0 else None


def _stop_words(document: Document) -> Measurement:
    return Measurement(document.derive(read).stop_words(document.article.language))


COLUMNS: tuple[Column, ...] = (
    column(
        SOURCE,
        "alphanumeric_fraction",
        "Letters and digits over characters",
        lambda r: _characters(r, alphanumeric=True),
    ),
    column(
        SOURCE,
        "special_characters_fraction",
        "Characters that are no letter or digit, white space included, over characters",
        lambda r: _characters(r, alphanumeric=False),
    ),
    Column(f"parity.{SOURCE}_stop_words_fraction", "Function words of the article's language over words", _stop_words),
    column(SOURCE, "text_length", "Characters", lambda r: float(len(r.text))),
    column(
        SOURCE, "character_repetition_fraction", "Top repeated 10-grams of characters over all", _repeated_characters
    ),
    column(SOURCE, "word_repetition_fraction", "Repeated 10-grams of words over all", _repeated_words),
)
