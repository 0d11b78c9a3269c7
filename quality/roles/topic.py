"""How a line's words relate to the rest of the article: on topic or adrift, new or said before, or said word for word."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from math import log1p

import numpy as np
from numpy.typing import NDArray

from quality.segment import Document, Line

FloatArray = NDArray[np.float64]

CONTENT_WORD_CHARS = 4
"""Shorter words are mostly grammar, in any spaced script."""
MAX_POSTINGS = 40
"""Earlier lines that are compared through one word, at most: keeps restatement linear."""
SHINGLE = 4
_PRIME = np.uint64(0x01000193)
_MASK = np.uint64(0xFFFFFFFFFFFF)
BODY_WORDS = 12


def content_words(line: Line) -> tuple[str, ...]:
    """Distinct words that carry meaning: four letters or more, or one character of a script without spaces."""
    return tuple(dict.fromkeys(w for w in line.words if len(w) >= CONTENT_WORD_CHARS or w[0] >= "\u3040"))


def topic(document: Document) -> dict[str, FloatArray]:
    """Overlap of each line with the body, the title, the lines before it and single earlier lines."""
    lines = document.lines
    sets = [content_words(line) for line in lines]
    columns = _overlaps(document, sets)
    columns.update(_earlier(lines, sets))
    columns["topic.shingle_repeat"] = _shingles(lines)
    columns.update(_copies(document))
    return columns


def _overlaps(document: Document, sets: Sequence[tuple[str, ...]]) -> dict[str, FloatArray]:
    lines = document.lines
    count = len(lines)
    holders = Counter(
        word for words, line in zip(sets, lines, strict=True) if len(line.words) >= BODY_WORDS for word in words
    )
    title = frozenset(word for word in document.title_words if len(word) >= CONTENT_WORD_CHARS)
    headings = Counter(word for words, line in zip(sets, lines, strict=True) if line.is_heading for word in words)
    on_topic, weighted, titled, in_headings, body_weight = (np.zeros(count) for _ in range(5))
    bodies = max(1, sum(len(line.words) >= BODY_WORDS for line in lines))
    for row, (words, line) in enumerate(zip(sets, lines, strict=True)):
        if not words:
            on_topic[row] = weighted[row] = titled[row] = np.nan
            continue
        own = len(line.words) >= BODY_WORDS
        shared = [holders[word] - own for word in words]
        on_topic[row] = sum(n > 0 for n in shared) / len(words)
        weighted[row] = sum(map(log1p, shared)) / len(words)
        titled[row] = len(title.intersection(words)) / len(words)
        in_headings[row] = sum(word in headings for word in words) / len(words)
        body_weight[row] = max(shared) / bodies
    return {
        "topic.on_topic": on_topic,
        "topic.weighted": weighted,
        "topic.in_title": titled,
        "topic.in_headings": in_headings,
        "topic.top_word": body_weight,
        "topic.title_covered": np.array([len(title.intersection(words)) / max(1, len(title)) for words in sets]),
        "topic.distinct_words": np.array([float(len(words)) for words in sets]),
    }


def _earlier(lines: Sequence[Line], sets: Sequence[tuple[str, ...]]) -> dict[str, FloatArray]:
    """Share of words not seen before, and the best match with one earlier line (restatement)."""
    count = len(lines)
    novelty, restated, new_words = np.full(count, np.nan), np.zeros(count), np.zeros(count)
    postings: dict[str, list[int]] = {}
    for row, words in enumerate(sets):
        if not words:
            continue
        fresh = 0
        matches: Counter[int] = Counter()
        for word in words:
            rows = postings.setdefault(word, [])
            if not rows:
                fresh += 1
            matches.update(rows[-MAX_POSTINGS:])
            rows.append(row)
        novelty[row] = fresh / len(words)
        new_words[row] = fresh
        if matches and len(words) >= 3:
            restated[row] = max(n / (len(words) + len(sets[other]) - n) for other, n in matches.items())
    return {"topic.novelty": novelty, "topic.new_words": new_words, "topic.restated": restated}


def _shingles(lines: Sequence[Line]) -> FloatArray:
    """Share of a line's word 4-grams that stand in an earlier line."""
    codes: dict[str, int] = {}
    for line in lines:
        for word in line.words:
            if word not in codes:
                codes[word] = zlib.crc32(word.encode("utf-8", "replace"))
    flat = np.array([codes[word] for line in lines for word in line.words], dtype=np.uint64)
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
