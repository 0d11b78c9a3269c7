"""Credentials in the addresses of inputs: found, and left out of all that is stored, printed and shown.

Addresses of inputs stand in the warehouse that is published, in logs and in reports, and everybody may read those. The
input is opened by its whole address, and called by the one without credentials.
"""

from __future__ import annotations

import re

_IN_QUERY = re.compile(
    r"([?&](?:[^=&#]*(?:key(?!word)|token|secret|passw|pwd|signature|credential)[^=&#]*|sig|pass|auth)=)[^&#]*",
    re.IGNORECASE,
)
_OF_USER = re.compile(r"://[^/?#:@\[]*:(?!\d+/)[^?#@]+@")
"""A user and a password, which may hold "/", before the host; `host:8080/@name` has a port."""
HIDDEN = "***"


def carries_credentials(address: str) -> bool:
    """Whether an address holds a password, a key or a signature."""
    return "://" in address and bool(_OF_USER.search(address) or _IN_QUERY.search(address))


def without_credentials(address: str) -> str:
    """Return an address without user and password, and with *** for each key and signature of its query."""
    if "://" not in address:
        return address
    return _IN_QUERY.sub(rf"\g<1>{HIDDEN}", _OF_USER.sub("://", address))
