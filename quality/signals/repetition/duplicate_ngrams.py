"""How much of the text is covered by word sequences that occur more than once.

Measures: for n = 5 … 10, characters of words covered by the union of all n-grams with at least two occurrences, over
the characters of all words (RedPajama-V2's definition with its guard count > 1); the value is the mean over n. Lines
that the extractor doubled (see `duplicate_lines`) are read once. None under MIN_WORDS words.
Why: templates and self-copies repeat long sequences; honest prose covers under a tenth of itself.
Example: a page that lists twenty towns with the same sentence about each.
Known misfires: poems with refrains, laws, code and lyrics; statistics in fixed wording.
References: RedPajama-V2 `rps_doc_frac_chars_dupe_*grams`; Gopher (Rae et al. 2021), table A1.
"""

from __future__ import annotations

from collections import Counter

from quality.records import Measurement
from quality.repeats import covered, repeated_grams
from quality.segment import Document
from quality.vocabulary import vocabulary_of

SIZES = (5, 6, 7, 8, 9, 10)
MIN_WORDS = 50
MAX_WORDS = 50_000
"""Words that are read: a longer text shows what it is like long before."""


def measure(document: Document) -> Measurement:
    """Mean share of word characters covered by repeated 5- to 10-grams, 0..1; no evidence."""
    words = _author_words(document)[:MAX_WORDS]
    if len(words) < MIN_WORDS:
        return Measurement(value=None)
    numbered = document.numbered if len(words) == len(document.words) else vocabulary_of("words").number(words)
    chars = sum(covered(numbered, grams) for grams in repeated_grams(numbered, SIZES[-1]) if grams.length in SIZES)
    return Measurement(value=chars / len(SIZES) / int(numbered.characters[-1]))


def _author_words(document: Document) -> list[str]:
    """All words but those of lines that the page has fewer times than the text."""
    seen: Counter[tuple[str, ...]] = Counter()
    words: list[str] = []
    for line in document.lines:
        seen[line.words] += 1
        if line.layout is None or seen[line.words] <= max(1, line.layout.dom_copies):
            words.extend(line.words)
    return words
