"""What kind of place a link leads to: the same site or another one, a shop through an affiliate network, a tracked campaign.

Affiliate links are known by the hosts of the networks, by the parameters that carry the partner's id, and by the
cloaking folders of common affiliate plug-ins ("/go/", "/recommends/"). A host's site is taken to be its last two labels,
or three under a public second-level label such as "co.uk"; the source of a page is decided elsewhere, with the full
public suffix list: here an error costs one count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SECOND_LEVEL = frozenset("co com org net gov gob gouv gv ac edu or ne go nom mil ltd plc blogspot github".split())

AFFILIATE_HOSTS = frozenset(
    """
    amzn.to awin1.com shareasale.com shareasale-analytics.com linksynergy.com skimresources.com anrdoezrs.net dpbolvw.net
    jdoqocy.com kqzyfj.com tkqlhce.com pntra.com pntrac.com pntrs.com pjatr.com pjtra.com gopjn.com prf.hn sjv.io pxf.io
    evyy.net ojrq.net 7eer.net i8h2.net hop.clickbank.net rstyle.me shopstyle.it geni.us howl.me bttn.io fave.co
    narrativ.com viglink.com redirectingat.com avantlink.com webgains.com tradedoubler.com zanox.com belboon.de
    partner-ads.com admitad.com flexlinkspro.com tidd.ly dwin1.com clk.tradedoubler.com s.click.aliexpress.com ebay.us
    rakuten.co.jp hb.afl.rakuten.co.jp a8.net valuecommerce.com magik.ly shop-links.co digidip.net
    """.split()
)
"""Hosts of affiliate networks and of the link shorteners that only they use."""

_AFFILIATE_QUERY = re.compile(
    r"(?:^|[?&;])(?:tag=[\w-]+-2\d\b|aff(?:iliate)?(?:_?id)?=|afid=|ascsubtag=|awc=|irclickid=|clickref=|subid=|hop=|ref_?id=|partner(?:_?id)?=)",
    re.IGNORECASE,
)
_AFFILIATE_PATH = re.compile(r"^/(?:go|recommends?|refer|out|aff|affiliate|deals?/out|visit)/[^/]", re.IGNORECASE)
_CAMPAIGN_QUERY = re.compile(r"(?:^|[?&;])(?:utm_\w+|ref|refcode|coupon|promo(?:code)?|source)=", re.IGNORECASE)
_SHARE_HOST = re.compile(
    r"(?:^|\.)(?:facebook\.com|twitter\.com|x\.com|pinterest\.\w+|linkedin\.com|whatsapp\.com|t\.me|reddit\.com|instagram\.com)$"
)
_HINT_CHARS = 400
_URL = re.compile(
    r"(?:https?:)?//(?:[^/?#@]*@)?(?P<host>[^/?#:]*)[^/?#]*(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?", re.IGNORECASE
)
_RELATIVE = re.compile(r"(?P<host>)(?P<path>[^?#:]*)(?:\?(?P<query>[^#]*))?(?:#|$)")
_SHARE_HINT = re.compile(r"share|intent|sharer|pin/create|submit|send", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LinkKind:
    """Where one link leads."""

    external: bool = False
    affiliate: bool = False
    campaign: bool = False
    """Carries tracking or coupon parameters."""
    share: bool = False
    """Posts the page to a social network, or leads to a profile there."""
    fragment: bool = False
    """Stays on the page ("#section")."""


INNER = LinkKind()
FRAGMENT = LinkKind(fragment=True)


def site_of(host: str) -> str:
    """Return the registrable part of a host name, roughly (see the module)."""
    labels = host.lower().strip(".").split(".")
    if len(labels) > 2 and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def site_of_url(url: str | None) -> str | None:
    """Return the rough registrable domain of a URL, None if it has no host."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return site_of(host) if host else None


def link_kind(href: str, *, site: str | None) -> LinkKind:
    """Say what kind of link an href is, seen from a page of the given site. Odd hrefs are plain inner links."""
    href = href.strip()
    if not href or href[0] == "#":
        return FRAGMENT
    match = _URL.match(href) or _RELATIVE.match(href)
    if match is None:
        return INNER
    host, path, query = (match["host"] or "").lower().removeprefix("www."), match["path"], match["query"] or ""
    if not host and not query and not _AFFILIATE_PATH.match(path):
        return INNER
    own = site_of(host) if host else site
    if own == site and not query and own not in AFFILIATE_HOSTS and not _AFFILIATE_PATH.match(path):
        return INNER
    external = site is not None and own != site
    return LinkKind(
        external=external,
        affiliate=host in AFFILIATE_HOSTS
        or own in AFFILIATE_HOSTS
        or bool(_AFFILIATE_PATH.match(path))
        or bool(query and _AFFILIATE_QUERY.search(query)),
        campaign=bool(query and _CAMPAIGN_QUERY.search(query)),
        share=external
        and bool(_SHARE_HOST.search(host))
        and (path.count("/") <= 1 or bool(_SHARE_HINT.search(href, 0, _HINT_CHARS))),
    )
