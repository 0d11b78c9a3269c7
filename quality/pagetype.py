"""What kind of page an article came from: article, forum, product, collection, listing, documentation or service.

A page that is no article is not a bad article, so its type is found before anything is judged. The type shows in the
URL (`/products/`, `/t/4711`), in the page's markup (a cart form, a declared schema type, a wall of links), in the class
names around the text, and in the shape and the words of the text. One multinomial logistic regression reads all of it:
a few dozen scaled numbers, and words hashed into fixed tables, so that a score is a sum that can be traced back. Plain
text has no page around it and gets no type.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from quality.records import Article

PageType = Literal["article", "forum", "product", "collection", "listing", "documentation", "service"]
PAGE_TYPES: tuple[PageType, ...] = ("article", "forum", "product", "collection", "listing", "documentation", "service")

MODEL_FILE = Path(__file__).parent / "models" / "pagetype" / "weights.npz"
BUCKETS = 8192
"""Size of each hashed table. 1,300 pages hold about 30,000 distinct words; a collision costs one weak weight."""
CLIP = 3.0
"""Scaled numbers are cut here, so that a page with 10,000 links is merely one with very many."""
MAX_TEXT_CHARS = 4000
MAX_LINES = 300
MAX_HEADINGS = 30
TABLE_SCALES: Mapping[str, float] = {"address": 2.0, "markup": 2.0, "words": 2.0, "headings": 1.0}
"""How much each table's words weigh against the scaled numbers under one L2 penalty; chosen out of fold."""

_WORD = re.compile(r"[^\W\d_]+|[$€£?!]")
_LATIN = re.compile(r"[a-z]+")
_PRICE = re.compile(r"[$€£]\s?\d")
_FIRST_PERSON = re.compile(r"[Im](?<!\w.)(?:(?<=I)|(?<=m)[ye])\b")  # begins with its letter: searched faster
_PUBLISHER_PERSON = re.compile(r"[WwOo](?<!\w.)(?:(?<=[Ww])e|(?<=[Oo])ur)\b")
_READER = re.compile(r"[Yy](?<!\w.)our?\b")
_YEAR_FOLDER = re.compile(r"/20\d\d")
_LONG_NUMBER = re.compile(r"\d{4,}")
_CODE_MARKS = "{}()=;<>_"


@dataclass(frozen=True, slots=True)
class PageTypePrediction:
    """The most probable type of a page and its probability, 0..1."""

    type: PageType
    probability: float


@dataclass(frozen=True, slots=True)
class PageTypeModel:
    """Weights of the regression; rows are inputs, columns are PAGE_TYPES."""

    names: tuple[str, ...]
    """Names of the numbers, in the order of the rows of `numbers`."""
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    numbers: NDArray[np.float64]
    tables: Mapping[str, NDArray[np.float16]]
    """Table name to BUCKETS x types."""
    intercept: NDArray[np.float64]


@lru_cache(maxsize=1)
def load_model() -> PageTypeModel:
    """Read the weights that ship with the package. Raises OSError or ValueError if they are missing or broken."""
    with np.load(MODEL_FILE, allow_pickle=False) as arrays:
        return PageTypeModel(
            names=tuple(arrays["names"].tolist()),
            mean=arrays["mean"],
            scale=arrays["scale"],
            numbers=arrays["numbers"],
            tables={name: arrays[f"table_{name}"] for name in TABLE_SCALES},
            intercept=arrays["intercept"],
        )


def predict_page_type(article: Article) -> PageTypePrediction | None:
    """Return the type of the page that an article was extracted from; None for plain text, which has no page."""
    if article.markup != "html":
        return None
    probabilities = page_type_probabilities(article, load_model())
    best = int(np.argmax(probabilities))
    return PageTypePrediction(PAGE_TYPES[best], float(probabilities[best]))


def page_type_probabilities(article: Article, model: PageTypeModel) -> NDArray[np.float64]:
    """Return one probability a type, in the order of PAGE_TYPES."""
    numbers = page_numbers(article)
    row = np.array([numbers.get(name, 0.0) for name in model.names])
    scores = model.intercept + scaled(row, model.mean, model.scale) @ model.numbers
    for name, weighted in page_words(article).items():
        if weighted:
            buckets = np.fromiter(weighted.keys(), dtype=np.int64, count=len(weighted))
            values = np.fromiter(weighted.values(), dtype=np.float64, count=len(weighted))
            scores = scores + values @ model.tables[name][buckets].astype(np.float64)
    exponentials = np.exp(scores - scores.max())
    probabilities: NDArray[np.float64] = exponentials / exponentials.sum()
    return probabilities


def scaled(rows: NDArray[np.float64], mean: NDArray[np.float64], scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the numbers in standard deviations from the mean, cut at CLIP."""
    return np.clip((rows - mean) / scale, -CLIP, CLIP)


def page_numbers(article: Article) -> dict[str, float]:
    """Return the numbers that the model reads: logarithms of the page's counts, and the shape of URL and text."""
    numbers = {f"page_{name}": float(np.log1p(max(0.0, value))) for name, value in article.page_features.items()}
    numbers.update(_text_shape(article))
    numbers.update(_address_shape(article.url))
    numbers["known_date"] = float(article.date is not None)
    numbers["known_author"] = float(article.author is not None)
    numbers["title_words"] = float(len((article.title or "").split()))
    numbers["headings"] = float(np.log1p(len(article.headings)))
    numbers["extracted_fraction"] = len(article.text) / (article.page_features.get("text_chars", 0.0) + 1.0)
    return numbers


def _text_shape(article: Article) -> dict[str, float]:
    text = article.text
    lengths = np.array([len(line) for line in text.split("\n") if line.strip()] or [0], dtype=np.float64)
    words = len(text.split()) or 1
    chars = len(text) or 1
    layouts = [layout for layout in article.layout if layout is not None]
    lines = len(layouts) or 1
    head = text[: 10 * MAX_TEXT_CHARS]
    rate = 100.0 / (len(head.split()) or 1)
    return {
        "text_words": float(np.log1p(words)),
        "text_lines": float(np.log1p(len(lengths))),
        "text_line_chars": float(np.log1p(lengths.mean())),
        "text_long_lines": float((lengths > 200).mean()),
        "text_short_lines": float((lengths < 40).mean()),
        "text_questions": text.count("?") / words * 100,
        "text_exclamations": text.count("!") / words * 100,
        "text_quotes": (text.count("“") + text.count('"')) / words * 100,
        "text_code": sum(text.count(mark) for mark in _CODE_MARKS) / chars,
        "text_digits": sum(text.count(digit) for digit in "0123456789") / chars,
        "text_prices": len(_PRICE.findall(head)) * rate,
        "text_first_person": len(_FIRST_PERSON.findall(head)) * rate,
        "text_publisher_person": len(_PUBLISHER_PERSON.findall(head)) * rate,
        "text_reader": len(_READER.findall(head)) * rate,
        "line_items": sum(layout.tag == "li" for layout in layouts) / lines,
        "line_cells": sum(layout.tag in ("td", "tr", "th") for layout in layouts) / lines,
        "line_headings": sum(layout.tag.startswith("h") for layout in layouts) / lines,
        "line_links": sum(layout.link_density for layout in layouts) / lines,
    }


def _address_shape(url: str | None) -> dict[str, float]:
    host, path, query = split_address(url)
    folders = [part for part in path.split("/") if part]
    last = folders[-1] if folders else ""
    return {
        "url_depth": float(len(folders)),
        "url_last_chars": float(len(last)),
        "url_last_hyphens": float(last.count("-")),
        "url_root": float(not folders),
        "url_year": float(_YEAR_FOLDER.search(path) is not None),
        "url_number": float(_LONG_NUMBER.search(path) is not None),
        "url_query": float(bool(query)),
        "url_host_dots": float(host.count(".")),
    }


def split_address(url: str | None) -> tuple[str, str, str]:
    """Return (host, path, query) in lower case; empty strings for a URL that cannot be read."""
    try:
        parts = urlsplit((url or "").lower())
        return parts.hostname or "", parts.path, parts.query
    except ValueError:
        return "", "", ""


def page_words(article: Article) -> dict[str, dict[int, float]]:
    """Return the hashed words by table: bucket to weight."""
    words = {
        "address": dict.fromkeys(_address_words(article), 1.0),
        "markup": _markup_words(article),
        "words": _text_words(article.text),
        "headings": dict.fromkeys(_heading_words(article.headings), 1.0),
    }
    return {name: _hashed(weights, TABLE_SCALES[name]) for name, weights in words.items()}


def _hashed(weights: Mapping[str, float], scale: float) -> dict[int, float]:
    buckets: dict[int, float] = {}
    for word, weight in weights.items():
        bucket = zlib.crc32(word.encode("utf-8", "surrogatepass")) % BUCKETS
        buckets[bucket] = buckets.get(bucket, 0.0) + scale * weight
    return buckets


def _address_words(article: Article) -> Iterable[str]:
    host, path, query = split_address(article.url)
    yield from (f"host {word}" for word in _LATIN.findall(host) if word not in ("www", "com", "org"))
    folders = [part for part in path.split("/") if part]
    for place, folder in enumerate(folders):
        words = _LATIN.findall(folder)
        # A long last part is the page's own name; short parts are the site's shelves.
        name = "last" if place == len(folders) - 1 and len(words) > 2 else "folder"
        yield from (f"{name} {word}" for word in words)
    yield from (f"query {word}" for word in _LATIN.findall(query)[:6])
    yield from (f"title {word}" for word in _WORD.findall((article.title or "").lower()))


def _markup_words(article: Article) -> dict[str, float]:
    layouts = [layout for layout in article.layout if layout is not None][:MAX_LINES]
    counts: Counter[str] = Counter()
    for (tokens, path), lines in Counter([(layout.tokens[:24], layout.path[-3:]) for layout in layouts]).items():
        for word in (*dict.fromkeys(tokens), "path " + ">".join(path)):
            counts[word] += lines
    total = len(layouts) or 1
    return {word: min(1.0, (n / total) ** 0.5) for word, n in counts.items() if n / total > 0.1 or n >= 3}


def _text_words(text: str) -> dict[str, float]:
    words = _WORD.findall(text[:MAX_TEXT_CHARS].lower())[:400]
    total = len(words) or 1
    return {word: min(1.0, (10 * n / total) ** 0.5) for word, n in Counter(words).items()}


def _heading_words(headings: tuple[str, ...]) -> Iterable[str]:
    for heading in headings[:MAX_HEADINGS]:
        yield from _WORD.findall(heading.lower()[:200])
