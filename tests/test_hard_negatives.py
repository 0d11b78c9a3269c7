"""Good texts that naive rules reject are not rejected, and pages that nobody would keep are.

The good ones are poems, statutes, recipes, live blogs, obituaries, price tables … in many languages. `not_assessed` is an
honest answer for a language that was not calibrated; `reject` never is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quality import Assessment, assess

CASES = Path(__file__).parent / "cases"
MIN_CASES, MIN_LANGUAGES, MIN_KINDS = 120, 12, 15
Case = dict[str, Any]


def _cases(family: str) -> list[Case]:
    found: list[Case] = []
    for path in sorted((CASES / family).glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [{"language": table.get("language", "en"), **case} for case in table["case"]]
    return found


GOOD, SPAM = _cases("hard_negatives"), _cases("spam")
CALIBRATED = ("en", "de", "es", "fr", "it", "pl", "pt")


@cache
def _assessed(text: str) -> Assessment:
    return assess(text.strip("\n").encode(), content_type="text/plain; charset=utf-8")


def _id(case: Case) -> str:
    return f"{case['language']} {case['kind']}: {case['title'][:40]}"


@pytest.mark.parametrize("case", GOOD, ids=_id)
def test_good_text_is_not_rejected(case: Case) -> None:
    assessed = _assessed(case["text"])
    assert assessed.failure is None
    assert assessed.language == case["language"]
    assert assessed.verdict != "reject", (assessed.reject_probability, assessed.reasons[:3])
    if case["language"] in CALIBRATED:
        assert assessed.status == "ok"
    else:
        assert assessed.verdict == "not_assessed"


def test_the_good_texts_are_many_and_of_many_kinds() -> None:
    assert len({case["text"] for case in GOOD}) == len(GOOD) >= MIN_CASES
    assert len({case["language"] for case in GOOD}) >= MIN_LANGUAGES
    assert len({case["kind"] for case in GOOD}) >= MIN_KINDS


@pytest.mark.parametrize("case", SPAM, ids=_id)
def test_spam_is_rejected_and_the_reasons_say_why(case: Case) -> None:
    assessed = _assessed(case["text"])
    assert assessed.verdict == "reject", (assessed.reject_probability, assessed.reasons[:5])
    against = [reason for reason in assessed.reasons if reason.points > 0]
    assert against
    assert all(reason.quote for reason in against)


SPAM_TAKEN_APART = (CASES / "hard_negatives" / "spam_taken_apart.html").read_text(encoding="utf-8")


def test_an_article_on_spam_is_not_rejected_for_the_spam_it_quotes() -> None:
    page, url = SPAM_TAKEN_APART, "https://plainsearch.example/2024/01/anatomy-of-a-spam-page/"
    quoted, own = (assess(text.encode(), url=url) for text in (page, re.sub("</?blockquote>", "", page)))
    assert quoted.reject_probability is not None
    assert own.reject_probability is not None
    assert quoted.verdict != "reject"
    assert quoted.reject_probability < own.reject_probability


@pytest.mark.parametrize("case", [case for case in SPAM if case["language"] == "en"], ids=_id)
def test_spam_that_is_nothing_but_a_quotation_is_judged_by_it(case: Case) -> None:
    lines = "".join(f"<p>{line}</p>" for line in case["text"].split("\n") if line.strip())
    page = f"<html><body><article><blockquote>{lines}</blockquote></article></body></html>"
    assert assess(page.encode(), url="https://x.example/a").verdict == "reject"
