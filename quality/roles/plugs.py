"""Sentences that are plugs by their words alone: no link, no class and no place gives away a pitch that stands in good prose.

The words were learned from sentences that a language model wrote as plugs and as innocent twins, and from labelled pages; see the
model card. They are asked of lines of one sentence and, below the line, of each sentence of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quality.roles.model import RoleModel
from quality.roles.ngrams import PLUG_BITS, PLUG_ORDERS
from quality.roles.wording import word_codes
from quality.segment import Document, Line

FEWEST_WORDS = 5
"""Words of the shortest sentence that is asked about."""


def plug_probabilities(model: RoleModel, document: Document, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the probability that each of a document's sentences is a plug."""
    grams = document.derive(word_codes).grams(texts, orders=PLUG_ORDERS, bits=PLUG_BITS)
    odds = model.plug.odds(grams)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def plug_lines(model: RoleModel, document: Document) -> dict[int, float]:
    """Return the probability of each line of one full sentence that it is a plug, by the line's index."""
    lines = [line for line in document.lines if _is_asked(document, line)]
    found = plug_probabilities(model, document, [line.text for line in lines]) if lines else np.zeros(0)
    return {line.index: probability for line, probability in zip(lines, found.tolist(), strict=True)}


def _is_asked(document: Document, line: Line) -> bool:
    return (
        len(line.words) >= FEWEST_WORDS
        and line.ends_sentence
        and not line.is_heading
        and not line.is_code
        and len(document.sentences_by_line[line.index]) == 1
    )
