"""The report in a real browser: nothing runs, nothing leaves the file, and what is highlighted is the evidence.

Drives Debian's Chromium (`apt-get install chromium chromium-driver`). The report holds a page that tries everything in
tests/cases/report/hostile.toml, each aimed at a server that counts who knocks.
"""

from __future__ import annotations

import http.server
import json
import shutil
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from flows.report.article import article_page
from flows.report.build import build_report
from flows.report.names import article_file, source_file
from quality.records import Assessment, Span
from tests import published_warehouse as small
from warehouse.reader import Snapshot

pytestmark = pytest.mark.browser

HOSTILE = tomllib.loads((Path(__file__).parent / "cases" / "report" / "hostile.toml").read_text(encoding="utf-8"))[
    "case"
]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
PHONE, DESK = (390, 844), (1280, 900)


class _Knocks(http.server.BaseHTTPRequestHandler):
    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def knocks() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback: its address, and the paths that were asked of it."""
    seen: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Knocks", (_Knocks,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def hostile_row(address: str) -> dict[str, Any]:
    """Return an article that tries everything at once, in every column that a page fills."""
    attempts = [case["text"] for case in HOSTILE]
    attempts += [
        f"<img src='{address}/image'>",
        f"<link rel=stylesheet href='{address}/style'>",
        f"<script src='{address}/script'></script>",
        f"<style>@import '{address}/import'; body {{ background: url({address}/background) }}</style>",
        f"<video src='{address}/video' autoplay></video><iframe src='{address}/frame'></iframe>",
        f"<a href='javascript:fetch(\"{address}/clicked\")'>click</a>",
    ]
    everything = " ".join(attempts)
    text = "\n".join(attempts)
    quote = {"signal": everything, "value": 1.0, "points": 3.0, "quote": everything}
    repair = {
        "original": everything,
        "restored": everything,
        "codec": "",
        "rule": everything,
        "confidence": 1.0,
        "count": 1,
    }
    kinds = ("promo", "padding") * len(attempts)
    spans = [small.span(text, attempt, kind, 0.9, everything) for attempt, kind in zip(attempts, kinds, strict=False)]
    return small.article(
        666, "reject", 0.99, text,
        source=everything, url=f"javascript:fetch('{address}/clicked')", origin=everything, title=everything,
        author=everything, site_name=everything, language=everything, status=everything, charset=everything,
        flags=[everything], reasons=[quote], repairs=[repair], damage=1, spans=spans,
    )  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, knocks: tuple[str, list[str]]) -> Path:
    verdicts = [("accept", 0.1), ("review", 0.5), ("reject", 0.9), ("not_assessed", None)] * 5
    rows = [_plain_row(number, verdict, probability) for number, (verdict, probability) in enumerate(verdicts)]
    failures = [small.failure(n, "extract", case["text"], url=f"javascript:{n}") for n, case in enumerate(HOSTILE)]
    path = tmp_path_factory.mktemp("browser") / "quality.duckdb"
    return small.publish(path, [[*rows, hostile_row(knocks[0]), *failures]])


def _plain_row(number: int, verdict: str, probability: float | None) -> dict[str, Any]:
    """Return an article with an address and a title that have no place to break."""
    promo = "Subscribe to our newsletter now!"
    report = f"It was report {number}."
    lines = [f"In {year} the river rose by {year % 90} cm, said Ana Cruz." for year in range(1990, 2020)]
    text = "\n".join([*lines, promo, f"{report} {report}"])
    over_two_lines = text[len(lines[0]) - 9 : len(lines[0]) + 10]
    return small.article(
        number,
        verdict,
        probability,
        text,
        url="https://example.com/" + "a-very-long-slug-without-a-place-to-break" * 6 + f"/{number}",
        title=f"High water {number} {'W' * 90}",
        reasons=[{"signal": "promo.calls_to_action", "value": 0.2, "points": 2.0, "quote": promo}],
        spans=[
            small.span(text, over_two_lines, "repeat", 0.6, "repetition.x"),
            small.span(text, promo, "promo", 0.9, "promo.calls_to_action"),
        ],
    )


@pytest.fixture(scope="module")
def report(warehouse: Path) -> Path:
    return build_report(warehouse, warehouse.parent / "report").parent


class Browser:
    """Chromium without a window, with its log and its requests."""

    def __init__(self, profile: Path) -> None:
        options = ChromeOptions()
        options.binary_location = shutil.which("chromium") or "chromium"
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.chrome = Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))
        # Without a window no page has the focus, and none of its elements matches :focus.
        self.chrome.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})

    def open(self, path: Path, size: tuple[int, int] = DESK, scheme: str = "light") -> None:
        """Open a file as a screen of that size shows it."""
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.chrome.get(path.as_uri())

    def ask(self, script: str, *arguments: object) -> Any:
        """Run JavaScript in the page, as a debugger does: the page's policy does not bind it."""
        return self.chrome.execute_script(script, *arguments)

    def problems(self) -> list[str]:
        """Return what the console said since the last call: errors, refused resources, broken policies."""
        return [entry["message"] for entry in self.chrome.get_log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that the pages asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.chrome.get_log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.chrome.quit()


def test_every_page_opens_without_an_error_and_asks_for_nothing_else(
    browser: Browser, report: Path, knocks: tuple[str, list[str]]
) -> None:
    browser.requests(), browser.problems()
    files = sorted(report.rglob("*.html"))
    for file in files:
        browser.open(file)
        assert browser.ask("return window.pwned") is None
        assert browser.problems() == [], file
        assert [url for url in browser.requests() if not url.startswith("data:")] == [file.as_uri()]
    assert len(files) > 30
    assert knocks[1] == []


def test_a_hostile_page_does_nothing_even_when_it_is_clicked(
    browser: Browser, report: Path, knocks: tuple[str, list[str]]
) -> None:
    address, seen = knocks
    row = hostile_row(address)
    for file in (report / "articles" / article_file(row["page_id"]), report / "sources" / source_file(row["source"])):
        browser.open(file)
        browser.ask("""
            for (const element of document.querySelectorAll("main *")) {
                for (const kind of ["mouseover", "focus", "error", "load"]) element.dispatchEvent(new Event(kind));
                if (!element.closest("a") && element.click) element.click();
            }""")
        assert browser.ask("return window.pwned") is None
        assert browser.ask("return location.href").split("#")[0] == file.as_uri()
        assert browser.ask("return [...document.links].filter(a => !/^(file|https?):$/.test(a.protocol)).length") == 0
        assert (
            browser.ask("return document.querySelectorAll('img, iframe, object, video, form, main script').length") == 0
        )
        assert browser.problems() == []
    assert seen == []


def test_the_policy_stops_what_escaping_would_have_missed(
    browser: Browser, report: Path, knocks: tuple[str, list[str]]
) -> None:
    """The second wall stands without the first: what a debugger puts into the page is refused by the page's policy."""
    address, seen = knocks
    browser.open(report / "index.html")
    browser.ask(
        """
        document.querySelector("main").insertAdjacentHTML("beforeend",
            `<img src="${arguments[0]}/image"><img src="x" onerror="window.pwned = 1"><iframe src="${arguments[0]}/frame">`);
        const script = document.createElement("script");
        script.textContent = "window.pwned = 2";
        document.body.append(script);""",
        address,
    )
    browser.chrome.execute_async_script("setTimeout(arguments[0], 300)")
    assert browser.ask("return window.pwned") is None
    assert any("Content Security Policy" in problem for problem in browser.problems())
    assert seen == []


def test_highlights_are_the_evidence(browser: Browser, report: Path, warehouse: Path) -> None:
    with Snapshot(warehouse) as snapshot:
        articles = snapshot.sql("select page_id, text, clean_text from articles order by page_id").to_pylist()
        evidence = snapshot.sql('select page_id, start, "end", kind from evidence order by page_id, start').to_pylist()
    for article in articles:
        browser.open(report / "articles" / article_file(article["page_id"]))
        shown = browser.ask("""
            const found = {};
            for (const mark of document.querySelectorAll("mark"))
                (found[mark.dataset.span] ??= [mark.className, []])[1].push(mark.textContent);
            return Object.values(found).map(([name, pieces]) => [name, pieces.join("\\n")]);""")
        spans = [span for span in evidence if span["page_id"] == article["page_id"]]
        assert shown == [[f"k-{s['kind']}", article["text"][s["start"] : s["end"]]] for s in spans]
        lines = (
            "return [...document.querySelectorAll(`${arguments[0]} .text p`)].map(line => line.textContent).join('\\n')"
        )
        assert browser.ask(lines, "#marked") == article["text"]
        assert browser.ask(lines, "#clean") == article["clean_text"]


def test_a_mark_shows_its_note_and_a_kind_can_be_switched_off(browser: Browser, report: Path, warehouse: Path) -> None:
    with Snapshot(warehouse) as snapshot:
        page = snapshot.sql("select page_id from articles where verdict = 'review' order by page_id").to_pylist()[0][
            "page_id"
        ]
    look = "return getComputedStyle(document.querySelector('mark.k-promo'), arguments[0])[arguments[1]]"
    for size in (DESK, PHONE):
        browser.open(report / "articles" / article_file(page), size)
        assert browser.ask(look, "::after", "content") == "none"
        browser.ask("document.querySelector('mark.k-promo').focus()")
        assert "promo, score 0.90" in browser.ask(look, "::after", "content")
        assert browser.ask(look, None, "backgroundColor") != "rgba(0, 0, 0, 0)"
        browser.ask("document.querySelector('#show-promo').click()")
        assert browser.ask(look, None, "backgroundColor") == "rgba(0, 0, 0, 0)"


def test_padding_below_a_plug_appears_when_plugs_are_switched_off(browser: Browser, tmp_path: Path) -> None:
    text = "Subscribe to our channel, again and again.\nAt the end of the day it is what it is."
    spans = (Span(0, 42, "promo", 0.6, "a"), Span(0, 42, "repeat", 0.5, "b"), Span(43, 81, "repeat", 0.5, "b"))
    made = Assessment(
        text=text, clean_text=text[43:], spans=spans, scores={}, reject_probability=0.4, verdict="review", reasons=(),
        language="en", page_type="article", title="Twice", repairs=(), status="ok",
    )  # fmt: skip
    (tmp_path / "page.html").write_text(article_page(made, origin=""), encoding="utf-8")
    browser.open(tmp_path / "page.html", DESK)
    colours = "return [...document.querySelectorAll('mark')].map(mark => getComputedStyle(mark).backgroundColor)"
    plug, repeat = browser.ask(colours)
    assert plug != repeat
    browser.ask("document.querySelector('#show-promo').click()")
    assert browser.ask(colours) == [repeat, repeat]
    browser.ask("document.querySelector('#show-repeat').click()")
    assert browser.ask(colours) == ["rgba(0, 0, 0, 0)"] * 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_follow_the_colour_scheme(browser: Browser, report: Path, scheme: str) -> None:
    names = ["index.html", "runs.html", "encoding.html", "failures.html", "sources/index.html", "articles/reject.html"]
    names += [f"articles/{file.name}" for file in sorted(report.glob("articles/*.html"))[:3]]
    for name in names:
        browser.open(report / name, PHONE, scheme)
        assert browser.ask("return document.documentElement.scrollWidth") <= PHONE[0], name
        paper = browser.ask("return getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, paper[4:-1].split(","))) > 380) is (scheme == "light")


def test_a_phone_shows_every_section_and_whole_sentences(browser: Browser, report: Path) -> None:
    names = sorted(report.glob("sources/*-*.html"))
    hidden = """
        return [...document.querySelectorAll('nav a, .sentences code, .sentences .quote')]
            .filter(element => element.getBoundingClientRect().right > innerWidth).map(element => element.textContent)"""
    for name in names:
        browser.open(name, PHONE)
        assert browser.ask(hidden) == [], name
        widths = browser.ask(
            "return [...document.querySelectorAll('.sentences .quote')].map(quote => quote.offsetWidth)"
        )
        assert all(width > 0.8 * PHONE[0] for width in widths)
    assert names


def test_paper_shows_tables_whole(browser: Browser, report: Path) -> None:
    clipped = """
        return [...document.querySelectorAll('.scroll')]
            .filter(box => getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 1).length"""
    for name in ("runs.html", "signals.html", "index.html", "sources/index.html", "articles/reject.html"):
        browser.open(report / name, (718, 1000))
        browser.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert browser.ask(clipped) == 0, name
        browser.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_long_tables_can_be_filtered_and_work_without_the_script(browser: Browser, report: Path) -> None:
    browser.open(report / "failures.html")
    shown = (
        "return [...document.querySelectorAll('table[data-filter] tbody tr')].filter(row => row.offsetHeight).length"
    )
    assert browser.ask(shown) == len(HOSTILE)
    browser.ask("""
        const box = document.querySelector("input.filter");
        box.value = "template";
        box.dispatchEvent(new Event("input"));
        box.value = "{{ 7";
        box.dispatchEvent(new Event("input"));""")
    assert browser.ask(shown) == 1
    browser.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(report / "failures.html")
        document = browser.chrome.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        query = {"nodeId": document, "selector": "table[data-filter] tbody tr"}
        assert len(browser.chrome.execute_cdp_cmd("DOM.querySelectorAll", query)["nodeIds"]) == len(HOSTILE)
    finally:
        browser.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
