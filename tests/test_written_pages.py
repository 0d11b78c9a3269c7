"""Whole pages that were written to be hard: no good article is lost, next to no good line is cut, and plugs are found."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from quality import assess
from quality.dom import squeeze
from quality.records import Assessment

PAGES = Path(__file__).with_name("cases") / "written" / "pages.jsonl.gz"
WORST_PAGE, ALL_PAGES = 15, 77
"""Lines of content that the clean text of a good page, and of all 91 of them, may lack; of 288 before the container of the text
was found where it bears no known name."""
GROUPS = {"promo": "junk", "residue": "junk", "padding": "filler", "repeat": "filler", "content": "content"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged() -> list[tuple[dict[str, Any], Assessment]]:
    with gzip.open(PAGES, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [(record, assess(record["html"].encode(), url=record["url"])) for record in records]


def flagged_lines(record: dict[str, Any], found: Assessment) -> Counter[tuple[str, str]]:
    """Count lines by what they are, and of these by what half of their characters or more were flagged as: "any" counts all,
    and a line that is cut and shown counts as both."""
    truth: dict[str, list[str]] = {}
    for text, role in record["lines"]:
        truth.setdefault(squeeze(text), []).append(GROUPS[role])
    lines = found.text.split("\n")
    copies = Counter(map(squeeze, lines))
    counts: Counter[tuple[str, str]] = Counter()
    at = 0
    for line in lines:
        start, end = at, at + len(line)
        at = end + 1
        roles = truth.get(squeeze(line), [])
        # An entry of the contents and its heading read the same; each has its own role if both were extracted.
        if not roles or (len(set(roles)) > 1 and copies[squeeze(line)] != len(roles)):
            continue
        role = roles.pop(0) if len(roles) > 1 else roles[0]
        covered: Counter[str] = Counter()
        for span in found.spans:
            covered[GROUPS[span.kind]] += max(0, min(end, span.end) - max(start, span.start))
        counts.update((role, group) for group, size in covered.items() if size >= len(line) / 2)
        counts[role, "any"] += 1
    return counts


def total(judged: list[tuple[dict[str, Any], Assessment]], *, english: bool) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for record, found in judged:
        if (record["language"] == "en") == english:
            counts += flagged_lines(record, found)
    return counts


def share(counts: Counter[tuple[str, str]], truth: str, said: str) -> float:
    return counts[truth, said] / counts[truth, "any"]


def test_every_page_is_an_article_in_the_language_it_was_written_in(judged) -> None:
    assert len(judged) == 164
    assert {found.page_type for _, found in judged} == {"article"}
    assert [record["id"] for record, found in judged if found.language != record["language"]] == []


def test_no_good_page_is_rejected_and_half_of_the_bad_english_ones_are(judged) -> None:
    table = Counter((record["language"] == "en", record["gate"], found.verdict) for record, found in judged)
    assert table[True, "accept", "reject"] == table[False, "accept", "reject"] == 0
    assert table[True, "accept", "review"] <= 2 and table[False, "accept", "review"] <= 4, table
    assert table[True, "reject", "reject"] >= 18, table
    assert table[True, "reject", "accept"] <= 4, table
    assert table[False, "reject", "reject"] >= 7 and table[False, "reject", "accept"] <= 3, table


def test_the_same_pages_as_plain_text_are_judged_nearly_alike() -> None:
    with gzip.open(PAGES, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    table: Counter[tuple[bool, str, str]] = Counter()
    for record in records:
        text = "\n".join(text for text, _ in record["lines"])
        found = assess(text.encode(), url=record["url"], content_type="text/plain; charset=utf-8")
        table[record["language"] == "en", record["gate"], found.verdict] += 1
    assert table[True, "accept", "reject"] == table[False, "accept", "reject"] == 0
    assert table[True, "accept", "review"] <= 2 and table[False, "accept", "review"] <= 2, table
    assert table[True, "reject", "reject"] >= 18, table
    assert table[False, "reject", "reject"] >= 7 and table[False, "reject", "accept"] <= 4, table


def test_lines_that_are_flagged_deserve_it(judged) -> None:
    english, others = total(judged, english=True), total(judged, english=False)
    assert share(english, "content", "junk") <= 0.009, english
    assert share(english, "content", "filler") <= 0.002, english
    assert share(english, "junk", "junk") >= 0.42, english
    assert share(english, "filler", "filler") >= 0.38, english
    assert share(others, "content", "junk") <= 0.015, others
    assert share(others, "content", "filler") <= 0.004, others
    assert share(others, "junk", "junk") >= 0.48, others
    assert share(others, "filler", "filler") >= 0.35, others


def test_in_good_pages_hardly_a_line_of_content_is_lost_or_cut(judged) -> None:
    missing = [missing_content(record, found) for record, found in judged if record["gate"] == "accept"]
    assert max(missing) <= WORST_PAGE, missing
    assert sum(missing) <= ALL_PAGES, missing


@pytest.mark.parametrize(("english", "floor"), [(True, 0.67), (False, 0.70)])
def test_most_plugs_and_furniture_are_cut_or_never_extracted(english: bool, floor: float, judged) -> None:
    gone = total = 0
    for record, found in judged:
        if (record["language"] == "en") == english:
            there = set(map(squeeze, found.clean_text.split("\n")))
            junk = [squeeze(text) for text, role in record["lines"] if GROUPS[role] == "junk"]
            total += len(junk)
            gone += sum(text not in there for text in junk)
    assert gone >= floor * total, gone / total


def missing_content(record: dict[str, Any], found: Assessment) -> int:
    """Lines of content that the clean text lacks, whether extraction lost them or they were cut."""
    there = squeeze(found.clean_text)
    return sum(role == "content" and squeeze(text) not in there for text, role in record["lines"])
