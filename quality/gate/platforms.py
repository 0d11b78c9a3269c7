"""Sources that host many authors, and the authors.

A platform is known by its name (the suffix list's private part, a short list of well-known ones) or by its pages: where
hosts or first path segments of one source differ in quality far more than chance allows, they are judged one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from quality.gate.pages import ONE, Floats, Integers, Pages
from quality.gate.parameters import GateParameters
from quality.sources import author_level

MIXTURE_LEVEL = 1e-6
"""Chance at which an even source would be taken for a platform; small, since there are many sources."""

LEAST_VARIANCE = 0.01
"""Variance within authors is taken for at least this: identical scores must not make every difference significant."""


@dataclass(frozen=True)
class Authors:
    """Who wrote each page, as far as a platform tells."""

    platform: NDArray[np.bool_]
    """(sources,)"""
    count: Integers
    """(sources,) authors seen."""
    of_page: Integers
    """(pages,) author code, -1 where the source is no platform."""
    names: tuple[str, ...]
    """Name of each sub-source code, both levels, sorted."""
    parent: Integers
    """Source code of each name; -1 where the source is no platform (such names get no estimate)."""
    level: NDArray[np.bool_]
    """True where the name is a path, False where it is a host."""
    host_code: Integers
    """(pages,) code of the host level, -1 for none or no platform."""
    path_code: Integers
    """(pages,) code of the path level, -1 for none or no platform."""


def find_authors(pages: Pages, weight: Floats, parameters: GateParameters) -> Authors:
    """Find platforms and the authors of their pages. `weight` (pages,) in units of `ONE`."""
    finest = np.array(pages.subsource_names, dtype=object)
    hosts = [name.partition("/")[0] for name in pages.subsource_names]
    names = tuple(sorted({*pages.subsource_names, *hosts}))
    place = {name: index for index, name in enumerate(names)}
    host_of = np.array([place[host] for host in hosts] + [-1], dtype=np.int64)
    fine_of = np.array([place[name] for name in finest] + [-1], dtype=np.int64)
    level = {host: author_level(host) for host in sorted(set(hosts))}
    known = np.array([level[host] is not None for host in hosts] + [False])
    by_host = np.array([level[host] == "host" for host in hosts] + [False])
    is_path = np.array(["/" in name for name in names], dtype=bool)

    count = len(pages.names)
    sub = pages.subsource  # -1 picks the sentinel at the end of each array
    author = np.where(by_host[sub], host_of[sub], fine_of[sub])
    platform = np.zeros(count, dtype=bool)
    platform[pages.source[known[sub]]] = True
    platform |= _uneven(pages, author, len(names), weight, parameters)
    on_platform = platform[pages.source] & (sub >= 0)
    of_page = np.where(on_platform, author, -1)
    seen = np.unique(np.stack([pages.source[on_platform], of_page[on_platform]]), axis=1)[0]
    parent = np.full(len(names), -1, dtype=np.int64)
    host_code = np.where(on_platform, host_of[sub], -1)
    path_code = np.where(on_platform & (fine_of[sub] != host_of[sub]), fine_of[sub], -1)
    parent[host_code[on_platform]] = pages.source[on_platform]
    parent[fine_of[sub][on_platform]] = pages.source[on_platform]
    return Authors(platform, np.bincount(seen, minlength=count), of_page, names, parent, is_path, host_code, path_code)


def _uneven(
    pages: Pages, author: Integers, names: int, weight: Floats, parameters: GateParameters
) -> NDArray[np.bool_]:
    """Return which sources have authors that differ by more than chance (one-way analysis of variance)."""
    count = len(pages.names)
    used = np.flatnonzero((weight > 0) & (author >= 0))
    if not used.size:
        return np.zeros(count, dtype=bool)
    w, x, who = weight[used], pages.probability[used], author[used]
    owner = np.zeros(names, dtype=np.int64)
    owner[who] = pages.source[used]
    n = np.bincount(who, weights=w, minlength=names) / ONE
    first = np.bincount(who, weights=np.rint(w * x), minlength=names) / ONE
    second = np.bincount(who, weights=np.rint(w * x * x), minlength=names) / ONE
    counted = n >= 2.0
    n, first, second, owner = n[counted], first[counted], second[counted], owner[counted]
    authors = np.bincount(owner, minlength=count)
    total = np.bincount(owner, weights=n, minlength=count)
    mean = np.bincount(owner, weights=first, minlength=count) / np.maximum(total, 1.0)
    within = np.bincount(owner, weights=second - first * first / n, minlength=count)
    variance = np.maximum(within / np.maximum(total - authors, 1.0), LEAST_VARIANCE)
    between = np.bincount(owner, weights=n * (first / n - mean[owner]) ** 2, minlength=count)
    chance = chdtrc(np.maximum(authors - 1.0, 1.0), between / variance)
    uneven: NDArray[np.bool_] = (authors >= parameters.min_authors) & (chance < MIXTURE_LEVEL)
    return uneven
