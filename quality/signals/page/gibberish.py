"""Text that is no language: word salad, encoded strings, keyboard noise.

Measures: how far the share of function words in the body falls short of 0.22, over 0.22. Languages without a list are
measured by nothing else, so they get None.
Why: real sentences cannot do without function words; spun keyword lists and random strings can.
Example: "shoes running cheap buy online store best price shoes" has none.
Known misfires: telegraphic lists and tables are left out, since only body lines count. None below 40 words of body.
References: Ntoulas et al. 2006, section 4.6 (fraction of globally popular words).
"""

from __future__ import annotations

from quality.records import Measurement
from quality.segment import Document
from quality.signals.parity.function_words import function_words

LEAST_SHARE = 0.22
"""On 607 labelled articles in seven languages no accepted one lies below 0.24."""
MIN_WORDS = 40


def measure(document: Document) -> Measurement:
    """Return the shortfall of function words, with the body lines that have fewest."""
    known = function_words(document.article.language)
    lines = document.body
    words = sum(len(line.words) for line in lines)
    if known is None or words < MIN_WORDS:
        return Measurement(None)
    shares = [sum(map(known.__contains__, line.words)) / len(line.words) for line in lines]
    share = sum(part * len(line.words) for part, line in zip(shares, lines, strict=True)) / words
    value = max(0.0, (LEAST_SHARE - share) / LEAST_SHARE)
    short = [(line.start, line.end, value) for part, line in zip(shares, lines, strict=True) if part < LEAST_SHARE]
    return Measurement(value, tuple(short) if value else ())
