"""What the gate does to a page: lets it in, or skips it but for a sampled share.

The finest standing that knows something decides: an author's own pages before the platform's, and what people said of
either before what pages say. The sample is drawn by a digest of the page's key, so that every run picks the same pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

from quality.gate.parameters import GateParameters
from quality.gate.standing import Standing

Admission = Literal["admit", "sample", "skip"]


def standing_of(standings: Mapping[str, Standing], source: str, subsource: str | None = None) -> Standing:
    """Return the standing that a page is treated by. `subsource` is what `sources.subsource_key` gave for its URL."""
    levels = _levels(source, subsource)
    found = [standings[name] for name in levels if name in standings]
    for standing in found:
        if standing.override and not standing.watched:
            return standing
    for standing in found:
        if standing.measured != "unknown":
            return standing
    return found[-1] if found else Standing(source=source)


def admission(
    standings: Mapping[str, Standing],
    source: str,
    subsource: str | None,
    page_key: str,
    parameters: GateParameters,
) -> Admission:
    """Return whether to spend an extraction on a page. `page_key` identifies it: its URL, else its id."""
    if standing_of(standings, source, subsource).status != "rejected":
        return "admit"
    return "sample" if is_sampled(page_key, parameters.sampled_share) else "skip"


def is_sampled(page_key: str, share: float) -> bool:
    """Return True for a fixed `share` (0..1) of all keys."""
    digest = hashlib.blake2b(page_key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2.0**64


def _levels(source: str, subsource: str | None) -> list[str]:
    if subsource is None:
        return [source]
    host = subsource.partition("/")[0]
    return list(dict.fromkeys((subsource, host, source)))
