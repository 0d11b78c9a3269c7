"""Fit and measure the model of a page's blocks on pages whose main text people marked.

A block counts as main text if most of its own text stands in the marked text, or if a reader of the same page called it
content, padding or repeat. Names of elements are weighed first, on other pages than those that the trees then learn from,
so that the trees do not trust them more than unseen sites deserve. Folds are by domain; what ships is fitted on all pages.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.training.pagetype import FOLDS, fold_of
from flows.training.role_pages import labels_by_url, responses
from quality.boilerplate.features import Floats, units_of
from quality.boilerplate.main_text import FURNITURE_BELOW
from quality.boilerplate.model import BoilerplateModel
from quality.decode import decode
from quality.dom import PageText, read_page, squeeze
from quality.extract import ExtractionError, parse_html
from quality.links import site_of_url
from quality.roles.fit import TreeSettings, fit_forest

GRAM = 10
"""Letters and digits of the pieces by which a block is looked for in the marked text."""
WHOLE_CHARS = 16
"""Shorter blocks must stand whole, near the block before."""
BACK, AHEAD = 30, 60
IN_MAIN_TEXT = 0.5
MAX_DEPTH = 30
MIN_DOMAINS, MIN_DOMAINS_OF_HALF = 8, 5
"""Names seen on fewer domains are not weighed."""
TREES = TreeSettings(rounds=60, learning_rate=0.2, leaves=24, leaf_lines=40, shrinkage=5.0, columns=0.4, depth=6)
"""Chosen out of fold: twice the trees win .001 of AUC and double the cost."""
KEPT_ROLES = frozenset({"content", "padding", "repeat"})


@dataclass(frozen=True)
class MarkedPage:
    """One page to learn from: its blocks, and which of its units belong to the main text."""

    page: PageText
    domain: str
    units: NDArray[np.intp]
    chars: Floats
    main: NDArray[np.bool_]

    def half(self) -> int:
        """0 or 1, by domain: names weighed on one half are shown to trees on the other."""
        return hashlib.sha1(f"half {self.domain}".encode()).digest()[0] % 2

    def weights(self) -> Floats:
        """Weight of each unit; every page weighs one."""
        roots = np.sqrt(self.chars)
        weights: Floats = roots / roots.sum()
        return weights


def read_marked_pages(folder: Path, name: str, *, workers: int) -> list[MarkedPage]:
    """Read `NAME.warc.gz` with `NAME.gold.jsonl.gz` and, where a page has one, its label. Raises OSError."""
    gold, labels = labels_by_url(folder / f"{name}.gold.jsonl.gz"), labels_by_url(folder / f"{name}.labels.jsonl.gz")
    jobs = [
        (url, body, content_type, gold[url], labels.get(url))
        for url, body, content_type in responses(folder / f"{name}.warc.gz")
        if url in gold
    ]
    with ProcessPoolExecutor(workers) as pool:
        return [page for page in pool.map(_marked, jobs, chunksize=16) if page is not None]


def _marked(
    job: tuple[str, bytes, str | None, Mapping[str, object], Mapping[str, object] | None],
) -> MarkedPage | None:
    url, body, content_type, gold, label = job
    try:
        tree = parse_html(decode(body, content_type=content_type, is_html=True).text).tree
    except ExtractionError:
        return None
    page = read_page(tree, site=site_of_url(url))
    if not page.starts:
        return None
    units = units_of(page, {})
    texts = own_texts(page, units.blocks)
    main = in_text(texts, squeeze(str(gold["main_content"])))
    if label is not None:
        kept = "\n".join(squeeze(line) for line, role in label["lines"] if role in KEPT_ROLES)  # type: ignore[attr-defined]
        main |= np.array([len(text) >= WHOLE_CHARS and text in kept for text in texts])
    return MarkedPage(_without_elements(page), str(gold["domain"]), units.blocks, units.chars, main)


def _without_elements(page: PageText) -> PageText:
    """A copy that can be sent between processes."""
    blocks = [replace(block, element=None) for block in page.blocks]
    return replace(page, blocks=blocks, links=[])


def own_texts(page: PageText, blocks: Iterable[int]) -> list[str]:
    """Return the letters and digits that each block itself owns."""
    ends = [*page.starts[1:], len(page.string)]
    pieces: dict[int, list[str]] = defaultdict(list)
    for block, start, end in zip(page.blocks_of, page.starts, ends, strict=True):
        pieces[block].append(page.string[start:end])
    return ["".join(pieces[block]) for block in blocks]


def in_text(texts: Sequence[str], whole: str) -> NDArray[np.bool_]:
    """Say which texts, in order of the page, stand in the marked text (both squeezed)."""
    grams = {whole[at : at + GRAM] for at in range(len(whole) - GRAM + 1)}
    found = np.zeros(len(texts), dtype=bool)
    at = 0
    for number, text in enumerate(texts):
        if len(text) < WHOLE_CHARS:
            place = whole.find(text, max(0, at - BACK), at + len(text) + AHEAD)
            found[number], at = place >= 0, max(at, place + len(text)) if place >= 0 else at
        elif (place := whole.find(text, max(0, at - 200))) >= 0 or (place := whole.find(text)) >= 0:
            found[number], at = True, place + len(text)
        else:
            pieces = [text[i : i + GRAM] for i in range(0, len(text) - GRAM + 1, 3)]
            found[number] = sum(piece in grams for piece in pieces) >= IN_MAIN_TEXT * len(pieces)
    return found


def name_weights(pages: Sequence[MarkedPage], *, min_domains: int) -> dict[str, float]:
    """Return how strongly each name of an element speaks for main text: smoothed log-odds, one vote a page."""
    inside: dict[str, float] = defaultdict(float)
    outside: dict[str, float] = defaultdict(float)
    domains: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        chars = {True: Counter[str](), False: Counter[str]()}
        for unit, size, main in zip(page.units.tolist(), np.sqrt(page.chars).tolist(), page.main.tolist(), strict=True):
            for name in _names_around(page, unit):
                chars[main][name] += size
        for name in chars[True] | chars[False]:
            share = chars[True][name] / (chars[True][name] + chars[False][name])
            inside[name] += share
            outside[name] += 1 - share
            domains[name].add(page.domain)
    return {
        name: math.log((inside[name] + 1) / (outside[name] + 1))
        for name in sorted(domains)
        if len(domains[name]) >= min_domains
    }


def _names_around(page: MarkedPage, block: int) -> dict[str, None]:
    names: dict[str, None] = {}
    for _ in range(MAX_DEPTH):
        if block < 0:
            break
        names.update(dict.fromkeys(page.page.blocks[block].tokens))
        block = page.page.blocks[block].parent
    return names


def fit(pages: Sequence[MarkedPage]) -> BoilerplateModel:
    """Fit names and trees; the same pages give the same weights."""
    matrices, targets, weights = [], [], []
    for half in (0, 1):
        names = name_weights([p for p in pages if p.half() != half], min_domains=MIN_DOMAINS_OF_HALF)
        for page in pages:
            if page.half() == half:
                matrices.append(units_of(page.page, names).matrix)
                targets.append(page.main)
                weights.append(page.weights())
    forest = fit_forest(np.concatenate(matrices), np.concatenate(targets), np.concatenate(weights), settings=TREES)
    return BoilerplateModel(forest, name_weights(pages, min_domains=MIN_DOMAINS))


def models_without_folds(pages: Sequence[MarkedPage]) -> list[BoilerplateModel]:
    """Return a model for each fold of domains that saw no page of it."""
    return [fit([page for page in pages if fold_of(page.domain) != fold]) for fold in range(FOLDS)]


def out_of_fold(pages: Sequence[MarkedPage]) -> list[Floats]:
    """Return each unit's probability by a model that saw no page of its domain."""
    scores: list[Floats] = [np.zeros(0)] * len(pages)
    for fold, model in enumerate(models_without_folds(pages)):
        for number, page in enumerate(pages):
            if fold_of(page.domain) == fold:
                odds = model.forest.predict(units_of(page.page, model.names).matrix)
                scores[number] = 1 / (1 + np.exp(-odds))
    return scores


def figures(pages: Sequence[MarkedPage], scores: Sequence[Floats]) -> dict[str, float]:
    """AUC over units (each page weighs one), and by page how much would be taken out before the extraction."""
    from sklearn.metrics import roc_auc_score

    main, score = np.concatenate([page.main for page in pages]), np.concatenate(scores)
    auc = roc_auc_score(main, score, sample_weight=np.concatenate([page.weights() for page in pages]))
    lost, gone = [], []
    for page, probability in zip(pages, scores, strict=True):
        out = probability < FURNITURE_BELOW
        lost.append((page.chars * page.main * out).sum() / max(1.0, (page.chars * page.main).sum()))
        gone.append((page.chars * ~page.main * out).sum() / max(1.0, (page.chars * ~page.main).sum()))
    return {
        "pages": len(pages),
        "auc": round(float(auc), 4),
        "main_text_taken_out": round(float(np.mean(lost)), 4),
        "furniture_taken_out": round(float(np.mean(gone)), 4),
    }


def train(folder: Path, name: str, target: Path, *, workers: int = 2) -> dict[str, float]:
    """Fit on a set of marked pages, write `weights.npz` and `metrics.json` to `target`, return the out-of-fold figures."""
    pages = read_marked_pages(folder, name, workers=workers)
    measured = figures(pages, out_of_fold(pages))
    np.savez_compressed(target / "weights.npz", **fit(pages).arrays())  # type: ignore[arg-type]
    (target / "metrics.json").write_text(json.dumps(measured, indent=2) + "\n")
    return measured
