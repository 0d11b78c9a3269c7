"""Sentences that say again, in near the same content words, what an earlier sentence said.

Measures: characters of sentences of at least MIN_STEMS content stems of which at least CONTAINED, weighted by how
rare each is in the text, stand in one sentence before it, with no number or name that the earlier one lacks, over the
characters of all sentences. Headings, list items, questions, table rows and code are left out. Evidence scores at
least one half where the two are near identical and FAR sentences apart; the rest is a hint. None under MIN_SENTENCES.
Why: padded text says everything twice, in other words.
Example: "The mill opened in 1911." … "In 1911 the mill opened its doors."
Known misfires: summaries above the text, definitions that come back, parallel entries of a catalogue.
References: on labelled pages two in three near-identical far sentences were repeats, and four in five no content.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from math import fsum, log

import numpy as np
from numpy.typing import NDArray

from quality.content_words import STOP_WORDS, StemTable, sentence_stems, stem_table
from quality.evidence import Evidence
from quality.records import Measurement
from quality.segment import Document, Line, Sentence

MIN_STEMS = 6
MIN_SENTENCES = 6
FAR = 6
CONTAINED, IDENTICAL = 0.62, 0.9
RAREST, PER_STEM = 6, 4
"""A sentence is compared with those found under its rarest stems, a few for each; this keeps the cost linear."""
HINT, SPAN = 0.3, 0.65
ROUNDING = 1e-9
"""More than the order of a sum can change: what plain sums rule out is not summed exactly, and that is nearly all."""
_CODE = re.compile(r"[{}<>;=\\|]|::")
_NAME = re.compile(r"(?<![^\W\d_])[A-ZÀ-ÞА-Я][\w’'-]*|\d[\d.,]*")


def measure(document: Document) -> Measurement:
    """Share of the text in restating sentences, 0..1; evidence is the later sentences."""
    sentences = document.sentences
    if len(sentences) < MIN_SENTENCES:
        return Measurement(value=None)
    bags = document.derive(sentence_stems)
    table = document.derive(stem_table)
    spread = np.bincount(table.stem, minlength=len(table.words))
    sizes = np.bincount(table.sentence, minlength=len(bags))
    shared = spread[table.stem] > 1
    # Stems that stand nowhere else come first among the rarest, and lead nowhere.
    unique = np.bincount(table.sentence[~shared], minlength=len(bags))
    weights = np.log(1.0 + len(bags) / spread[table.stem])
    least = (CONTAINED - ROUNDING) * np.bincount(table.sentence, weights, minlength=len(bags))
    enough = np.bincount(table.sentence[shared], weights[shared], minlength=len(bags)) >= least
    evidence: list[Evidence] = []
    index: _Index | None = None
    for number in np.flatnonzero((sizes >= MIN_STEMS) & (unique < RAREST) & enough).tolist():
        sentence, bag = sentences[number], bags[number]
        if not _is_prose(document.lines[sentence.line], document.text, sentence):
            continue
        index = index or _Index(table, spread, sizes >= MIN_STEMS)
        near = index.near(number, bag, RAREST - int(unique[number]))
        if not near:
            continue
        weight_of = index.weights(len(bags)).__getitem__
        limit = float(least[number])
        shares = ((bag & bags[at], -at) for at in near)
        like = [(both, at) for both, at in shares if sum(map(weight_of, both)) >= limit]
        most, place = max([(fsum(map(weight_of, both)), at) for both, at in like], default=(0.0, 0))
        best = most / fsum(map(weight_of, bag)) if most else 0.0
        if best >= CONTAINED and not _names(document.text, sentence) - set(sentences[-place].words):
            span = best >= IDENTICAL and number + place >= FAR
            evidence.append((sentence.start, sentence.end, SPAN if span else HINT))
    total = sum(sentence.end - sentence.start for sentence in sentences)
    return Measurement(value=sum(end - start for start, end, _ in evidence) / total, evidence=tuple(evidence))


class _Index:
    """The sentences by the stems that they share with others."""

    def __init__(self, table: StemTable, spread: NDArray[np.intp], indexed: NDArray[np.bool_]) -> None:
        kept = indexed[table.sentence]
        order = table.stem[kept].argsort(kind="stable")
        self._sentences = table.sentence[kept][order].tolist()
        self._starts = table.stem[kept][order].searchsorted(np.arange(len(table.words) + 1)).tolist()
        self._spread = spread.tolist()
        self._places = {word: place for place, word in enumerate(table.words)}
        self._weights: dict[str, float] = {}

    def near(self, number: int, bag: frozenset[str], rarest: int) -> dict[int, None]:
        """Return sentences before one, not next to it, that share one of its rarest shared stems."""
        spread, places = self._spread, self._places
        held = [(spread[place], word, place) for word in bag if spread[place := places[word]] > 1]
        found: dict[int, None] = {}
        for _, _, place in sorted(held)[:rarest]:
            start = self._starts[place]
            before = bisect_left(self._sentences, number, start, self._starts[place + 1])
            last = self._sentences[max(start, before - PER_STEM) : before]
            found.update(dict.fromkeys(at for at in last if at < number - 1))
        return found

    def weights(self, sentences: int) -> dict[str, float]:
        """Return how much each stem weighs, by how many of the sentences hold it."""
        if not self._weights:
            by_spread = {spread: log(1 + sentences / spread) for spread in set(self._spread)}
            self._weights = {word: by_spread[self._spread[place]] for word, place in self._places.items()}
        return self._weights


def _is_prose(line: Line, text: str, sentence: Sentence) -> bool:
    if line.is_heading or line.is_table_row or line.is_list_item or text[sentence.end - 1] in "?:":
        return False
    return line.ends_sentence and not _CODE.search(text, sentence.start, sentence.end)


def _names(text: str, sentence: Sentence) -> set[str]:
    """Capitalised words and numbers, lower case, without function words."""
    return {match.lower() for match in _NAME.findall(text, sentence.start, sentence.end)} - STOP_WORDS
