"""The words of each line and of what stands around it, as hashed n-grams in three views.

`line`: the line's own words. `near`: words of the heading above, of the lines before and after, of its links' texts and
targets, each in a room of its own, since "Related" above a line says another thing than "related" in it. `classes`:
class and id tokens of the markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quality.roles.measures import publisher_names
from quality.roles.ngrams import Grams, WordCodes, class_grams, merged
from quality.segment import Document, Line

NEAR_CHARS = 160
"""Characters of a neighbouring line that are read: its start says what it is."""
SECTION_SALT, BEFORE_SALT, AFTER_SALT, ANCHOR_SALT, TARGET_SALT = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Wording:
    """The three views; each has one text a line."""

    line: Grams
    near: Grams
    classes: Grams


def sections(lines: Sequence[Line]) -> list[str]:
    """The heading that each line stands under: from the HTML, else the last line that reads as one."""
    result = []
    last = ""
    for line in lines:
        above = line.layout.section if line.layout is not None and line.layout.section else last
        result.append("" if above == line.text.strip()[: len(above)] else above)
        if line.is_heading:
            last = line.text[:NEAR_CHARS]
    return result


def word_codes(document: Document) -> WordCodes:
    """Return what reads the words of a document's texts, each once. To be derived, see `Document.derive`."""
    publisher, _ = publisher_names(document.article)
    return WordCodes(publisher)


def wording(lines: Sequence[Line], codes: WordCodes) -> Wording:
    """Hash all views of a document's lines. `codes`: see `word_codes`."""
    texts = [line.text for line in lines]
    starts = [text[:NEAR_CHARS] for text in texts]
    layouts = [line.layout for line in lines]
    near = [
        codes.grams(sections(lines), orders=(1, 2), salt=SECTION_SALT),
        codes.grams(["", *starts[:-1]], orders=(1, 2), salt=BEFORE_SALT),
        codes.grams([*starts[1:], ""], orders=(1, 2), salt=AFTER_SALT),
        codes.grams(
            [" | ".join(x.anchor_texts) if x else "" for x in layouts],
            orders=(1, 2),
            salt=ANCHOR_SALT,
        ),
        codes.grams([" ".join(x.link_words) if x else "" for x in layouts], orders=(1,), salt=TARGET_SALT),
    ]
    return Wording(
        line=codes.grams(texts),
        near=merged(near),
        classes=class_grams([x.tokens if x else () for x in layouts]),
    )
