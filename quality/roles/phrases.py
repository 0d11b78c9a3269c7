"""What the lexicons find in each line: one column a lexicon, its surest hit; and addresses written out in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.links import link_kind
from quality.phrase_hits import LineHits, hits_in
from quality.segment import Line

PROMO = (
    "affiliate_disclosure",
    "call_to_action",
    "channel_plug",
    "coupon_price_pitch",
    "cross_link",
    "subscribe_newsletter",
)
RESIDUE = ("comment_form", "furniture_phrase")
OTHER = ("section_name", "truism_formula")
BESIDE = ("benefit_word",)
"""Lexicons that the role model does not read."""
MAX_CHARS = 4_000

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,200}")


class Worded(NamedTuple):
    """A piece of text and its words."""

    text: str
    words: tuple[str, ...]


def phrases(
    lines: Sequence[Line | Worded], *, site: str | None, hits: Sequence[LineHits] = ()
) -> dict[str, NDArray[np.float64]]:
    """Return the columns; 0 where a lexicon finds nothing. `hits`: what is known of each line already."""
    names = (*PROMO, *RESIDUE, *OTHER)
    columns = {f"phrase.{name}": np.zeros(len(lines)) for name in names}
    covered = np.zeros(len(lines))
    affiliate, addresses = np.zeros(len(lines)), np.zeros(len(lines))
    for row, line in enumerate(lines):
        text = line.text[:MAX_CHARS]
        chars = 0
        known = hits[row] if hits and len(line.text) <= MAX_CHARS else hits_in(text, line.words)
        for name, found in known.items():
            if name in BESIDE:
                continue
            columns[f"phrase.{name}"][row] = max(hit.phrase.score for hit in found)
            if name not in OTHER:
                chars += max(hit.end - hit.start for hit in found)
        covered[row] = min(1.0, chars / max(1, len(text)))
        if "://" in text or "www." in text:
            kinds = [link_kind(address, site=site) for address in _ADDRESS.findall(text)]
            addresses[row] = len(kinds)
            affiliate[row] = sum(kind.affiliate for kind in kinds)
    columns["phrase.covered"] = covered
    columns["phrase.any_promo"] = np.max([columns[f"phrase.{name}"] for name in PROMO], axis=0)
    columns["phrase.any_residue"] = np.max([columns[f"phrase.{name}"] for name in RESIDUE], axis=0)
    columns["phrase.addresses"] = addresses
    columns["phrase.affiliate_addresses"] = affiliate
    return columns
