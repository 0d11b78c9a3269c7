"""The information and page signals, run on the cases beside this file."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from quality.records import Article, LineLayout
from quality.segment import Document, segment
from quality.signals import SIGNALS

CASES = Path(__file__).parent / "cases"
FAMILIES = ("information", "page")
BY_ID = {signal.id: signal for signal in SIGNALS}
Case = dict[str, Any]
ALL: list[Case] = [
    case
    for family in FAMILIES
    for case in tomllib.loads((CASES / family / "cases.toml").read_text(encoding="utf-8"))["case"]
]


def _document(case: Case) -> Document:
    text = case["text"].strip("\n")
    rows: dict[str, dict[str, Any]] = case.get("layout", {})
    layout = tuple(
        LineLayout(**{"path": (row["tag"],), **row, "anchor_texts": tuple(row.get("anchor_texts", ()))})
        if (row := rows.get(str(number)))
        else None
        for number in range(text.count("\n") + 1)
    )
    known = {key: case[key] for key in ("title", "url", "site_name", "description") if key in case}
    return segment(Article(text=text, layout=layout, language=case.get("language", "en"), **known))


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case['signal']}: {case['label']}") for case in ALL])
def test_case(case: Case) -> None:
    document = _document(case)
    measured = BY_ID[case["signal"]].measure(document)
    if case.get("none"):
        assert measured.value is None
        return
    low, high = case["value"]
    assert measured.value is not None
    assert low <= measured.value <= high
    quotes = [document.text[start:end] for start, end, _ in measured.evidence]
    assert quotes == case.get("quotes", quotes)
    assert all(score < case.get("scores_below", 2) for _, _, score in measured.evidence)


@pytest.mark.parametrize("name", [signal.id for signal in SIGNALS if signal.family in FAMILIES])
def test_every_signal_has_a_positive_and_a_negative_case(name: str) -> None:
    counts = Counter(case["provenance"] == "negative" for case in ALL if case["signal"] == name)
    assert counts[True] >= 1
    assert counts[False] >= 1 or name in ("information.missing_numbers", "information.missing_quantities",
                                          "information.missing_quotes")  # fmt: skip


def test_negative_cases_are_at_least_as_many() -> None:
    counts = Counter(case["provenance"] == "negative" for case in ALL)
    assert counts[True] >= counts[False]


@pytest.mark.parametrize("case", ALL[::3], ids=lambda case: case["label"])
def test_values_and_evidence_keep_their_contract(case: Case) -> None:
    document = _document(case)
    for signal in SIGNALS:
        if signal.family in FAMILIES:
            measured = signal.measure(document)
            assert measured.value is None or 0 <= measured.value <= 1, signal.id
            for start, end, score in measured.evidence:
                assert 0 <= start < end <= len(document.text), signal.id
                assert 0 < score <= 1, signal.id


def test_an_empty_document_is_not_measurable() -> None:
    empty = segment(Article(text="", layout=(None,)))
    for signal in SIGNALS:
        if signal.family in FAMILIES:
            assert signal.measure(empty).value is None, signal.id
