"""Credentials in the addresses of inputs: found, and left out of all that is stored, printed and shown.

Addresses of inputs stand in the warehouse that is published, in logs and in reports, and everybody may read those. The
input is opened by its whole address, and called by the one without credentials. In a chain of stores
(`tar://a::https://…`) each address is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

HIDDEN = "***"
LEAST_SECRET = 4
"""Characters of a secret that is looked for in messages; a shorter one would be found in innocent words."""

_CHAIN = re.compile(r"::(?=[A-Za-z][A-Za-z0-9+.-]*(?:://|::))")
_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]*://[^\s<>\"]*")
"""An address, or several that are chained, within a message."""
_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<said>[^/?#]*)@")
"""What stands before the host; a password may hold "@"."""
_LONG_PASSWORD = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<said>[^/?#:@\[]*:(?!\d{1,5}/)[^?#@]+)@")
"""The same where the password holds "/"; `host:8080/@name` has a port."""
_TOKEN_USERS = re.compile(r"(?:\w+\+)?https?", re.IGNORECASE)
"""Schemes where what stands before the host is a secret even without a password; `abfs://container@account` is none."""
_PARAMETER = re.compile(r"(?P<name>[?&;#][^=&;#?/]+)=(?P<value>(?:[^&;#?]|\?(?![^=&;#?/]+=))*)")
_SECRET_NAME = re.compile(
    r"key(?!word)|token|secret|passw|pwd|signature|credential|jwt|authorization|bearer|^(?:sig|pass|auth|pw|sessionid|jsessionid|phpsessid)$"
)
_NAME_OF_ID = re.compile(r"^(?:code|sid|session|ticket)$")
_ID = re.compile(r"[^\s]{16,}")
"""A value of this length is no country's code and no number of a page."""


def carries_credentials(address: str) -> bool:
    """Whether an address holds a password, a token, a key or a signature."""
    return without_credentials(address) != address


def without_credentials(address: str) -> str:
    """Return an address without user and password, and with *** for each key and signature of its parameters."""
    if "://" not in address:
        return address
    return "::".join(map(_hidden, _CHAIN.split(address)))


def said_without_credentials(message: str, address: str) -> str:
    """Return a message about an address without the credentials of it and of all addresses in the message.

    Packages of stores name the address they were given, a part of a chain, or a path with the password but no scheme.
    """
    message = message.replace(address, without_credentials(address))
    message = _ADDRESS.sub(lambda found: without_credentials(found[0]), message)
    for secret in sorted({form for raw in _secrets(address) for form in (raw, unquote(raw))}, key=len, reverse=True):
        if len(secret) >= LEAST_SECRET:
            message = message.replace(secret, HIDDEN)
    return message


def _hidden(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address
    user = _user(address)
    if user is not None:
        rest = rest[len(user["said"]) + 1 :]
    return f"{scheme}://" + _PARAMETER.sub(
        lambda found: f"{found['name']}={HIDDEN}" if _is_secret(found) and found["value"] else found[0], rest
    )


def _secrets(address: str) -> Iterator[str]:
    for part in _CHAIN.split(address):
        user = _user(part)
        if user is not None:
            yield user["said"].partition(":")[2] or user["said"]
        yield from (found["value"] for found in _PARAMETER.finditer(part) if _is_secret(found))


def _user(address: str) -> re.Match[str] | None:
    user = _USER.match(address)
    if user is not None and (":" in user["said"] or _TOKEN_USERS.fullmatch(user["scheme"])):
        return user
    return None if user is not None else _LONG_PASSWORD.match(address)


def _is_secret(parameter: re.Match[str]) -> bool:
    name = unquote(parameter["name"][1:]).lower()
    return bool(_SECRET_NAME.search(name) or (_NAME_OF_ID.match(name) and _ID.fullmatch(parameter["value"])))
