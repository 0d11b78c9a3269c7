"""The frozen types that pass from stage to stage.

A page enters as `RawPage`, is decoded to `Decoded`, extracted to `Article` (repaired text, and what the HTML knew about
each line of it), cut into a `Document` (see `segment.py`), measured by signals, and leaves as an `Assessment`.
Offsets always refer to `Article.text`, in characters (Unicode code points), half open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["promo", "residue", "padding", "repeat"]
"""What a span is: text that sells or sends away, page furniture, filler, or a repetition."""

Role = Literal["content", "promo", "residue", "padding", "repeat"]
"""What a line is for."""

Verdict = Literal["accept", "review", "reject", "not_assessed"]

ROLES: tuple[Role, ...] = ("content", "promo", "residue", "padding", "repeat")
KINDS: tuple[Kind, ...] = ("promo", "residue", "padding", "repeat")
CUT: tuple[Kind, ...] = ("promo", "residue")
"""Kinds that `Assessment.clean_text` leaves out; the others are shown."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as it came: bytes, and what the container said about them."""

    body: bytes
    url: str | None = None
    content_type: str | None = None
    fetched_at: str | None = None
    """ISO 8601 time of the fetch, if the container has one."""
    origin: str = ""
    """File (and record) that the page was read from, for people."""
    text: str | None = None
    """Set when the container held text that is decoded already (JSONL and Parquet columns)."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Keys of the container that have no meaning here; kept, with values that JSON can hold."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of a page and how they were found."""

    text: str
    charset: str
    """Python codec name of the decoding that was used, e.g. "utf-8", "cp1252"."""
    method: str
    """"utf-8" (strict), "bom", "http", "meta", "detector", "mixed" (UTF-8 with legacy pieces) or "fallback"."""
    confidence: float
    """0..1; 1 for strict UTF-8 and byte order marks."""
    invalid_bytes: int = 0
    """Bytes that the codec could not read, each of which became U+FFFD, and NULs that were taken out."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One kind of change that was made to the decoded text, and why."""

    original: str
    restored: str
    codec: str
    """Codec that the text had been read in by mistake, or "" where none was involved."""
    rule: str
    confidence: float
    count: int


@dataclass(frozen=True, slots=True)
class LineLayout:
    """What the HTML knew about one line of the article. See `layout.py` for how a line finds its element."""

    tag: str
    """Nearest block element: "p", "li", "h2", "td", "div" …"""
    path: tuple[str, ...]
    """Tags from <body> down to the block."""
    tokens: tuple[str, ...] = ()
    """Lower-case class and id tokens of the block and its ancestors, nearest first, at most 48."""
    chars: int = 0
    """Characters of text in the block."""
    link_chars: int = 0
    """Characters of that text inside <a>."""
    links: int = 0
    external_links: int = 0
    """Links to another registrable domain."""
    affiliate_links: int = 0
    sponsored_links: int = 0
    """Links with rel sponsored, nofollow or ugc."""
    anchor_texts: tuple[str, ...] = ()
    """Texts of the links, at most 8, each at most 80 characters."""
    button: bool = False
    hidden: bool = False
    dom_position: float = 0.0
    """Where the block starts among the characters of the body, 0..1."""
    dom_copies: int = 1
    """How often the same line stands in the page: 1 beside two copies in the text means the extractor doubled it."""
    campaign_links: int = 0
    """Links with tracking or coupon parameters."""
    share_links: int = 0
    """Links to a social network's share form or profile page."""
    fragment_links: int = 0
    """Links that stay on the page."""
    link_words: tuple[str, ...] = ()
    """Words of the links' hosts and paths, at most 16; those of other sites start with "@"."""
    bold_chars: int = 0
    section: str = ""
    """Text of the last heading before the line in the page, at most 80 characters; the extractor may have dropped it."""
    skipped_chars: int = 0
    """Letters and digits of the page between the line before and this one that the extractor left out."""
    parent_chars: int = 0
    """Letters and digits in the block that holds the line's block."""
    parent_link_density: float = 0.0
    parent_blocks: int = 0
    """Blocks inside that parent, all levels."""
    outer_chars: int = 0
    """The same three numbers for the nearest block that holds five times the line's characters."""
    outer_link_density: float = 0.0
    outer_blocks: int = 0
    main_odds: float | None = None
    """Log-odds that the line's letters belong to the page's main text, by the model of blocks; None where it was not asked."""
    main_odds_before: float | None = None
    main_odds_after: float | None = None
    """The same for the few pieces of text before and after the line, whether the extractor took them or not."""

    @property
    def link_density(self) -> float:
        """Share of the block's characters that stand inside links, 0..1."""
        return min(1.0, self.link_chars / self.chars) if self.chars else 0.0


@dataclass(frozen=True, slots=True)
class Article:
    """The extracted, repaired text of a page and everything later stages need to judge it (or judge it again)."""

    text: str
    """Lines separated by "\\n"; all offsets refer to it."""
    layout: tuple[LineLayout | None, ...]
    """One entry a line of `text.split("\\n")`; None where there is no HTML or no element was found."""
    url: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None
    """ISO date of publication, if the page states one cheaply (JSON-LD, meta, URL)."""
    site_name: str | None = None
    language: str | None = None
    """ISO 639-1 code read off body lines (ISO 639-3 where there is none); None when there is too little text."""
    description: str | None = None
    headings: tuple[str, ...] = ()
    markup: str = "html"
    """"html" or "text"; plain text has no layout."""
    charset: str = "utf-8"
    charset_method: str = "utf-8"
    charset_confidence: float | None = None
    """How sure the charset is, 0..1; None in articles that versions stored which did not keep it."""
    repairs: tuple[Repair, ...] = ()
    damage: int = 0
    """Characters that are known to be damaged and could not be restored."""
    page_features: Mapping[str, float] = field(default_factory=dict)
    """Numbers about the whole HTML page (link counts, hidden text, forms …) by name."""
    flags: tuple[str, ...] = ()
    """Things a reader should know: "truncated", "deep_markup", "no_html_element", "text_from_blocks", "text_container",
    "text_unnamed"."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of `Assessment.text` and what is wrong with it.

    Over one character stand at most one span that is cut (promo, residue) and one that is shown (padding, repeat).
    """

    start: int
    end: int
    kind: Kind
    score: float
    """0..1, how sure."""
    signal: str
    """Id of the signal or model that found it."""


def in_order(span: Span) -> tuple[int, int, int]:
    """Sort key of spans: their order in the text, over the same characters that of `KINDS`."""
    return span.start, span.end, KINDS.index(span.kind)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one signal says of one document. `value` None: not measurable here; 0: measured and absent."""

    value: float | None
    evidence: tuple[tuple[int, int, float], ...] = ()
    """(start, end, score 0..1) pieces of the text that the value rests on."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of the verdict."""

    signal: str
    value: float
    points: float
    """What it added to the log-odds or points of rejection; negative speaks for the article."""
    quote: str
    """The piece of text that shows it best, or a sentence that states the number."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page could not become an article."""

    stage: str
    """"read", "decode", "extract", "assess" or "worker"."""
    error: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a page is worth, why, and which sentences prove it."""

    text: str
    clean_text: str
    spans: tuple[Span, ...]
    scores: Mapping[str, float | None]
    """padding, promo, repetition, residue: 0..1, higher is worse; None is not measurable."""
    reject_probability: float | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    language: str | None
    page_type: str | None
    title: str | None
    repairs: tuple[Repair, ...]
    status: str
    """"ok", or why it was not assessed."""
    signals: Mapping[str, float | None] = field(default_factory=dict)
    article: Article | None = None
    line_roles: bytes = b""
    """For each line of `text` that is not blank one byte for promo, residue, padding, repeat: probability times 255."""
    failure: Failure | None = None
    policy: str = ""
    """Version and digest of the policy."""
    model: str = ""
    """Digests of the models."""
