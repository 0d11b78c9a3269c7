"""What stands between white space in an article's text, numbered once for all that cut it further.

What a piece is made of does not depend on the pieces around it, so it is worked out once for each that a process meets
(see `vocabulary.py`), and what the text is made of is a look-up in an array.
"""

from __future__ import annotations

from quality.segment import Document
from quality.vocabulary import Numbered, vocabulary_of


def pieces(document: Document) -> Numbered:
    """Return the pieces of the text between white space; use it through `document.derive(pieces)`."""
    return pieces_of(document.text)


def pieces_of(text: str) -> Numbered:
    """Return the pieces of a text between white space."""
    return vocabulary_of("pieces").number(text.split())
