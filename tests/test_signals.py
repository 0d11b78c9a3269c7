"""The signals of the four families, run on the cases beside this file."""

from __future__ import annotations

import tomllib
import tracemalloc
from collections import Counter
from collections.abc import Mapping
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from quality.content_words import line_stems
from quality.records import Article, LineLayout
from quality.segment import Document, segment
from quality.signals import SIGNALS, measure_all
from quality.signals.repetition import restated_sections

CASES = Path(__file__).parent / "cases"
FAMILIES = ("promo", "residue", "padding", "repetition")
QUOTED = 0.5
"""Evidence below this score is a hint and never becomes a span."""
BY_ID = {signal.id: signal for signal in SIGNALS}
Case = dict[str, Any]


def _read(path: Path) -> list[Case]:
    return tomllib.loads(path.read_text(encoding="utf-8"))["case"]


FILES = {f"{family}.{path.stem}": path for family in FAMILIES for path in sorted((CASES / family).glob("*.toml"))}
SIGNAL_CASES = [(name, case) for name, path in FILES.items() if path.stem != "hard_negatives" for case in _read(path)]
HARD_NEGATIVES = [case for path in FILES.values() if path.stem == "hard_negatives" for case in _read(path)]


def _document(case: Mapping[str, Any]) -> Document:
    text = "\n".join([case["text"].strip("\n")] * case.get("repeat", 1))
    layouts: dict[str, dict[str, Any]] = case.get("layout", {})
    rows = [layouts.get(str(number)) for number in range(text.count("\n") + 1)]
    layout = tuple(None if row is None else LineLayout(**{"path": (row["tag"],), **row}) for row in rows)
    known = {key: case[key] for key in ("title", "author", "url", "site_name") if key in case}
    return segment(Article(text=text, layout=layout, language=case.get("language", "en"), **known))


def _marked(case: Case) -> list[pytest.MarkDecorator]:
    known = case["provenance"] == "known-failure"
    return [pytest.mark.xfail(reason="known failure", raises=AssertionError)] if known else []


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, marks=_marked(case), id=f"{name}: {case['label']}") for name, case in SIGNAL_CASES],
)
def test_case(name: str, case: Case) -> None:
    document = _document(case)
    measured = BY_ID[name].measure(document)
    if case.get("none"):
        assert measured.value is None
        return
    low, high = case["value"]
    assert measured.value is not None
    assert low <= measured.value <= high
    pieces = dict.fromkeys((start, end) for start, end, score in sorted(measured.evidence) if score >= QUOTED)
    assert [document.text[start:end] for start, end in pieces] == case["quotes"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in HARD_NEGATIVES])
def test_no_signal_quotes_a_line_of_good_text(case: Case) -> None:
    document = _document(case)
    quoted = [
        (signal.id, document.text[start:end])
        for signal in SIGNALS
        if signal.family in FAMILIES
        for start, end, score in signal.measure(document).evidence
        if score >= QUOTED
    ]
    assert quoted == []


@pytest.mark.parametrize("name", [signal.id for signal in SIGNALS if signal.family in FAMILIES])
def test_every_signal_has_cases_and_most_are_negative(name: str) -> None:
    counts = Counter(case["provenance"] == "negative" for case in _read(FILES[name]))
    assert counts[False] >= 1
    assert counts[True] >= 2


@pytest.mark.parametrize("family", FAMILIES)
def test_negative_cases_outnumber_positive_ones(family: str) -> None:
    counts = Counter(
        case["provenance"] for name, path in FILES.items() if name.startswith(family) for case in _read(path)
    )
    assert counts["negative"] > counts["synthetic"] + counts["wild"]
    assert set(counts) <= {"wild", "synthetic", "negative", "known-failure"}


@pytest.mark.parametrize("case", [case for _, case in SIGNAL_CASES[:40:4]], ids=lambda case: case["label"])
def test_values_and_evidence_keep_their_contract(case: Case) -> None:
    document = _document(case)
    for name, measured in measure_all(document).items():
        if name.partition(".")[0] in FAMILIES:
            assert measured.value is None or 0 <= measured.value <= 1, name
            for start, end, score in measured.evidence:
                assert 0 <= start < end <= len(document.text), name
                assert 0 < score <= 1, name


def test_an_empty_document_is_not_measurable() -> None:
    empty = segment(Article(text="", layout=(None,)))
    for signal in SIGNALS:
        if signal.family in FAMILIES:
            assert signal.measure(empty).value is None, signal.id
            assert signal.measure(empty).evidence == ()


def test_ids_are_module_paths_in_a_fixed_order() -> None:
    ids = [signal.id for signal in SIGNALS]
    assert len(set(ids)) == len(ids)
    assert list(measure_all(segment(Article(text="A line.", layout=(None,))))) == ids
    assert all(signal.summary.endswith(".") for signal in SIGNALS if signal.family in FAMILIES)


def _paragraphs(count: int, *, words: int, seed: int) -> list[str]:
    """Paragraphs that share a third to all of their words with some paragraph before, in a random order."""
    draw = Random(seed)
    lines: list[list[str]] = []
    for number in range(count):
        fresh = [f"word{number}x{place}" for place in range(words)]
        old = draw.choice(lines) if lines else fresh
        kept = draw.randint(words // 3, words)
        lines.append(draw.sample([*old[:kept], *fresh[kept:]], words))
    return [" ".join(line).capitalize() + "." for line in lines]


@pytest.mark.parametrize("seed", range(3))
def test_sections_restate_alike_whether_sets_of_words_are_numbers_or_sets(seed: int, monkeypatch) -> None:
    text = "\n".join(_paragraphs(300, words=14, seed=seed))
    as_numbers = restated_sections.measure(segment(Article(text=text, layout=())))
    monkeypatch.setattr(restated_sections, "FEW_STEMS", 0)
    as_sets = restated_sections.measure(segment(Article(text=text, layout=())))
    assert as_numbers == as_sets
    assert as_numbers.evidence


def test_a_text_of_many_words_takes_no_memory_to_compare() -> None:
    words = ["".join(letters) for letters in islice(product("abcdefghijklmnopqrstuvwxyz", repeat=4), 150_000)]
    lines = [" ".join(words[at : at + 1_500]) for at in range(0, len(words), 1_500)]
    document = segment(Article(text="\n".join([*lines, *lines[:20]]), layout=()))
    document.derive(line_stems)
    tracemalloc.start()
    restated_sections.measure(document)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6
