"""Cheap numbers about a whole HTML page, by stable names, for the models of page type and article quality.

What a page is shows outside its running text: a cart form, a price in the microdata, a wall of links, a declared type.
Every feature is a number that is always there (0 when absent). Counts are raw; shares lie between 0 and 1; `type_*`,
`og_*` and `has_*` are 0 or 1.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from quality.dom import PageText

MAX_JSON_LD_CHARS = 200_000
_JSON_TYPE = re.compile(r'"@type"\s*:\s*(?:\[\s*)?"(?:https?://schema\.org/)?(\w{2,40})"')
_JSON_LD = etree.XPath("//script[@type='application/ld+json']/text()")
_ITEM_TYPES = etree.XPath("//@itemtype")
_OG_TYPE = etree.XPath("string(//meta[@property='og:type']/@content)")
_NAMES = etree.XPath("//@class | //@id | //@itemprop")
_RELS = etree.XPath("//@rel")
_ELEMENTS = etree.XPath("//*")

_TAGS = (
    "h1 h2 h3 p li table tr img form input textarea button iframe video article aside time pre code script blockquote "
    "figure figcaption dl select nav"
).split()
_CUES = {
    "price_count": ("price",),
    "cart_count": ("cart", "checkout", "basket"),
    "comment_count": ("comment",),
    "author_count": ("author", "byline"),
    "pagination_count": ("pagination", "pager"),
    "breadcrumb_count": ("breadcrumb",),
    "card_count": ("card", "tile"),
    "sidebar_count": ("sidebar",),
    "toc_count": ("toc", "table-of-contents"),
    "related_count": ("related", "recommend"),
    "post_count": ("post",),
    "product_count": ("product",),
    "advert_count": ("advert", "ad-", "sponsor", "promo"),
    "newsletter_count": ("newsletter", "subscribe", "signup", "sign-up"),
    "rating_count": ("rating", "stars", "review"),
    "reply_count": ("reply", "thread", "topic"),
    "job_count": ("job",),
}
"""Pieces of class, id and itemprop values; how often they occur."""

TYPES = {
    "type_article": (
        "article",
        "newsarticle",
        "blogposting",
        "report",
        "techarticle",
        "reportagenewsarticle",
        "opinionnewsarticle",
    ),
    "type_product": ("product", "offer", "aggregateoffer", "productgroup"),
    "type_recipe": ("recipe",),
    "type_review": ("review", "aggregaterating", "rating"),
    "type_faq": ("faqpage", "question"),
    "type_qa": ("qapage",),
    "type_forum": ("discussionforumposting", "comment"),
    "type_listing": ("itemlist", "collectionpage", "searchresultspage"),
    "type_service": ("service", "localbusiness", "softwareapplication", "professionalservice", "financialproduct"),
    "type_event": ("event",),
    "type_howto": ("howto",),
    "type_video": ("videoobject",),
}
_OG = {"og_article": "article", "og_website": "website", "og_product": "product"}


def page_features_of(tree: HtmlElement, page: PageText) -> dict[str, float]:
    """Return the features of a page that was read already (see `layout.page_features`)."""
    features = _text_features(page)
    features.update(_markup_features(tree))
    declared = {name.lower() for name in _declared_types(tree)}
    features.update({name: float(any(kind in declared for kind in kinds)) for name, kinds in TYPES.items()})
    og_type = str(_OG_TYPE(tree)).lower()
    features.update({name: float(value in og_type) for name, value in _OG.items()})
    return features


def _text_features(page: PageText) -> dict[str, float]:
    chars = len(page.string)
    link_chars = page.link_chars_before[-1] if page.link_chars_before else 0
    hidden = sum(
        page.chars_before[node + 1] - page.chars_before[node] for node, flags in enumerate(page.flags) if flags & 1
    )
    kinds = [link.kind for link in page.links]
    return {
        "text_chars": float(chars),
        "link_density": link_chars / chars if chars else 0.0,
        "hidden_fraction": hidden / chars if chars else 0.0,
        "text_node_count": float(len(page.starts)),
        "block_count": float(len(page.blocks)),
        "link_count": float(len(kinds)),
        "external_link_count": float(sum(kind.external for kind in kinds)),
        "affiliate_link_count": float(sum(kind.affiliate for kind in kinds)),
        "campaign_link_count": float(sum(kind.campaign for kind in kinds)),
        "share_link_count": float(sum(kind.share for kind in kinds)),
        "fragment_link_count": float(sum(kind.fragment for kind in kinds)),
        "sponsored_link_count": float(sum(link.sponsored for link in page.links)),
    }


def _markup_features(tree: HtmlElement) -> dict[str, float]:
    tags = Counter(element.tag for element in _ELEMENTS(tree))
    features = {f"{tag}_count": float(tags[tag]) for tag in _TAGS}
    names = "\n".join(_NAMES(tree)).lower()
    features.update({name: float(sum(names.count(cue) for cue in cues)) for name, cues in _CUES.items()})
    rels = " ".join(_RELS(tree)).lower().split()
    features["next_or_prev"] = float("next" in rels or "prev" in rels)
    return features


def _declared_types(tree: HtmlElement) -> Iterator[str]:
    for script in _JSON_LD(tree):
        yield from _JSON_TYPE.findall(script[:MAX_JSON_LD_CHARS])
    for value in _ITEM_TYPES(tree):
        yield value.rsplit("/", 1)[-1]
