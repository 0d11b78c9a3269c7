"""Sentences of prose that name nothing: no number, name, date, quotation or rare word.

Measures: characters of sentences of at least MIN_WORDS words without a digit, a quotation mark, a capital inside the
sentence, a first-person pronoun or a word of at least RARE_LENGTH letters that the text uses once, over the
characters of all sentences of that length. Evidence (a hint) is runs of at least RUN such sentences in a row. None
for languages that write nouns in capitals or have no capitals, and under MIN_SENTENCES sentences.
Why: what can be said of any subject is filler; good text has a checkable particular in nearly every paragraph.
Example: "Making the right choice is important, and there are many things to keep in mind."
Known misfires: fiction, essays, instructions for one's hands.
References: RUBRIC: "a checkable particular in nearly every paragraph".
"""

from __future__ import annotations

import numpy as np

from quality.evidence import NO_NAME_CAPITALS, Evidence, has_particular
from quality.records import Measurement
from quality.segment import Document, Sentence

MIN_WORDS = 8
MIN_SENTENCES = 8
RARE_LENGTH = 9
RUN = 3
HINT = 0.35
FIRST_PERSON = frozenset(
    "i i'm i’m i've i’ve my me mine yo mi mis je j'ai mon ma mes io mio mia eu meu minha ja mój moja я мой моя".split()
)


def measure(document: Document) -> Measurement:
    """Share of the longer sentences that name nothing, 0..1; evidence is runs of them."""
    lengths = [len(sentence.words) for sentence in document.sentences]
    long = sum(1 for length in lengths if length >= MIN_WORDS)
    if long < MIN_SENTENCES or document.article.language in NO_NAME_CAPITALS:
        return Measurement(value=None)
    numbered = document.numbered
    rare = (numbered.counts == 1) & (numbered.lengths >= RARE_LENGTH)
    told = document.sentences_with(rare | numbered.column(FIRST_PERSON.__contains__, np.bool_)).tolist()
    total = empty = 0
    evidence: list[Evidence] = []
    run: list[Sentence] = []
    for sentence, length, telling in zip(document.sentences, lengths, told, strict=True):
        if length < MIN_WORDS:
            continue
        total += sentence.end - sentence.start
        if not telling and not has_particular(document, sentence.start, sentence.end):
            empty += sentence.end - sentence.start
            run.append(sentence)
            continue
        if len(run) >= RUN:
            evidence.extend((one.start, one.end, HINT) for one in run)
        run = []
    if len(run) >= RUN:
        evidence.extend((one.start, one.end, HINT) for one in run)
    return Measurement(value=empty / total, evidence=tuple(evidence))
