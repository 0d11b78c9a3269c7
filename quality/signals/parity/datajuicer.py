"""Data-Juicer's text signals (`datajuicer_*`), computed from the published definitions.

Measures: alphanumeric and special characters over characters; function words of the article's language over normalised
words; repetition of 10-grams of characters (the top √distinct ones, at most those that repeat) and of words, each over
all 10-grams. Data-Juicer keeps alphanumeric ≥ .25, special ≤ .25, stop words ≥ .3, either repetition ≤ .5. Known
misfires: a list with one long prefix a line; languages that join function words to others (Finnish, Turkish).
References: Chen et al. 2024 (Data-Juicer), `ops/filter/`.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.function_words import function_words
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
    codes = np.frombuffer(reading.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < LENGTH or len(codes) > MAX_WORDS * LENGTH:
        return None
    windows = np.zeros(len(codes) - LENGTH + 1, dtype=np.uint64)
    for offset in range(LENGTH):
        windows = windows * _MULTIPLIER + codes[offset : offset + len(windows)]
    windows.sort()
    edges = np.flatnonzero(np.concatenate(([True], windows[1:] != windows[:-1], [True])))
    counts = np.diff(edges)
    top = min(math.isqrt(len(counts)), int(np.count_nonzero(counts > 1)))
    return float(np.sort(counts)[len(counts) - top :].sum() / counts.sum())


def _repeated_words(reading: Reading) -> float | None:
    grams = len(reading.normalized_words) - LENGTH + 1
    known = reading.normalized_grams
    return ratio(len(known.repeated[LENGTH]), grams) if known is not None and grams > 0 else None


def _stop_words(document: Document) -> Measurement:
    known = function_words(document.article.language)
    words = document.derive(read).normalized_words
    counts = Counter(words)
    return Measurement(
        None if known is None else ratio(sum(n for word, n in counts.items() if word in known), len(words))
    )


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
