"""Read pages out of files, one at a time: memory does not grow with the input.

A reader yields `RawPage` for each page and `InputFailure` for each record that should be one and cannot; what is wrong
with one record (or with the tail of a truncated file) never hides the pages before it.
"""

from __future__ import annotations

import base64
import codecs
import datetime as dt
import gzip
import io
import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import chain
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from fastwarc.warc import ArchiveIterator, HeaderMap, WarcRecordType

from flows.credentials import said_without_credentials
from flows.http_body import codings_of, decoded
from flows.inputs import InputFailure, InputFile, StoreError, errors_of_store, is_web, name_of, open_input
from flows.responses import BESIDE_PAGES, PAGELESS, kind_of, why_no_page, why_no_xhtml
from quality.records import RawPage


@dataclass(frozen=True, slots=True)
class _LeftAlone:
    """A record that is no page and is not meant to be one."""

    why: str


Read = Iterator[RawPage | InputFailure]
_Records = Iterator[RawPage | InputFailure | _LeftAlone]

_PAGE_KEYS = ("url", "html", "text", "fetched_at", "content_type")
"""In capitals too, as some columns of Parquet are."""
_PARQUET_BATCH_ROWS = 4
"""A dictionary of Parquet may repeat one large value in every row, so few rows are held at once; fewer cost more time."""
_ROW_FACTOR = 4
"""A row of Parquet may hold its page more than once: as HTML, as text, and what others made of it."""
_BUFFER_BYTES = 1 << 16
_ZSTD_SLICE = 1024
"""A block of four bytes can stand for 128 KiB, so this is what may become 32 MiB at once."""
_HEADER_BYTES = 1_000_000
"""Headers of a record that are read; browsers read 256 kB of them."""
_WIRE_FACTOR = 2
"""A body that is encoded may be longer than its page: chunks have headers, and small data does not shrink."""
_PAGE_RECORDS = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
"""What holds pages: answers, pages that were stored without their headers, and texts that somebody else extracted (WET)."""
_UNREADABLE = (OSError, EOFError, zlib.error, zstandard.ZstdError, pa.ArrowException, ValueError)

_GZIP = b"\x1f\x8b\x08"
_ESCAPED = {ord(mark): f"%{ord(mark):02X}" for mark in "/\\#"}
_SCAN_BYTES = 1_000_000
_HEAD_BYTES = 1_000
"""Bytes of a compressed record that hold its first words."""

MAX_LINES_IN_VAIN = 100_000
"""Lines without a page one after the other from which a file is taken for something else, such as a table of a gigabyte:
each is a failure that is stored, and a compressed file of a few kilobytes can hold lines for hours."""
MAX_NESTING = 100
"""Levels of lists and objects in another key of a row; deeper ones cannot be handed to a worker."""
FIRST_YEAR, LAST_YEAR = 1990, 2200
"""What stands for no time in these years, and is no ISO text, is none."""
_FIRST_SECOND, _LAST_SECOND = (dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp() for year in (FIRST_YEAR, LAST_YEAR))
_NO_PYTHON_VALUE = (ValueError, OverflowError, LookupError, pa.ArrowException)


def read_pages(file: InputFile, *, max_bytes: int, left_alone: Counter[str] | None = None) -> Read:
    """Yield the pages of one file. Bodies longer than `max_bytes` are a failure, read no further than that.

    `left_alone` counts the records of an archive that are no pages, by why; see `responses.py`.
    """
    for record in _records(file, max_bytes):
        if not isinstance(record, _LeftAlone):
            yield record
        elif left_alone is not None:
            left_alone[record.why] += 1


def _records(file: InputFile, max_bytes: int) -> _Records:
    origin = file.name
    try:
        with open_input(file.path) as stored, io.BufferedReader(_Stored(stored), _BUFFER_BYTES) as stream:
            if stream.peek(1):
                yield from _READERS[file.format](stream, origin, max_bytes)
            else:
                yield InputFailure(origin, "the file is empty (0 bytes)")
    except _UNREADABLE as error:
        said = said_without_credentials(_plain(error), file.path)
        yield InputFailure(origin, f"reading stopped: {said}; the pages before this point were kept")


class _Stored(io.RawIOBase):
    """A file of any store. Stores have errors of their own, lines without a limit, and may read less than was asked for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        with errors_of_store():
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _plain(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _too_large(origin: str, max_bytes: int, url: str | None = None) -> InputFailure:
    return InputFailure(
        origin, f"larger than the {max_bytes:,} bytes that are read (limits.max_bytes in the policy)", url
    )


def _read_single(content_type: str) -> Callable[[BinaryIO, str, int], _Records]:
    def read(stream: BinaryIO, origin: str, max_bytes: int) -> _Records:
        body = stream.read(max_bytes + 1)
        if len(body) > max_bytes:
            yield _too_large(origin, max_bytes)
        else:
            yield RawPage(body=body, url=origin if is_web(origin) else None, content_type=content_type, origin=origin)

    return read


@dataclass(slots=True)
class _Place:
    """Where in an archive its reader is."""

    records: int = 0
    """Records of pages so far."""
    at: int = 0
    """First byte of the last record, or of the place where reading went on."""


def _read_warc(stream: BinaryIO, origin: str, max_bytes: int) -> _Records:
    place = _Place()
    damage: InputFailure | None = None
    told = False
    while True:
        try:
            for item in _warc_records(stream, origin, max_bytes, place):
                told = isinstance(item, InputFailure)
                if damage is not None and not told:  # else the damaged record speaks for itself
                    yield damage
                damage = None
                yield item
            break
        except StoreError:
            raise
        except _UNREADABLE as error:
            further = _next_member(stream, place.at)
            if further is None:
                raise
            if not told and damage is None:
                damage = InputFailure(
                    f"{origin}#behind-{place.records}",
                    f"damaged behind record {place.records} of {origin}; reading went on behind it: {_plain(error)}",
                )
            place.at = further
            stream.seek(further)
    if damage is not None:
        yield damage
    if place.records == 0:
        yield _without_response(stream, origin)


def _next_member(stream: BinaryIO, at: int) -> int | None:
    """Return where the next record that is compressed for itself begins behind a place; None if there is none."""
    if not stream.seekable():
        return None
    start = at + 1
    kept = b""
    stream.seek(start)
    while block := stream.read(_SCAN_BYTES):
        held = kept + block
        begins = start - len(kept)
        found = held.find(_GZIP)
        while found >= 0:
            with suppress(zlib.error):
                head = held[found : found + _HEAD_BYTES]
                if len(head) < _HEAD_BYTES:
                    stream.seek(begins + found)
                    head = stream.read(_HEAD_BYTES)
                    stream.seek(start + len(block))
                if zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 5) == b"WARC/":
                    return begins + found
            found = held.find(_GZIP, found + 1)
        start += len(block)
        kept = held[-(len(_GZIP) - 1) :]
    return None


def _warc_records(stream: BinaryIO, origin: str, max_bytes: int, place: _Place) -> _Records:
    records, responses = place.records, 0
    # FastWARC's own decoding loses its place in the file where two codings are stacked or a body is not as its headers say.
    for record in ArchiveIterator(stream, record_types=_PAGE_RECORDS, parse_http=False, max_header_len=_HEADER_BYTES):
        place.at = max(place.at, record.stream_pos)
        kind = kind_of(record)
        if kind == "note" or (kind == "conversion" and responses):  # beside the answer, its text is the same page again
            continue
        records += 1
        place.records = records
        responses += kind == "response"
        url = record.headers.get("WARC-Target-URI")
        url = url.strip("<>") if url else None
        where = f"{origin}#{_as_fragment(record.headers.get('WARC-Record-ID')) or records}"
        try:  # here and not in the iterator, where headers that cannot be read would hide all records behind them
            if kind == "response":
                record.parse_http(auto_decode="none", max_header_len=_HEADER_BYTES)
        except StoreError:
            raise
        except _UNREADABLE as error:
            yield InputFailure(where, f"record {records} of {origin} cannot be read: {_plain(error)}", url)
            continue
        headers = record.http_headers
        said = headers if kind == "response" else record.headers
        codings = _codings(headers)
        expected = record.content_length
        wire_bytes = (_WIRE_FACTOR * max_bytes if codings else max_bytes) + 1
        why_not = why_no_page(record)
        least = expected if why_not else min(expected, wire_bytes)
        try:
            body = b"" if why_not else record.reader.read(wire_bytes)
            held = record.reader.consume() if why_not else len(body)
            if held < least:
                yield InputFailure(
                    where,
                    f"truncated: record {records} of {origin} holds {held:,} of the {expected:,} bytes it announces",
                    url,
                )
                continue
            if codings and not why_not and len(body) < wire_bytes:
                body = decoded(body, codings, max_bytes + 1)
        except StoreError:
            raise
        except _UNREADABLE as error:
            yield InputFailure(where, f"record {records} of {origin} cannot be read: {_plain(error)}", url)
            continue
        why_not = why_not or why_no_xhtml(record, body)
        if why_not:
            yield _LeftAlone(why_not)
        elif len(body) > max_bytes:
            yield _too_large(where, max_bytes, url)
        else:
            yield RawPage(
                body=body,
                url=url,
                content_type=said.get("Content-Type") if said is not None else None,
                fetched_at=record.headers.get("WARC-Date"),
                origin=where,
            )


def _without_response(stream: BinaryIO, origin: str) -> InputFailure | _LeftAlone:
    """Tell an archive that holds the log of a crawl, or pages that had not changed, from one whose pages are missing."""
    kinds: Counter[str] = Counter()
    if stream.seekable():
        stream.seek(0)
        for record in ArchiveIterator(stream, parse_http=False):
            expected = record.content_length
            kinds[kind_of(record) if record.reader.consume() >= expected else "cut"] += 1
    if kinds.keys() & PAGELESS and kinds.keys() <= PAGELESS | BESIDE_PAGES:
        return _LeftAlone("archive without responses")
    held = ", but " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())) if kinds else ""
    return InputFailure(
        origin, f"no WARC record of a page in it{held}; is it a WARC file of responses, and is it whole?"
    )


def _as_fragment(record_id: str | None) -> str:
    """Return the id of a record for the name of a page; one with slashes would lead to another folder, and source."""
    return (record_id or "").translate(_ESCAPED)


def _codings(headers: HeaderMap | None) -> list[str]:
    if headers is None:
        return []
    content, transfer = headers.get_multiple("Content-Encoding"), headers.get_multiple("Transfer-Encoding")
    return codings_of(content, transfer) if content or transfer else []


def _read_jsonl(stream: BinaryIO, origin: str, max_bytes: int) -> _Records:
    in_vain = 0
    for number, line in enumerate(_lines(_decompressed(stream, origin), max_bytes), start=1):
        where = f"{origin}#{number}"
        if in_vain >= MAX_LINES_IN_VAIN:
            yield InputFailure(
                origin,
                f"reading stopped at line {number:,}: {MAX_LINES_IN_VAIN:,} lines in a row hold no page; is it JSON, "
                "an object a line with html or text? The pages before this point were kept",
            )
            return
        if number == 1 and line is not None and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield InputFailure(origin, "it is UTF-16; lines of JSON are read in UTF-8 alone")
            return
        in_vain += 1
        if line is None:
            yield _too_large(where, max_bytes)
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield InputFailure(where, f"line {number} is not JSON: {_plain(error)}")
            continue
        if not isinstance(row, dict):
            yield InputFailure(where, f"line {number} is {type(row).__name__}, expected an object with html or text")
            continue
        page = _page_of_row(row, where)
        if isinstance(page, RawPage):
            in_vain = 0
        yield page


def _read_parquet(stream: BinaryIO, origin: str, max_bytes: int) -> _Records:
    table = pq.ParquetFile(stream)
    names = set(table.schema_arrow.names)
    if not {name.lower() for name in names} & {"html", "text"}:
        yield InputFailure(origin, f"no column html or text; its columns are {', '.join(sorted(names)[:12])}")
        return
    number = 0
    for batch in table.iter_batches(batch_size=_PARQUET_BATCH_ROWS):
        for row in _parquet_rows(batch, _ROW_FACTOR * max_bytes):
            number += 1
            where = f"{origin}#{number}"
            page = _too_large(where, max_bytes) if row is None else _page_of_row(row, where)
            if isinstance(page, RawPage) and len(page.body) > max_bytes:
                yield _too_large(page.origin, max_bytes, page.url)
            else:
                yield page


def _parquet_rows(batch: pa.RecordBatch, most: int) -> Iterator[dict[str, Any] | None]:
    """Yield rows; None for one of more than `most` bytes, of which Python makes no values."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    if sum(column.nbytes for column in columns) > most:
        if batch.num_rows == 1:
            yield None
        else:
            yield from chain.from_iterable(_parquet_rows(batch.slice(at, 1), most) for at in range(batch.num_rows))
        return
    for values in zip(*map(_values, columns), strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _values(column: pa.Array) -> list[Any]:
    try:
        return list(column.to_pylist())
    except _NO_PYTHON_VALUE:
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> Any:
    """Return a value as Python has it, else as text (nanoseconds, days after the year 9999), or bytes if it is no UTF-8."""
    try:
        return scalar.as_py()
    except _NO_PYTHON_VALUE:
        if isinstance(scalar, pa.ListScalar):
            return [_value(entry) for entry in scalar.values]
        if isinstance(scalar, pa.StructScalar):
            return {name: _value(entry) for name, entry in scalar.items()}
        if isinstance(scalar, pa.StringScalar):
            return scalar.as_buffer().to_pybytes()
    try:
        return scalar.cast(pa.string()).as_py()
    except _NO_PYTHON_VALUE:
        return f"unreadable {scalar.type}"


def _utf8(text: str) -> bytes:
    """Return a text as UTF-8; half a character of a text that was cut, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _page_of_row(row: Mapping[str, Any], where: str) -> RawPage | InputFailure:
    """Build a page from an object with `html` or `text` (str or bytes), and what else it may have."""
    row = {low if (low := key.lower()) in _PAGE_KEYS and low not in row else key: value for key, value in row.items()}
    url = row.get("url")
    if isinstance(url, bytes):  # some writers of Parquet store strings as binary
        with suppress(UnicodeDecodeError):
            url = url.decode()
    if url is not None and not isinstance(url, str):
        return InputFailure(where, f"url is {type(url).__name__}, expected a string")
    url = url.strip() if url else None
    kind = "text" if row.get("text") is not None and _is_blank(row.get("html")) else "html"
    content = row.get(kind)
    if isinstance(content, str):
        body, default_type = _utf8(content), f"text/{_mime(kind)}; charset=utf-8"
    elif isinstance(content, bytes):
        body, default_type = content, f"text/{_mime(kind)}"
    else:
        wrong = f"{kind} is {type(content).__name__}, expected a string or bytes" if content is not None else ""
        return InputFailure(where, wrong or "no html and no text; a page needs one of the two", url or None)
    declared = row.get("content_type")
    return RawPage(
        body=body,
        url=url or None,
        content_type=declared if isinstance(declared, str) and isinstance(content, bytes) else default_type,
        fetched_at=_time(row.get("fetched_at")),
        origin=where,
        extra={key: _json_value(value, MAX_NESTING) for key, value in row.items() if key not in _PAGE_KEYS},
    )


def _is_blank(content: Any) -> bool:
    return not (content.strip() if isinstance(content, str | bytes) else content)


def _time(value: Any) -> str | None:
    """Return a time as ISO text: from seconds or milliseconds since 1970, or from a date as HTTP has it; other text as it is."""
    if isinstance(value, dt.date):
        return str(value)
    if isinstance(value, str) and not value.isdecimal():
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return value
        return moment.isoformat() if FIRST_YEAR <= moment.year < LAST_YEAR else None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    for seconds in (number, number / 1_000):
        if _FIRST_SECOND <= seconds < _LAST_SECOND:
            return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
    return None


def _json_value(value: Any, levels: int) -> Any:
    """Return a value as JSON can hold it: bytes in base64, numbers that are not finite as null, others as text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if not isinstance(value, dict | list | tuple):
        return str(value)
    if levels == 0:
        return f"left out: nested deeper than {MAX_NESTING} levels"
    if isinstance(value, dict):
        return {str(key): _json_value(entry, levels - 1) for key, entry in value.items()}
    return [_json_value(entry, levels - 1) for entry in value]


def _mime(kind: str) -> str:
    return "plain" if kind == "text" else "html"


def _decompressed(stream: BinaryIO, origin: str) -> BinaryIO:
    name = name_of(origin)
    if name.endswith(".gz"):
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if name.endswith(".zst"):
        return io.BufferedReader(_ZstdFrames(stream))
    return stream


class _ZstdFrames(io.RawIOBase):
    """The content of all Zstandard frames of a stream; unlike the library's reader it raises where the last one is cut."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=2**31)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._ahead = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain:
            packed = self._ahead or self._stream.read(_ZSTD_SLICE)
            if not packed:
                if self._frame is not None:
                    raise EOFError("the last Zstandard frame ends early")
                return 0
            self._frame = self._frame or self._decompressor.decompressobj()
            self._plain = memoryview(self._frame.decompress(packed))
            self._ahead = self._frame.unused_data
            if self._frame.eof:
                self._frame = None
        count = min(len(buffer), len(self._plain))
        buffer[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count


def _lines(stream: BinaryIO, max_bytes: int) -> Iterator[bytes | None]:
    """Yield lines; None for one that is longer than `max_bytes`, which is passed over without being held."""
    while line := stream.readline(max_bytes + 1):
        if len(line) <= max_bytes or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(max_bytes + 1)
        yield None


_READERS: dict[str, Callable[[BinaryIO, str, int], _Records]] = {
    "html": _read_single("text/html"),
    "text": _read_single("text/plain"),
    "warc": _read_warc,
    "jsonl": _read_jsonl,
    "parquet": _read_parquet,
}
