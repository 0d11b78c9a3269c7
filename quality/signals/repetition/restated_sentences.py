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
from collections import Counter, defaultdict
from itertools import chain
from math import fsum, log

from quality.content_words import STOP_WORDS, sentence_stems
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
    spread = Counter(chain.from_iterable(bags))
    shared = frozenset(stem for stem, count in spread.items() if count > 1)
    weight_by_count = {count: log(1 + len(bags) / count) for count in set(spread.values())}
    weight_of = {stem: weight_by_count[count] for stem, count in spread.items()}.__getitem__
    index: defaultdict[str, list[int]] = defaultdict(list)
    evidence: list[Evidence] = []
    for number, bag in enumerate(bags):
        if len(bag) < MIN_STEMS:
            continue
        held = bag & shared
        unique = len(bag) - len(held)  # stems that stand nowhere else come first among the rarest, and lead nowhere
        least = (CONTAINED - ROUNDING) * sum(map(weight_of, bag))
        if (
            unique < RAREST
            and sum(map(weight_of, held)) >= least
            and _is_prose(document.lines[sentences[number].line], document.text, sentences[number])
        ):
            rare = sorted(held, key=lambda stem: (spread[stem], stem))[: RAREST - unique]
            near = dict.fromkeys(at for stem in rare for at in index[stem][-PER_STEM:] if at < number - 1)
            like = [(held & bags[at], -at) for at in near if sum(map(weight_of, held & bags[at])) >= least]
            most, place = max([(fsum(map(weight_of, both)), at) for both, at in like], default=(0.0, 0))
            best = most / fsum(map(weight_of, bag)) if most else 0.0
            if best >= CONTAINED and not _names(document.text, sentences[number]) - set(sentences[-place].words):
                span = best >= IDENTICAL and number + place >= FAR
                evidence.append((sentences[number].start, sentences[number].end, SPAN if span else HINT))
        for stem in held:
            index[stem].append(number)
    total = sum(sentence.end - sentence.start for sentence in sentences)
    return Measurement(value=sum(end - start for start, end, _ in evidence) / total, evidence=tuple(evidence))


def _is_prose(line: Line, text: str, sentence: Sentence) -> bool:
    if line.is_heading or line.is_table_row or line.is_list_item or text[sentence.end - 1] in "?:":
        return False
    return line.ends_sentence and not _CODE.search(text, sentence.start, sentence.end)


def _names(text: str, sentence: Sentence) -> set[str]:
    """Capitalised words and numbers, lower case, without function words."""
    return {match.lower() for match in _NAME.findall(text, sentence.start, sentence.end)} - STOP_WORDS
