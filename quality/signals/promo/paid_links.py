"""Links of the article that are paid for: affiliate networks and rel=sponsored.

Measures: affiliate links and links with rel sponsored, nofollow or ugc in the article's lines, the larger of the two
a line, per 1,000 words, as x / (x + HALF) so that the value stays in 0..1. None for plain text and for texts under
MIN_WORDS.
Why: the density of paid links tells pages written to sell from pages that mention a product.
Example: a test report with a "Check price" button under each of twelve products.
Known misfires: sites that put nofollow on every external link. There is no evidence: most lines that are paid links
are the names of the things that the article is about (one in four was promo on labelled pages).
References: Bevendorff et al. 2024, "Is Google Getting Worse?".
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document

HALF = 8.0
"""Paid links per 1,000 words at which the value is one half: review pages in the study had a median near that."""
MIN_WORDS = 50


def measure(document: Document) -> Measurement:
    """Density of paid links, 0..1; no evidence."""
    layouts = [line.layout for line in document.lines if line.layout is not None]
    if not layouts or len(document.words) < MIN_WORDS:
        return Measurement(value=None)
    paid = sum(max(layout.affiliate_links, layout.sponsored_links) for layout in layouts)
    density = 1000 * paid / len(document.words)
    return Measurement(value=density / (density + HALF))
