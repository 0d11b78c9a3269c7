"""How little first-hand experience the author reports.

Measures: 1 / (1 + sentences with a first person and a past tense per 500 words). 1 where there is none.
Why: "we drove it for three weeks" is original material that nobody could have copied.
Example: "I tried it on two beds and the second one cracked." lowers the value.
Known misfires: news does not say "I" and is no worse for it; testimonials do. None in languages without a list and
below four sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import compress

import numpy as np

from quality.records import Measurement
from quality.segment import Document, Sentence
from quality.signals.information.facts import MIN_SENTENCES

PER_WORDS = 500
_PATTERNS = {
    "en": r"\b(?:I|[Ww]e)(?:['’]ve|['’]d)?\s(?:\w{1,12}\s)?(?:\w{2,20}ed|was|were|had|went|saw|found|took"
    r"|bought|made|ran|got|spent"
    r"|tried|drove|ate|wore|built|met|felt|heard|knew|thought|kept|left|slept|rode|read|began|came|lost|won"
    r"|paid|put)\b",
    "de": r"\b(?:ich|wir|Ich|Wir)\s(?:habe|haben|war|waren|hatte|hatten|bin|sind|ging|gingen|fuhr|fuhren|kaufte"
    r"|fand|fanden|sah|sahen)\b"
    r"|\b(?:habe ich|haben wir|hatte ich|hatten wir|war ich|waren wir)\b",
    "fr": r"\b[Jj]['’](?:ai|étais|avais)\b|\b[Nn]ous (?:avons|étions|avions|sommes)\b|\b[Jj]e (?:suis all|me suis)",
    "es": r"\b(?:[Hh]e|[Hh]emos)\s\w{2,20}do\b|\b(?:probé|compré|fui|estuve|hice|pude|quise|decidí|probamos"
    r"|fuimos|estuvimos)\b",
    "pt": r"\b(?:comprei|usei|testei|fui|fiz|estive|vi|decidi|fomos|testamos|compramos)\b",
    "it": r"\b(?:[Hh]o|[Aa]bbiamo)\s\w{2,20}(?:ato|ito|uto|sto|tto)\b|\b(?:sono stat[oa]|siamo stat[ie])\b",
    "pl": r"\b\w{2,20}(?:łem|łam|liśmy|łyśmy)\b",
}
_COMPILED = {language: re.compile(pattern) for language, pattern in _PATTERNS.items()}

_PERSON = {"en": frozenset("i i've i’ve i'd i’d we we've we’ve we'd we’d".split())}
"""Where there is a list, one of its words stands in each sentence that matches."""


def measure(document: Document) -> Measurement:
    """Return the lack of first-hand sentences; there is no evidence for what is not there."""
    pattern = _COMPILED.get(document.article.language or "")
    if pattern is None or len(document.sentences) < MIN_SENTENCES:
        return Measurement(None)
    sentences: Iterable[Sentence] = document.sentences
    person = _PERSON.get(document.article.language or "")
    if person:
        held = document.sentences_with(document.numbered.column(person.__contains__, np.bool_))
        sentences = compress(sentences, held.tolist())
    hits = sum(1 for sentence in sentences if pattern.search(document.text, sentence.start, sentence.end))
    return Measurement(1.0 / (1.0 + hits * PER_WORDS / max(len(document.words), PER_WORDS)))
