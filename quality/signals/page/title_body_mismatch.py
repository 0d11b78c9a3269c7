"""Words of the title that the text never uses.

Measures: content words of the title (four letters or more, no function words, no publisher's name) whose first five
letters start no word of the body, over the content words of the title.
Why: a text that is not about its title was scraped, spun or cut off.
Example: a title on "mortgage rates" over a text about a yoga studio.
Known misfires: puns, titles in another language than the text, short news; inflection beyond the fifth letter. None
with less than three content words.
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.page.keywords import content_words

MIN_TITLE_WORDS = 3
STEM_CHARS = 5


def measure(document: Document) -> Measurement:
    """Return the share of the title's content words that the body lacks."""
    title = content_words(document, document.title_words)
    if len(title) < MIN_TITLE_WORDS:
        return Measurement(None)
    own = set(document.title_words)
    used = frozenset[str]().union(*(line.words for line in document.lines if not _is_title(line.words, own)))
    body = {word[:STEM_CHARS] for word in used}
    return Measurement(sum(word[:STEM_CHARS] not in body for word in title) / len(title))


def _is_title(words: tuple[str, ...], title: set[str]) -> bool:
    return title.issuperset(words) and set(words) == title
