"""Read labelled pages for the role model: WARC files beside label and gold files, joined by URL.

Labels give each line a role. Gold files give a hand-made main text for many more pages; a line that is not in it is
outside, which supervises what no label covers. Folds are by domain, so no site is ever on both sides.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap

import numpy as np
from fastwarc.warc import ArchiveIterator, WarcRecordType
from numpy.typing import NDArray

from flows.training.pagetype import fold_of
from quality.boilerplate import BoilerplateModel
from quality.decode import decode
from quality.dom import squeeze
from quality.extract import ExtractionError, extract_html
from quality.records import ROLES, Article
from quality.segment import segment

UNLABELLED = -1
OWN_LABELS = Path(__file__).parent / "labels"
OWN_ROLES = "cprdt"
"""Letters of the roles in the package's own labels, in the order of `ROLES`."""
KEY_DIGITS = 6
"""Length of a line's key in these labels."""
OWN_SHARE = 0.5
"""Share of a page's lines that these labels must know."""
OTHER_KIND_TRUST = 0.5
"""Weight of roles on pages that are no articles."""
Label = Mapping[str, object]
PIECE = 12
"""Letters and digits of the pieces by which a line is looked for in the main text."""
INSIDE_SHARE = 0.6
"""Share of a line's pieces that must stand in the main text."""
MAX_ELEMENTS = 200_000
MAX_CHARS = 1_000_000
MAIN_TEXT_LINES = 120


@dataclass(frozen=True)
class RolePage:
    """One page to learn from."""

    id: str
    article: Article
    domain: str
    language: str
    page_type: str | None
    roles: NDArray[np.int64] | None
    """Index into `ROLES` of every line of the document, -1 where unknown; None for a page without labels."""
    outside: NDArray[np.int64] | None
    """1 outside the hand-made main text, 0 inside, -1 unknown; None for a page without one."""
    mixed: tuple[tuple[str, str], ...] = ()
    """(line, piece of it that is promo or residue) for content lines with such a piece."""
    main_text: str | None = None
    """The hand-made main text."""
    trust: float = 1.0
    """Weight of the page's roles: 1 for labels that a reader gave, less for roles inferred from the main text."""
    measured: bool = False
    """True for the labels of the folder, on which all figures are stated; the package's own labels only teach."""

    @property
    def fold(self) -> int:
        """The fold of the page's domain."""
        return fold_of(self.domain)


_block_models: list[Sequence[BoilerplateModel]] = []
"""What a worker process was started with."""


def read_role_pages(
    folder: Path, sets: Sequence[str], *, workers: int, block_models: Sequence[BoilerplateModel]
) -> list[RolePage]:
    """Read the pages of the named sets in order. Raises OSError if a file is missing.

    `block_models`: one a fold that saw no page of it; each tells the layout of its fold's pages what it thinks.
    """
    jobs = []
    for name in sets:
        labels = labels_by_url(folder / f"{name}.labels.jsonl.gz")
        own_labels = own_labels_by_url(name)
        gold_path = folder / f"{name}.gold.jsonl.gz"
        gold = labels_by_url(gold_path) if gold_path.exists() else {}
        for url, body, content_type in responses(folder / f"{name}.warc.gz"):
            if url in labels or url in gold:
                jobs.append((url, body, content_type, labels.get(url), gold.get(url), own_labels.get(url)))
    with ProcessPoolExecutor(workers, initializer=_block_models.append, initargs=(block_models,)) as pool:
        pages = pool.map(_page, jobs, chunksize=16)
        return [page for page in pages if page is not None]


def own_labels_by_url(name: str) -> dict[str, Mapping[str, object]]:
    """Return the labels that the package holds for pages of a set; see `labels/README.md`."""
    path = OWN_LABELS / f"{name}.labels.jsonl.gz"
    return labels_by_url(path) if path.exists() else {}


def labels_by_url(path: Path) -> dict[str, Mapping[str, object]]:
    """Read a .jsonl.gz file of records that have a "url". Raises OSError."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {str(record["url"]).strip(): record for record in map(json.loads, lines)}


def responses(path: Path) -> Iterator[tuple[str, bytes, str | None]]:
    """Yield (URL, body, content type) of the responses in a WARC file, in order."""
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            headers = record.http_headers
            content_type = headers.get("Content-Type") if headers is not None else None
            yield str(record.headers.get("WARC-Target-URI") or "").strip(), record.reader.read(), content_type


def _page(
    job: tuple[str, bytes, str | None, Label | None, Label | None, Label | None],
) -> RolePage | None:
    url, body, content_type, label, gold, own = job
    decoded = decode(body, content_type=content_type, is_html=True)
    source = label or gold or {}
    try:
        article = extract_html(
            decoded,
            url=url or None,
            max_elements=MAX_ELEMENTS,
            max_chars=MAX_CHARS,
            blocks=False,
            block_model=_block_models[-1][fold_of(str(source["domain"]))],
        )
    except ExtractionError:
        return None
    texts = [line.text for line in segment(article).lines]
    page = RolePage(
        id=str(source["id"]),
        article=article,
        domain=str(source["domain"]),
        language=str(source.get("language") or "en"),
        page_type=str(gold["page_type"]) if gold is not None else None,
        roles=_roles(texts, label["lines"]) if label is not None else None,  # type: ignore[arg-type]
        outside=_outside(texts, str(gold["main_content"])) if gold is not None else None,
        mixed=tuple((str(a), str(b)) for a, b in label["mixed"]) if label is not None else (),  # type: ignore[attr-defined]
        main_text=str(gold["main_content"]) if gold is not None else None,
        measured=label is not None,
    )
    return page if own is None or label is not None else with_own_labels(page, texts, own)


def with_own_labels(page: RolePage, texts: Sequence[str], own: Label) -> RolePage:
    """Take the package's labels of the lines that still are what was read; a page with few such lines stays unlabelled."""
    keys = [line_key(text) for text in texts]
    read = wrap(str(own["keys"]), KEY_DIGITS)
    roles = roles_by_key(keys, list(zip(read, map(OWN_ROLES.index, str(own["roles"])), strict=True)))
    if (roles >= 0).mean() < OWN_SHARE:
        return page
    by_key = dict(zip(keys, texts, strict=True))
    pieces = (
        (text := by_key.get(read[line], ""), text[start:end], key)
        for line, start, end, key in own["mixed"]  # type: ignore[attr-defined]
    )
    mixed = tuple((text, piece) for text, piece, key in pieces if line_key(piece) == key)
    trust = 1.0 if page.page_type == "article" else OTHER_KIND_TRUST
    return replace(page, roles=roles, mixed=mixed, trust=trust)


def line_key(text: str) -> str:
    """Return six digits that say which line was read, whatever its spaces and punctuation."""
    return hashlib.sha256(squeeze(text).encode()).hexdigest()[:KEY_DIGITS]


def _roles(texts: Sequence[str], labelled: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
    if len(texts) == len(labelled):
        return np.array([ROLES.index(role) for _, role in labelled])
    return roles_by_key(
        [squeeze(text) for text in texts], [(squeeze(text), ROLES.index(role)) for text, role in labelled]
    )


def roles_by_key(keys: Sequence[str], labelled: Sequence[tuple[str, int]]) -> NDArray[np.int64]:
    """Give each line its role: in order where both are the same lines, else the role that its key has most often."""
    if list(keys) == [key for key, _ in labelled]:
        return np.array([role for _, role in labelled])
    by_key: dict[str, Counter[int]] = defaultdict(Counter)
    for key, role in labelled:
        by_key[key][role] += 1
    return np.array([by_key[key].most_common(1)[0][0] if key in by_key else UNLABELLED for key in keys])


def _outside(texts: Sequence[str], main_text: str) -> NDArray[np.int64]:
    whole = squeeze(main_text)
    lines = {squeeze(line) for line in main_text.split("\n")}
    return np.array([_is_outside(squeeze(text), whole, lines) for text in texts])


def _is_outside(key: str, whole: str, lines: set[str]) -> int:
    if not key:
        return UNLABELLED
    if len(key) < PIECE + 4:
        return int(key not in lines)
    if key in whole:
        return 0
    pieces = [key[at : at + PIECE] for at in range(0, len(key) - PIECE + 1, PIECE)]
    return int(sum(piece in whole for piece in pieces) < INSIDE_SHARE * len(pieces))


INFERRED_TYPES = ("article", "documentation", "forum", "collection")
"""Kinds of page whose main text is content; that of shops, services and listings sells."""
INFERRED_TRUST = 0.25
WINDOW_LINES = 15
WINDOW_TRUST = 0.5


def inferred_page(page: RolePage) -> RolePage | None:
    """Return a page without labels as one with roles: content inside its main text, residue outside; None if unfit."""
    if page.roles is not None or page.outside is None or page.page_type not in INFERRED_TYPES:
        return None
    roles = np.where(page.outside == 1, ROLES.index("residue"), np.where(page.outside == 0, 0, UNLABELLED))
    return replace(page, roles=roles, trust=INFERRED_TRUST)


def main_text_page(page: RolePage) -> RolePage | None:
    """Return the main text of a page without labels as a plain text that is all content; None if unfit."""
    if page.roles is not None or page.main_text is None or page.page_type not in INFERRED_TYPES:
        return None
    lines = [line for line in page.main_text.split("\n") if line.strip()][:MAIN_TEXT_LINES]
    if not lines:
        return None
    article = plain_text(replace(page.article, text="\n".join(lines)))
    return replace(
        page, article=article, roles=np.zeros(len(lines), dtype=np.int64), outside=None, trust=INFERRED_TRUST
    )


def window_page(page: RolePage) -> RolePage | None:
    """Return some lines from the middle of a labelled article, as a short plain text of its own; None if it is short."""
    if page.roles is None or page.trust < 1.0 or len(page.roles) < 2 * WINDOW_LINES:
        return None
    texts = [line.text for line in segment(page.article).lines]
    start = int(hashlib.sha1(page.id.encode()).hexdigest()[:8], 16) % (len(texts) - WINDOW_LINES)
    part = slice(start, start + WINDOW_LINES)
    article = plain_text(replace(page.article, text="\n".join(texts[part]), title=texts[start]))
    return replace(page, article=article, roles=page.roles[part], outside=None, trust=WINDOW_TRUST, measured=False)


def plain_text(article: Article) -> Article:
    """Return the article as it would be without its HTML."""
    lines = (None,) * (article.text.count("\n") + 1)
    return replace(article, layout=lines, page_features={}, url=None, site_name=None, author=None, markup="text")
