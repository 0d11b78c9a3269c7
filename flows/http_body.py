"""Undo what HTTP did to a body: chunks, and any of gzip, deflate, Brotli and Zstandard, in whatever order they were applied.

Crawlers differ: some store a body as it came over the wire, others store it decoded and keep the headers that say it is
not. A body that cannot be decoded as its headers say and reads as text is taken as it is.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Sequence

from fastwarc.stream_io import BrotliReader, ZstdReader

MAX_CODINGS = 4
"""More than anybody needs; each may cost as much time as a body of the largest size."""
_SLICE = 16_384
_HEAD = 256
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_GZIP = b"\x1f\x8b"
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")


class BodyDamaged(ValueError):
    """The bytes are not what the headers say, and no text either."""


def codings_of(content_encodings: Sequence[str], transfer_encodings: Sequence[str]) -> list[str]:
    """Return the codings that can be undone here, in the order to undo them."""
    applied = ",".join([*content_encodings, *transfer_encodings]).lower().split(",")
    return [name for coding in reversed(applied) if (name := coding.strip()) in _DECODERS]


def decoded(body: bytes, codings: Sequence[str], limit: int) -> bytes:
    """Return the body without its codings; one that grows to `limit` bytes on the way is left there, cut.

    Raises BodyDamaged.
    """
    if len(codings) > MAX_CODINGS:
        raise BodyDamaged(f"encoded {len(codings)} times; {MAX_CODINGS} times are undone at most")
    for coding in codings:
        body = _undone(body, coding, limit)
        if len(body) >= limit:
            break
    return body


def _undone(body: bytes, coding: str, limit: int) -> bytes:
    try:
        plain = _DECODERS[coding](body, limit)
    except (OSError, EOFError, zlib.error) as error:
        if _reads_as_text(body):
            return body
        raise BodyDamaged(f"its encoding {coding} cannot be undone: {error}") from error
    # A single character such as ";" or "3" is a whole Brotli stream of nothing.
    return plain if plain or not _reads_as_text(body) else body


def _reads_as_text(body: bytes) -> bool:
    head = body[:_HEAD]
    return head.startswith(_WIDE_MARKS) or len(head.translate(None, _CONTROLS)) == len(head)


def _dechunked(body: bytes, limit: int) -> bytes:
    if not _CHUNK.match(body):
        return body
    parts: list[bytes] = []
    at = size = 0
    while size < limit:
        head = _CHUNK.match(body, at)
        length = int(head[1], 16) if head else 0
        if head is None or len(body) - head.end() < length:
            raise BodyDamaged(f"a chunk is cut or broken after {size:,} bytes")
        if length == 0:
            break
        parts.append(body[head.end() : head.end() + length])
        size += length
        after = _LINE_END.match(body, head.end() + length)
        if after is None:
            raise BodyDamaged(f"a chunk is longer than it says, after {size:,} bytes")
        at = after.end()
    return b"".join(parts)[:limit]


def _gunzipped(body: bytes, limit: int) -> bytes:
    return _inflated(body, limit, 31)


def _deflated(body: bytes, limit: int) -> bytes:
    """Undo `deflate`: a zlib stream by the standard, a bare one from some servers."""
    wrapped = len(body) > 1 and body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflated(body, limit, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _inflated(body: bytes, limit: int, window_bits: int) -> bytes:
    """Undo one stream, or all members of gzip; what follows them is passed over, as browsers do."""
    plain = bytearray()
    at = 0
    while True:
        decoder = zlib.decompressobj(window_bits)
        while not decoder.eof and at < len(body) and len(plain) < limit:
            piece = body[at : at + _SLICE]
            plain += decoder.decompress(piece, limit - len(plain))
            at += len(piece) - len(decoder.unused_data) - len(decoder.unconsumed_tail)
        if len(plain) >= limit:
            return bytes(plain)
        if not decoder.eof:
            raise EOFError(f"the data ends early, after {len(plain):,} bytes")
        if not body.startswith(_GZIP, at):
            return bytes(plain)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    return BrotliReader(io.BytesIO(body)).read(limit)


def _unzstandarded(body: bytes, limit: int) -> bytes:
    return ZstdReader(io.BytesIO(body)).read(limit)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "chunked": _dechunked,
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstandarded,
}
