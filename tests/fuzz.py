"""Mutated pages, and what must hold of any assessment whatever the page was.

A mutation is drawn by a generator seeded with (seed, number), so a number names a page for ever. Real pages break in a
few ways over and over: cut or doubled bytes, tags that were never closed, text in another codec than the page says,
characters that change their length in lower case or are digits only by name. Each mutation does one of these, and a
page gets one to four of them.
"""

from __future__ import annotations

import codecs
import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from random import Random

import pyarrow as pa

from flows.rows import pack_article, page_row, unpack_article
from quality.pipeline import assess_article, assess_page
from quality.policy import Policy
from quality.records import KINDS, Assessment, RawPage
from quality.signals import SIGNALS
from quality.spans import CUT, clean
from quality.verdict import verdict_of
from tests.published_warehouse import STARTED
from warehouse.schema import PART_SCHEMA

TOKENS = (
    "\0", "<", ">", "&", "&#x110000;", "&#xD800;", "&#0;", "&nbsp;" * 30, "&amp;amp;", "\ufeff", "\ufffe", "\u2028",
    "\u2029", "\u0085", "\r", "\r\n", "\v", "\f", "\x1b[31m", "\u202e", "\u2066", "\u200b" * 20, "\u00ad", "\u0301" * 40,
    "👩‍👩‍👧‍👦", "\U0010ffff", "İ" * 9, "ẞß", "ŉ", "ǰ", "ﬁ", "ſ", "²³", "①②", "½", "٣٤٥", "Ⅷ", "৳৫", "零一", "…" * 9, "—" * 40,
    "]]>", "<!--", "-->", "<![CDATA[", "<?xml version='1.0' encoding='utf-16'?>", "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "<script>", "</script>", "<style>", "<plaintext>", "<textarea>", "<title>", "<noscript>", "<template>", "<svg>",
    "<math><mi>", "<table><tr>", "</table>", "</body>", "</html>", "<body>", "<frameset>", "<select><option>",
    "<div>" * 300, "</div>" * 300, "<b>" * 60, "<ul><li>" * 40, "<br>" * 200, "<p>" * 200, "<hr/>", "<img src=x alt='buy now'>",
    "<base href='//['>", "<meta charset=utf-16>", "<meta charset='x-nonsense'>", "<html lang=''>", "<html lang='xx-yy-zz'>",
    "<meta property='og:title' content=''>", "<meta name=keywords content=',,,'>", "<link rel=canonical href='http://['>",
    "<a href='http://[::1'>here</a>", "<a href='http://x:99999999/'>shop</a>", "<a href='//'>more</a>",
    "<a rel=sponsored href='https://xn--/?utm_source=a'>deal</a>", "<a href='mailto:'>mail</a>",
    "<script type='application/ld+json'>{\"@type\": [[[{}]]], \"author\": {\"name\": [1, null]}}</script>",
    "<time datetime='99999-13-45'>", "<h1>", "<h2></h2>", "<li>", "<pre>", "<blockquote>", "<details>", "<iframe src=x></iframe>",
    "Read more", "Subscribe now!", "© 2024", "10 best", "Top 999999999999999999999999 things", "1.", "-", "* * *", "http://", "@", "#",
    "x" * 5_000, "word " * 400, "a, " * 300, "!" * 500, "。" * 50, "1" * 400, "1,000,000.00.00", "$€£" * 20,
)  # fmt: skip
"""What is put into pages: bytes that are no characters, tags that do not belong, names that are no addresses."""
TAGS = "p div li td th h1 h2 h3 span a b em pre code blockquote article section aside nav main table tr ul ol dl dt dd".split()
CODECS = (
    "utf-16",
    "utf-16-le",
    "utf-32",
    "latin-1",
    "cp1252",
    "cp1251",
    "koi8-r",
    "shift_jis",
    "gb18030",
    "big5",
    "iso8859-7",
)
CONTENT_TYPES = (
    None, "text/html", "text/html; charset=utf-8", "text/html; charset=utf-16", "text/html; charset=x-unknown", "text/plain",
    "text/plain; charset=cp437", "application/xhtml+xml", "application/json", "image/png", "; charset=", "",
)  # fmt: skip
URLS = (
    None, "", "https://example.com/a", "http://[", "//", "http://x:99999999/", "https://münchen.example/ä?ö=ü", "not a url",
    "https://" + "a" * 300 + ".com/", "file:///etc/hosts", "https://user:pass@example.co.uk:8080/2024/13/45/x", "https://1.2.3.4/",
)  # fmt: skip
MOST_MUTATIONS = 4
SLICE = 4_000
"""Longest piece that one mutation moves, doubles or takes out."""

Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]


def _place(body: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(body) + 1)
    return start, min(len(body), start + random.randrange(1, SLICE))


def flip_bytes(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Replace up to fifty bytes."""
    changed = bytearray(body)
    for _number in range(random.randrange(1, 50) if changed else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def take_out(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Leave a piece out."""
    start, end = _place(body, random)
    return body[:start] + body[end:]


def repeat(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Say a piece again and again."""
    start, end = _place(body, random)
    return body[:end] + body[start:end] * random.randrange(1, 12) + body[end:]


def move(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Take a piece out and put it elsewhere."""
    start, end = _place(body, random)
    rest = body[:start] + body[end:]
    at = random.randrange(len(rest) + 1)
    return rest[:at] + body[start:end] + rest[at:]


def cut_off(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """End the page early, or begin it late."""
    at = random.randrange(len(body) + 1)
    return body[:at] if random.random() < 0.7 else body[at:]


def insert_tokens(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put tokens in at random places, mostly between tags, where they become text."""
    for _number in range(random.randrange(1, 12)):
        places = [random.randrange(len(body) + 1)]
        found = body.find(b">", places[0])
        places.append(found + 1 if found >= 0 else places[0])
        at = random.choice(places)
        body = body[:at] + random.choice(TOKENS).encode("utf-8", "surrogatepass") + body[at:]
    return body


def splice(body: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Go on with the rest of another page."""
    other = random.choice(others)
    return body[: random.randrange(len(body) + 1)] + other[random.randrange(len(other) + 1) :]


def recode(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write the text in another codec than it says, or read it in a wrong one first."""
    text = body.decode("utf-8", "replace")
    codec = random.choice(CODECS)
    if random.random() < 0.5:
        return text.encode(codec, "replace")
    return codecs.decode(body, codec, "replace").encode("utf-8", "replace")


def rename_tags(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Give a share of the tags other names."""
    share = random.random() ** 2
    return re.sub(
        rb"(</?)([a-zA-Z][a-zA-Z0-9]{0,10})",
        lambda m: m[1] + (random.choice(TAGS).encode() if random.random() < share else m[2]),
        body,
    )


def swap_characters(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write one letter as another character everywhere."""
    table = {
        random.choice(b"aeiostnr .,0123456789-\n"): random.choice(TOKENS) for _number in range(random.randrange(1, 4))
    }
    small = {key: value for key, value in table.items() if len(value) <= 9}
    return body.decode("utf-8", "replace").translate(small).encode("utf-8", "surrogatepass")


def reshape(body: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write the page in one case, on one line, without spaces, or without its tags."""
    change = random.choice(("upper", "lower", "line", "tight", "text", "lines"))
    text = body.decode("utf-8", "surrogateescape")
    match change:
        case "upper":
            text = text.upper()
        case "lower":
            text = text.lower()
        case "line":
            text = text.replace("\n", " ")
        case "tight":
            text = text.replace(" ", "")
        case "lines":
            text = text.replace(" ", "\n")
        case "text":
            text = re.sub(r"<[^<>]{0,2000}>", " ", text)
    return (
        text.encode("utf-8", "surrogateescape") if change not in ("upper", "lower") else text.encode("utf-8", "replace")
    )


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes, take_out, repeat, move, cut_off, insert_tokens, insert_tokens, splice, recode, rename_tags, swap_characters, reshape,
)  # fmt: skip


def mutated(pages: Sequence[RawPage], number: int, *, seed: int, max_bytes: int) -> RawPage:
    """Return the mutated page of that number; the same for the same pages and seed."""
    random = Random(f"{seed}/{number}")
    page = random.choice(pages)
    bodies = [other.body for other in pages]
    body = page.body
    for _ in range(random.randrange(1, MOST_MUTATIONS + 1)):
        body = random.choice(MUTATIONS)(body, random, bodies)[:max_bytes]
    return dataclasses.replace(
        page,
        body=body,
        url=random.choice(URLS) if random.random() < 0.2 else page.url,
        content_type=random.choice(CONTENT_TYPES) if random.random() < 0.3 else page.content_type,
        origin=f"fuzz/{seed}/{number}",
    )


_EXCEPTION = re.compile(r"^[A-Za-z_.]*(?:Error|Exception|Warning|StopIteration)\b")


def violations(page: RawPage, assessment: Assessment, policy: Policy) -> list[str]:
    """Return what does not hold of an assessment, a sentence each."""
    if assessment.failure is not None:
        return _of_failure(assessment)
    found = [*_of_text(assessment), *_of_spans(assessment), *_of_numbers(assessment, policy)]
    row = page_row(page, assessment, run_id="fuzz", assessed_at=STARTED, seconds=0.0)
    try:
        pa.Table.from_pylist([row], schema=PART_SCHEMA)
    except (pa.ArrowException, ValueError, TypeError) as error:
        found.append(f"the row cannot be stored: {error}")
    return found


def second_answers(page: RawPage, assessment: Assessment, policy: Policy) -> list[str]:
    """Return what differs when the page, or its stored article, is assessed again."""
    found = []
    if assess_page(page, policy=policy) != assessment:
        found.append("the same page gives another answer")
    if assessment.article is not None:
        stored = unpack_article(pack_article(assessment.article))
        if stored != assessment.article:
            found.append("the article differs after it was packed and unpacked")
        if assess_article(stored, policy=policy) != assessment:
            found.append("judging the stored article gives another answer")
    return found


def _of_failure(assessment: Assessment) -> list[str]:
    assert assessment.failure is not None
    found = []
    if assessment.failure.stage == "assess" or _EXCEPTION.match(assessment.failure.error):
        found.append(f"crash in {assessment.failure.stage}: {assessment.failure.error}")
    nothing = ("", "", (), None, "not_assessed", (), None)
    fields = (
        assessment.text, assessment.clean_text, assessment.spans, assessment.reject_probability, assessment.verdict,
        assessment.reasons, assessment.article,
    )  # fmt: skip
    if fields != nothing or any(value is not None for value in assessment.scores.values()):
        found.append("a failure carries an assessment")
    if not assessment.status.startswith("failed: ") or not assessment.failure.error.strip():
        found.append(f"a failure without a reason: {assessment.status!r}")
    return found


def _of_text(assessment: Assessment) -> list[str]:
    found = []
    article = assessment.article
    assert article is not None
    if not assessment.text.strip():
        found.append("an article without text")
    if re.search("[\r\0\ud800-\udfff]", assessment.text):
        found.append("the text holds a carriage return, a NUL or a surrogate")
    if article.text != assessment.text or len(article.layout) != assessment.text.count("\n") + 1:
        found.append("the layout does not fit the lines")
    if assessment.clean_text != clean(assessment.text, assessment.spans):
        found.append("the clean text is not the text without its spans")
    if len(assessment.clean_text) > len(assessment.text):
        found.append("the clean text is longer than the text")
    quotes = [reason.quote for reason in assessment.reasons]
    named = [
        assessment.title,
        article.author,
        article.date,
        article.site_name,
        article.description,
        *article.headings,
        *quotes,
    ]
    if any(re.search("[\0\ud800-\udfff]", name) for name in named if name):
        found.append("a title, name, heading or quote holds a NUL or a surrogate")
    return found


def _of_spans(assessment: Assessment) -> list[str]:
    found = []
    ends = {True: 0, False: 0}
    at = 0
    for span in assessment.spans:
        if not at <= span.start < span.end <= len(assessment.text):
            found.append(f"{span} is out of order, empty or outside the text")
        if span.start < ends[span.kind in CUT]:
            found.append(f"{span} overlaps another that is {'cut' if span.kind in CUT else 'shown'} too")
        if span.kind not in KINDS or not 0 <= span.score <= 1 or not span.signal:
            found.append(f"{span} has an impossible kind, score or signal")
        if not assessment.text[span.start : span.end].strip():
            found.append(f"{span} covers white space")
        at, ends[span.kind in CUT] = span.start, span.end
    covered = {kind: any(span.kind == kind for span in assessment.spans) for kind in KINDS}
    for kind, name in (("promo", "promo"), ("residue", "residue"), ("padding", "padding"), ("repeat", "repetition")):
        score = assessment.scores[name]
        if ((score or 0) > 0 and not covered[kind]) or (score == 0 and covered[kind]):
            found.append(f"the score {name} is {score} {'with' if covered[kind] else 'without'} a span of that kind")
    if not any(kind in CUT for kind in covered if covered[kind]) and assessment.clean_text != assessment.text:
        found.append("the clean text differs without a cut")
    return found


def _of_numbers(assessment: Assessment, policy: Policy) -> list[str]:
    found = []
    if set(assessment.scores) != {"padding", "promo", "repetition", "residue"}:
        found.append(f"scores are {sorted(assessment.scores)}")
    found += [
        f"the score {name} is {value}"
        for name, value in assessment.scores.items()
        if value is not None and not 0 <= value <= 1
    ]
    if set(assessment.signals) != {signal.id for signal in SIGNALS}:
        found.append("not every signal was measured")
    for name, value in assessment.signals.items():
        # Some published fractions count a character in every n-gram that holds it, and pass 1.
        bounded = name.endswith("_fraction") and not name.startswith("parity.")
        if value is not None and (not math.isfinite(value) or (bounded and not 0 <= value <= 1)):
            found.append(f"the signal {name} is {value}")
    probability = assessment.reject_probability
    if (probability is None) is not (assessment.verdict == "not_assessed") or (assessment.status == "ok") is (
        probability is None
    ):
        found.append(f"verdict {assessment.verdict}, status {assessment.status!r} with probability {probability}")
    if probability is not None:
        if not 0 <= probability <= 1 or assessment.verdict != verdict_of(probability, policy):
            found.append(f"verdict {assessment.verdict} at probability {probability}")
        if not assessment.reasons:
            found.append("a verdict without a reason")
    points = [reason.points for reason in assessment.reasons]
    if points != sorted(points, reverse=True):
        found.append("the reasons are out of order")
    for reason in assessment.reasons:
        if not math.isfinite(reason.points) or not math.isfinite(reason.value) or not reason.quote.strip():
            found.append(f"{reason} has no finite points or value, or quotes nothing")
    return found
