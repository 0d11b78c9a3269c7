"""Pages to learn from with plugs of other sites in their lines: offsets fit, no plug crosses a fold, and chance is repeatable."""

from __future__ import annotations

from itertools import count, islice

import numpy as np
import pytest

from flows.training.glued_plugs import FEWEST_LINES, FEWEST_PLUGS, LINES_A_PLUG, Plug, glued, glued_rows, plugs_of
from flows.training.pagetype import fold_of
from flows.training.role_clauses import fit_clauses, joined_rows
from flows.training.role_pages import RolePage
from quality.decode import decode
from quality.extract import extract_html
from quality.model_files import FOLDER
from quality.roles.clauses import COLUMNS
from quality.roles.model import WEIGHTS, role_model
from quality.segment import segment

CONTENT = tuple(
    f"On day {number} the two builders carried {number + 3} oak beams up to the roof of the old mill. Rain stopped them at noon."
    for number in range(20)
)
PLUG = "Sign up for the Mill Notes newsletter to get our best stories every week."
QUIET = "The wheel turned for the last time in 1911."


def _domains(fold: int, number: int) -> list[str]:
    names = (f"site{place}.example" for place in count())
    return list(islice((name for name in names if fold_of(name) == fold), number))


def _page(domain: str, *, junk: tuple[str, ...] = (), lines: int = 20, language: str = "en") -> RolePage:
    texts = [*CONTENT[:lines], *junk]
    body = "".join(f"<p>{text}</p>" for text in texts)
    html = f'<html><head><meta property="og:site_name" content="Mill Notes"></head><body><article>{body}</article></body></html>'
    article = extract_html(
        decode(html.encode(), content_type=None, is_html=True), url=f"https://{domain}/a", max_elements=1000, max_chars=100_000, blocks=False
    )  # fmt: skip
    found = [line.text for line in segment(article).lines]
    assert len(found) == len(texts)
    roles = np.array([1 if text in junk else 0 for text in found])
    return RolePage(domain, article, domain, language, "article", roles, None, measured=True)


def _plugs(number: int, domain: str = "other.example") -> list[Plug]:
    return [Plug(f"Sign up for letter {place} of Other Post today!", domain, "Other Post") for place in range(number)]


def test_plugs_are_junk_sentences_that_say_so_themselves_by_fold_and_language() -> None:
    here, there = _domains(1, 2), _domains(3, 1)
    pages = [
        _page(here[0], junk=(PLUG, QUIET)),
        _page(here[1]),
        _page(there[0], junk=(PLUG,)),
        _page(here[1], junk=(PLUG,), language="sv"),
    ]
    found = plugs_of(pages, [role_model()] * 5)
    assert {key: [plug.text for plug in plugs] for key, plugs in found.items()} == {
        (1, "en"): [PLUG], (3, "en"): [PLUG], (1, "sv"): [PLUG]
    }  # fmt: skip
    assert found[1, "en"][0] == Plug(PLUG, here[0], "Mill Notes")


@pytest.mark.parametrize("number", range(12))
def test_offsets_are_those_of_the_plugs_and_the_rest_is_what_it_was(number: int) -> None:
    page = _page("a.example", junk=(PLUG,))
    made = glued(page, _plugs(9), number)
    assert made is not None
    assert len(made.plugs) == 20 // LINES_A_PLUG
    before, after = segment(page.article), segment(made.article)
    assert len(before.lines) == len(after.lines)
    for line, start, end in reversed(made.plugs):
        plug = made.article.text[start:end]
        assert plug.startswith("Sign up for letter")
        assert plug.endswith("of Mill Notes today!")  # in the page's own name
        assert after.lines[line].start <= start < end <= after.lines[line].end
        assert page.roles is not None
        assert page.roles[line] == 0
    left = made.article.text
    for _, start, end in sorted(made.plugs, reverse=True):
        left = left[:start] + left[end:]
    assert left.split() == page.article.text.split()
    assert made == glued(page, _plugs(9), number)


def test_places_and_links_are_drawn() -> None:
    page = _page("a.example")
    made = [glued(page, _plugs(9), number) for number in range(40)]
    places = {"behind": 0, "before": 0, "between": 0}
    links = 0
    for one in made:
        assert one is not None
        lines = segment(one.article).lines
        for number, start, end in one.plugs:
            line = lines[number]
            places["behind" if end == line.end else "before" if start == line.start else "between"] += 1
            links += line.layout is not None and line.layout.links > 0
    assert places["behind"] > places["between"] > 5
    assert places["before"] > 5
    assert 0.25 < links / sum(places.values()) < 0.55


def test_too_few_lines_or_plugs_of_other_sites_are_nothing_to_learn_from() -> None:
    assert glued(_page("a.example", lines=FEWEST_LINES - 1), _plugs(9), 0) is None
    assert glued(_page("a.example"), _plugs(FEWEST_PLUGS - 1), 0) is None
    assert glued(_page("a.example"), _plugs(9, "a.example"), 0) is None


@pytest.mark.slow
def test_the_forest_below_the_line_learns_from_what_was_glued() -> None:
    pages = [
        _page(domain, junk=(PLUG.replace("newsletter", f"newsletter {number}"),))
        for fold in range(5)
        for number, domain in enumerate(_domains(fold, 7))
    ]
    weights = (FOLDER / "roles" / WEIGHTS).read_bytes()
    rows = glued_rows(pages, [role_model()] * 5, [weights] * 5, workers=1)
    assert rows.matrix.shape == (len(rows.target), len(COLUMNS))
    assert 0.2 < rows.target.mean() < 0.6
    assert set(rows.folds.tolist()) == set(range(5))
    one, *_ = np.flatnonzero(rows.target)
    marked = rows.target & (np.arange(len(rows.target)) == one)
    natural = type(rows)(rows.matrix, marked, rows.chars, rows.folds)
    fitted = fit_clauses(natural, rows)
    assert fitted.figures["clause.glued_support"] == rows.target.sum()
    odds = fitted.forest.predict(rows.matrix)
    assert odds[rows.target].min() > odds[~rows.target].max()
    assert joined_rows([]).matrix.shape == (0, len(COLUMNS))
