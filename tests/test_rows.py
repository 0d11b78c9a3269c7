"""Articles in the warehouse's rows can be judged again: they come back as they went in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.rows import pack_article, unpack_article
from quality import assess
from quality.records import Article, Repair

HTML = """<html lang="en"><head><title>A mill at Harle</title></head><body><article><h1>A mill at Harle</h1>
<p>The two builders carried <a href="https://oak.example/beams?utm_source=mill">three oak beams</a> up to the roof.</p>
<p>By noon the wheel turned again, and the miller’s daughter counted <b>eleven sacks</b> of flour on the floor.</p>
</article></body></html>"""


def _article(**changes: object) -> Article:
    article = assess(HTML.encode(), url="https://mill.example/a").article
    assert article is not None and any(article.layout)
    return replace(article, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": "half an emoji \ud83d stays half of one", "layout": (None,)},
        {"title": "\udcff", "headings": ("a", "\ud800")},
        {"repairs": (Repair("â€™", "’", "windows-1252", "utf-8 as windows-1252", 0.9, 2),), "damage": 3},
        {"page_features": {"links": 1e-05, "words": 2.0, "none": 0.0}, "flags": ("truncated",)},
    ],
    ids=["html", "surrogate in the text", "surrogates elsewhere", "repairs", "numbers"],
)
def test_an_article_comes_back_as_it_was(changes: dict[str, object]) -> None:
    article = _article(**changes)
    assert unpack_article(pack_article(article)) == article
