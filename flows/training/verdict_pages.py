"""Labelled articles for the verdict model: what careful readers said of each, and what it is judged by.

The roles of a labelled page's lines are those of a role model that did not see its domain; see `flows/training/verdict.py`.
The written examples are plain text, read with a role model that learned from no page of theirs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from itertools import pairwise, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.training.role_pages import labels_by_url, own_labels_by_url
from flows.training.role_scores import PageData
from flows.training.verdict import LabelledArticle
from quality.extract import extract_text
from quality.records import Article, Decoded
from quality.roles import RolePrediction
from quality.roles.model import RoleModel
from quality.roles.prediction import predict_with
from quality.segment import segment
from quality.signals import measure_all
from quality.verdict_model import features

GATES = ("accept", "review", "reject")
MAX_CHARS = 1_000_000
WRITTEN = "padded_news.toml"
OWN_KINDS = ("article", "service")
"""Kinds of pages whose own labels teach the verdict: company pages are what advertorials read like."""


def read_gates(folder: Path, sets: Sequence[str]) -> dict[str, str]:
    """Return what readers said of each labelled article, by id: accept, review or reject."""
    records = (record for name in sets for record in labels_by_url(folder / f"{name}.labels.jsonl.gz").values())
    return {str(record["id"]): str(record["gate"]) for record in records if record.get("gate") in GATES}


def own_gates(pages: Sequence[PageData], sets: Sequence[str]) -> dict[str, str]:
    """Return what the package's own labels say of articles and services, by id, where no reader's label is measured."""
    gates = {url: str(label["gate"]) for name in sets for url, label in own_labels_by_url(name).items()}
    return {
        data.page.id: gates[url]
        for data in pages
        if (url := (data.page.article.url or "").strip()) in gates
        and data.page.page_type in OWN_KINDS
        and data.page.roles is not None
        and not data.page.measured
    }


def labelled_articles(
    pages: Sequence[PageData], probabilities: NDArray[np.float64], gates: Mapping[str, str], *, workers: int
) -> list[LabelledArticle]:
    """Return the pages that have a gate, with their features.

    `probabilities`: of all lines of the pages, one after another, lines x roles, out of fold.
    """
    bounds = np.cumsum([0, *(page.size for page in pages)]).tolist()
    roles = [probabilities[start:end] for start, end in pairwise(bounds)]
    kept = [(data.page, own) for data, own in zip(pages, roles, strict=True) if data.page.id in gates]
    with ProcessPoolExecutor(workers) as pool:
        return list(
            pool.map(
                _labelled,
                (page.article for page, _ in kept),
                (own for _, own in kept),
                ((page.id, gates[page.id], page.domain) for page, _ in kept),
                chunksize=16,
            )
        )


def _labelled(article: Article, roles: NDArray[np.float64], known: tuple[str, str, str | None]) -> LabelledArticle:
    document = segment(article)
    read = features(document, measure_all(document), RolePrediction(roles, article.markup))
    return LabelledArticle(known[0], read, known[1], known[2])


def written_examples(model: RoleModel, *, workers: int) -> list[LabelledArticle]:
    """Return the examples that were written for training; they have no domain and are rejects."""
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(_written, _written_articles(), repeat(model)))


def _written(numbered: tuple[int, Article], model: RoleModel) -> LabelledArticle:
    number, article = numbered
    roles = predict_with(model, segment(article))
    return _labelled(article, roles.probabilities, (f"written-{number}", "reject", None))


def _written_articles() -> Iterator[tuple[int, Article]]:
    content = tomllib.loads((files("flows.training") / WRITTEN).read_text(encoding="utf-8"))
    for number, entry in enumerate(content["article"]):
        decoded = Decoded(
            text=f"{entry['title']}\n{entry['text'].strip()}", charset="utf-8", method="utf-8", confidence=1.0
        )
        yield number, extract_text(decoded, url=None, max_chars=MAX_CHARS)
