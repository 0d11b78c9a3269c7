"""Find the characters of a page from its bytes.

Valid UTF-8 is believed before anything a page says about itself: text in another encoding hardly ever forms valid
UTF-8 by chance, while declarations are often wrong. After that come the byte order mark, the HTTP header, the `<meta>`
of the page, a detector, and Windows-1252 as the last resort. Labels mean what browsers take them to mean
(https://encoding.spec.whatwg.org): "iso-8859-1" is Windows-1252, "gb2312" is GB18030. A page that is UTF-8 but for a
few pieces is read piece by piece. Nothing here raises; bytes that no reading explains become U+FFFD and are counted.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import cchardet

from quality.records import Decoded

# Labels by encoding, as browsers read them (https://encoding.spec.whatwg.org/#names-and-labels), to Python's codecs.
_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
    "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
    "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030 hz-gb-2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949 uhc cp949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
}
_CODEC_OF = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

META_WINDOW = 16_384
"""Bytes that are searched for a declaration. Browsers look at 1,024; comments and scripts often push it further down."""
DETECTOR_WINDOW = 200_000
"""Bytes of text that the detector sees: more do not change its answer."""
MIXED_VALID_SHARE = 0.5
"""Share of valid sequences among all non-ASCII pieces above which a page is UTF-8 with errors. Windows-1252 and KOI8
prose stays below 0.05, EUC and GBK below 0.3."""
LEGACY_ERROR_SHARE = 0.02
"""Share of unreadable bytes among the non-ASCII bytes at which a declared encoding is not believed."""
MOST_HIGH_IN_LATIN = 0.4
"""Share of high bytes among a page's letters above which it is in no Latin alphabet, whatever it declares: "iso-8859-1" is
what editors and servers write by default. Vietnamese has 0.3, Czech and Polish 0.15, other scripts 0.5 and more."""
NUL_SHARE = 0.2
"""Share of NUL bytes from which text without a byte order mark is taken for UTF-16."""

_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_DECLARATION = re.compile(
    rb"""
    <meta \s [^<>]{0,400}? charset \s*=\s* ["']? \s* ([A-Za-z0-9_.:+-]{1,40})   # both forms of <meta>
    | <\?xml \s [^<>]{0,200}? encoding \s*=\s* ["'] ([A-Za-z0-9_.:+-]{1,40})    # XML declaration
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_HIGH = re.compile(rb"[\x80-\xff]+")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_LATIN = frozenset(
    "cp1250 cp1252 cp1254 cp1257 cp1258 iso8859-2 iso8859-3 iso8859-4 iso8859-10 iso8859-13 iso8859-14 iso8859-15 "
    "iso8859-16 mac-roman".split()
)
_PIECE = re.compile(rb"[^\n<>]*[\n<>]?")
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJ])")


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """Return Python's name of the codec that browsers use for an encoding label, None for unknown labels."""
    return _CODEC_OF.get(label.strip().strip("\"'").lower())


def decode(body: bytes, *, content_type: str | None, is_html: bool) -> Decoded:
    """Return the characters of a page. Never raises.

    content_type: the HTTP header, for its charset parameter. is_html: look for `<meta>` and the XML declaration too.
    NUL characters are taken out (parsers stop at them) and counted among the invalid bytes.
    """
    found = _decode(body, content_type, is_html)
    nuls = found.text.count("\0")
    if nuls:
        found = replace(found, text=found.text.replace("\0", ""), invalid_bytes=found.invalid_bytes + nuls)
    return found


def _decode(body: bytes, content_type: str | None, is_html: bool) -> Decoded:
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _read(body[len(mark) :], codec, "bom", 1.0)
    wide = _utf16_without_mark(body)
    if wide:
        return _read(body, wide, "detector", 0.9)
    header = _header_codec(content_type)
    meta = _meta_codec(body) if is_html else None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(body, header, meta)
    if _JAPANESE_ESCAPE.search(body):
        # Seven-bit Japanese is valid UTF-8 too, and nothing else holds these escape sequences.
        japanese = _read(body, "iso2022-jp", "http" if header else "meta" if meta else "detector", 0.95)
        if not japanese.invalid_bytes:
            return japanese
    return Decoded(text=text, charset="utf-8", method="utf-8", confidence=1.0)


def _read(body: bytes, codec: str, method: str, confidence: float) -> Decoded:
    """Decode with one codec; what it cannot read becomes U+FFFD."""
    try:
        return Decoded(body.decode(codec), codec, method, confidence)
    except UnicodeDecodeError:
        text = body.decode(codec, "replace")
        return Decoded(text, codec, method, confidence * 0.8, text.count("\ufffd"))


def _legacy(body: bytes, header: str | None, meta: str | None) -> Decoded:
    """Read bytes that are not valid UTF-8."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    valid = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    single = next((c for c in (header, meta) if c and c.startswith(("cp12", "iso8859", "koi8"))), "cp1252")
    if valid > (valid + bad) * MIXED_VALID_SHARE:
        return _mixed(body, single, valid / (valid + bad))
    sample = _sample(body)
    detected, sureness = _detect(sample)
    declared = [(codec, method) for codec, method in ((header, "http"), (meta, "meta")) if codec and codec != "utf-8"]
    if detected and detected not in _LATIN and _high_share(sample) > MOST_HIGH_IN_LATIN:
        declared = [choice for choice in declared if choice[0] not in _LATIN]
    # Where header and page disagree, the detector has the casting vote: servers send a default header.
    declared.sort(key=lambda choice: choice[0] != detected)
    for codec, method in declared:
        if _error_share(sample, codec) <= LEGACY_ERROR_SHARE:
            return _read(body, codec, method, 0.95 if codec == detected else 0.85)
    if detected and _error_share(sample, detected) <= LEGACY_ERROR_SHARE:
        return _read(body, detected, "detector", sureness)
    return _read(body, "cp1252", "fallback", 0.3)


def _mixed(body: bytes, single: str, valid_share: float) -> Decoded:
    """Read a UTF-8 page piece by piece (between line ends and tags): pieces without valid UTF-8 are in `single`."""
    pieces: list[str] = []
    bad = 0
    for match in _PIECE.finditer(body):
        piece = match.group()
        try:
            pieces.append(piece.decode("utf-8"))
            continue
        except UnicodeDecodeError:
            text = piece.decode("utf-8", "replace")
        if not re.search(r"[^\x00-\x7f\ufffd]", text):
            text = piece.decode(single, "replace")
        bad += text.count("\ufffd")
        pieces.append(text)
    return Decoded("".join(pieces), "utf-8", "mixed", round(0.5 + valid_share / 2, 4), bad)


def _header_codec(content_type: str | None) -> str | None:
    match = _CHARSET_PARAMETER.search(content_type[:1000]) if content_type else None
    return codec_of(match.group(1)) if match else None


def _meta_codec(body: bytes) -> str | None:
    for match in _DECLARATION.finditer(_COMMENT.sub(b"", body[:META_WINDOW])):
        codec = codec_of((match.group(1) or match.group(2)).decode("ascii"))
        if codec:
            # A declaration that could be read as ASCII is not in UTF-16 (the same rule holds in browsers).
            return "utf-8" if codec.startswith("utf-16") else codec
    return None


def has_mark(body: bytes) -> bool:
    """Return whether a body begins with a byte order mark."""
    return body.startswith(tuple(mark for mark, _ in _BOMS))


def _utf16_without_mark(body: bytes) -> str | None:
    """Return the byte order of text whose every other byte is NUL, as ASCII letters in UTF-16 are."""
    head = body[:4096]
    if len(head) < 4 or head.count(0) < NUL_SHARE * len(head):
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 8 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 8 * odd else None


def _sample(body: bytes) -> bytes:
    """Return text of the page that holds high bytes, without its tags: markup is ASCII and sways detectors."""
    first = _HIGH.search(body)
    start = max(0, first.start() - 64) if first else 0
    return _MARKUP.sub(b" ", body[start : start + 4 * DETECTOR_WINDOW])[:DETECTOR_WINDOW]


def _error_share(sample: bytes, codec: str) -> float:
    """Return unreadable characters per high byte of the sample."""
    high = sum(map(len, _HIGH.findall(sample)))
    return sample.decode(codec, "replace").count("\ufffd") / high if high else 0.0


def _high_share(sample: bytes) -> float:
    """Return the share of high bytes among the letters of the sample."""
    high = sum(map(len, _HIGH.findall(sample)))
    return high / (high + len(_ASCII_LETTER.findall(sample))) if high else 0.0


def _detect(sample: bytes) -> tuple[str | None, float]:
    """Return the detector's codec (by the same label rules as declarations) and how sure it is."""
    answer = cchardet.detect(sample)
    codec = codec_of(answer.get("encoding") or "")
    if codec == "utf-8":
        return None, 0.0
    return codec, round(min(0.95, float(answer.get("confidence") or 0.5)), 4)


_HTML_NAME = re.compile(r"\.(?:x?html?|xht|shtml|php|aspx?|jsp|cfm)(?:\.gz)?(?:[?#]|$)", re.IGNORECASE)
_TEXT_NAME = re.compile(r"\.(?:te?xt|md|log)(?:\.gz)?(?:[?#]|$)", re.IGNORECASE)
_PROLOGUE = re.compile(r"(?:\s+|\0|\ufeff|<\?xml[^>]{0,400}\?>|<!--.*?-->)+", re.DOTALL)
_ROOT = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|frameset)[\s>/]", re.IGNORECASE)
_TAG = re.compile(r"</?(?:p|div|span|a|br|h[1-6]|ul|ol|li|table|tr|td|img|script|style|article|section)\b[^<>]*>", re.I)
SNIFF_WINDOW = 16_384
"""Bytes that decide whether a body is HTML."""
SNIFF_TAGS = 6
"""Tags of a fragment without root element that make it HTML; prose about HTML quotes fewer, or writes entities."""


def looks_like_html(body: bytes, content_type: str | None, hint: str | None) -> bool:
    """Return whether a body is HTML, from its bytes, its HTTP header and its file name or URL (`hint`).

    A root element at the very start decides alone, whatever the header says; a header of text/plain or a .txt name needs
    that. Fragments count as HTML when they are declared as such, or hold several tags.
    """
    head = _peek(body[:SNIFF_WINDOW])
    prologue = _PROLOGUE.match(head)
    at = prologue.end() if prologue else 0
    if _ROOT.match(head, at):
        return True
    media_type = (content_type or "").split(";")[0].strip().lower()
    if media_type in ("text/html", "application/xhtml+xml"):
        return True
    tags = len(_TAG.findall(head))
    if media_type == "text/plain" or (hint and not media_type and _TEXT_NAME.search(hint)):
        return head.startswith("<", at) and tags >= SNIFF_TAGS
    if hint and _HTML_NAME.search(hint):
        return True
    return tags >= SNIFF_TAGS or (head.startswith("<", at) and tags > 0)


def _peek(head: bytes) -> str:
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return head.decode(codec, "replace")
    return head.decode(_utf16_without_mark(head) or "latin-1", "replace").removeprefix("ï»¿")
