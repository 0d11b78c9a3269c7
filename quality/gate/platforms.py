"""Sources that host many authors, and the authors.

A platform is known by its name (the suffix list's private part, a short list of well-known ones) or by its pages: where
hosts or first path segments of one source differ in quality far more than chance allows, they are judged one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc  # type: ignore[import-untyped]

from quality.gate.pages import ONE, Codes, Flags, Floats, Pages
from quality.gate.parameters import GateParameters
from quality.sources import PATH_PLATFORMS, author_level

MIXTURE_LEVEL = 1e-6
"""Chance at which an even source would be taken for a platform; small, since there are many sources."""

LEAST_VARIANCE = 0.01
"""Variance within authors is taken for at least this: identical scores must not make every difference significant."""

LEAST_PAGES = 2.0
"""Pages from which an author is compared with others."""


@dataclass(frozen=True)
class SubSources:
    """One level of sub-sources, those on platforms only."""

    names: tuple[str, ...]
    code: Codes
    """(pages,) place in `names`; -1 for none."""


@dataclass(frozen=True)
class Authors:
    """Who wrote each page, as far as a platform tells."""

    platform: Flags
    """(sources,)"""
    count: Codes
    """(sources,) authors seen."""
    of_page: Codes
    """(pages,) author code, -1 where the source is no platform."""
    levels: tuple[SubSources, ...]
    """Hosts, then paths."""


def find_authors(pages: Pages, weight: Floats, parameters: GateParameters) -> Authors:
    """Find platforms and the authors of their pages. `weight` (pages,) in units of `ONE`."""
    count, fine = len(pages.names), pages.subsource_names
    if not fine:
        nobody = np.full(pages.source.shape[0], -1, dtype=np.int32)
        return Authors(np.zeros(count, dtype=bool), np.zeros(count, dtype=np.int32), nobody, ())
    owner = np.zeros(len(fine), dtype=np.int32)
    owner[pages.subsource[pages.subsource >= 0]] = pages.source[pages.subsource >= 0]
    owners = [pages.names[code] for code in owner]
    hosts = [name.partition("/")[0] for name in fine]
    host_names = tuple(dict.fromkeys(hosts))
    host_place = {host: place for place, host in enumerate(host_names)}
    host_of = np.array([host_place[host] for host in hosts], dtype=np.int32)
    level = [_level_of(host, source) for host, source in zip(hosts, owners, strict=True)]
    by_host = np.array([kind == "host" for kind in level])
    known = np.array([kind is not None for kind in level])
    author_of = np.where(by_host, len(fine) + host_of, np.arange(len(fine), dtype=np.int32)).astype(np.int32)
    authors = len(fine) + len(host_names)

    platform = np.zeros(count, dtype=bool)
    platform[owner[known]] = True
    platform |= _uneven(pages, _of_pages(author_of, pages), authors, weight, parameters)
    on = platform[owner]
    of_page = _of_pages(np.where(on, author_of, -1).astype(np.int32), pages)
    own_host = np.array([host == source for host, source in zip(hosts, owners, strict=True)])
    is_path = np.array(["/" in name for name in fine])
    host_code = np.where(on & ~own_host, host_of, -1).astype(np.int32)
    path_code = np.where(on & is_path, np.arange(len(fine), dtype=np.int32), -1).astype(np.int32)
    seen = np.unique(author_of[on], return_index=True)[1]
    return Authors(
        platform=platform,
        count=np.bincount(owner[on][seen], minlength=count).astype(np.int32),
        of_page=of_page,
        levels=(
            SubSources(host_names, _of_pages(host_code, pages)),
            SubSources(fine, _of_pages(path_code, pages)),
        ),
    )


def _level_of(host: str, source: str) -> str | None:
    """Return `author_level`, without asking the suffix list of hosts that are sources."""
    if host == source:
        return "path" if host in PATH_PLATFORMS else None
    return author_level(host)


def _of_pages(of_subsource: Codes, pages: Pages) -> Codes:
    with_none = np.append(of_subsource, np.int32(-1))  # the code -1 picks the last entry
    result: Codes = with_none[pages.subsource]
    return result


def _uneven(pages: Pages, author: Codes, authors: int, weight: Floats, parameters: GateParameters) -> Flags:
    """Return which sources have authors that differ by more than chance (one-way analysis of variance)."""
    count = len(pages.names)
    used = np.flatnonzero((weight > 0) & (author >= 0))
    w, x, who = weight[used], pages.probability[used], author[used]
    owner = np.zeros(authors, dtype=np.int32)
    owner[who] = pages.source[used]
    n = np.bincount(who, weights=w, minlength=authors) / ONE
    first = np.bincount(who, weights=np.rint(w * x), minlength=authors) / ONE
    second = np.bincount(who, weights=np.rint(w * x * x), minlength=authors) / ONE
    compared = n >= LEAST_PAGES
    n, first, second, owner = n[compared], first[compared], second[compared], owner[compared]
    groups = np.bincount(owner, minlength=count)
    total = np.bincount(owner, weights=n, minlength=count)
    mean = np.bincount(owner, weights=first, minlength=count) / np.maximum(total, 1.0)
    within = np.bincount(owner, weights=second - first * first / n, minlength=count)
    variance = np.maximum(within / np.maximum(total - groups, 1.0), LEAST_VARIANCE)
    between = np.bincount(owner, weights=n * (first / n - mean[owner]) ** 2, minlength=count)
    chance = chdtrc(np.maximum(groups - 1.0, 1.0), between / variance)
    uneven: Flags = (groups >= parameters.min_authors) & (chance < MIXTURE_LEVEL)
    return uneven
