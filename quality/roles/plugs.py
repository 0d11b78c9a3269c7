"""Sentences that are plugs by their words alone: no link, no class and no place gives away a pitch that stands in good prose.

The words were learned from sentences that a language model wrote as plugs and as innocent twins, and from labelled pages; see the
model card. They are asked of lines of one sentence and, below the line, of each sentence of the others, in the languages in
which notices are known from adverts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quality.notice import LANGUAGES, informs, is_request, names_trade
from quality.quotation import is_attributed, quotations
from quality.roles.model import RoleModel
from quality.roles.ngrams import PLUG_BITS, PLUG_ORDERS
from quality.roles.wording import word_codes
from quality.segment import Document, Line

ASKED_WORDS = range(5, 61)
"""Words of a sentence that is asked about."""
MOST_QUOTED = 0.5
"""Share of a sentence that may stand in quotation marks."""


def plug_probabilities(model: RoleModel, document: Document, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the probability that each of a document's sentences is a plug; 0 in languages that are not asked."""
    if document.article.language not in LANGUAGES or not texts:
        return np.zeros(len(texts))
    grams = document.derive(word_codes).grams(texts, orders=PLUG_ORDERS, bits=PLUG_BITS)
    return np.asarray(1.0 / (1.0 + np.exp(-model.plug.odds(grams))))


def plug_lines(model: RoleModel, document: Document) -> dict[int, float]:
    """Return the probability of each line of one sentence that it is a plug, by the line's index."""
    lines = [line for line in document.lines if _is_asked(document, line)]
    found = plug_probabilities(model, document, [line.text for line in lines])
    return {line.index: probability for line, probability in zip(lines, found.tolist(), strict=True)}


def can_be_plug(document: Document, sentence: str, words: int) -> bool:
    """False for what is no plug whatever its words: a request or a notice that names no trade, as authorities and clubs write
    them, what somebody is quoted with, and a sentence of too few or too many words."""
    if words not in ASKED_WORDS or is_attributed(sentence):
        return False
    if sum(end - start for start, end in quotations(sentence)) > MOST_QUOTED * len(sentence):
        return False
    language = document.article.language
    return names_trade(sentence, language) or not (is_request(sentence, language) or informs(sentence, language))


def _is_asked(document: Document, line: Line) -> bool:
    return (
        len(line.words) in ASKED_WORDS
        and line.ends_sentence
        and not line.is_heading
        and not line.is_code
        and len(document.sentences_by_line[line.index]) == 1
    )
