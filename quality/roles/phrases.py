"""What the lexicons find in each line: one column a lexicon, its surest hit; and addresses written out in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quality.lexicon import lexicon
from quality.links import link_kind
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
MAX_CHARS = 4_000

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,200}")


@lru_cache(maxsize=1)
def _lexicons_by_word() -> Mapping[str, tuple[str, ...]]:
    """The lexicons that have a phrase with a word, by word: most lines need none of them."""
    found: dict[str, list[str]] = {}
    for name in (*PROMO, *RESIDUE, *OTHER):
        for word in lexicon(name)._index:
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def phrases(lines: Sequence[Line], *, site: str | None) -> dict[str, NDArray[np.float64]]:
    """Return the columns; 0 where a lexicon finds nothing."""
    names = (*PROMO, *RESIDUE, *OTHER)
    columns = {f"phrase.{name}": np.zeros(len(lines)) for name in names}
    covered = np.zeros(len(lines))
    affiliate, addresses = np.zeros(len(lines)), np.zeros(len(lines))
    by_word = _lexicons_by_word()
    for row, line in enumerate(lines):
        text = line.text[:MAX_CHARS]
        chars = 0
        known = {lexicon_name for word in line.words for lexicon_name in by_word.get(word, ())}
        for name in names:
            hits = lexicon(name).hits(text, line.words) if name in known or "İ" in text else ()
            if hits:
                columns[f"phrase.{name}"][row] = max(hit.phrase.score for hit in hits)
                if name not in OTHER:
                    chars += max(hit.end - hit.start for hit in hits)
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
