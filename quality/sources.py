"""Who published a page: the source its quality is booked to, and the author on a platform that hosts many.

A source is the registrable domain by the public suffix list (the snapshot inside tldextract: no network, no cache, the
same answer everywhere); a page without a usable URL belongs to the folder it was read from. A platform such as a blog
host is one source with many authors, so a page also has sub-sources: the host below the registrable domain, and the
first path segment below the host. Names are lower case, without port and "www.", and ASCII (`xn--`), so that one site
has one name and a look-alike in another script has a different one.
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import idna
import tldextract

FILE_PREFIX = "file:"
"""Starts the name of every source that is a folder."""

WEB_SCHEMES = frozenset(("http", "https", "ftp", "ftps"))

HOST_PLATFORMS = frozenset(
    (
        "beehiiv.com",
        "blogg.se",
        "canalblog.com",
        "free.fr",
        "ghost.io",
        "hatenablog.com",
        "home.blog",
        "livejournal.com",
        "over-blog.com",
        "substack.com",
        "tumblr.com",
        "typepad.com",
        "webnode.com",
        "weebly.com",
        "wixsite.com",
        "wordpress.com",
    )
)
"""Registrable domains that give each author a host and are not in the list's private part (it covers the rest)."""

PATH_PLATFORMS = frozenset(
    (
        "dev.to",
        "hubpages.com",
        "issuu.com",
        "linkedin.com",
        "medium.com",
        "note.com",
        "qiita.com",
        "scribd.com",
        "tistory.com",
        "vocal.media",
        "zhihu.com",
    )
)
"""Hosts that give each author the first path segment."""

MAX_HOST = 253
"""Characters of a host name, RFC 1035; longer ones exist only to cost something."""

MAX_ENCODED_HOST = 9 * MAX_HOST
"""The same with each character written as three percent escapes."""

MAX_SEGMENT = 200
"""Characters of a path segment that can stand for an author."""

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:[/?#]|$))")
_NUMBER = re.compile(r"^\d+$")
_HOST = re.compile(r"^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$")

# An empty tuple of list addresses and no cache folder: only the snapshot in the package is ever read.
_REGISTRABLE = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_PRIVATE = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def host_of(url: str | None) -> str | None:
    """Return the host of a web address: lower case, ASCII, no port, no final dot; IP addresses in their short form.

    None where there is no host: no URL, `file:`, `data:` or `mailto:` addresses, a path, and addresses that cannot be parsed.
    A bare "example.com/page" counts as a web address.
    """
    if not url:
        return None
    address = url.strip()
    scheme = _SCHEME.match(address)
    if scheme and scheme.group(1).lower() not in WEB_SCHEMES:
        return None
    if not scheme:
        address = ("http:" if address.startswith("/") else "http://") + address
    try:
        host = urlsplit(address).hostname
    except ValueError:  # "Invalid IPv6 URL" and the like
        return None
    return _canonical_host(host) if host and len(host) <= MAX_ENCODED_HOST else None


def source_of(url: str | None, origin: str = "") -> str:
    """Return the source of a page: its registrable domain, else the folder that it was read from.

    `url` is the page's address; `origin` the file, archive record or store address it came from, and only its parent
    folder's name is used ("crawl/march/a.html" gives "file:march", a file with no folder "file:."). A host with no
    registrable domain (an IP address, "localhost", a bare public suffix) is its own source.
    """
    host = host_of(url)
    if host is None:
        return FILE_PREFIX + _parent_folder(origin or _file_path(url))
    return registrable_of(host)


@lru_cache(maxsize=65_536)
def registrable_of(host: str) -> str:
    """Return the registrable domain of a host in canonical form (as `host_of` gives it), or the host itself."""
    found = _REGISTRABLE(host)
    if found.suffix or found.ipv4 or ":" in host:
        return found.top_domain_under_public_suffix or host
    return ".".join(host.split(".")[-2:])  # the list's default rule: an unknown last label is a suffix


def is_registry(host: str) -> bool:
    """True for a name under which anybody can register domains, such as co.uk: no site of its own."""
    found = _REGISTRABLE(host)
    return found.suffix == host and not found.is_private


def path_prefix_of(url: str | None) -> str | None:
    """Return the first path segment where it can stand for an author or section, decoded; else None.

    The last segment of a path is the page itself unless it starts with "@" or "~"; a number (a year, an id) is nobody.
    """
    if host_of(url) is None or url is None:
        return None
    address = url.strip()
    try:
        path = urlsplit(address if "//" in address else "//" + address).path
    except ValueError:
        return None
    segments = [part for part in path.split("/") if part]
    if not segments:
        return None
    first = unquote(segments[0]).strip()
    if len(first) > MAX_SEGMENT or "/" in first:
        return None
    if first.startswith(("@", "~")):
        return first.lower()
    if len(segments) < 2 or not first or _NUMBER.match(first):
        return None
    return first


def subsource_keys(url: str | None) -> tuple[str, ...]:
    """Return the sub-sources of a page, coarse to fine: the host below the source, then host and first path segment.

    Empty where the page has neither. "https://a.b.blogspot.com/x" gives ("b.blogspot.com",): below a private suffix the
    author is the name next to the suffix, not every host under it.
    """
    host = host_of(url)
    if host is None:
        return ()
    source = registrable_of(host)
    below = _author_host(host)
    keys = [below] if below != source else []
    if keys and author_level(below) == "host":
        return (below,)
    prefix = path_prefix_of(url)
    if prefix is not None:
        keys.append(f"{below}/{prefix}")
    return tuple(keys)


def subsource_key(url: str | None) -> str | None:
    """Return the finest sub-source of a page, the value to store beside its source; None where it has none.

    What stands before the first "/" of the value is its host level.
    """
    keys = subsource_keys(url)
    return keys[-1] if keys else None


@lru_cache(maxsize=65_536)
def author_level(subsource: str) -> str | None:
    """Return "host" or "path" where a sub-source lies on a platform known to host many authors, else None."""
    host = subsource.partition("/")[0]
    if host in PATH_PLATFORMS or registrable_of(host) in PATH_PLATFORMS:
        return "path" if host in PATH_PLATFORMS else "host"
    if registrable_of(host) in HOST_PLATFORMS or _PRIVATE(host).is_private:
        return "host"
    return None


@lru_cache(maxsize=65_536)
def _author_host(host: str) -> str:
    private = _PRIVATE(host)
    if private.is_private:
        return private.top_domain_under_public_suffix or host
    return host.removeprefix("www.") if registrable_of(host) != host else host


def _canonical_host(host: str) -> str | None:
    host = unquote(host).strip().rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError:  # names that no registry would sell still need one spelling
            host = ".".join(_ascii_label(label) for label in re.split("[.。．｡]", host))
    return host if len(host) <= MAX_HOST and _HOST.match(host) else None


def _ascii_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _file_path(url: str | None) -> str:
    if url is None or not url.lower().startswith("file:"):
        return ""
    return unquote(url[len("file:") :])


def _parent_folder(origin: str) -> str:
    path = origin.partition("://")[2] or origin
    if origin.lower().startswith(("http://", "https://")):  # what follows "?" may hold slashes
        path = path.partition("?")[0]
    folder = posixpath.normpath(path.rpartition("/")[0])
    parts = [part for part in folder.split("/") if part not in ("", ".", "..")]
    return parts[-1] if parts else "."
