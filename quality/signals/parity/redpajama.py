"""RedPajama-V2's document and line signals (`redpajama_*`), computed from the published definitions.

Measures: over normalised words (lower case, no punctuation, NFD), raw words (between white space) or non-empty lines,
as each summary says; line signals are the mean over lines, since a column holds one number. A top n-gram counts only
if it occurs twice, and repeated n-grams count by the union of the words that they cover: the soundest definition of
the four in use. Left out: perplexity and language score, which need their models, and blocklists. Stop words are the
language's own function words; None where there is no list.
References: Weber et al. 2024 (RedPajama, appendix), `core/quality_signals/` in RedPajama-Data.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from quality.characters import counts_in, document_kinds
from quality.records import Measurement
from quality.repeats import covered
from quality.segment import Document
from quality.signals.parity.reading import (
    DUPLICATE_LENGTHS,
    TOP_LENGTHS,
    Column,
    Reading,
    column,
    ratio,
    read,
    share,
)

SOURCE = "redpajama"
_SENTENCE = re.compile(r"\b[^.!?]+[.!?]*")
_BULLETS = tuple("\u2022\u2023\u25b6\u25c0\u25e6\u25a0\u25a1\u25aa\u25ab\u2013")
_END_MARKS = (".", "!", "?", "”", '"')


def _line_pieces(document: Document) -> NDArray[np.intp]:
    """Return (start, end) of each line that holds more than white space, as `splitlines` cuts them."""
    reading = document.derive(read)
    starts = np.cumsum([0, *map(len, reading.text.splitlines(keepends=True))])[:-1]
    sizes = np.array(list(map(len, reading.lines)), dtype=np.intp)
    filled = np.array(list(map(bool, reading.stripped_lines)), dtype=np.bool_)
    return np.stack((starts, starts + sizes), axis=1)[filled]


def _kind_mean(kind: str) -> Callable[[Document], Measurement]:
    def measure(document: Document) -> Measurement:
        pieces = document.derive(_line_pieces)
        counts = counts_in(document.derive(document_kinds), kind, pieces)
        fractions = counts / (pieces[:, 1] - pieces[:, 0])
        return Measurement(ratio(math.fsum(fractions.tolist()), len(pieces)))

    return measure


def _entropy(reading: Reading) -> float | None:
    total = reading.normalized_count
    alike = Counter(reading.numbered_normalized.counts.tolist())
    return -math.fsum(words * n / total * math.log(n / total) for n, words in alike.items()) if total else None


def _symbols(reading: Reading) -> float | None:
    text = reading.text
    return ratio(text.count("#") + text.count("...") + text.count("…"), reading.pieces_count)


def _stop_words(document: Document) -> Measurement:
    return Measurement(document.derive(read).stop_words(document.article.language))


def _no_letter(word: str) -> bool:
    return not (word.isalpha() or any(map(str.isalpha, word)))


def _lorem_ipsum(reading: Reading) -> float | None:
    return ratio(reading.lower.count("lorem ipsum"), len(reading.text))


def _top(n: int) -> Callable[[Reading], float | None]:
    def value(reading: Reading) -> float | None:
        grams = reading.normalized_grams
        if grams is None or n not in grams.top:
            return None
        at, count = grams.top[n]
        characters = reading.numbered_normalized.characters
        return ratio(
            int(characters[at + n] - characters[at]) * count if count > 1 else 0, reading.normalized_characters
        )

    return value


def _covered(n: int) -> Callable[[Reading], float | None]:
    def value(reading: Reading) -> float | None:
        grams = reading.normalized_grams
        if grams is None:
            return None
        return ratio(covered(reading.numbered_normalized, grams.repeated[n]), reading.normalized_characters)

    return value


COLUMNS: tuple[Column, ...] = (
    column(SOURCE, "words_count", "Normalised words", lambda r: float(r.normalized_count)),
    column(
        SOURCE, "sentences_count", "Runs up to . ! or ?", lambda r: float(sum(1 for _ in _SENTENCE.finditer(r.text)))
    ),
    column(
        SOURCE,
        "mean_word_length",
        "Mean characters of normalised words",
        lambda r: ratio(r.normalized_characters, r.normalized_count),
    ),
    column(
        SOURCE,
        "curly_bracket_fraction",
        "Curly brackets over characters",
        lambda r: ratio(r.characters["{"] + r.characters["}"], len(r.text)),
    ),
    column(
        SOURCE,
        "capital_words_fraction",
        "Raw words in capitals over raw words",
        lambda r: ratio(r.pieces.count(str.isupper), r.pieces_count),
    ),
    column(
        SOURCE,
        "ellipsis_lines_fraction",
        "Lines that end with an ellipsis over lines",
        lambda r: share(r.filled_lines, lambda line: line.endswith(("...", "…"))),
    ),
    column(
        SOURCE,
        "no_letter_words_fraction",
        "Raw words without a letter over raw words",
        lambda r: ratio(r.pieces.count(_no_letter), r.pieces_count),
    ),
    column(SOURCE, "lorem_ipsum_ratio", "'lorem ipsum' over characters", _lorem_ipsum),
    column(SOURCE, "symbol_ratio", "'#', '...' and '…' over raw words", _symbols),
    Column(
        f"parity.{SOURCE}_stop_words_fraction",
        "Function words of the article's language over normalised words",
        _stop_words,
    ),
    column(
        SOURCE,
        "unique_words_fraction",
        "Distinct over all normalised words",
        lambda r: ratio(len(r.numbered_normalized.kinds), r.normalized_count),
    ),
    column(SOURCE, "unigram_entropy", "Entropy of the normalised words in nats", _entropy),
    column(
        SOURCE,
        "end_marked_lines_fraction",
        "Lines that end in . ! ? or a closing quote over lines",
        lambda r: share(r.filled_lines, lambda line: line.endswith(_END_MARKS)),
    ),
    column(
        SOURCE,
        "javascript_lines_mean",
        "Mean mentions of javascript a line",
        lambda r: ratio(r.lower.count("javascript"), len(r.filled_lines)),
    ),
    column(
        SOURCE, "words_per_line_mean", "Mean raw words a line", lambda r: ratio(r.pieces_count, len(r.filled_lines))
    ),
    Column(
        f"parity.{SOURCE}_digits_per_line_fraction", "Mean over lines of digits over characters", _kind_mean("digit")
    ),
    Column(
        f"parity.{SOURCE}_capitals_per_line_fraction",
        "Mean over lines of capitals over characters",
        _kind_mean("upper"),
    ),
    column(
        SOURCE,
        "bullet_lines_fraction",
        "Lines that start with a bullet point over lines",
        lambda r: share(r.filled_lines, lambda line: line.startswith(_BULLETS)),
    ),
    *(
        column(
            SOURCE,
            f"top_{n}_gram_fraction",
            f"Characters of the top {n}-gram, if it repeats, over word characters",
            _top(n),
        )
        for n in TOP_LENGTHS
    ),
    *(
        column(
            SOURCE,
            f"duplicate_{n}_gram_fraction",
            f"Characters of words covered by repeated {n}-grams over word characters",
            _covered(n),
        )
        for n in DUPLICATE_LENGTHS
    ),
)
