"""Inputs and readers on real files of every format, whole and broken."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from fastwarc.stream_io import BrotliWriter
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.inputs import InputFailure, InputFile, find_inputs
from flows.readers import _next_member, read_pages
from quality import assess
from quality.records import RawPage
from quality.sources import source_of

PAGE = "<html><body><p>Grüße aus Köln</p></body></html>"
MAX_BYTES = 10_000


def warc_bytes(pages: list[tuple[str, bytes, str]], *, gzipped: bool) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=gzipped)
    for url, body, content_type in pages:
        headers = StatusAndHeaders("200 OK", [("Content-Type", content_type)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2026-01-02T03:04:05Z"},
            )
        )
        writer.write_record(writer.create_warc_record(url, "request", payload=io.BytesIO(b"GET / HTTP/1.1\r\n\r\n")))
    return buffer.getvalue()


def read(path: Path) -> tuple[list[RawPage], list[InputFailure]]:
    found = find_inputs([str(path)])
    assert not found.failures, found.failures
    items = [item for file in found.files for item in read_pages(file, max_bytes=MAX_BYTES)]
    return [i for i in items if isinstance(i, RawPage)], [i for i in items if isinstance(i, InputFailure)]


THREE = [(f"https://site.example/{n}", PAGE.encode(), "text/html; charset=utf-8") for n in range(3)]


@pytest.mark.parametrize(
    "record_id", ["<http://trusted/news/../x/../good>", "<a/b#7>", "/../../etc/", "<urn:uuid:\\..\\x>"]
)
def test_the_id_of_a_record_without_address_does_not_choose_its_source(tmp_path: Path, record_id: str) -> None:
    body = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: {record_id}\r\n".encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode()
    body += b"Content-Length: %d\r\n\r\n" % len(answer) + answer + b"\r\n\r\n"
    folder = tmp_path / "march"
    folder.mkdir()
    (folder / "a.warc").write_bytes(body + body.replace(b"response", b"conversion"))
    pages, _ = read(folder)
    assert [source_of(page.url, page.origin) for page in pages] == ["file:march"]


def test_failed_records_belong_to_the_folder_of_their_file(tmp_path: Path) -> None:
    folder = tmp_path / "march"
    folder.mkdir()
    body = b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <x/../y/z>\r\nContent-Length: 900\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx"
    (folder / "a.warc").write_bytes(body)
    _, failures = read(folder)
    assert [source_of(failed.url, failed.origin) for failed in failures] == ["file:march"]


def test_a_single_text_is_no_list_of_inputs(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    for given in (str(tmp_path), tmp_path, b"a.html"):
        with pytest.raises(TypeError, match="list"):
            find_inputs(given)  # type: ignore[arg-type]
    assert [file.name for file in find_inputs([tmp_path]).files] == [str(tmp_path / "a.html")]


@pytest.mark.parametrize("given", ["", " "])
def test_an_empty_name_is_not_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    found = find_inputs([given])
    assert not found.files
    assert "empty" in found.failures[0].error


@pytest.mark.parametrize("ending", ["warc", "warc.gz", "warc.zst"])
def test_warc_gives_responses_with_url_date_and_header(tmp_path: Path, ending: str) -> None:
    body = warc_bytes(THREE, gzipped=ending == "warc.gz")
    (tmp_path / f"a.{ending}").write_bytes(zstandard.compress(body) if ending == "warc.zst" else body)
    pages, failures = read(tmp_path)
    assert not failures
    assert [page.url for page in pages] == [url for url, *_ in THREE]
    assert {page.body for page in pages} == {PAGE.encode()}
    assert {page.content_type for page in pages} == {"text/html; charset=utf-8"}
    assert {page.fetched_at for page in pages} == {"2026-01-02T03:04:05Z"}


def test_warc_content_encoding_is_undone(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True)
    headers = StatusAndHeaders(
        "200 OK", [("Content-Type", "text/html"), ("Content-Encoding", "gzip")], protocol="HTTP/1.1"
    )
    writer.write_record(
        writer.create_warc_record(
            "https://a.example/", "response", payload=io.BytesIO(gzip.compress(PAGE.encode())), http_headers=headers
        )
    )
    (tmp_path / "a.warc.gz").write_bytes(buffer.getvalue())
    pages, failures = read(tmp_path)
    assert not failures
    assert pages[0].body == PAGE.encode()


LONG_PAGE = "".join(f"<p>Ward {n} spent {n * 7_919} euros on its bridge; {n * n}.</p>" for n in range(40)).encode()


def chunks_of(body: bytes, size: int = 30) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


class Kept(io.BytesIO):
    """A buffer that can be read when its writer has closed it."""

    def close(self) -> None:
        pass


def brotli(body: bytes) -> bytes:
    packed = Kept()
    with BrotliWriter(packed) as writer:
        writer.write(body)
    return packed.getvalue()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "two gzip members": ("x-gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "gzip and rubbish": ("GZIP", lambda body: gzip.compress(body) + b"<!-- cached -->"),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "br": ("br", brotli),
    "zstd": ("zstd", zstandard.compress),
    "gzip in zstd": ("gzip, zstd", lambda body: zstandard.compress(gzip.compress(body))),
}


def encoded_warc(path: Path, payload: bytes, headers: dict[str, str]) -> None:
    """Write a record with this payload between two plain ones."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        for name, body, more in (("before", PAGE.encode(), {}), ("it", payload, headers), ("after", PAGE.encode(), {})):
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), *more.items()], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"https://a.example/{name}", "response", payload=io.BytesIO(body), http_headers=http
                )
            )


@pytest.mark.parametrize("state", ["encoded", "decoded", "damaged", "cut"])
@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("framing", ["plain", "chunked", "chunked by name only"])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_an_encoded_body_is_undone_or_is_one_failure_and_the_next_record_is_read(
    tmp_path: Path, name: str, framing: str, encoder: str, state: str
) -> None:
    coding, encode = ENCODERS[encoder]
    packed = encode(LONG_PAGE)
    payload = {
        "encoded": packed,
        "decoded": LONG_PAGE,
        "damaged": bytes([packed[0]]) + b"\x07" * 30 + packed[31:],
        "cut": packed[: len(packed) // 2],
    }[state]
    if framing == "chunked":
        payload = chunks_of(payload)
    headers = {"content-encoding": coding} | ({} if framing == "plain" else {"Transfer-Encoding": "Chunked"})
    encoded_warc(tmp_path / name, payload, headers)
    pages, failures = read(tmp_path)
    found = {str(page.url).rpartition("/")[2]: page.body for page in pages}
    assert {"before", "after"} <= found.keys()
    if state in ("encoded", "decoded"):
        assert not failures
        assert found["it"] == LONG_PAGE
    elif encoder == "identity":
        assert not failures
    else:
        assert "it" not in found
        (failure,) = failures
        assert failure.url == "https://a.example/it"
        assert failure.origin.startswith(f"{tmp_path / name}#")
        assert "cannot be undone" in failure.error


@pytest.mark.parametrize(
    "payload",
    [b"5\r\nhello\r\n", b"5\r\nhel", b"2\r\nhello\r\n0\r\n\r\n", b"ffffffffffff\r\nhello", b"5\r\nhello\r\nxyz\r\n"],
)
def test_damaged_chunks_are_one_failure(tmp_path: Path, payload: bytes) -> None:
    encoded_warc(tmp_path / "a.warc", payload, {"Transfer-Encoding": "chunked"})
    pages, failures = read(tmp_path)
    assert [page.url for page in pages] == ["https://a.example/before", "https://a.example/after"]
    assert ["a chunk is" in failure.error for failure in failures] == [True]


@pytest.mark.parametrize("text", ["3 pages of it", ";", "= a heading =", "add\r\n", ""])
def test_a_short_text_is_not_taken_for_what_its_header_says(tmp_path: Path, text: str) -> None:
    for coding in ("gzip", "deflate", "br", "zstd"):
        encoded_warc(tmp_path / "a.warc", text.encode(), {"Content-Encoding": coding})
        pages, failures = read(tmp_path)
        assert not failures
        assert [page.body.decode() for page in pages] == [PAGE, text, PAGE]


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(50_000_000))),
        ("gzip", gzip.compress(b"x" * 9_000) * 1_000),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("br", brotli(bytes(50_000_000))),
        ("zstd", zstandard.compress(bytes(50_000_000))),
        ("zstd, gzip", gzip.compress(zstandard.compress(bytes(50_000_000)))),
        ("identity", bytes(50_000_000)),
    ],
)
@pytest.mark.parametrize("framing", ["plain", "chunked"])
def test_a_body_that_grows_beyond_the_limit_names_it_and_takes_no_memory(
    tmp_path: Path, framing: str, coding: str, bomb: bytes
) -> None:
    headers = {"Content-Encoding": coding} | ({"Transfer-Encoding": "chunked"} if framing == "chunked" else {})
    encoded_warc(tmp_path / "a.warc", chunks_of(bomb, 60_000) if framing == "chunked" else bomb, headers)
    tracemalloc.start()
    try:
        pages, failures = read(tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [page.url for page in pages] == ["https://a.example/before", "https://a.example/after"]
    assert ["larger than the 10,000 bytes" in failure.error for failure in failures] == [True]
    assert peak < 2_000_000


def test_a_body_that_is_encoded_more_often_than_anybody_needs_is_a_failure(tmp_path: Path) -> None:
    encoded_warc(tmp_path / "a.warc", PAGE.encode(), {"Content-Encoding": ", ".join(["gzip"] * 50)})
    pages, failures = read(tmp_path)
    assert len(pages) == 2
    assert "encoded 50 times" in failures[0].error


@pytest.mark.parametrize(("header_bytes", "is_read"), [(100_000, True), (3_000_000, False)])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_long_headers_of_one_page_do_not_hide_the_pages_behind_it(
    tmp_path: Path, name: str, header_bytes: int, is_read: bool
) -> None:
    encoded_warc(tmp_path / name, PAGE.encode(), {"Set-Cookie": "x" * header_bytes})
    pages, failures = read(tmp_path)
    urls = ["https://a.example/before", "https://a.example/it", "https://a.example/after"]
    assert [page.url for page in pages] == (urls if is_read else [urls[0], urls[2]])
    assert [failure.url for failure in failures] == ([] if is_read else [urls[1]])
    assert all("record 2 of" in failure.error and "header length" in failure.error for failure in failures)


FEED = b'<?xml version="1.0"?><rss><channel><title>News</title></channel></rss>'
XHTML = b'<?xml version="1.0"?><!DOCTYPE html><HTML xmlns="http://www.w3.org/1999/xhtml"><body>x</body></HTML>'
ANSWERS: list[tuple[bytes, bytes, str | None]] = [  # what the record holds, its own type, why it is no page
    (b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=x\r\n\r\nx", b"application/http", None),
    (b"HTTP/1.1 206 Partial\r\nContent-Type: text/plain\r\n\r\nx", b"application/http", None),
    (b"HTTP/2 200\r\ncontent-type: application/xhtml+xml\r\n\r\nx", b"application/http", None),
    (b"HTTP/1.1 200 OK\r\n\r\nx", b"application/http", None),
    (b"HTTP/1.1 200 OK\r\nContent-Type: text/html,text/html\r\n\r\nx", b"application/http", None),
    (b"HTTP/1.1 200 OK\r\nContent-Type: */*\r\n\r\nx", b"application/http", None),
    (b"HTTP/1.1 200 OK\r\nContent-Type: html\r\n\r\nx", b"application/http", None),
    (b"rubbish\r\nContent-Type: text/html\r\n\r\nx", b"application/http", None),
    (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + XHTML, b"application/http", None),
    (b"<html>without headers</html>", b"text/html", None),
    (b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nx", b"application/http", "HTTP status 404"),
    (b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n", b"application/http", "HTTP status 301"),
    (b"HTTP/1.1 503\r\nContent-Type: image/png\r\n\r\nx", b"application/http", "HTTP status 503"),
    (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}", b"application/http", "application/json"),
    (b"HTTP/1.1 200 OK\r\nContent-Type: text/css;a\r\n\r\nx" + b"x" * 2 * MAX_BYTES, b"application/http", "text/css"),
    (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + FEED, b"application/http", "text/xml"),
    (b"20260101\na.example. 60 IN A 192.0.2.1", b"text/dns", "text/dns"),
]


def answers_warc(answers: list[tuple[bytes, bytes, str | None]]) -> bytes:
    return b"".join(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/%d\r\nContent-Type: %b\r\n"
        b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (number, own_type, len(content), content)
        for number, (content, own_type, _) in enumerate(answers)
    )


@pytest.mark.parametrize("ending", ["warc", "warc.gz"])
def test_of_an_archive_only_answers_of_success_with_a_text_are_pages(tmp_path: Path, ending: str) -> None:
    whole = answers_warc(ANSWERS)
    path = tmp_path / f"a.{ending}"
    path.write_bytes(gzip.compress(whole) if ending == "warc.gz" else whole)
    left_alone: Counter[str] = Counter()
    (file,) = find_inputs([str(path)]).files
    pages = list(read_pages(file, max_bytes=MAX_BYTES, left_alone=left_alone))
    expected = [f"https://a.example/{number}" for number, (*_, why) in enumerate(ANSWERS) if why is None]
    assert [page.url for page in pages] == expected
    assert left_alone == Counter(why for *_, why in ANSWERS if why is not None)
    assert len(list(read_pages(file, max_bytes=MAX_BYTES))) == len(pages)


def records_warc(records: list[tuple[str, str]]) -> bytes:
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <{url}>\r\nContent-Type: text/html\r\n"
        f"Content-Length: 300\r\n\r\n{'x' * 300}\r\n\r\n".encode()
        for kind, url in records
    )


UNCHANGED = [("warcinfo", ""), ("request", "https://a.example/"), ("revisit", "https://a.example/")]
LOG = [("warcinfo", ""), ("metadata", "metadata://gnu.org/a"), ("resource", "metadata://gnu.org/wget.log")]


@pytest.mark.parametrize(
    ("records", "words"),
    [
        pytest.param(UNCHANGED, None, id="nothing changed since the last crawl"),
        pytest.param(LOG, None, id="the log of a crawl"),
        pytest.param(UNCHANGED[:2], "no WARC record of a page in it, but 1 request, 1 warcinfo", id="cut"),
        pytest.param([("continuation", "https://a.example/")] * 3, "but 3 continuation", id="pages in other files"),
    ],
)
def test_an_archive_without_an_answer_is_a_failure_only_if_pages_may_be_missing(
    tmp_path: Path, records: list[tuple[str, str]], words: str | None
) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"".join(gzip.compress(records_warc([record])) for record in records))
    left_alone: Counter[str] = Counter()
    (file,) = find_inputs([str(tmp_path)]).files
    found = [item.error for item in read_pages(file, max_bytes=MAX_BYTES, left_alone=left_alone)]  # type: ignore[union-attr]
    assert [words in error for error in found if words] == [True] * bool(words)
    assert len(found) == bool(words)
    assert left_alone == ({} if words else {"archive without responses": 1})


def typed_warc(records: list[tuple[str, str, str, bytes]]) -> bytes:
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
        + b"\r\n\r\n"
        for kind, url, media, body in records
    )


ANSWER = (
    "response",
    "https://a.example/1",
    "application/http",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>one",
)
TEXT = ("conversion", "https://a.example/1", "text/plain", "Größe, ohne Auszeichnung".encode())
STORED = ("resource", "https://a.example/2", "text/html; charset=utf-8", b"HTTP/1.1 is not how this page begins")


@pytest.mark.parametrize("ending", ["warc", "warc.gz", "warc.wet.gz", "wet"])
@pytest.mark.parametrize(
    ("records", "expected", "others"),
    [
        pytest.param([TEXT, TEXT], [("https://a.example/1", "text/plain", TEXT[3])] * 2, {}, id="texts of pages"),
        pytest.param([STORED], [("https://a.example/2", STORED[2], STORED[3])], {}, id="page without an answer"),
        pytest.param(
            [ANSWER, TEXT, STORED],
            [("https://a.example/1", "text/html", b"<p>one"), ("https://a.example/2", STORED[2], STORED[3])],
            {},
            id="a text beside its page",
        ),
        pytest.param(
            [ANSWER, ("resource", "urn:text:https://a.example/1", "text/plain", b"one"), ("resource", *LOG[2][1:], "text/plain", b"x")],
            [("https://a.example/1", "text/html", b"<p>one")],
            {},
            id="what a crawler notes",
        ),
        pytest.param(
            [STORED, ("resource", "https://a.example/a.png", "image/png", b"x")],
            [("https://a.example/2", STORED[2], STORED[3])],
            {"image/png": 1},
            id="a picture",
        ),
    ],
)  # fmt: skip
def test_pages_without_an_answer_and_texts_of_pages_are_read(
    tmp_path: Path,
    ending: str,
    records: list[tuple[str, str, str, bytes]],
    expected: list[tuple[str, str, bytes]],
    others: dict[str, int],
) -> None:
    whole = typed_warc(records)
    (tmp_path / f"a.{ending}").write_bytes(gzip.compress(whole) if ending.endswith("gz") else whole)
    left_alone: Counter[str] = Counter()
    (file,) = find_inputs([str(tmp_path)]).files
    pages = [page for page in read_pages(file, max_bytes=MAX_BYTES, left_alone=left_alone) if isinstance(page, RawPage)]
    assert [(page.url, page.content_type, page.body) for page in pages] == expected
    assert {page.fetched_at for page in pages} == {"2026-01-02T03:04:05Z"}
    assert left_alone == others


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_names_of_columns_are_known_in_capitals_too(tmp_path: Path, ending: str) -> None:
    row = {"URL": "https://a.example/1", "TEXT": "one", "Text": "two", "text": "three", "Content_Type": "text/plain"}
    if ending == "jsonl":
        (tmp_path / "a.jsonl").write_text(json.dumps(row))
    else:
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
    ((page,), failures) = read(tmp_path)
    assert not failures
    assert (page.url, page.body, page.extra) == ("https://a.example/1", b"three", {"TEXT": "one", "Text": "two"})


def test_an_archive_without_an_answer_that_is_cut_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(records_warc(UNCHANGED)[:-100])
    (failure,) = read(tmp_path)[1]
    assert "no WARC record of a page in it, but 1 cut, 1 request, 1 warcinfo" in failure.error


def test_an_archive_that_is_cut_in_what_is_no_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(answers_warc([ANSWERS[0], ANSWERS[14]])[:-5_000])
    pages, failures = read(tmp_path)
    assert [page.url for page in pages] == ["https://a.example/0"]
    assert ["truncated: record 2" in failure.error for failure in failures] == [True]


def test_truncated_warc_keeps_the_whole_records_and_names_the_cut_one(tmp_path: Path) -> None:
    pages = [(f"https://site.example/{n}", bytes(range(256)) * 30, "text/html") for n in range(3)]
    whole = warc_bytes(pages, gzipped=False)
    (tmp_path / "a.warc").write_bytes(whole[:-6_000])
    good, failures = read(tmp_path)
    assert [page.url for page in good] == ["https://site.example/0", "https://site.example/1"]
    assert len(failures) == 1
    assert "truncated" in failures[0].error
    assert failures[0].url == "https://site.example/2"
    assert failures[0].origin.startswith(f"{tmp_path}/a.warc#")


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("costs 5 € today \ud83d said", "costs 5 € today \ufffd said"),
        ("cut in \udc00 half", "cut in \ufffd half"),
        ("whole \U0001f600 one", "whole \U0001f600 one"),
    ],
    ids=["first half", "second half", "whole"],
)
def test_half_a_character_costs_no_other(tmp_path: Path, text: str, read_as: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": text * 20}))
    pages, failures = read(tmp_path)
    assert ([page.body.decode() for page in pages], failures) == ([read_as * 20], [])
    judged = assess(pages[0].body, content_type=pages[0].content_type)
    assert judged.article is not None and judged.article.charset == "utf-8"


def test_lines_in_utf16_are_one_failure(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes((json.dumps({"text": "x"}) + "\n").encode("utf-16") * 3)
    pages, failures = read(tmp_path)
    assert pages == []
    assert ["UTF-16" in failure.error for failure in failures] == [True]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_jsonl_keeps_other_keys_and_names_bad_lines(tmp_path: Path, ending: str) -> None:
    lines = [
        json.dumps({"url": "https://a.example/1", "html": PAGE, "fetched_at": "2026-01-01", "crawl": 7}),
        "not json",
        json.dumps(["a", "list"]),
        json.dumps({"url": "https://a.example/2"}),
        json.dumps({"url": 5, "text": "x"}),
        "",
        json.dumps({"text": "plain Ωmega"}),
        json.dumps({"text": "x" * (MAX_BYTES + 1)}),
        json.dumps({"text": "last"}),
    ]
    data = "\n".join(lines).encode()
    pack = {"jsonl": bytes, "jsonl.gz": gzip.compress, "jsonl.zst": zstandard.compress}[ending]
    (tmp_path / f"a.{ending}").write_bytes(pack(data))
    pages, failures = read(tmp_path)
    assert [page.body.decode() for page in pages] == [PAGE, "plain Ωmega", "last"]
    assert pages[0].extra == {"crawl": 7}
    assert pages[0].fetched_at == "2026-01-01"
    assert [failure.origin.rpartition("#")[2] for failure in failures] == ["2", "3", "4", "5", "8"]
    assert "line 2 is not JSON" in failures[0].error
    assert "no html and no text" in failures[2].error


def nested(levels: int) -> str:
    return "[" * levels + "1" + "]" * levels


def depth(value: object) -> int:
    levels = 0
    while isinstance(value, list):
        levels, value = levels + 1, value[0]
    return levels


@pytest.mark.parametrize(("levels", "kept"), [(99, 99), (100, 100), (101, 100), (900, 100)])
def test_a_key_that_is_nested_too_deep_is_cut_and_its_page_is_kept(tmp_path: Path, levels: int, kept: int) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "one", "x": {nested(levels)}, "n": [NaN, -Infinity]}}\n')
    ((page,), failures) = read(tmp_path)
    assert not failures
    assert page.extra["n"] == [None, None]
    assert depth(page.extra["x"]) == kept
    assert ("left out" in str(page.extra["x"])) == (levels > kept)


def test_truncated_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": f"row {n} " + str(n * 7919) * 40}) + "\n" for n in range(400))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rows.encode())[:-200])
    pages, failures = read(tmp_path)
    assert 0 < len(pages) < 400
    assert len(failures) == 1
    assert "EOFError" in failures[0].error


def zstd_frames(rows: bytes, count: int) -> bytes:
    size = len(rows) // count + 1
    return b"".join(zstandard.compress(rows[at : at + size]) for at in range(0, len(rows), size))


@pytest.mark.parametrize("frames", [1, 3, 400])
@pytest.mark.parametrize("kept", [1.0, 0.9, 0.5])
def test_zstd_files_are_read_to_their_end_and_a_cut_is_named(tmp_path: Path, frames: int, kept: float) -> None:
    rows = "".join(json.dumps({"text": f"row {n} " + str(n**97)}) + "\n" for n in range(2_000)).encode()
    packed = zstd_frames(rows, frames)
    (tmp_path / "a.jsonl.zst").write_bytes(packed[: int(len(packed) * kept)])
    pages, failures = read(tmp_path)
    assert [page.body for page in pages] == [f"row {n} {n**97}".encode() for n in range(len(pages))]
    if kept == 1.0:
        assert (len(pages), failures) == (2_000, [])
    else:
        assert 0.5 * kept * 2_000 < len(pages) < 2_000
        assert ["the last Zstandard frame ends early" in failure.error for failure in failures] == [True]


def test_zstd_files_with_long_windows_and_rubbish_behind_them_are_read(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=True)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compress(b'{"text": "one"}\n')
    (tmp_path / "a.jsonl.zst").write_bytes(packed + b"rubbish")
    pages, failures = read(tmp_path)
    assert [page.body for page in pages] == [b"one"]
    assert ["ZstdError" in failure.error for failure in failures] == [True]


AWKWARD_COLUMNS: dict[str, tuple[pa.Array, list[object]]] = {
    "nanoseconds": (pa.array([1, None], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001", None]),
    "times": (pa.array([1, 2], pa.time64("ns")), ["00:00:00.000000001", "00:00:00.000000002"]),
    "durations": (pa.array([1, 2], pa.duration("ns")), ["1", "2"]),
    "dates": (pa.array([2**30, 0], pa.date32()), ["<value out of range: 1073741824>", "1970-01-01"]),
    "zones": (pa.array([1, 2], pa.timestamp("us", "Nowhere/X")), ["unreadable timestamp[us, tz=Nowhere/X]"] * 2),
    "lists": (pa.array([[1], []], pa.list_(pa.timestamp("ns"))), [["1970-01-01 00:00:00.000000001"], []]),
    "structs": (
        pa.array([{"a": 1}, None], pa.struct([("a", pa.timestamp("ns"))])),
        [{"a": "1970-01-01 00:00:00.000000001"}, None],
    ),
    "no UTF-8": (pa.array([b"\xff", b"x"]).view(pa.string()), ["/w==", "x"]),
    "bytes": (pa.array([b"\xff", None], pa.binary()), ["/w==", None]),
    "floats": (pa.array([float("nan"), float("-inf")]), [None, None]),
    "decimals": (pa.array([Decimal("1.10"), None]), ["1.10", None]),
    "maps": (pa.array([[("a", 1.5)], None], pa.map_(pa.string(), pa.float64())), [[["a", 1.5]], None]),
}


@pytest.mark.parametrize("name", AWKWARD_COLUMNS)
def test_parquet_values_that_python_does_not_have_cost_no_page(tmp_path: Path, name: str) -> None:
    column, expected = AWKWARD_COLUMNS[name]
    pq.write_table(pa.table({"text": ["one", "two"], name: column}), tmp_path / "a.parquet")
    pages, failures = read(tmp_path)
    assert not failures
    assert [page.body for page in pages] == [b"one", b"two"]
    assert [page.extra[name] for page in pages] == expected


def test_parquet_text_that_is_no_utf8_is_read_as_bytes(tmp_path: Path) -> None:
    html = pa.array([PAGE.encode("latin-1"), PAGE.encode()]).view(pa.string())
    urls = pa.array([b"https://a.example/", b"https://a.example/\xff"]).view(pa.string())
    pq.write_table(pa.table({"html": html, "url": urls}), tmp_path / "a.parquet")
    pages, failures = read(tmp_path)
    assert [(page.body, page.content_type) for page in pages] == [(PAGE.encode("latin-1"), "text/html")]
    assert ["url is bytes" in failure.error for failure in failures] == [True]


@pytest.mark.parametrize(
    ("row", "body", "content_type"),
    [
        ({"html": "", "text": "one"}, b"one", "text/plain; charset=utf-8"),
        ({"html": " \n", "text": "one"}, b"one", "text/plain; charset=utf-8"),
        ({"html": None, "text": "one"}, b"one", "text/plain; charset=utf-8"),
        ({"html": "<p>x", "text": "one"}, b"<p>x", "text/html; charset=utf-8"),
        ({"html": "<p>x", "text": None}, b"<p>x", "text/html; charset=utf-8"),
        ({"html": ""}, b"", "text/html; charset=utf-8"),
        ({"text": ""}, b"", "text/plain; charset=utf-8"),
    ],
)
def test_a_row_is_its_html_or_where_that_is_blank_its_text(
    tmp_path: Path, row: dict[str, object], body: bytes, content_type: str
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(row | {"url": " https://a.example/1\n"}))
    pages, failures = read(tmp_path)
    assert not failures
    assert [(page.body, page.content_type, page.url) for page in pages] == [(body, content_type, "https://a.example/1")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("20260102", None),
        (1767323045, "2026-01-02T03:04:05+00:00"),
        ("1767323045", "2026-01-02T03:04:05+00:00"),
        (1767323045678, "2026-01-02T03:04:05.678000+00:00"),
        (1767323045.5, "2026-01-02T03:04:05.500000+00:00"),
        ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05+00:00"),
        ("Fri, 02 Jan 1970 03:04:05 GMT", None),
        (631151999, None),
        (0, None),
        (-5, None),
        (1e300, None),
        (10**400, None),
        (float("nan"), None),
        (True, None),
        ("yesterday", "yesterday"),
        ("1 Jan 99999999999999999999 1:1", "1 Jan 99999999999999999999 1:1"),
        ({"at": 1}, None),
        (None, None),
    ],
)
def test_times_are_read_as_iso_as_seconds_and_as_http_has_them(
    tmp_path: Path, value: object, expected: str | None
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "one", "fetched_at": value}))
    pages, failures = read(tmp_path)
    assert not failures
    assert [page.fetched_at for page in pages] == [expected]


def test_parquet_reads_str_and_bytes_columns(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"url": ["https://a.example/"], "html": [PAGE.encode("utf-16")], "lang": ["de"]}),
        tmp_path / "b.parquet",
    )
    pq.write_table(pa.table({"text": ["t1", None]}), tmp_path / "t.parquet")
    pq.write_table(pa.table({"body": ["x"]}), tmp_path / "w.parquet")
    pages, failures = read(tmp_path)
    assert [page.body for page in pages] == [PAGE.encode("utf-16"), b"t1"]
    assert pages[0].extra == {"lang": "de"}
    assert "no html and no text" in failures[0].error
    assert "its columns are body" in failures[1].error


@pytest.mark.parametrize("as_dictionary", [True, False])
@pytest.mark.parametrize("column", ["html", "note"])
def test_a_value_that_many_rows_of_a_parquet_file_repeat_takes_no_memory(
    tmp_path: Path, column: str, as_dictionary: bool
) -> None:
    kinds = pa.array([0, 1] * 100, pa.int32())
    values = pa.DictionaryArray.from_arrays(kinds, pa.array(["<p>short</p>", "x" * 4_000_000]))
    table = {"html": [PAGE] * 200, column: values if as_dictionary else values.dictionary_decode()}
    pq.write_table(pa.table(table), tmp_path / "a.parquet", compression="zstd", dictionary_pagesize_limit=10_000_000)
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    held = 0
    pages: list[RawPage] = []
    failures: list[InputFailure] = []
    for file in find_inputs([str(tmp_path)]).files:
        for item in read_pages(file, max_bytes=MAX_BYTES):
            held = max(held, pa.total_allocated_bytes() - before)
            (pages if isinstance(item, RawPage) else failures).append(item)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [page.origin.rpartition("#")[2] for page in pages] == [str(number) for number in range(1, 200, 2)]
    assert [failure.origin.rpartition("#")[2] for failure in failures] == [str(number) for number in range(2, 201, 2)]
    assert {failure.error.partition(" bytes")[0] for failure in failures} == {"larger than the 10,000"}
    assert held < 50_000_000
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.html", b"", "empty (0 bytes)"),
        ("big.html", b"x" * (MAX_BYTES + 1), "larger than the 10,000 bytes"),
        ("junk.warc.gz", b"\x1f\x8b\x08\x00garbage", "no WARC record of a page"),
        ("junk.warc", b"hello\n" * 20, "WARC"),
        ("junk.parquet", b"PAR1 no", "reading stopped"),
        ("junk.jsonl.gz", b"no gzip at all", "reading stopped"),
        ("junk.jsonl.zst", b"no zstd at all", "reading stopped"),
    ],
)
def test_a_broken_file_is_one_named_failure(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    pages, failures = read(tmp_path)
    assert not pages
    assert len(failures) == 1
    assert words in failures[0].error
    assert failures[0].origin.endswith(name)


def test_folder_glob_and_url_find_the_same_files_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.html", "a.txt", "sub/c.HTM", "notes.md", ".hidden/d.html"):
        (tmp_path / name).write_text("x")
    by_folder = find_inputs([str(tmp_path)])
    assert [Path(file.path).name for file in by_folder.files] == ["a.txt", "b.html", "c.HTM"]
    assert by_folder.ignored == 1
    assert find_inputs([str(tmp_path), str(tmp_path / "a.txt")]).files == by_folder.files
    assert [Path(f.path).name for f in find_inputs([f"{tmp_path}/*.html"]).files] == ["b.html"]
    assert [Path(f.path).name for f in find_inputs([f"file://{tmp_path}/b.html"]).files] == ["b.html"]


@pytest.mark.parametrize(
    "given",
    ["p", "p/", "./p", "p/../p", "../{here}/p", "{root}/p", "{root}//p", "file://{root}/p", "file://{root}/./p/*.html", "p/*.html",
     "p/a.html", "p/sub/../a.html", "file://{root}/p//a.html"],
)  # fmt: skip
def test_a_file_is_one_file_however_it_is_spelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    (tmp_path / "p" / "sub").mkdir(parents=True)
    (tmp_path / "p" / "a.html").write_text("x")
    monkeypatch.chdir(tmp_path)
    files = find_inputs([given.format(root=tmp_path, here=tmp_path.name), str(tmp_path / "p")]).files
    assert [file.path for file in files] == [str(tmp_path / "p" / "a.html")]


def test_a_step_back_over_a_link_is_read_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "far" / "in").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "in")
    (tmp_path / "far" / "a.txt").write_text("x")
    (tmp_path / "a.html").write_text("x")
    for given, expected in (("link/../a.txt", "link/../a.txt"), ("link/../*.txt", "link/../a.txt"), ("link/./.", "")):
        found = find_inputs([f"{tmp_path}/{given}"]).files
        assert [file.path for file in found] == ([f"{tmp_path}/{expected}"] if expected else [])
    assert [file.path for file in find_inputs([f"{tmp_path}/far/../a.html"]).files] == [f"{tmp_path}/a.html"]


def test_patterns_pass_over_what_is_hidden_and_open_the_folders_that_match(tmp_path: Path) -> None:
    for name in (
        "a.jsonl",
        ".tmp.jsonl",
        ".hid/b.jsonl",
        "sub/c.jsonl",
        "sub/.d.jsonl",
        "set.parquet/e.parquet",
        "set.parquet/.f.parquet",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "linked").symlink_to(tmp_path / "sub")

    def found(pattern: str) -> list[str]:
        return [str(Path(file.path).relative_to(tmp_path)) for file in find_inputs([f"{tmp_path}/{pattern}"]).files]

    assert found("*.jsonl") == ["a.jsonl"]
    assert found("*/*.jsonl") == ["sub/c.jsonl"]
    assert found("**/*.jsonl") == ["a.jsonl", "sub/c.jsonl"]
    assert found("*.parquet") == ["set.parquet/e.parquet"]
    assert found("s*") == ["set.parquet/e.parquet", "sub/c.jsonl"]
    assert found("l*") == ["linked/c.jsonl"]
    assert found(".t*") == [".tmp.jsonl"]
    assert found(".hid/*") == [".hid/b.jsonl"]


@pytest.mark.parametrize("name", ["a::b.html", "simplecache::a.html", "a[1]*.html"])
def test_a_file_with_marks_in_its_name_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / name).write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    for given in (name, str(tmp_path / name), f"file://{tmp_path}/{name}", ".", "*.html"):
        found = find_inputs([given])
        assert not found.failures
        assert [page.body for file in found.files for page in read_pages(file, max_bytes=MAX_BYTES)] == [PAGE.encode()]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("in", "no file"),
        ("in/*.html", "no file matches"),
        ("in/*/*.html", "no file matches"),
        ("other", "none of its 1"),
        ("other/*", "none"),
    ],
)
def test_a_folder_or_pattern_without_files_is_no_failure(tmp_path: Path, given: str, words: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.md").write_text("x")
    found = find_inputs([f"{tmp_path}/{given}"])
    assert (found.files, found.failures) == ((), ())
    assert words in found.empty[0].error
    assert found.ignored == (1 if "other" in given else 0)


def test_a_link_to_nowhere_is_one_failure_and_the_rest_of_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("x")
    (tmp_path / "b.html").symlink_to(tmp_path / "gone.html")
    (tmp_path / "c.html").write_text("x")
    for given in (tmp_path, tmp_path / "*.html"):
        found = find_inputs([str(given)])
        assert [Path(file.path).name for file in found.files] == ["a.html", "c.html"]
        assert [(failure.origin, failure.error[:16]) for failure in found.failures] == [
            (str(tmp_path / "b.html"), "cannot be opened")
        ]


def test_links_to_folders_are_followed_and_nothing_is_read_twice(tmp_path: Path) -> None:
    inbox, store = tmp_path / "inbox", tmp_path / "store"
    for folder in (inbox / "own", store / "day1" / "deep"):
        folder.mkdir(parents=True)
        (folder / "page.html").write_text("x")
    (inbox / "day1").symlink_to("../store/day1")
    (inbox / "again").symlink_to(store / "day1" / "deep")
    (inbox / "own" / "loop").symlink_to(inbox)
    (inbox / "up").symlink_to(tmp_path)
    (inbox / "twice").symlink_to(inbox / "own")
    (store / "day1" / "back").symlink_to(inbox)
    for given in (str(inbox), f"{inbox}/"):
        found = find_inputs([given])
        assert {str(Path(file.path).resolve()) for file in found.files} == {
            str(inbox / "own" / "page.html"),
            str(store / "day1" / "deep" / "page.html"),
        }
        assert len(found.files) == 2
        assert (found.failures, found.ignored) == ((), 0)


def test_a_pipe_in_a_folder_is_one_failure_and_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("x")
    os.mkfifo(tmp_path / "b.html")
    (tmp_path / "c.jsonl").symlink_to("/dev/zero")
    for given in (tmp_path, tmp_path / "*"):
        found = find_inputs([str(given)])
        assert [Path(file.path).name for file in found.files] == ["a.html"]
        assert [Path(failure.origin).name for failure in found.failures] == ["b.html", "c.jsonl"]
        assert all("a pipe, a socket or a device" in failure.error for failure in found.failures)


@pytest.mark.parametrize("lines", [b"1;2;3\n", b"\n"])
@pytest.mark.parametrize("ending", ["jsonl", "jsonl.zst"])
def test_a_file_of_lines_that_are_no_pages_is_left_after_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, lines: bytes
) -> None:
    monkeypatch.setattr("flows.readers.MAX_LINES_IN_VAIN", 50)
    row = b'{"text": "one"}\n'
    content = row + lines * 49 + row + lines * 1_000 + row
    (tmp_path / f"a.{ending}").write_bytes(content if ending == "jsonl" else zstandard.compress(content))
    pages, failures = read(tmp_path)
    assert [page.origin.rpartition("#")[2] for page in pages] == ["1", "51"]
    assert len(failures) == (1 if lines == b"\n" else 100)
    assert failures[-1].origin == str(tmp_path / f"a.{ending}")
    assert "reading stopped at line 102: 50 lines in a row hold no page" in failures[-1].error


def test_memory_store_is_read_through_fsspec() -> None:
    import fsspec

    with fsspec.open("memory://inbox/a.html", "wb") as stream:
        stream.write(PAGE.encode())
    found = find_inputs(["memory://inbox"])
    assert [next(read_pages(file, max_bytes=MAX_BYTES)).body for file in found.files] == [PAGE.encode()]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nowhere/at/all", "no such file or folder"),
        ("nowhere/*.html", "no file matches"),
        ("pyproject.toml", "unknown ending"),
        ("gopherx://host/a.html", "cannot be opened"),
    ],
)
def test_a_wrong_input_says_what_to_do(given: str, words: str) -> None:
    found = find_inputs([given])
    assert not found.files
    assert words in found.failures[0].error
    assert found.failures[0].origin == given


def test_an_unreadable_size_is_not_needed() -> None:
    missing = InputFile("nowhere.html", "html", 1)
    (failure,) = read_pages(missing, max_bytes=MAX_BYTES)
    assert isinstance(failure, InputFailure)
    assert "reading stopped" in failure.error


def test_parquet_may_hold_addresses_as_bytes_and_names_a_type_that_is_no_page(tmp_path: Path) -> None:
    table = pa.table(
        {
            "url": pa.array([b"https://a.example/1", b"\xff", b"https://a.example/3"], pa.binary()),
            "text": [["a", "b"], ["c"], None],
            "html": [None, None, {"body": "x"}],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    _, failures = read(tmp_path)
    assert [failure.error for failure in failures] == [
        "text is list, expected a string or bytes",
        "url is bytes, expected a string",
        "html is dict, expected a string or bytes",
    ]
    pq.write_table(pa.table({"url": table["url"], "text": ["one", "two", "three"]}), tmp_path / "a.parquet")
    pages, failures = read(tmp_path)
    assert [page.url for page in pages] == ["https://a.example/1", "https://a.example/3"]
    assert [failure.error for failure in failures] == ["url is bytes, expected a string"]


DAMAGE = [
    ("its magic number", [6], lambda start, end: slice(start, start + 3)),
    ("its header", [6], lambda start, end: slice(start + 12, start + 40)),
    ("its middle", [6], lambda start, end: slice((start + end) // 2, (start + end) // 2 + 30)),
    ("its end", [6], lambda start, end: slice(end - 30, end)),
    ("the first record", [0], lambda start, end: slice(start + 20, end - 8)),
    ("the last record", [22], lambda start, end: slice(start + 30, end - 8)),
    ("two records beside each other", [6, 8], lambda start, end: slice(start + 30, end - 8)),
    ("two records far from each other", [4, 14], lambda start, end: slice(start + 30, end - 8)),
]
"""Where a record is hurt, the places of those among pages and requests by turns, and their bytes that become others."""


@pytest.mark.parametrize(("members", "hurt"), [d[1:] for d in DAMAGE], ids=[d[0] for d in DAMAGE])
def test_a_damaged_record_costs_no_other(tmp_path: Path, members: list[int], hurt: Callable[[int, int], slice]) -> None:
    chance = random.Random(7)
    bodies = ["".join(chance.choices("abcdefgh <>", k=3_000)).encode() for _ in range(12)]
    urls = [f"https://a.example/{number}" for number in range(12)]
    packed = bytearray(
        warc_bytes([(url, body, "text/html") for url, body in zip(urls, bodies, strict=True)], gzipped=True)
    )
    starts = [match.start() for match in re.finditer(re.escape(packed[:4]), packed)] + [len(packed)]
    assert len(starts) == 25
    for member in members:
        place = hurt(starts[member], starts[member + 1])
        packed[place] = bytes(byte ^ 0x5A for byte in packed[place])
    (tmp_path / "a.warc.gz").write_bytes(packed)
    pages, failures = read(tmp_path)
    lost = {f"https://a.example/{member // 2}" for member in members}
    assert [page.url for page in pages if page.url not in lost] == [url for url in urls if url not in lost]
    assert all(page.body == bodies[urls.index(str(page.url))] for page in pages)
    assert 1 <= len(failures) <= len(members)
    assert all(
        "damaged behind" in f.error or "cannot be read" in f.error or "reading stopped" in f.error for f in failures
    )


def test_where_reading_went_on_is_found_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = warc_bytes([(f"https://a.example/{n}", PAGE.encode(), "text/html") for n in range(3)], gzipped=True)
    starts = [match.start() for match in re.finditer(re.escape(packed[:4]), packed)]
    for size in (1, 2, 3, 7, 64, 1_000):
        monkeypatch.setattr("flows.readers._SCAN_BYTES", size)
        stream = io.BytesIO(packed + b"\x1f\x8b\x08" + b"no member" * 9)
        assert [_next_member(stream, at) for at in (0, *starts[1:])] == [*starts[1:], None]
