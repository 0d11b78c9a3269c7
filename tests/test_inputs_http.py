"""Inputs over HTTP, from a real server: addresses are files by their ending, sizes may be unknown, connections break."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.inputs import InputFailure, find_inputs
from flows.readers import read_pages
from flows.scoring import Settings, open_run
from quality.policy import default_policy
from quality.records import RawPage
from tests.test_inputs import MAX_BYTES, PAGE, warc_bytes

LINKS = PAGE.replace("</p>", '</p><a href="/other.html">other</a>').encode()
LINES = "".join(json.dumps({"text": f"row {n} " + "x" * 500}) + "\n" for n in range(100)).encode()
WARC = warc_bytes([(f"https://a.example/{n}", PAGE.encode() * 20, "text/html") for n in range(60)], gzipped=False)


@dataclass(frozen=True)
class Served:
    """What the server says and sends at an address."""

    body: bytes
    announced: int | None
    """Content-Length, or None for a body that ends with the connection or in chunks."""
    chunked: bool = False
    """In chunks, without the last one: the connection breaks."""


SITE = {
    "/page.html": Served(LINKS, len(LINKS)),
    "/other.html": Served(LINKS, len(LINKS)),
    "/unsized.html": Served(LINKS, None),
    "/long.html": Served(b"<p>" + b"word " * 1_900 + b"</p>", None),
    "/empty.html": Served(b"", 0),
    "/rows.jsonl": Served(LINES, len(LINES)),
    "/rows.jsonl.gz": Served(gzip.compress(LINES), None),
    "/long.jsonl": Served(json.dumps({"text": "x" * 50_000}).encode() + b"\n" + LINES, None),
    "/pages.warc": Served(WARC, len(WARC)),
    "/cut.html": Served(LINKS, len(LINKS) + 100),
    "/cut.jsonl": Served(LINES[:40_000], None, chunked=True),
    "/cut.warc": Served(WARC[:70_000], None, chunked=True),
    "/cut.parquet": Served(b"PAR1" * 100, 1_000),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        served = SITE.get(self.path.partition("?")[0])
        if served is None:
            self.send_error(int(self.path[1:4]) if self.path[1:4].isdigit() else 404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Connection", "close")
        if served.announced is not None:
            self.send_header("Content-Length", str(served.announced))
        if served.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command == "GET":
            for at in range(0, len(served.body), 10_000):
                piece = served.body[at : at + 10_000]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if served.chunked else piece)
            if served.chunked:
                time.sleep(1.0)  # what was sent is read, or the client forgets it over the error

    do_HEAD = do_GET

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def read(*addresses: str) -> tuple[list[RawPage], list[InputFailure]]:
    found = find_inputs(addresses)
    items = [*found.failures, *(item for file in found.files for item in read_pages(file, max_bytes=MAX_BYTES))]
    return [i for i in items if isinstance(i, RawPage)], [i for i in items if isinstance(i, InputFailure)]


@pytest.mark.parametrize("name", ["page.html", "page.html?id=1&path=a/b.pdf", "unsized.html", "unsized.html?x=[1]"])
def test_a_page_is_a_file_with_its_address_as_url(site: str, name: str) -> None:
    pages, failures = read(f"{site}/{name}")
    assert not failures
    assert [(page.body, page.url, page.origin) for page in pages] == [(LINKS, f"{site}/{name}", f"{site}/{name}")]


@pytest.mark.parametrize(
    ("name", "count"), [("rows.jsonl", 100), ("rows.jsonl.gz", 100), ("rows.jsonl.gz?x=1", 100), ("pages.warc", 60)]
)
def test_containers_are_read_to_their_end(site: str, name: str, count: int) -> None:
    pages, failures = read(f"{site}/{name}")
    assert (len(pages), failures) == (count, [])


@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_a_server_does_not_serve_is_a_failure_with_its_status(site: str, status: int) -> None:
    pages, failures = read(f"{site}/{status}.html", f"{site}/page.html")
    assert len(pages) == 1
    assert [failure.error[:16] for failure in failures] == [f"HTTP status {status}:"]


def test_a_server_that_does_not_answer_is_a_failure_that_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        _, failures = read(f"http://127.0.0.1:{taken.getsockname()[1]}/page.html")
    assert ["Cannot connect" in failure.error for failure in failures] == [True]


@pytest.mark.parametrize("what", ["gone.html", "gone.html?token=secret"])
def test_no_failure_shows_a_password(site: str, what: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        silent = f"127.0.0.1:{taken.getsockname()[1]}"
        _, failures = read(*(f"http://me:secret@{host}/{what}" for host in (silent, site.removeprefix("http://"))))
    assert len(failures) == 2
    assert not [failure for failure in failures if "secret" in failure.error + failure.origin]


def test_a_body_that_comes_in_pieces_is_read_whole(site: str) -> None:
    pages, _ = read(f"{site}/long.html")
    assert [page.body for page in pages] == [SITE["/long.html"].body]


def test_a_line_that_is_too_long_is_passed_over(site: str) -> None:
    pages, failures = read(f"{site}/long.jsonl")
    assert len(pages) == 100
    assert ["larger than the 10,000 bytes" in failure.error for failure in failures] == [True]


@pytest.mark.parametrize(
    ("name", "least", "words"),
    [
        ("cut.html", 0, "ClientPayloadError"),
        ("cut.jsonl", 10, "ClientPayloadError"),
        ("cut.warc", 10, "ClientPayloadError"),
        ("cut.parquet", 0, "ClientPayloadError"),
        ("empty.html", 0, "empty (0 bytes)"),
        ("none.html", 0, "HTTP status 404"),
    ],
)
def test_what_breaks_is_one_failure_and_what_was_read_is_kept(site: str, name: str, least: int, words: str) -> None:
    pages, failures = read(f"{site}/{name}", f"{site}/page.html")
    assert len(pages) > least
    assert pages[-1].body == LINKS
    assert [failure.origin for failure in failures] == [f"{site}/{name}"]
    assert words in failures[0].error


def test_a_server_that_is_away_is_a_failure_of_the_input() -> None:
    for given in ("http://127.0.0.1:9/a.html", "http://127.0.0.1:9/*.html"):
        _, failures = read(given)
        assert [failure.origin for failure in failures] == [given]


def test_a_run_stores_no_credentials(site: str, tmp_path: Path) -> None:
    given = [f"{site}/{name}?token=hunter2" for name in ("page.html", "rows.jsonl", "cut.warc", "gone.html")]
    settings = Settings(tmp_path / "w.duckdb", default_policy(), workers=1)
    found = find_inputs(given)
    pages = [page for file in found.files for page in read_pages(file, max_bytes=100_000)]
    assert len(pages) > 100
    assert "hunter2" not in repr((pages, found.failures))
    with open_run(given, settings) as run:
        run.assess(find_inputs(given[:1]))
        run.publish()
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stored
    assert [path for path in stored if b"hunter2" in path.read_bytes()] == []
