"""The five seed articles and the canary, against seeds/expected.toml."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from quality import Assessment, assess

SEEDS = Path(__file__).parent.parent / "seeds"
EXPECTED = tomllib.loads((SEEDS / "expected.toml").read_text(encoding="utf-8"))["seed"]
by_file = pytest.mark.parametrize("seed", EXPECTED, ids=lambda seed: seed["file"][:3])


@lru_cache
def assessed(name: str) -> Assessment:
    return assess((SEEDS / name).read_bytes(), content_type="text/plain; charset=utf-8")


@by_file
def test_verdict(seed: dict[str, Any]) -> None:
    assessment = assessed(seed["file"])
    assert assessment.status == "ok"
    assert assessment.verdict in seed["verdicts"], (assessment.reject_probability, assessment.reasons)


@by_file
def test_expected_spans_are_found(seed: dict[str, Any]) -> None:
    assessment = assessed(seed["file"])
    found = {kind: "\n".join(assessment.text[s.start : s.end] for s in assessment.spans if s.kind == kind)
             for kind in ("promo", "residue", "padding", "repeat")}  # fmt: skip
    for span in seed["spans"]:
        assert span["quote"] in found[span["kind"]], (span, found[span["kind"]])


@by_file
def test_promo_and_residue_are_absent_from_the_clean_text(seed: dict[str, Any]) -> None:
    assessment = assessed(seed["file"])
    for span in seed["spans"]:
        if span["kind"] in ("promo", "residue"):
            assert span["quote"] in assessment.text
            assert span["quote"] not in assessment.clean_text.split("\n")
    for kept in seed["kept"]:
        assert kept in assessment.clean_text


@by_file
def test_repairs(seed: dict[str, Any]) -> None:
    assessment = assessed(seed["file"])
    for restored in seed.get("repaired", ()):
        assert restored in assessment.text
    for damaged in seed.get("damaged", ()):
        assert damaged not in assessment.text
    if "repaired" not in seed:
        assert not assessment.repairs


def test_the_second_half_of_the_padded_seed_is_seen_as_restating() -> None:
    restated = {
        seed["file"][:3]: assessed(seed["file"]).signals["repetition.restated_sections"] or 0.0 for seed in EXPECTED
    }
    assert restated.pop("004") >= 0.6
    assert max(restated.values()) < 0.3
    reasons = {reason.signal: reason for reason in assessed("004_2d7aae552a61241e.txt").reasons}
    assert reasons["repetition.restated_sections"].points > 0
    assert reasons["repetition.restated_sections"].quote


def test_each_reason_quotes_the_text_or_states_its_number() -> None:
    assessment = assessed("004_2d7aae552a61241e.txt")
    assert assessment.reasons
    flat = " ".join(assessment.text.split())
    for reason in assessment.reasons:
        assert reason.quote.rstrip("…") in flat or any(character.isdigit() for character in reason.quote)


def test_each_finding_is_one_reason_and_a_number_is_said_in_words() -> None:
    reasons = assessed("004_2d7aae552a61241e.txt").reasons
    assert len({reason.signal for reason in reasons}) == len(reasons)
    assert not any(reason.quote.startswith(f"{reason.signal} =") for reason in reasons if reason.points > 0.2)
    (wording,) = (reason for reason in reasons if reason.signal == "wording")
    assert f"{wording.points:+.2f}" in wording.quote or wording.points > 0


def test_a_rule_says_what_it_counts_in_words() -> None:
    line = "<p>The pier opened in {n} and holds {n} boats, said pilot Berg in May. The yard lies below it.</p>"
    title = "10 Ways to Keep a Boat Dry"
    html = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    html += "".join(line.format(n=n * 37) for n in range(12)) + "</article></body></html>"
    (reason,) = (r for r in assess(html.encode()).reasons if r.signal == "page.absent_list")
    assert reason.quote.endswith("of the entries that the title promises are not there")


def test_the_canary_is_always_rejected() -> None:
    assessment = assess(
        (SEEDS / "canary.page").read_bytes(), url="https://shoedealz.example/", content_type="text/html"
    )
    assert assessment.verdict == "reject"
    assert "RUN70" not in assessment.clean_text
