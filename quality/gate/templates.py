"""Pages that share a template: near-duplicates of one source, by fingerprints of 64 bits.

Two fingerprints that differ in at most 3 bits agree in at least one of 4 bands of 16 bits, so only pages that agree
with another one in a band are compared at all. Groups are not chained: each member is within twice the allowed
bits of its group's first fingerprint, since a chain of small steps can merge a whole source.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Prints = NDArray[np.uint64]
Rows = NDArray[np.int64]

BANDS = 4
BAND_BITS = np.uint64(16)
BAND_MASK = np.uint64(0xFFFF)

NEIGHBOURS = 3
"""Fingerprints compared with each one in the order of a band. Long runs of near-duplicates sort next to each other."""


def near_duplicates(source: Codes, template: Prints, present: NDArray[np.bool_], bits: int) -> Codes:
    """Return a group number for each page: pages of one source whose fingerprints differ in at most `bits` bits (0..3).

    A page without a fingerprint (`present` False), or without a match, has the group -1.
    """
    group = np.full(source.shape[0], -1, dtype=np.int32)
    rows = _candidates(source, template, np.flatnonzero(present))
    if not rows.size:
        return group
    order = np.lexsort((template[rows], source[rows]))
    rows = rows[order]
    owner, prints = source[rows], template[rows]
    new = np.ones(rows.size, dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (prints[1:] != prints[:-1])
    first = np.flatnonzero(new)
    leader = _leaders(owner[first], prints[first], bits) if bits else np.arange(first.size)
    label = leader[np.cumsum(new) - 1]
    alone = np.bincount(label, minlength=first.size)[label] == 1
    group[rows] = np.where(alone, -1, label)
    return group


def _candidates(source: Codes, template: Prints, rows: Rows) -> Rows:
    """Return the rows that agree with another row of their source in at least one band."""
    shared = np.zeros(rows.size, dtype=bool)
    for band in range(BANDS):
        key = _band(source[rows], template[rows], band)
        order = np.argsort(key)
        key = key[order]
        same = key[1:] == key[:-1]
        shared[order[1:][same]] = True
        shared[order[:-1][same]] = True
    return rows[shared]


def _band(source: Codes, template: Prints, band: int) -> Prints:
    part = (template >> (BAND_BITS * np.uint64(band))) & BAND_MASK
    result: Prints = (source.astype(np.uint64) << BAND_BITS) | part
    return result


def _leaders(source: Codes, template: Prints, bits: int) -> Rows:
    """Return for each distinct fingerprint the place of the first one that it may be grouped with."""
    leader = np.arange(source.size)
    for band in range(BANDS):
        key = _band(source, template, band)
        order = np.lexsort((template, key))
        key, ordered = key[order], template[order]
        for lag in range(1, NEIGHBOURS + 1):
            near = (key[lag:] == key[:-lag]) & (np.bitwise_count(ordered[lag:] ^ ordered[:-lag]) <= bits)
            one, other = order[lag:][near], order[:-lag][near]
            np.minimum.at(leader, np.maximum(one, other), np.minimum(one, other))
    for _ in range(BANDS):
        further = leader[leader]
        close = np.bitwise_count(template ^ template[further]) <= 2 * bits
        leader = np.where(close, further, leader)
    return leader
