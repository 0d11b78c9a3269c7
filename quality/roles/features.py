"""Everything that the role model reads of a document, computed once: named columns and hashed words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quality.links import site_of_url
from quality.phrase_hits import document_hits
from quality.roles import measures
from quality.roles.context import Structure, structure
from quality.roles.phrases import phrases
from quality.roles.shape import shape, we_share
from quality.roles.topic import topic
from quality.roles.wording import Wording, word_codes, wording
from quality.segment import Document

FloatArray = NDArray[np.float64]

PAGE_COUNTS = (
    "external_link_count affiliate_link_count sponsored_link_count p_count li_count h2_count text_chars price_count "
    "cart_count card_count product_count newsletter_count advert_count related_count author_count comment_count"
).split()
PAGE_SHARES = (
    "link_density hidden_fraction type_article type_product type_service type_faq og_article og_website".split()
)

PAGE_COLUMNS = tuple(f"page.{name}" for name in (*PAGE_COUNTS, *PAGE_SHARES))


@dataclass(frozen=True)
class LineFeatures:
    """Columns by name (one value a line), the words in three views, and how lines stand together."""

    columns: dict[str, FloatArray]
    words: Wording
    around: Structure


def line_features(document: Document) -> LineFeatures:
    """Compute the features of a document with at least one line."""
    lines = document.lines
    article = document.article
    _, names = measures.publisher_names(article)
    looks = shape(document)
    columns = {
        **looks,
        **measures.layout(lines),
        **measures.place(lines),
        **measures.publisher(document, names, we_share=we_share(lines, looks["shape.we"])),
        **topic(document),
        **phrases(lines, site=site_of_url(article.url), hits=document.derive(document_hits)),
    }
    page = article.page_features
    counts = np.log1p(np.array([page.get(name, np.nan) for name in PAGE_COUNTS], dtype=float))
    shares = np.array([page.get(name, np.nan) for name in PAGE_SHARES], dtype=float)
    whole = np.concatenate((counts, shares))[:, None].repeat(len(lines), axis=1)
    columns.update(zip(PAGE_COLUMNS, whole, strict=True))
    return LineFeatures(columns, wording(lines, document.derive(word_codes)), structure(lines))
