"""Identities of pages: the same bytes under the same URL are one page, and nearly the same text is one template.

`simhash` (Charikar 2002; 64 bits, as Manku et al. 2007 used it on web pages) lies within a few bits for texts that share
most of their shingles and far apart for others. The source gate counts near-duplicates once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate

import numpy as np

SHINGLE_WORDS = 3
MIN_SHINGLES = 20
"""A shorter text (a captcha, an error page) lies near others by accident."""

_ROW_NUMBER = re.compile(r"#[0-9]+\Z")


def body_digest(body: bytes) -> str:
    """Return the sha256 of a page's bytes as hex."""
    return hashlib.sha256(body).hexdigest()


def file_of(origin: str) -> str:
    """Return where a page came from without the number of its row, which changes when rows are put before it."""
    return _ROW_NUMBER.sub("", origin)


def page_id(*, url: str | None, origin: str, digest: str) -> str:
    """Return the 32 hex digits that name a page: its URL (or where it came from) and the digest of its bytes."""
    return hashlib.sha256(f"{url or origin}\0{digest}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def simhash(words: Sequence[str]) -> int | None:
    """Return the 64-bit simhash of a text's word shingles; None for a text too short to have a template."""
    count = len(words) - SHINGLE_WORDS + 1
    if count < MIN_SHINGLES:
        return None
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    joined = b" ".join(encoded)
    starts = [0, *accumulate(len(word) + 1 for word in encoded)]
    shingles = zip(starts[:count], starts[SHINGLE_WORDS:], strict=True)
    digests = b"".join([blake2b(joined[at : end - 1], digest_size=8).digest() for at, end in shingles])
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(count, 8), axis=1)
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > count
    return int.from_bytes(np.packbits(majority).tobytes(), "big")
