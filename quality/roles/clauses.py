"""Promo and residue below the line: a plug inside a good paragraph, a cross-link in brackets, a byline glued to a sentence.

A line of several sentences is cut into units (sentences, and bracketed asides inside them), and every unit is asked the
junk question by itself, with a small forest over its own words, phrases and how it differs from the rest of its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.dom import squeeze
from quality.links import site_of_url
from quality.roles.measures import publisher_names
from quality.roles.model import LINE_SCORES, RoleModel
from quality.roles.phrases import Worded, phrases
from quality.roles.shape import folded, runs_of
from quality.roles.wording import word_codes
from quality.segment import Document, Line, words_of

FloatArray = NDArray[np.float64]

MIN_UNIT_CHARS = 6
MAX_UNITS = 4_000
"""Units of one document that are looked at."""
ASIDE_SHARE = 0.8
"""An aside that fills its sentence is no unit of its own."""
HOPELESS = -2.5
"""Log-odds of its own words under which the lexicons are not asked about a unit, to save time: a quarter of the units lie
there. The forest was fitted without this gate."""
HOPEFUL = -2.0
"""The same, from which on the forest is asked: of 18,500 units below, in 540 pages, it gave none more than .1."""
_ASIDE = re.compile(r"[(\[（][^()\[\]（）\n]{4,160}[)\]）]")
_FIRST_PERSON = frozenset(
    "we our us wir uns nous notre nos nuestro nuestra nuestros nuestras noi nostro nostra nostri nostre".split()
)
_HERE = frozenset("here hier ici aquí qui tutaj aqui click link".split())
_ADDRESS = re.compile(r"\bhttps?://")
COLUMNS = (
    *(f"score.{name}" for name in LINE_SCORES),
    *(f"contrast.{name}" for name in LINE_SCORES),
    "phrase.any_promo",
    "phrase.any_residue",
    "phrase.covered",
    "phrase.addresses",
    "phrase.affiliate_addresses",
    "unit.words",
    "unit.aside",
    "unit.first",
    "unit.last",
    "unit.count",
    "unit.share",
    "unit.publisher",
    "unit.we",
    "unit.here",
    "unit.imperative_end",
    "line.junk",
    "line.links",
)
JUNK_SCORE = LINE_SCORES.index("junk")


class Unit(NamedTuple):
    """A piece of a line, in offsets of the article's text."""

    start: int
    end: int
    line: int
    aside: bool
    first: bool
    last: bool
    sentences: int
    """Of its line."""
    words: tuple[str, ...]


def units_of(document: Document, line: Line) -> list[Unit]:
    """Return the units of one line; none where the line is a single sentence without an aside."""
    sentences = document.sentences_by_line[line.index]
    count = len(sentences)
    units = []
    for number, sentence in enumerate(sentences):
        start, end = sentence.start, sentence.end
        if end - start < MIN_UNIT_CHARS:
            continue
        first, last = number == 0, number == count - 1
        if count > 1:
            units.append(Unit(start, end, line.index, False, first, last, count, sentence.words))
        for match in _ASIDE.finditer(line.text, start - line.start, end - line.start):
            if match.end() - match.start() < ASIDE_SHARE * (end - start):
                at, to = line.start + match.start(), line.start + match.end()
                units.append(Unit(at, to, line.index, True, first, last, count, words_of(match.group())))
    return units


def unit_scores(model: RoleModel, document: Document, units: Sequence[Unit]) -> FloatArray:
    """Return what the words of each unit say, and how that differs from the rest of its line: units x 2 LINE_SCORES."""
    texts = [document.text[unit.start : unit.end] for unit in units]
    split = len(LINE_SCORES)
    scores = document.derive(word_codes).grams(texts).scores(model.line)[:, :split] + model.intercepts[:split]
    owners = np.array([unit.line for unit in units])
    return np.concatenate([scores, scores - _means(scores, owners)], axis=1)


def hopeful_rows(scores: FloatArray) -> NDArray[np.int64]:
    """Return the rows of `unit_scores` whose units the forest is asked about."""
    return np.flatnonzero(scores[:, JUNK_SCORE] >= HOPEFUL)


def speaks_for_site(document: Document, unit: Unit) -> bool:
    """True for a unit that names the publisher or speaks in the first person plural."""
    _, names = publisher_names(document.article)
    return bool(_words_of_interest([document.text[unit.start : unit.end]])[0][0]) or _names_any(document, unit, names)


def unit_matrix(document: Document, units: Sequence[Unit], scores: FloatArray, junk: FloatArray) -> NDArray[np.float32]:
    """Return units x COLUMNS. `scores`: see `unit_scores`. `junk`: probability that each line of the document is junk."""
    _, names = publisher_names(document.article)
    texts = [document.text[unit.start : unit.end] for unit in units]
    owners = np.array([unit.line for unit in units])
    hopeful = scores[:, JUNK_SCORE] >= HOPELESS
    hits = _phrases_of(units, texts, hopeful, site=site_of_url(document.article.url))
    lengths = np.array([unit.end - unit.start for unit in units], dtype=float)
    line_lengths = np.array([document.lines[unit.line].end - document.lines[unit.line].start for unit in units])
    layouts = [document.lines[unit.line].layout for unit in units]
    columns: list[FloatArray] = [
        *scores.T,
        *(hits[name] for name in COLUMNS if name.startswith("phrase.")),
        np.array([float(len(unit.words)) for unit in units]),
        np.array([float(unit.aside) for unit in units]),
        np.array([float(unit.first) for unit in units]),
        np.array([float(unit.last) for unit in units]),
        np.array([float(unit.sentences) for unit in units]),
        lengths / np.maximum(1, line_lengths),
        np.array([float(_names_any(document, unit, names)) for unit in units]),
        *_words_of_interest(texts),
        np.array([float(text.rstrip().endswith(("!", ":", ")", "]"))) for text in texts]),
        junk[owners],
        np.array([float(layout.links) if layout is not None else np.nan for layout in layouts]),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _names_any(document: Document, unit: Unit, names: Sequence[str]) -> bool:
    """True where a unit holds a publisher's name; most lines do not."""
    if not any(name in document.squeezed[unit.line] for name in names):
        return False
    squeezed = squeeze(document.text[unit.start : unit.end])
    return any(name in squeezed for name in names)


def _words_of_interest(texts: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Whether each text speaks in the first person plural, and whether it points to a place to click or holds an
    address."""
    we, here = np.zeros(len(texts)), np.zeros(len(texts))
    for row, text in enumerate(texts):
        lower = folded(text)
        runs = runs_of(lower)
        we[row] = not _FIRST_PERSON.isdisjoint(runs) or ("unser" in lower and any(map(_is_ours, runs)))
        here[row] = (
            not _HERE.isdisjoint(runs)
            or ("klick" in lower and any(run.startswith("klick") for run in runs))
            or ("://" in lower and _ADDRESS.search(lower) is not None)
        )
    return we, here


def _is_ours(run: str) -> bool:
    return run.startswith("unser")


def _phrases_of(
    units: Sequence[Unit], texts: Sequence[str], hopeful: NDArray[np.bool_], *, site: str | None
) -> dict[str, FloatArray]:
    """What the lexicons find in the units worth a look; 0 in the others."""
    rows = np.flatnonzero(hopeful)
    columns = {}
    worth = [Worded(texts[row], units[row].words) for row in rows.tolist()]
    for name, values in phrases(worth, site=site).items():
        columns[name] = np.zeros(len(units))
        columns[name][rows] = values
    return columns


def _means(scores: FloatArray, owners: NDArray[np.int64]) -> FloatArray:
    """Mean score of the other units of each unit's line (its own where it stands alone)."""
    counts = np.bincount(owners)[owners][:, None]
    sums = np.stack([np.bincount(owners, weights=column)[owners] for column in scores.T], axis=1)
    return np.where(counts > 1, (sums - scores) / np.maximum(1, counts - 1), scores)
