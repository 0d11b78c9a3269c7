"""A few hundred mutated pages: `assess` ends with an answer that holds, and with the same one again and elsewhere.

`python -m tests.measure.fuzz` does the same to thousands of pages of an archive. What it found is in cases/fuzz.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from flows.bench import made_pages
from quality.pipeline import assess_page
from quality.policy import default_policy
from quality.records import Assessment, RawPage
from tests.fuzz import mutated, second_answers, violations

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
POLICY = default_policy()
PAGES, ELSEWHERE, AT_ONCE = 200, 10, 50
CASES = tomllib.loads((ROOT / "tests/cases/fuzz/found.toml").read_text(encoding="utf-8"))["case"]
SCRIPTS = {
    "de": "Der Rat hat die neue Brücke am Montag beschlossen. Die Kosten stiegen 2024 auf 12 Millionen Euro.",
    "ru": "Совет одобрил новый мост в понедельник. Расходы выросли до 12 миллионов рублей в 2024 году.",
    "ar": "وافق المجلس على الجسر الجديد يوم الاثنين. ارتفعت التكاليف إلى ١٢ مليون في عام ٢٠٢٤.",
    "ja": "評議会は月曜日に新しい橋を承認した。費用は2024年に1200万円に増えた。",
    "tr": "Meclis yeni köprüyü Pazartesi onayladı. İNŞAAT IŞIĞI 2024'te 12 milyona çıktı.",
    "en": "The council approved the new bridge. Subscribe to our newsletter! You may also like: ten bridges to see.",
}


def small_pages() -> list[RawPage]:
    """Return pages to mutate: made ones, pages in several scripts with lists and tables, and the seeds."""
    scripts = [
        f"<html lang={lang}><title>{text[:20]}</title><body><nav><a href=/>x</a></nav><article><h1>{text[:30]}</h1>"
        + f"<p>{text} {text}</p><ul><li>{text}</li><li><a href='https://x.example/?aff=1'>{text}</a></li></ul>" * 6
        + f"<table><tr><td>{text}<td>1</table><pre>{text}</pre></article><footer>© {text}</footer>"
        for lang, text in SCRIPTS.items()
    ]
    pages = [RawPage(body=html.encode(), url=f"https://{n}.example/a-b/{n}") for n, html in enumerate(scripts)]
    seeds = [RawPage(body=path.read_bytes(), content_type="text/plain") for path in sorted(ROOT.glob("seeds/*.txt"))]
    return [*islice(made_pages(), 4), *pages, *pages, *seeds]


PAGES_TO_MUTATE = small_pages()


def page_of(number: int) -> RawPage:
    return mutated(PAGES_TO_MUTATE, number, seed=7, max_bytes=30_000)


@lru_cache(maxsize=PAGES)
def answer(number: int) -> Assessment:
    return assess_page(page_of(number), policy=POLICY)


def digests() -> list[str]:
    """Return digests of all that some assessments say, for the comparison with another process."""
    said = (repr(answer(number)) for number in range(ELSEWHERE))
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in said]


@pytest.mark.parametrize("first", range(0, PAGES, AT_ONCE))
def test_what_holds_of_any_assessment_holds_of_mutated_pages(first: int) -> None:
    found = {}
    for number in range(first, first + AT_ONCE):
        page, assessment = page_of(number), answer(number)
        found[number] = violations(page, assessment, POLICY)
        if number % 5 == 0:
            found[number] += second_answers(page, assessment, POLICY)
    assert {number: faults for number, faults in found.items() if faults} == {}


def test_mutated_pages_end_in_every_way() -> None:
    """The mutations are neither so weak that every page passes, nor so strong that none does."""
    ends = [answer(number) for number in range(PAGES)]
    assert {end.verdict for end in ends} >= {"accept", "review", "reject", "not_assessed"}
    assert any(end.failure for end in ends)


def test_another_process_with_another_hash_seed_answers_the_same() -> None:
    command = [sys.executable, "-c", "from tests.test_fuzz import digests; print(*digests())"]
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == digests()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_what_was_found_stays_mended(case: dict[str, Any]) -> None:
    page = RawPage(body=case["page"].encode(), url=case.get("url"), content_type="text/html; charset=utf-8")
    assessment = assess_page(page, policy=POLICY)
    assert violations(page, assessment, POLICY) == []
    assert second_answers(page, assessment, POLICY) == []
    assert (assessment.failure is None) is case.get("article", True)
