"""What the whole pipeline says of the labelled pages, by models that saw no page of their domain.

Figures of single models are stated out of fold by `quality evaluate`; this writes the end of the chain, texts and spans
after extraction, roles, signals and the policy's thresholds, for a measurement outside the package. Blocks, line roles,
clauses and verdicts are those without the page's fold; the page type, which says only which thresholds hold, is the one
that ships.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from flows.training import roles
from flows.training.models import Labels, judged_articles
from flows.training.pagetype import fold_of
from flows.training.role_pages import MAX_CHARS, MAX_ELEMENTS, labels_by_url, responses
from quality.boilerplate import BoilerplateModel
from quality.decode import decode
from quality.extract import ExtractionError, extract_html
from quality.pagetype import predict_page_type
from quality.pipeline import joined
from quality.policy import Policy
from quality.roles.model import RoleModel, role_model
from quality.roles.prediction import predict_with
from quality.roles.spans import spans_with
from quality.segment import segment
from quality.signals import measure_all
from quality.spans import clean
from quality.verdict import is_judged, verdict_of


@dataclass(frozen=True)
class _Page:
    id: str
    fold: int
    url: str
    body: bytes
    content_type: str | None
    reject_probability: float | None


@dataclass(frozen=True)
class _Models:
    """One of each a fold."""

    blocks: Sequence[BoilerplateModel]
    roles: Sequence[RoleModel]
    policy: Policy


_models: list[_Models] = []
"""What a worker process was started with."""


def write_predictions(labels: Labels, target: Path) -> int:
    """Write a JSON line a labelled page that has a text, and return their number. Raises OSError.

    Keys: id, url, verdict, reject_probability (both None for a page without a gate), text, clean_text, and spans as
    [start, end, kind].
    """
    models = _Models(
        labels.block_models, roles.models_without_folds(labels.prepared, workers=labels.workers), labels.policy
    )
    judged = {article.id: article.probability for article in judged_articles(labels, role_model())[0]}
    written = 0
    with (
        ProcessPoolExecutor(labels.workers, initializer=_start, initargs=(models,)) as pool,
        target.open("w", encoding="utf-8") as stream,
    ):
        for found in pool.map(_predicted, _pages(labels.folder, judged), chunksize=16):
            if found is not None:
                stream.write(json.dumps(found, ensure_ascii=False) + "\n")
                written += 1
    return written


def _pages(folder: Path, judged: Mapping[str, float]) -> Iterator[_Page]:
    """Read the labelled pages of all sets, and those whose main text people marked."""
    for name in roles.SETS:
        known = dict(labels_by_url(folder / f"{name}.labels.jsonl.gz"))
        gold = folder / f"{name}.gold.jsonl.gz"
        known = {**(labels_by_url(gold) if gold.exists() else {}), **known}
        for url, body, content_type in responses(folder / f"{name}.warc.gz"):
            if url and url in known:
                page_id = str(known[url]["id"])
                fold = fold_of(str(known[url]["domain"]))
                yield _Page(page_id, fold, url, body, content_type, judged.get(page_id))


def _start(models: _Models) -> None:
    _models.append(models)


def _predicted(page: _Page) -> dict[str, object] | None:
    models = _models[-1]
    try:
        article = extract_html(
            decode(page.body, content_type=page.content_type, is_html=True),
            url=page.url,
            max_elements=MAX_ELEMENTS,
            max_chars=MAX_CHARS,
            block_model=models.blocks[page.fold],
        )
    except ExtractionError:
        return None
    document = segment(article)
    model = models.roles[page.fold]
    policy = models.policy
    thresholds = policy.spans if is_judged(predict_page_type(article), policy) else policy.other_spans
    said = predict_with(model, document)
    probability = page.reject_probability
    found = spans_with(model, document, said, thresholds=thresholds, reject_probability=probability)
    spans = joined(document, said, measure_all(document), found, thresholds)
    return {
        "id": page.id,
        "url": page.url,
        "verdict": verdict_of(probability, policy) if probability is not None else None,
        "reject_probability": probability,
        "text": article.text,
        "clean_text": clean(article.text, spans),
        "spans": [[span.start, span.end, span.kind] for span in spans],
    }
