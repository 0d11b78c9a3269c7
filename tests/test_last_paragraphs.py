"""Good articles with an invitation to subscribe above or below their last paragraph, which is no invitation."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from html import escape, unescape
from pathlib import Path

import pytest

from quality import assess
from quality.dom import squeeze

PAGES = Path(__file__).with_name("cases") / "written" / "last_paragraphs.jsonl.gz"
PLUGS = {
    "en": (
        "Sign up for our free weekly newsletter and get the best stories in your inbox.",
        "Follow us on Facebook, X and Instagram.",
    ),
    "de": (
        "Abonnieren Sie unseren kostenlosen Newsletter und erhalten Sie die besten Geschichten.",
        "Folgen Sie uns auf Facebook und Instagram.",
    ),
    "fr": ("Inscrivez-vous à notre newsletter gratuite.", "Suivez-nous sur Facebook et Instagram."),
    "es": ("Suscríbete a nuestro boletín y recibe las mejores historias.", "Síguenos en Facebook e Instagram."),
    "pt": ("Inscreva-se na nossa newsletter e receba as melhores histórias.", "Siga-nos no Facebook e no Instagram."),
    "pl": ("Zapisz się do naszego newslettera.", "Polub nas na Facebooku!"),
    "it": ("Iscriviti alla nostra newsletter.", "Seguici su Facebook e Instagram."),
}
"""An invitation to subscribe and one to follow, a language."""
MOST_LOST = {"above": 12, "around": 14, "below": 5}
"""Last paragraphs of the 33 pages that may lose words; 24, 23 and 12 before the thresholds followed the article."""

MOST_LOST_WITH_PLUG = {"behind": 25, "before": 28, "between": 23}
"""Last paragraphs (of 62, 62 and 54) of which words are lost when a plug stands in them; 42, 41 and 35 before lines were split."""

pytestmark = pytest.mark.slow


def test_a_plug_within_the_last_paragraph_is_cut_out_of_it() -> None:
    with gzip.open(PAGES, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    tried: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for record in records:
        last = next(
            (form for form in (escape(record["last"], quote=False), record["last"]) if form in record["html"]), ""
        )
        first, dot, rest = last.partition(". ")
        for plug in PLUGS[record["language"]]:
            places = {"behind": (last, ""), "before": ("", last), "between": (first + dot.strip(), rest)}
            for place, (above, below) in places.items():
                if not last or (place == "between" and not rest):
                    continue
                paragraph = " ".join(filter(None, (above, plug, below)))
                html = record["html"].replace(last, paragraph, 1)
                found = assess(html.encode(), url=f"https://www.hexley.example/2025/{record['id']}")
                assert found.verdict != "reject"
                there = squeeze(found.clean_text)
                assert squeeze(plug) not in there, plug
                tried[place] += 1
                lost[place] += any(squeeze(unescape(part)) not in there for part in (above, below))
    assert tried == {"behind": 62, "before": 62, "between": 54}
    assert all(lost[place] <= most for place, most in MOST_LOST_WITH_PLUG.items()), lost


def test_the_last_paragraph_is_not_taken_for_the_plug_beside_it() -> None:
    with gzip.open(PAGES, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    assert len(records) == 33
    lost: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for record in records:
        letter, follow = (f"<p>{plug}</p>" for plug in PLUGS[record["language"]])
        for place, (above, below) in {
            "above": (letter, ""),
            "around": (letter, follow),
            "below": ("", letter + follow),
        }.items():
            html = record["html"].replace("<!-- before -->", above).replace("<!-- after -->", below)
            found = assess(html.encode(), url=f"https://www.hexley.example/2025/{record['id']}")
            assert found.verdict != "reject"
            there = squeeze(found.clean_text)
            lost[place] += squeeze(record["last"]) not in there
            left[place] += any(squeeze(plug) in there for plug in PLUGS[record["language"]])
    assert left.total() <= 3, left
    assert all(lost[place] <= most for place, most in MOST_LOST.items()), lost
