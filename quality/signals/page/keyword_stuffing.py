"""The page's own search phrase, used over and over in its text.

Measures: for the phrase of two to four words that stands in at least two of title, description, headings and address
and takes most words of the body: words in its uses over all words of the body, on a scale where 5 % is 1. At least
four uses.
Why: nobody says "best running shoes for flat feet" every other sentence unless to be found by it.
Example: a phrase of four words 15 times in 1,000 words is 0.06, so 1.
Known misfires: a person's or a product's full name in an article about them, legal and technical terms. None below
100 words or without such a phrase.
References: Ntoulas et al. 2006; Google spam policies, "keyword stuffing".
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.page.keywords import keyphrases

MIN_WORDS = 100
MIN_USES = 4
FULL_DENSITY = 0.05


def measure(document: Document) -> Measurement:
    """Return the density of the most used search phrase, with the sentences that use it."""
    phrases = document.derive(keyphrases)
    if len(document.words) < MIN_WORDS or not phrases:
        return Measurement(None)
    best = max(phrases, key=lambda phrase: (len(phrase.places) * len(phrase.words), phrase.words))
    if len(best.places) < MIN_USES:
        return Measurement(0.0)
    density = len(best.places) * len(best.words) / len(document.words)
    value = min(1.0, density / FULL_DENSITY)
    holding = [s for s in document.sentences if _holds(s.words, best.words)]
    return Measurement(value, tuple((s.start, s.end, value) for s in holding))


def _holds(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    if phrase[0] not in words:
        return False
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))
