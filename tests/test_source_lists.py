"""What people decided about sources, and the lists it comes in."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from quality.block_lists import read_domains
from quality.gate import GateParameters, Standing, decide, estimate_sources, read_pages
from quality.source_lists import SourceListError, import_list, import_ratings, load_sources
from quality.sources import source_of, subsource_keys
from tests.gate_simulation import pages_of

CASES = Path(__file__).parent / "cases" / "gate"


def cases(name: str) -> list[dict[str, Any]]:
    return tomllib.loads((CASES / name).read_text(encoding="utf-8"))["case"]


def written(folder: Path, case: dict[str, Any]) -> Path:
    for name, text in case.get("lists", {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "sources.toml"
    path.write_text(case["file"].removeprefix("\n"), encoding="utf-8")
    return path


@pytest.mark.parametrize("case", cases("sources.toml"), ids=lambda case: case.get("url") or case["origin"])
def test_source_of_a_page(case: dict[str, Any]) -> None:
    assert source_of(case.get("url"), case.get("origin", "")) == case["source"]
    assert list(subsource_keys(case.get("url"))) == case["subsources"]


@pytest.mark.parametrize("case", cases("malformed.toml"), ids=lambda case: case["name"])
def test_malformed_files_name_line_and_key(case: dict[str, Any], tmp_path: Path) -> None:
    path = written(tmp_path, case)
    with pytest.raises(SourceListError) as caught:
        load_sources(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert [part for part in case["says"] if part not in message] == [], message


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceListError, match=r"nowhere\.toml: cannot be read"):
        load_sources(tmp_path / "nowhere.toml")


def test_empty_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("# nobody has decided anything\n", encoding="utf-8")
    assert load_sources(path).overrides == {}


@pytest.mark.parametrize("case", cases("overrides.toml"), ids=lambda case: case["name"])
def test_people_decide_last(case: dict[str, Any], tmp_path: Path) -> None:
    lists = load_sources(written(tmp_path, case))
    probability = {"accepted": 0.02, "rejected": 0.97}.get(case["measured"])
    groups = [{"count": 30, "probability": probability}] if probability is not None else []
    parameters = GateParameters()
    pages = read_pages(pages_of("x.example", groups), parameters)
    judged = decide(
        estimate_sources(pages, parameters),
        pages,
        at_start_of_day={},
        current={},
        overrides=lists.overrides,
        parameters=parameters,
        as_of=case["as_of"],
    )
    standing = judged.standings["x.example"]
    assert standing.status == case["status"]
    assert case["reason"] in standing.reason
    assert standing.watched == case.get("watched", False)
    decision = next(decision for decision in judged.decisions if decision.source == "x.example")
    assert decision.standing == standing


def test_expiry_gives_the_measured_status_back() -> None:
    parameters = GateParameters()
    pages = read_pages(pages_of("x.example", [{"count": 30, "probability": 0.97}]), parameters)
    rows, _ = import_list("x.example\n", "plain", name="friends", action="allow", expiry=dt.date(2026, 1, 5))
    overrides = {row.source: row for row in rows}
    standings: dict[str, Standing] = {}
    seen = []
    for day in (4, 5, 6, 7):
        judged = decide(
            estimate_sources(pages, parameters, standings=standings),
            pages,
            at_start_of_day=standings,
            current=standings,
            overrides=overrides,
            parameters=parameters,
            as_of=dt.date(2026, 1, day),
        )
        standings = dict(judged.standings)
        seen.append((standings["x.example"].status, len(judged.decisions)))
    assert seen == [("accepted", 1), ("accepted", 0), ("rejected", 1), ("rejected", 0)]


@pytest.mark.parametrize("case", cases("block_lists.toml"), ids=lambda case: case["format"])
def test_block_lists(case: dict[str, Any]) -> None:
    listed = read_domains(case["text"].removeprefix("\n"), case["format"], column=case.get("column"))
    assert list(listed.sources) == case["sources"]
    assert listed.ignored == case["ignored"]


def test_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="unknown format 'pdf'"):
        read_domains("", "pdf")


def test_ratings_are_a_prior_and_no_decision() -> None:
    text = "domain,score\nbest.example,100\nworst.example,0\nworst.example,100\n"
    ratings = import_ratings(text, name="raters", pages=30)
    assert (ratings["best.example"].mean, ratings["worst.example"].mean) == (0.02, 0.6)
    parameters = GateParameters()
    pages = read_pages(pages_of("worst.example", [{"count": 6, "probability": 0.1}]), parameters)
    plain = estimate_sources(pages, parameters)
    rated = estimate_sources(pages, parameters, ratings=ratings)
    assert plain.reject_rate[0] < 0.2 < rated.reject_rate[0] < 0.6
    assert rated.refuted_tolerated[0] == plain.refuted_tolerated[0], "a rating is no evidence against a source"


def test_a_bad_rating_alone_never_rejects() -> None:
    parameters = GateParameters()
    ratings = import_ratings("domain,score\nx.example,0\n", name="raters", pages=1000)
    pages = read_pages(pages_of("x.example", [{"count": 60, "probability": 0.05}]), parameters)
    judged = decide(
        estimate_sources(pages, parameters, ratings=ratings),
        pages,
        at_start_of_day={},
        current={},
        overrides={},
        parameters=parameters,
        as_of=dt.date(2026, 1, 1),
    )
    assert judged.standings["x.example"].status == "probation"


@pytest.mark.parametrize("text", ["x = " + "[" * 5000 + "]" * 5000, "x = " + "1" * 5000], ids=["nested", "digits"])
def test_toml_that_python_cannot_hold_is_malformed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceListError, match="not valid TOML"):
        load_sources(str(path))
