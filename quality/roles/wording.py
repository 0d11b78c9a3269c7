"""The words of each line and of what stands around it, as hashed n-grams in four views.

`line`: the line's own words. `near`: words of the heading above, of the lines before and after, of its links' texts and
targets, each in a room of its own, since "Related" above a line says another thing than "related" in it. `chars`:
character n-grams, for forms of words that training has not seen. `classes`: class and id tokens of the markup.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from quality.roles.ngrams import Grams, char_grams, class_grams, merged, word_grams
from quality.segment import Line

NEAR_CHARS = 160
"""Characters of a neighbouring line that are read: its start says what it is."""
SECTION_SALT, BEFORE_SALT, AFTER_SALT, ANCHOR_SALT, TARGET_SALT = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Wording:
    """The four views; each has one text a line."""

    line: Grams
    near: Grams
    chars: Grams
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


def wording(lines: Sequence[Line], *, publisher: Set[str]) -> Wording:
    """Hash all views of a document's lines. `publisher`: the words that name the site, lower case."""
    texts = [line.text for line in lines]
    starts = [text[:NEAR_CHARS] for text in texts]
    layouts = [line.layout for line in lines]
    near = [
        word_grams(sections(lines), publisher=publisher, orders=(1, 2), salt=SECTION_SALT),
        word_grams(["", *starts[:-1]], publisher=publisher, orders=(1, 2), salt=BEFORE_SALT),
        word_grams([*starts[1:], ""], publisher=publisher, orders=(1, 2), salt=AFTER_SALT),
        word_grams(
            [" | ".join(x.anchor_texts) if x else "" for x in layouts], publisher=publisher, orders=(1, 2), salt=ANCHOR_SALT
        ),
        word_grams([" ".join(x.link_words) if x else "" for x in layouts], publisher=publisher, orders=(1,), salt=TARGET_SALT),
    ]
    return Wording(
        line=word_grams(texts, publisher=publisher),
        near=merged(near),
        chars=char_grams(texts),
        classes=class_grams([x.tokens if x else () for x in layouts]),
    )
