"""Block lists in the formats people publish them in, read as names of sources.

Only a rule about a whole domain says something of a source. Rules for paths, exceptions and page elements, of which an
ad blocker's list is full, are counted and left out: read as domains they would condemn the sites that carry the ads.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from quality.sources import FILE_PREFIX, host_of, registrable_of, source_of

FORMATS = ("ublock", "adguard", "hosts", "plain", "csv")

_WHOLE_SITE = r"(?:doc|document|all|important)"
"""Options under which a rule still blocks the site itself. `third-party`, `script`, `image` … are about what other sites
load from it: a widget of a newspaper."""
_BLOCK_RULE = re.compile(rf"^\|\|([^/^$|*~,\s]+)\^?(?:\${_WHOLE_SITE}(?:,{_WHOLE_SITE})*)?$")
_SEARCH_RULE = re.compile(r"^\*://(?:\*\.)?([^/*\s]+)/\*$")
_NULL_ADDRESS = re.compile(r"^(?:0\.0\.0\.0|127\.0\.0\.1|::1?|0)$")
_LOCAL_NAMES = frozenset(
    ("localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "0.0.0.0")
)


@dataclass(frozen=True, slots=True)
class DomainList:
    """The sources a list names, in its order and without repeats, and the lines that named none."""

    sources: tuple[str, ...]
    ignored: int


@dataclass(frozen=True, slots=True)
class RatedSource:
    """One rating: 0 is the best end of the list's scale, 1 the worst."""

    source: str
    badness: float
    line: int


def canonical_source(name: str) -> str | None:
    """Return the name that the gate knows a source by, given a domain, host, URL, "host/author" or "file:folder".

    None where the text is no such name: no dot and no "localhost", blanks, a wildcard.
    """
    text = name.strip()
    if text.startswith(FILE_PREFIX) and not text.startswith("file:/"):
        return text
    host = host_of(text)
    if host is None or ("." not in host and ":" not in host and host != "localhost"):
        return None
    path = (text.partition("://")[2] or text).partition("/")[2]
    author = path.partition("?")[0].strip("/").partition("/")[0]
    plain = host if registrable_of(host) == host else host.removeprefix("www.")
    if not author:
        return plain
    return f"{plain}/{author.lower() if author.startswith(('@', '~')) else author}"


def source_names(name: str) -> tuple[str, ...]:
    """Return the names that a source may be known by, the first choice first: people type www., capitals, or the address
    of a page."""
    named = canonical_source(name) or name
    return name, named, source_of(named, "")


def read_domains(text: str, list_format: str, *, column: str | None = None) -> DomainList:
    """Return the domains of a block list.

    "ublock" and "adguard": `||example.org^`, `*://example.org/*` and bare domains, comments from "!" or "#";
    "hosts": `0.0.0.0 example.org`; "plain": one domain a line, comments from "#"; "csv": the named column, or the
    first.
    Raises ValueError for an unknown format or column.
    """
    if list_format == "csv":
        found: list[str | None] = [canonical_source(name) for name, _, _ in _csv_rows(text, column, None)]
    elif list_format in FORMATS:
        lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
        found = [name for line in lines for name in _names(line, list_format)]
    else:
        raise ValueError(f"unknown format {list_format!r}; expected {', '.join(FORMATS)}")
    return DomainList(tuple(dict.fromkeys(name for name in found if name)), found.count(None))


def read_ratings(
    text: str, *, best: float, worst: float, column: str | None = None, rating: str | None = None
) -> tuple[RatedSource, ...]:
    """Return the ratings of a CSV with a header row; `best` and `worst` are the ends of its scale.

    `column` and `rating` name the columns of the domain and its rating (default: the first and the second).
    Raises ValueError, with the line, for a rating that is no number on the scale or a domain that is none.
    """
    if best == worst:
        raise ValueError(f"best and worst are both {best:g}; a scale needs two ends")
    rated = []
    for name, value, line in _csv_rows(text, column, rating or ""):
        source = canonical_source(name)
        if source is None:
            raise ValueError(f"line {line}: {name!r} is no domain")
        try:
            badness = (float(value) - best) / (worst - best)
        except ValueError:
            raise ValueError(f"line {line}: the rating of {name!r} must be a number, found {value!r}") from None
        if not 0 <= badness <= 1:
            raise ValueError(f"line {line}: the rating {value} of {name!r} lies outside {best:g} … {worst:g}")
        rated.append(RatedSource(source, badness, line))
    return tuple(rated)


def _names(line: str, list_format: str) -> Iterator[str | None]:
    """Yield what a line names: sources, or None for a line that says something about no whole domain."""
    if not line or line.startswith(("!", "[Adblock", "[AdGuard")) or re.match(r"#(?!#|@|\?|\$)", line):
        return
    if list_format in ("ublock", "adguard"):
        yield _blocked(line)
        return
    words = line.partition("#")[0].split()
    if list_format == "plain":
        yield canonical_source(words[0]) if len(words) == 1 else None
        return
    if len(words) < 2 or not _NULL_ADDRESS.match(words[0]):
        yield None
        return
    for word in words[1:]:
        if word.lower() not in _LOCAL_NAMES:
            yield canonical_source(word)


def _blocked(line: str) -> str | None:
    rule = _BLOCK_RULE.match(line) or _SEARCH_RULE.match(line)
    if rule:
        return canonical_source(rule.group(1))
    words = line.split()
    if len(words) == 2 and _NULL_ADDRESS.match(words[0]):  # both blockers read hosts lines too
        return canonical_source(words[1])
    bare = re.fullmatch(r"[\w.-]+", line)
    return canonical_source(line) if bare else None


def _csv_rows(text: str, column: str | None, rating: str | None) -> Iterator[tuple[str, str, int]]:
    """Yield (domain, rating or "", line) of each row. `rating` None: not wanted; "": the second column."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [name.strip() for name in next(reader, [])]
    place = _column(header, column, 0)
    value = None if rating is None else _column(header, rating or None, 1)
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if max(place, value or 0) >= len(row):
            raise ValueError(f"line {reader.line_num}: {len(row)} columns, expected {len(header)}")
        yield row[place].strip(), "" if value is None else row[value].strip(), reader.line_num


def _column(header: list[str], name: str | None, default: int) -> int:
    if name is None:
        if default >= len(header):
            raise ValueError(f"the header has {len(header)} columns, expected at least {default + 1}")
        return default
    if name not in header:
        raise ValueError(f"no column {name!r}; the header has {', '.join(map(repr, header))}")
    return header.index(name)
