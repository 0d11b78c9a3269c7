"""Plugs of other sites glued to good sentences, for the forest below the line to learn from.

Readers marked some three hundred such pieces in labelled pages, most of them cross-links: too few to know an invitation at the
end of a paragraph by its words. So sentences of promo or residue that say so by themselves are put behind, before or between
the sentences of content lines, one for five of these lines. A plug comes from another site of the page's own fold and language, so
that no sentence is learned from that is measured elsewhere.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np

from flows.training.role_clauses import COVERED, ClauseRows, joined_rows
from flows.training.role_pages import RolePage
from quality.records import ROLES, Article
from quality.roles.clauses import unit_matrix, unit_scores, units_of
from quality.roles.model import LINE_SCORES, RoleModel, read_model
from quality.roles.ngrams import word_grams
from quality.roles.prediction import predict_with
from quality.segment import Line, segment

ROUNDS = 3
"""Times that each page is taken, with other plugs in other lines."""
PLUG_WORDS = range(4, 41)
SENTENCES_A_LINE = 3
"""Sentences of a junk line that are taken."""
LEAST_ODDS: Mapping[str, float] = {"en": -1.0}
LEAST_ODDS_ELSEWHERE = -2.0
"""Log-odds of junk by its own words from which a sentence says so by itself; words of other languages are known less well."""
FEWEST_PLUGS = 5
LINE_WORDS, FEWEST_LINES = 12, 4
"""Words of a line that a plug is glued to, and how many such lines a page must have."""
LINES_A_PLUG, MOST_PLUGS = 5, 4
"""One plug for so many of these lines, and the most in a page."""
BEHIND, BETWEEN = 0.75, 0.15
"""How often a plug stands behind the line and between its sentences; else before it."""
LINKED = 0.4
"""How often a plug brings a link."""
LINK_CHARS = 20
SHORTEST_NAME = 4
"""Letters of a site's name that is replaced in its plugs."""
_ENDS = re.compile(r"[.!?…。][”\"’)]*$")
_JUNK = (ROLES.index("promo"), ROLES.index("residue"))


@dataclass(frozen=True, slots=True)
class Plug:
    """A sentence and the site it comes from."""

    text: str
    domain: str
    site: str | None


Plugs = Mapping[tuple[int, str], Sequence[Plug]]
"""By fold and language."""


def plugs_of(pages: Sequence[RolePage], singles: Sequence[RoleModel]) -> Plugs:
    """Collect the sentences that say by themselves that they are junk. `singles`: first stages without each fold."""
    found: dict[tuple[int, str], list[Plug]] = {}
    for page in pages:
        plugs = [Plug(text, page.domain, page.article.site_name) for text in _junk_sentences(page)]
        if plugs:
            model = singles[page.fold]
            grams = word_grams([plug.text for plug in plugs], publisher=frozenset())
            column = LINE_SCORES.index("junk")
            odds = grams.scores(model.line)[:, column] + model.intercepts[column]
            least = LEAST_ODDS.get(page.language, LEAST_ODDS_ELSEWHERE)
            kept = [plug for plug, value in zip(plugs, odds, strict=True) if value >= least]
            found.setdefault((page.fold, page.language), []).extend(kept)
    return found


def glued_rows(
    pages: Sequence[RolePage], singles: Sequence[RoleModel], models: Sequence[bytes], *, workers: int
) -> ClauseRows:
    """Return the units of the lines that plugs were glued to; `models`: weights without each fold, as they are stored."""
    plugs = plugs_of(pages, singles)
    jobs = [
        (page, plugs.get((page.fold, page.language), ()), number)
        for page in sorted(pages, key=lambda page: page.fold)
        for number in range(ROUNDS)
    ]
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (models,)) as pool:
        return joined_rows([rows for rows in pool.map(_rows_of, jobs, chunksize=30) if rows is not None])


@dataclass(frozen=True, slots=True)
class Glued:
    """An article with plugs in it, and (line, start, end) of each, in offsets of its text."""

    article: Article
    plugs: tuple[tuple[int, int, int], ...]


def glued(page: RolePage, plugs: Sequence[Plug], number: int) -> Glued | None:
    """Return the page's article with plugs of other sites, the same ones each time; None if there are too few of either."""
    assert page.roles is not None
    chance = random.Random(f"{page.id} {number}")
    document = segment(page.article)
    lines = [line for line in document.lines if page.roles[line.index] == 0 and _takes_plugs(line)]
    plugs = [plug for plug in plugs if plug.domain != page.domain]
    if len(lines) < FEWEST_LINES or len(plugs) < FEWEST_PLUGS:
        return None
    taken = {line.index for line in chance.sample(lines, min(MOST_PLUGS, max(1, len(lines) // LINES_A_PLUG)))}
    texts, layouts, places, at = [], [], [], 0
    for line in document.lines:
        text, layout = line.text, line.layout
        if line.index in taken:
            plug = _as_of(chance.choice(plugs), page.article.site_name)
            starts = [sentence.start - line.start for sentence in document.sentences_by_line[line.index]]
            before, behind = _cut(text.rstrip(), starts[1:], chance)
            start = at + len(before) + bool(before)
            places.append((line.index, start, start + len(plug)))
            text = " ".join(filter(None, (before, plug, behind)))
            if layout is not None and chance.random() < LINKED:
                layout = replace(layout, links=layout.links + 1, link_chars=layout.link_chars + LINK_CHARS)
        texts.append(text)
        layouts.append(layout)
        at += len(text) + 1
    return Glued(replace(page.article, text="\n".join(texts), layout=tuple(layouts)), tuple(places))


def _junk_sentences(page: RolePage) -> Iterator[str]:
    assert page.roles is not None
    document = segment(page.article)
    for line in document.lines:
        if page.roles[line.index] in _JUNK and not line.is_heading and "\n" not in line.text:
            for sentence in document.sentences_by_line[line.index][:SENTENCES_A_LINE]:
                text = document.text[sentence.start : sentence.end].strip()
                if len(sentence.words) in PLUG_WORDS and _ENDS.search(text):
                    yield text


def _takes_plugs(line: Line) -> bool:
    return len(line.words) >= LINE_WORDS and line.ends_sentence and not line.is_heading and "\n" not in line.text


def _as_of(plug: Plug, site: str | None) -> str:
    """Return the plug in the name of another site."""
    return plug.text.replace(plug.site, site) if site and plug.site and len(plug.site) >= SHORTEST_NAME else plug.text


def _cut(text: str, starts: Sequence[int], chance: random.Random) -> tuple[str, str]:
    """Return what stands before a plug and what behind it."""
    drawn = chance.random()
    if drawn < BEHIND or (drawn < BEHIND + BETWEEN and not starts):
        return text, ""
    at = chance.choice(starts) if drawn < BEHIND + BETWEEN else 0
    return text[:at].rstrip(), text[at:]


_models: list[RoleModel] = []
"""What a worker process was started with."""


def _start(models: Sequence[bytes]) -> None:
    _models.extend(map(read_model, models))


def _rows_of(job: tuple[RolePage, Sequence[Plug], int]) -> ClauseRows | None:
    page, plugs, number = job
    made = glued(page, plugs, number)
    if made is None:
        return None
    model = _models[page.fold]
    document = segment(made.article)
    units = [unit for line, _, _ in made.plugs for unit in units_of(document, document.lines[line])]
    if not units:
        return None
    lengths = np.array([float(unit.end - unit.start) for unit in units])
    inside = [
        sum(max(0, min(unit.end, end) - max(unit.start, start)) for _, start, end in made.plugs) for unit in units
    ]
    junk = predict_with(model, document).junk
    matrix = unit_matrix(document, units, unit_scores(model, document, units), junk)
    return ClauseRows(matrix, np.array(inside) >= COVERED * lengths, lengths, np.full(len(units), page.fold))
