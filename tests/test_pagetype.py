"""The page type: from URL, markup and text; no type without a page; the same answer every time."""

from __future__ import annotations

import numpy as np
import pytest

from quality.decode import decode
from quality.extract import extract_html
from quality.pagetype import (
    BUCKETS,
    MODEL_FILE,
    PAGE_TYPES,
    TABLE_SCALES,
    load_model,
    page_type_probabilities,
    predict_page_type,
    split_address,
)
from quality.records import Article

PARAGRAPH = (
    "The council closed the bridge on Monday after an engineer found that two of its six cables had rusted through, "
    "the chairman, Piet Okker, said. Traffic is led over the ford at Lunde until June. "
)


def _article(body: str, url: str, head: str = "") -> Article:
    html = f"<html><head><title>A page</title>{head}</head><body>{body}</body></html>"
    decoded = decode(html.encode(), content_type="text/html; charset=utf-8", is_html=True)
    return extract_html(decoded, url=url, max_elements=100_000, max_chars=1_000_000)


NEWS = _article(
    "<article><h1>Council closes bridge</h1>" + f"<p>{PARAGRAPH}</p>" * 8 + "</article>",
    "https://news.example/2024/05/council-closes-bridge-after-engineer-finds-rust",
    '<meta property="og:type" content="article"><script type="application/ld+json">{"@type":"NewsArticle"}</script>',
)
FORUM = _article(
    "".join(
        f'<div class="post"><div class="post-body reply">@user{n} I tried this and my router still drops the line. Any ideas? '
        "I have the same problem, thanks for your help!</div></div>"
        for n in range(12)
    ),
    "https://forum.example/t/router-drops-line/48213",
)
PRODUCT = _article(
    '<main class="product"><h1>Kessel bread knife</h1><p>$38.00</p><form class="cart" action="/cart"><button>Add to cart</button>'
    "</form><p>Blade of 26 cm, handle of beech, made for crusts. Free shipping over $50. In stock.</p>"
    "<ul><li>Weight: 140 g</li><li>Material: steel</li></ul></main>",
    "https://shop.example/products/kessel-bread-knife",
    '<meta property="og:type" content="product"><script type="application/ld+json">{"@type":"Product","offers":{"@type":"Offer"}}</script>',
)


@pytest.mark.parametrize(("article", "expected"), [(NEWS, "article"), (FORUM, "forum"), (PRODUCT, "product")])
def test_plain_examples_of_a_type(article: Article, expected: str) -> None:
    predicted = predict_page_type(article)
    assert predicted is not None
    assert predicted.type == expected
    assert 1 / len(PAGE_TYPES) < predicted.probability <= 1


def test_probabilities_add_up() -> None:
    probabilities = page_type_probabilities(NEWS, load_model())
    assert probabilities.shape == (len(PAGE_TYPES),)
    assert probabilities.sum() == pytest.approx(1.0)
    assert (probabilities >= 0).all()


def test_plain_text_has_no_page_and_no_type() -> None:
    assert predict_page_type(Article(text="A line.", layout=(None,), markup="text")) is None


def test_an_article_about_which_nothing_is_known_still_has_a_type() -> None:
    assert predict_page_type(Article(text="", layout=())) is not None


def test_odd_addresses_are_read() -> None:
    assert split_address("http://[broken") == ("", "", "")
    assert split_address(None) == ("", "", "")
    assert split_address("https://Shop.Example/A?b=1") == ("shop.example", "/a", "b=1")


def test_weights_hold_no_objects_and_fit_together() -> None:
    with np.load(MODEL_FILE, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)
        assert arrays["numbers"].shape == (len(arrays["names"]), len(PAGE_TYPES))
        for name in TABLE_SCALES:
            assert arrays[f"table_{name}"].shape == (BUCKETS, len(PAGE_TYPES))
    assert MODEL_FILE.stat().st_size < 2_000_000
