"""Cut an article into lines, sentences and words, once, for every signal to read.

A line is what the extractor put on one line: a paragraph, heading, list item or table row. Words are maximal runs of
letters and digits (with inner apostrophes and hyphens kept apart), lower case; in scripts written without spaces each
character is a word, since an n-gram over a whole clause would never repeat. Offsets refer to `Article.text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from sys import intern
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from quality.memo import MOST_WORDS, Memo
from quality.once import once
from quality.records import Article, LineLayout
from quality.vocabulary import Numbered, vocabulary_of

_T = TypeVar("_T")

LONG_TEXT = 100_000
"""Characters. The words of longer texts are shared where they are equal: each on its own would take 80 bytes a word."""

# Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar: written without spaces between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Vowel signs and points are no letters to `\w`; without them Indic, Arabic and Hebrew words fall apart. (Dandas stay out.)
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_MARKS}])"
_WORD = re.compile(rf"[{_UNSPACED}]|{_LETTER}+(?:['’\u200c\u200d]{_LETTER}+)*")

# In ASCII everything between words becomes a space, and what is left is cut there; four times as fast as a regex.
_ASCII_LETTERS = "".join(chr(code).lower() if chr(code).isalnum() or code == 0x27 else " " for code in range(0x80))
_OUTER_APOSTROPHE = re.compile(r"'(?:(?<![A-Za-z0-9]')|(?![A-Za-z0-9]))")

# An end mark, closing quotes or brackets, then white space before something that can start a sentence.
_SENTENCE_END = re.compile(
    r"""
    [.!?…。！？｡؟।]  # the mark first, and then what it is, so that the search passes over everything else
    (?: (?<![.!?…].) (?<=[.!?…]) [.!?…]*+ ["'”’»)\]]* (?=\s+ ["'“‘«(\[¿¡—–-]* [^\W_a-z] )   # spaced scripts: the next word is no lower-case Latin
      | (?<=[。！？｡؟।]) [。！？｡؟।]* ["”’」』)）]*                    # full-width and danda marks end by themselves
    )
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nr|Fig|etc|e\.g|i\.e|U\.S|U\.K|Inc|Ltd|Co|Gen|Sen|Rep|Gov"
    r"|approx|bzw|ca|Abs|Art|Bd|ul|art|Sra?|Dra?|M|Mme)\.$"
)
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) != "\n")
_MARKS_BETWEEN = re.compile(r"[^\w\n]+")
FEW_MARKS = 64
"""Different marks that are taken out of a text one after the other; more of them at once."""
_BULLET = re.compile(r"^\s*(?:[-*•‣▪◦●■–]|\d{1,3}[.)])\s+")
_TABLE_ROW = re.compile(r"^\s*\|?.*\|.*\|?\s*$")
_END_MARKS = frozenset(".!?…。！？｡؟।:;")
_CLOSERS = "'\"”’»)]"

HEADING_MAX_WORDS = 14
"""A line without end mark that is longer than this is not taken for a heading where no HTML says so."""


class Sentence(NamedTuple):
    """A sentence: offsets in the article's text, the line it stands in, and its words."""

    start: int
    end: int
    line: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One non-empty line of the article."""

    index: int
    """Place among the non-empty lines."""
    start: int
    end: int
    text: str
    words: tuple[str, ...]
    layout: LineLayout | None
    sentences: tuple[Sentence, ...]

    @once
    def is_list_item(self) -> bool:
        """True for bullets and numbered points, by markup or by their mark."""
        return bool(_BULLET.match(self.text)) or (self.layout is not None and self.layout.tag in ("li", "dd", "dt"))

    @once
    def is_block_quotation(self) -> bool:
        """True inside a `<blockquote>`."""
        return self.layout is not None and "blockquote" in self.layout.path

    @once
    def is_code(self) -> bool:
        """True for a line of preformatted text."""
        return self.layout is not None and self.layout.tag == "pre"

    @once
    def is_table_row(self) -> bool:
        """True for rows that the extractor wrote with cell bars."""
        return "|" in self.text and bool(_TABLE_ROW.match(self.text))

    @once
    def is_heading(self) -> bool:
        """True where the HTML says so, or for a short line with no end mark in plain text."""
        if self.layout is not None:
            return self.layout.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        return (
            0 < len(self.words) <= HEADING_MAX_WORDS
            and not self.is_list_item
            and not self.is_table_row
            and not self.ends_sentence
        )

    @once
    def ends_sentence(self) -> bool:
        """True where the line ends in a mark that ends a sentence or announces what follows."""
        return self.text.rstrip().rstrip(_CLOSERS)[-1:] in _END_MARKS


def words_of(text: str) -> tuple[str, ...]:
    """Return the lower-case words of a text (see the module for what a word is)."""
    if text.isascii():
        return tuple(_ascii_words(text))
    if "\n" in text:
        return tuple(chain.from_iterable(map(words_of, text.split("\n"))))
    if "Σ" in text or "İ" in text:  # the lower case of these depends on where the word ends
        return tuple(m.lower() for m in _WORD.findall(text))
    return tuple(chain.from_iterable(map(_WORDS.__getitem__, text.split())))


def _words_of_piece(piece: str) -> tuple[str, ...]:
    return tuple(_ascii_words(piece) if piece.isascii() else _WORD.findall(piece.lower()))


_WORDS = Memo(_words_of_piece, most=MOST_WORDS)
"""No word holds white space, so the pieces between it can be remembered."""


def _ascii_words(text: str) -> list[str]:
    inner = _OUTER_APOSTROPHE.sub(" ", text) if "'" in text else text
    return inner.translate(_ASCII_LETTERS).split()


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the sentences of one line, without outer white space. Linear in the length."""
    bounds = []
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        at, end = mark.span()
        if text[at] == "." and _ABBREVIATION.search(text, max(start, at - 12), at + 1):
            continue
        bounds.append((end - len(text[start:end].lstrip()), end))
        start = end
    piece = text[start:].lstrip()
    if piece:
        left = len(text) - len(piece)
        bounds.append((left, left + len(piece.rstrip())))
    return bounds


def _line(index: int, place: int, text: str, layout: LineLayout | None, *, shared: bool) -> Line:
    """Cut a line that starts at a place of the article; no word crosses a sentence's end."""
    sentences = []
    for start, end in sentence_bounds(text):
        words = words_of(text[start:end])
        sentences.append(Sentence(place + start, place + end, index, tuple(map(intern, words)) if shared else words))
    words = sentences[0].words if len(sentences) == 1 else tuple(chain.from_iterable([s.words for s in sentences]))
    return Line(index, place, place + len(text), text, words, layout, tuple(sentences))


@dataclass(frozen=True)
class Document:
    """An article cut into lines, sentences and words; every signal reads the same one."""

    article: Article
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The article's text."""
        return self.article.text

    @once
    def words(self) -> tuple[str, ...]:
        """All words of all lines in order."""
        return tuple(chain.from_iterable([line.words for line in self.lines]))

    @once
    def numbered(self) -> Numbered:
        """All words as numbers."""
        return vocabulary_of("words").number(self.words)

    @once
    def sentences_by_line(self) -> tuple[tuple[Sentence, ...], ...]:
        """The sentences of each line."""
        return tuple([line.sentences for line in self.lines])

    @once
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order; none crosses a line."""
        return tuple(chain.from_iterable(self.sentences_by_line))

    @once
    def _word_bounds(self) -> NDArray[np.int64]:
        """How many words stand before each sentence, and before the end."""
        return np.cumsum([0, *[len(sentence.words) for sentence in self.sentences]])

    def sentences_with(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark the sentences that hold a word which is marked among the distinct words of `numbered`."""
        before = np.concatenate(([0], marked[self.numbered.ids].cumsum()))[self._word_bounds]
        held: NDArray[np.bool_] = before[1:] > before[:-1]
        return held

    @once
    def squeezed(self) -> tuple[str, ...]:
        """The lower-case letters and digits of each line, nothing else."""
        written = self.text.lower().encode("utf-8", "surrogatepass").translate(None, _ASCII_MARKS)
        squeezed = written.decode("utf-8", "surrogatepass")
        marks = [] if squeezed.isascii() else [c for c in set(squeezed) if not (c.isalnum() or c == "\n")]
        if len(marks) > FEW_MARKS:
            squeezed = _MARKS_BETWEEN.sub("", squeezed)
        else:
            for mark in marks:
                squeezed = squeezed.replace(mark, "")
        lines = zip(squeezed.split("\n"), self.text.split("\n"), strict=True)
        return tuple([one for one, text in lines if text.strip()])

    @once
    def line_chars(self) -> int:
        """Characters of all lines, without the breaks between them."""
        return sum(line.end - line.start for line in self.lines)

    @once
    def body(self) -> tuple[Line, ...]:
        """Lines that read as running text: at least eight words and an end mark, in any script."""
        return tuple(line for line in self.lines if len(line.words) >= 8 and line.ends_sentence)

    @once
    def quoted_lines(self) -> tuple[Line, ...]:
        """Lines of block quotations, which speak for somebody else; none where they are most of the text."""
        quoted = tuple(line for line in self.lines if line.is_block_quotation)
        chars = sum(line.end - line.start for line in quoted)
        return quoted if 2 * chars < self.line_chars else ()

    @once
    def code_lines(self) -> tuple[Line, ...]:
        """Lines of code blocks, which say what a program says; none where they are most of the text."""
        code = tuple(line for line in self.lines if line.is_code)
        chars = sum(line.end - line.start for line in code)
        return code if 2 * chars < self.line_chars else ()

    @once
    def _derived(self) -> dict[Callable[[Document], Any], Any]:
        return {}

    def derive(self, build: Callable[[Document], _T]) -> _T:
        """Return `build(self)`, computed once a document and function: what several signals share is counted once."""
        known = self._derived
        if build not in known:
            known[build] = build(self)
        shared: _T = known[build]
        return shared

    @once
    def title_words(self) -> tuple[str, ...]:
        """Words of the page's title."""
        return words_of(self.article.title or "")


def segment(article: Article) -> Document:
    """Cut an article into its non-empty lines and their words."""
    lines: list[Line] = []
    at = 0
    layouts = article.layout
    for number, text in enumerate(article.text.split("\n")):
        if text.strip():
            layout = layouts[number] if number < len(layouts) else None
            lines.append(_line(len(lines), at, text, layout, shared=len(article.text) > LONG_TEXT))
        at += len(text) + 1
    return Document(article=article, lines=tuple(lines))
