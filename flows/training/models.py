"""Fit and measure the models in the order in which they lean on each other: blocks, line roles, page type, verdict.

The pages are read once, by the block model that ships: a new one must be taken over before the others are fitted to what it
extracts. Roles and page types come out of fold, so the verdict never trusts them more than it may on new pages. The same
pages give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.training import boilerplate, roles
from flows.training.candidate import FOLDERS, MODELS, Model, Result, Say, array_bytes, how_to_pin, write_candidate
from flows.training.pagetype import TypedPage, fit_page_type
from flows.training.role_scores import PageData, StageOneTrainer
from flows.training.role_table import RoleTable
from flows.training.verdict import LabelledArticle, fit_verdict, probability_of
from flows.training.verdict_pages import labelled_articles, own_gates, read_gates, written_examples
from flows.training.verdict_table import Judged, reliability, verdict_table, with_rules
from quality.boilerplate import BoilerplateModel
from quality.pagetype import PAGE_TYPES
from quality.policy import Policy
from quality.roles.model import WEIGHTS, RoleModel, read_model, role_model

BLOCK_SET = "wcxb-dev"
"""The set whose main texts people marked."""


@dataclass(frozen=True)
class Labels:
    """The labelled pages of a folder, read when first asked for, and what the models make of them."""

    folder: Path
    policy: Policy
    workers: int
    say: Say = field(default=print)
    tell: Say = field(default=lambda _: None)
    """Hears what is done now: the line roles take most of an hour."""

    @cached_property
    def block_models(self) -> list[BoilerplateModel]:
        """Models of the pages' blocks, one a fold that saw no page of it."""
        self.tell("blocks: without each fold")
        marked = boilerplate.read_marked_pages(self.folder, BLOCK_SET, workers=self.workers)
        return boilerplate.models_without_folds(marked)

    @cached_property
    def pages(self) -> list[PageData]:
        """All pages with a line, with the features of their lines."""
        pages = roles.read_pages(self.folder, workers=self.workers, block_models=self.block_models)
        self.say(f"{len(pages)} pages read")
        return pages

    @cached_property
    def trainer(self) -> StageOneTrainer:
        """The first stage of the role model, ready to be fitted."""
        return StageOneTrainer(self.pages)

    @cached_property
    def prepared(self) -> dict[str, roles.Prepared]:
        """The role model's out-of-fold answers."""
        return roles.prepare(self.pages, self.trainer, workers=self.workers, tell=self.tell)

    @cached_property
    def articles(self) -> list[LabelledArticle]:
        """The articles that readers judged, with roles that did not see their domain."""
        part = self.prepared["html"]
        gates = read_gates(self.folder, roles.SETS)
        return labelled_articles(part.measured, part.probabilities, gates, workers=self.workers)

    @cached_property
    def taught(self) -> list[LabelledArticle]:
        """The pages that the package's own labels judge: they teach the verdict and are not measured."""
        part = self.prepared["html"]
        gates = own_gates(part.pages, roles.SETS)
        pages = [data for data in part.pages if data.page.id in gates]
        return labelled_articles(pages, part.answers(lambda page: page.id in gates), gates, workers=self.workers)


def train(labels: Labels, target: Path, models: Sequence[Model]) -> dict[Model, RoleTable]:
    """Fit models, write a candidate of each below `target`, and return their out-of-fold tables."""
    tables: dict[Model, RoleTable] = {}
    fresh: RoleModel | None = None
    for model in sorted(models, key=MODELS.index):
        folder = target / FOLDERS[model]
        folder.mkdir(parents=True, exist_ok=True)
        if model == "boilerplate":
            figures = boilerplate.train(labels.folder, BLOCK_SET, folder, workers=labels.workers)
            found = Result(_listed(figures), f"{figures['pages']:.0f} marked pages", (folder / WEIGHTS).read_bytes())
        elif model == "roles":
            table = roles.train(labels.trainer, labels.prepared, folder, workers=labels.workers, say=labels.say)
            data = (folder / WEIGHTS).read_bytes()
            fresh = read_model(data)
            found = Result(table, f"{len(labels.prepared['html'].measured)} labelled pages", data)
        elif model == "page_type":
            found = measure_page_type(labels.pages)
        else:
            found = measure_verdict(labels, fresh or role_model())
        write_candidate(model, found, folder)
        labels.say(f"\n{model}\n{found.table.text}\n{how_to_pin(model, found.weights, folder)}")
        tables[model] = found.table
    return tables


def evaluate(labels: Labels, models: Sequence[Model]) -> dict[Model, RoleTable]:
    """Measure models out of fold, print their tables and return them."""
    tables: dict[Model, RoleTable] = {}
    for model in sorted(models, key=MODELS.index):
        if model == "boilerplate":
            marked = boilerplate.read_marked_pages(labels.folder, BLOCK_SET, workers=labels.workers)
            tables[model] = _listed(boilerplate.figures(marked, boilerplate.out_of_fold(marked)))
        elif model == "roles":
            tables[model] = roles.table_of(labels.prepared, labels.trainer, workers=labels.workers)
        elif model == "page_type":
            tables[model] = measure_page_type(labels.pages).table
        else:
            tables[model] = measure_verdict(labels, role_model()).table
        labels.say(f"\n{model}\n{tables[model].text}")
    return tables


def _listed(figures: Mapping[str, float]) -> RoleTable:
    return RoleTable(dict(figures), "\n".join(f"{name:24} {value:10.4f}" for name, value in figures.items()))


def measure_page_type(pages: Sequence[PageData]) -> Result:
    """Fit the page type on the pages whose type is known."""
    typed = [
        TypedPage(data.page.article, kind, data.page.domain)
        for data in pages
        for kind in PAGE_TYPES
        if data.page.page_type == kind
    ]
    arrays, found = fit_page_type(typed)
    figures: dict[str, float] = {}
    for name, value in found.items():
        if isinstance(value, Mapping):
            figures.update({f"{name}.{kind}": _number(share) for kind, share in value.items()})
        else:
            figures[name] = float(value)  # type: ignore[arg-type]
    lines = [f"{'page type':24} {'recall':>7} {'precision':>10}"]
    lines += [f"{kind:24} {figures[f'recall.{kind}']:7.3f} {figures[f'precision.{kind}']:10.3f}" for kind in PAGE_TYPES]
    lines.append(f"accuracy {figures['accuracy']:.3f}, article against the rest {figures['article_against_rest']:.3f}")
    return Result(RoleTable(figures, "\n".join(lines)), f"{len(typed)} pages whose type is known", array_bytes(arrays))


def _number(share: float) -> float:
    """A type that no page has, or that was never said, has no share: 0."""
    return 0.0 if math.isnan(share) else float(share)


def measure_verdict(labels: Labels, model: RoleModel) -> Result:
    """Fit the verdict on the English articles; other languages are judged by weights that never saw them."""
    judged, arrays, learned_from = judged_articles(labels, model)
    return Result(
        verdict_table(judged, labels.policy),
        learned_from,
        array_bytes(arrays),
        "Reliability (English):\n\n" + reliability([article for article in judged if "en" in article.groups]),
    )


def judged_articles(labels: Labels, model: RoleModel) -> tuple[list[Judged], dict[str, NDArray[np.generic]], str]:
    """Return the labelled articles with their out-of-fold probability, the arrays fitted on all, and what they are from."""
    languages = {data.page.id: data.page.language for data in labels.pages}
    kinds = {data.page.id: data.page.page_type for data in labels.pages}
    english = [article for article in labels.articles if languages[article.id] == "en"]
    others = [article for article in labels.articles if languages[article.id] != "en"]
    examples = written_examples(model, workers=labels.workers)
    arrays, probabilities, _ = fit_verdict(
        [*english, *labels.taught, *examples], names=list(english[0].features.values)
    )
    probabilities.update({article.id: probability_of(arrays, article.features) for article in others})
    judged = [
        Judged(
            article.id,
            article.gate,
            with_rules(probabilities[article.id], article.features, labels.policy),
            _groups(languages[article.id], kinds[article.id]),
        )
        for article in (*english, *others)
    ]
    gates = ", ".join(f"{sum(a.gate == gate for a in english)} {gate}" for gate in ("accept", "review", "reject"))
    return (
        judged,
        arrays,
        f"{len(english)} English articles ({gates}), {len(labels.taught)} pages that are not measured and "
        f"{len(examples)} written examples",
    )


def _groups(language: str, kind: str | None) -> tuple[str, ...]:
    named = (language,) if language == "en" else (language, "other")
    return (*named, f"type {kind}") if kind else named
