"""How a line's words relate to the rest of the article: on topic or adrift, new or said before, or said word for word."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.segment import Document

FloatArray = NDArray[np.float64]

CONTENT_WORD_CHARS = 4
"""Shorter words are mostly grammar, in any spaced script."""
MAX_POSTINGS = 40
"""Earlier lines that are compared through one word, at most: keeps restatement linear."""
MAX_COMPARED = 200_000
"""Comparisons made at a time: bounds the memory for very long articles."""
MIN_RESTATED = 3
"""Lines of fewer content words restate by accident."""
SHINGLE = 4
_PRIME = np.uint64(0x01000193)
_MASK = np.uint64(0xFFFFFFFFFFFF)
BODY_WORDS = 12


@dataclass(frozen=True)
class Holdings:
    """Which lines hold which content words: one entry a line and distinct word, in the order of the lines."""

    line: NDArray[np.intp]
    word: NDArray[np.intp]
    """Numbers of `Document.numbered`."""
    sizes: NDArray[np.intp]
    """Distinct content words of each line."""

    def per_line(self, values: NDArray[np.generic]) -> FloatArray:
        """Sum one value an entry over each line."""
        return np.bincount(self.line, weights=values, minlength=len(self.sizes)).astype(float)


def holdings(document: Document) -> Holdings:
    """Find the content words of each line: four letters or more, or one character of a script without spaces."""
    numbered = document.numbered
    content = numbered.column(_is_content, np.bool_)
    owners = np.repeat(np.arange(len(document.lines)), [len(line.words) for line in document.lines])
    kept = content[numbered.ids] if len(content) else np.zeros(0, dtype=np.bool_)
    entries = np.unique(owners[kept] * len(content) + numbered.ids[kept])
    line, word = np.divmod(entries, max(1, len(content)))
    return Holdings(line, word, np.bincount(line, minlength=len(document.lines)))


def _is_content(word: str) -> bool:
    return len(word) >= CONTENT_WORD_CHARS or word[0] >= "\u3040"


def topic(document: Document) -> dict[str, FloatArray]:
    """Overlap of each line with the body, the title, the lines before it and single earlier lines."""
    held = holdings(document)
    columns = _overlaps(document, held)
    columns.update(_earlier(held))
    columns["topic.shingle_repeat"] = _shingles(document)
    columns.update(_copies(document))
    return columns


def _overlaps(document: Document, held: Holdings) -> dict[str, FloatArray]:
    numbered = document.numbered
    size = len(numbered.kinds)
    body = np.array([len(line.words) >= BODY_WORDS for line in document.lines], dtype=np.bool_)
    heads = np.array([line.is_heading for line in document.lines], dtype=np.bool_)
    holders = np.bincount(held.word[body[held.line]], minlength=size)
    title = frozenset(word for word in document.title_words if len(word) >= CONTENT_WORD_CHARS)
    in_title = numbered.among(title)
    in_heading = np.bincount(held.word[heads[held.line]], minlength=size) > 0
    shared = holders[held.word] - body[held.line]
    titled = held.per_line(in_title[held.word])
    some = held.sizes > 0
    sizes = np.where(some, held.sizes, 1)
    top = np.full(len(body), np.nan)
    if len(shared):
        first = np.concatenate(([0], np.cumsum(held.sizes)[:-1]))[some]
        top[some] = np.maximum.reduceat(shared, first) / max(1, int(body.sum()))
    missing = np.where(some, 0.0, np.nan)
    return {
        "topic.on_topic": held.per_line(shared > 0) / sizes + missing,
        "topic.weighted": held.per_line(np.log1p(shared)) / sizes + missing,
        "topic.in_title": titled / sizes + missing,
        "topic.in_headings": held.per_line(in_heading[held.word]) / sizes,
        "topic.top_word": np.where(some, top, 0.0),
        "topic.title_covered": titled / max(1, len(title)),
        "topic.distinct_words": held.sizes.astype(float),
    }


def _earlier(held: Holdings) -> dict[str, FloatArray]:
    """Share of words not seen before, and the best match with one earlier line (restatement)."""
    by_word = np.argsort(held.word, kind="stable")
    counts = np.bincount(held.word)
    before = np.empty(len(by_word), dtype=np.intp)
    """How many earlier lines hold the word of an entry."""
    before[by_word] = np.arange(len(by_word)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = np.empty(len(by_word), dtype=np.intp)
    place[by_word] = np.arange(len(by_word))
    fresh = held.per_line(before == 0)
    some = held.sizes > 0
    novelty = np.where(some, fresh / np.where(some, held.sizes, 1), np.nan)
    restated = np.zeros(len(held.sizes))
    compared = np.minimum(before, MAX_POSTINGS)
    ends = np.concatenate(([0], np.cumsum(held.sizes)))
    reach = np.concatenate(([0], np.cumsum(compared)))[ends]  # comparisons before each line
    lines_by_word = held.line[by_word]
    line = 0
    while line < len(held.sizes):
        last = max(line + 1, int(np.searchsorted(reach, reach[line] + MAX_COMPARED, side="right")) - 1)
        entries = slice(ends[line], ends[last])
        _restate(restated, held, lines_by_word, held.line[entries], place[entries], compared[entries])
        line = last
    return {"topic.novelty": novelty, "topic.new_words": fresh, "topic.restated": restated}


def _restate(
    restated: FloatArray,
    held: Holdings,
    lines_by_word: NDArray[np.intp],
    line: NDArray[np.intp],
    place: NDArray[np.intp],
    compared: NDArray[np.intp],
) -> None:
    """Fill in the best match of some lines: words in common with one earlier line over the words of both."""
    steps = np.arange(int(compared.sum())) - np.repeat(np.cumsum(compared) - compared, compared)
    other = lines_by_word[np.repeat(place, compared) - 1 - steps]
    pairs, common = np.unique(np.repeat(line, compared) * len(held.sizes) + other, return_counts=True)
    row, other = np.divmod(pairs, len(held.sizes))
    match = common / (held.sizes[row] + held.sizes[other] - common)
    enough = held.sizes[row] >= MIN_RESTATED
    np.maximum.at(restated, row[enough], match[enough])


def _shingles(document: Document) -> FloatArray:
    """Share of a line's word 4-grams that stand in an earlier line."""
    lines = document.lines
    flat = document.numbered.ids.astype(np.uint64)
    owners = np.repeat(np.arange(len(lines)), [len(line.words) for line in lines])
    count = len(flat) - SHINGLE + 1
    if count <= 0:
        return np.zeros(len(lines))
    grams = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE):
        grams = ((grams * _PRIME) ^ flat[offset : offset + count]) & _MASK
    inside = owners[:count] == owners[SHINGLE - 1 :]
    grams, owners = grams[inside], owners[:count][inside]
    _, first, inverse = np.unique(grams, return_index=True, return_inverse=True)
    repeated = owners[first][inverse] < owners
    totals = np.bincount(owners, minlength=len(lines))
    return np.bincount(owners, weights=repeated, minlength=len(lines)) / np.maximum(1, totals)


def _copies(document: Document) -> dict[str, FloatArray]:
    lines, keys = document.lines, document.squeezed
    total = Counter(keys)
    seen: Counter[str] = Counter()
    earlier = np.zeros(len(lines))
    for row, key in enumerate(keys):
        earlier[row] = seen[key]
        seen[key] += 1
    later = np.array([float(total[key]) for key in keys]) - earlier - 1
    doubled = np.array(
        [
            float(total[key] > line.layout.dom_copies) if line.layout is not None else np.nan
            for key, line in zip(keys, lines, strict=True)
        ]
    )
    return {"topic.copies_before": earlier, "topic.copies_after": later, "topic.extractor_doubled": doubled}
