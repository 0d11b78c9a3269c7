"""What stands between white space in an article's text, numbered once for all that cut it further.

A page of two thousand pieces has some eight hundred distinct ones. What a piece is made of does not depend on the pieces
around it, so it is worked out once for each distinct one, and what the text is made of is a look-up in an array.
"""

from __future__ import annotations

from quality.repeats import Numbered, number_words
from quality.segment import Document


def pieces(document: Document) -> Numbered:
    """Return the pieces of the text between white space; use it through `document.derive(pieces)`."""
    return number_words(document.text.split())
