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
    sentences = [sentence for sentence in document.sentences if len(sentence.words) >= MIN_WORDS]
    if len(sentences) < MIN_SENTENCES or document.article.language in NO_NAME_CAPITALS:
        return Measurement(value=None)
    numbered = document.numbered
    once = (word for word, count in zip(numbered.words, numbered.counts.tolist(), strict=True) if count == 1)
    rare = frozenset(word for word in once if len(word) >= RARE_LENGTH)
    total = empty = 0
    evidence: list[Evidence] = []
    run: list[Sentence] = []
    for sentence in [*sentences, None]:
        if sentence is not None:
            total += sentence.end - sentence.start
            if _names_nothing(document, sentence, rare):
                empty += sentence.end - sentence.start
                run.append(sentence)
                continue
        if len(run) >= RUN:
            evidence.extend((one.start, one.end, HINT) for one in run)
        run = []
    return Measurement(value=empty / total, evidence=tuple(evidence))


def _names_nothing(document: Document, sentence: Sentence, rare: frozenset[str]) -> bool:
    if not (rare.isdisjoint(sentence.words) and FIRST_PERSON.isdisjoint(sentence.words)):
        return False
    return not has_particular(document, sentence.start, sentence.end)
