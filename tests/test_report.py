"""The report and the article page: what they show is what the warehouse says, and it can do nothing."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report import build, choose
from flows.report.article import Thresholds, article_page
from flows.report.build import build_report
from flows.report.folder import ReportError, replaced_folder
from flows.report.formats import seconds, share, visible
from flows.report.marking import findings_of, marked_lines
from flows.report.names import article_file, source_file
from flows.report.render import TEMPLATES, web_address
from quality.records import KINDS, Article, Assessment, Reason, Repair, Span
from tests import published_warehouse as small

CASES = Path(__file__).parent / "cases" / "report"
HOSTILE = tomllib.loads((CASES / "hostile.toml").read_text(encoding="utf-8"))["case"]
ADDRESSES = tomllib.loads((CASES / "addresses.toml").read_text(encoding="utf-8"))["case"]
TEXT = "The river rose by 40 cm.\nSubscribe now! It fell again on Monday.\n\nShare this\nThe river rose by 40 cm."
SPANS = (
    Span(25, 39, "promo", 0.97, "promo.calls_to_action"),
    Span(66, 76, "residue", 0.8, "roles.line"),
    Span(77, 101, "repeat", 0.6, "repetition.duplicate_lines"),
)


def assessment(**changes: Any) -> Assessment:
    made = Assessment(
        text=TEXT,
        clean_text="The river rose by 40 cm.\nIt fell again on Monday.\n\nThe river rose by 40 cm.",
        spans=SPANS,
        scores={"padding": 0.0, "promo": 0.14, "repetition": 0.24, "residue": None},
        reject_probability=0.42,
        verdict="review",
        reasons=(
            Reason("promo.calls_to_action", 0.14, 1.5, "Subscribe now!"),
            Reason("specifics.numbers", 2.0, -0.5, "2 numbers"),
        ),
        language="en",
        page_type="article",
        title="High water",
        repairs=(Repair("â€™", "’", "cp1252", "read_as", 0.99, 3),),
        status="ok",
        article=Article(text=TEXT, layout=(), url="https://example.com/river", author="A. Writer", damage=2),
        policy="2026.1+00000000",
        model="a.b.c",
    )
    return replace(made, **changes)


def tree(html: str) -> Any:
    return lxml.html.document_fromstring(html)


def mark_texts(page: Any) -> dict[int, str]:
    """Return what is marked for each finding, its lines joined."""
    found: dict[int, list[str]] = {}
    for mark in page.xpath("//mark"):
        for number in mark.get("data-span").split():
            found.setdefault(int(number), []).append(mark.text_content())
    return {number: "\n".join(pieces) for number, pieces in found.items()}


# -- one article


def test_marks_are_the_spans() -> None:
    page = tree(article_page(assessment(), origin="river.html"))
    assert mark_texts(page) == {n: TEXT[s.start : s.end] for n, s in enumerate(SPANS, start=1)}
    assert [mark.get("class") for mark in page.xpath("//mark")] == ["k-promo", "k-residue", "k-repeat"]


def test_a_mark_says_kind_score_signal_and_points() -> None:
    first, _, last = tree(article_page(assessment(), origin="")).xpath("//mark")
    assert first.get("data-note").split("\n") == [
        "promo, score 0.97",
        "promo.calls_to_action",
        "+1.50 points, all findings of this signal together",
    ]
    assert last.get("data-note").endswith("counted in the repetition score")


def test_the_text_beside_is_the_clean_text() -> None:
    made = assessment()
    page = tree(article_page(made, origin=""))
    marked, clean = (
        [line.text_content() for line in page.xpath(f"//div[@id='{column}']//div[contains(@class, 'text')]/p")]
        for column in ("marked", "clean")
    )
    assert marked == made.text.split("\n")
    assert clean == made.clean_text.split("\n")


def test_the_page_says_what_the_assessment_says() -> None:
    text = " ".join(
        tree(article_page(assessment(), origin="river.html", thresholds=Thresholds(0.3, 0.7))).text_content().split()
    )
    for said in (
        "High water", "review", "0.42", "review from 0.30, reject from 0.70", "not measurable", "+1.50", "−0.50",
        "2 numbers", "â€™", "cp1252", "2 damaged characters", "A. Writer", "2026.1+00000000", "river.html",
    ):  # fmt: skip
        assert said in text


def test_a_reason_leads_to_the_finding_it_quotes() -> None:
    page = tree(article_page(assessment(), origin=""))
    assert page.xpath("//ol[@class='grounds']//a/@href") == ["#s1"]
    assert page.get_element_by_id("s1").text_content() == "Subscribe now!"


def test_a_plug_over_padding_is_drawn_as_the_plug_and_both_can_be_jumped_to() -> None:
    text = "Read on, and see our shop, to the end.\nSubscribe now!"
    spans = (
        Span(0, 38, "padding", 0.9, "a"),
        Span(9, 25, "promo", 0.5, "b"),
        Span(39, 53, "promo", 0.6, "c"),
        Span(39, 53, "repeat", 0.8, "d"),
    )
    page = tree(article_page(assessment(text=text, clean_text="", spans=spans, reasons=()), origin=""))
    marks = [(mark.get("class"), mark.get("data-span"), mark.text_content()) for mark in page.xpath("//mark")]
    assert marks == [
        ("k-padding", "1", "Read on, "),
        ("k-promo also-padding", "2 1", "and see our shop"),
        ("k-padding", "1", ", to the end."),
        ("k-promo also-repeat", "3 4", "Subscribe now!"),
    ]
    jumps = page.xpath("//td/a[starts-with(@href, '#s')]/@href")
    assert jumps == ["#s1", "#s2", "#s3", "#s4"]
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids) and {jump[1:] for jump in jumps} <= set(ids)


def test_what_was_not_assessed_has_a_page_too() -> None:
    empty = assessment(
        text="", clean_text="", spans=(), scores={}, reject_probability=None, verdict="not_assessed", reasons=(),
        language=None, page_type=None, title=None, repairs=(), status="too short: 0 words", article=None,
    )  # fmt: skip
    assert "too short: 0 words" in tree(article_page(empty, origin="")).text_content()


def test_characters_that_html_cannot_hold_are_replaced_one_for_one() -> None:
    text = "a\x00b\x1bc\ud800d\x85e"
    page = tree(
        article_page(assessment(text=text, clean_text=text, spans=(Span(0, 9, "padding", 1.0, "x"),)), origin="")
    )
    assert mark_texts(page)[1] == "a\ufffdb\ufffdc\ufffdd\ufffde"


@pytest.mark.parametrize("override", ["\u202d", "\u202e"])
def test_no_text_of_a_page_turns_letters_round(override: str) -> None:
    hostile = f"photo_{override}gnp.exe"
    page = tree(article_page(assessment(title=hostile, text=hostile, clean_text=hostile, spans=()), origin=hostile))
    assert (
        page.xpath("//h1")[0].text_content()
        == page.xpath("//title")[0].text.partition(" ·")[0]
        == "photo_\ufffdgnp.exe"
    )
    assert override not in page.text_content()


spans = st.builds(
    lambda start, length, kind, score: Span(start, start + length, kind, score, f"{kind}.x"),
    st.integers(0, 60),
    st.integers(1, 40),
    st.sampled_from(KINDS),
    st.floats(0, 1),
)


@given(st.text("ab \n<&", max_size=80), st.lists(spans, max_size=8))
def test_pieces_are_the_text_and_its_spans_even_when_they_overlap(text: str, found: list[Span]) -> None:
    findings = findings_of(text, found, ())
    lines = list(marked_lines(text, findings))
    assert "\n".join("".join(piece.text for piece in pieces) for pieces in lines) == text
    for finding in findings:
        covered = "".join(piece.text for pieces in lines for piece in pieces if finding in piece.findings)
        assert covered == text[finding.span.start : finding.span.end].replace("\n", "")
    assert [f.quote for f in findings] == [text[f.span.start : f.span.end] for f in findings]


# -- what a page can do


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["label"])
def test_hostile_text_stays_text(case: dict[str, str]) -> None:
    hostile = case["text"]
    article = Article(text=hostile, layout=(), url=hostile, author=hostile, site_name=hostile, flags=(hostile,))
    made = assessment(
        text=hostile, clean_text=hostile, title=hostile, article=article, language=hostile, status=hostile,
        spans=(Span(0, len(hostile), "promo", 1.0, hostile),), reasons=(Reason(hostile, 1.0, 1.0, hostile),),
        repairs=(Repair(hostile, hostile, hostile, hostile, 1.0, 1),), policy=hostile,
    )  # fmt: skip
    page = tree(article_page(made, origin=hostile))
    assert_harmless(page)
    assert mark_texts(page) == {1: hostile}
    assert page.xpath("//h1")[0].text_content() == hostile


def assert_harmless(page: Any) -> None:
    """Only our own style and script, no handler, nothing that loads, no link but to files of the report and to web pages."""
    assert [s.text for s in page.iter("style")] == [(TEMPLATES / "report.css").read_text(encoding="utf-8")]
    assert [s.text for s in page.iter("script")] == [(TEMPLATES / "report.js").read_text(encoding="utf-8")]
    for element in page.iter():
        assert element.tag not in (
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "base",
            "audio",
            "video",
            "animate",
            "use",
        )
        for name, value in element.items():
            assert not name.startswith("on") and name not in ("src", "style", "srcdoc", "action", "formaction", "ping")
            if name == "href" and re.match(r"[a-z]+:", value, re.IGNORECASE):
                assert (element.tag == "link" and value == "data:,") or element.get(
                    "rel"
                ) == "noopener nofollow noreferrer"
                assert element.tag == "link" or value.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize("case", ADDRESSES, ids=lambda case: case["label"])
def test_which_addresses_become_links(case: dict[str, Any]) -> None:
    assert (web_address(case["url"]) == case["url"] != "") is case["linked"]
    article = Article(text=TEXT, layout=(), url=case["url"])
    page = tree(article_page(assessment(article=article), origin="river.html"))
    assert page.xpath("//p[@class='byline']//a/@href") == ([case["url"]] if case["linked"] else [])


def test_the_policy_names_the_digests_of_the_style_and_the_script() -> None:
    page = tree(article_page(assessment(), origin=""))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for name, element in (("style-src", "style"), ("script-src", "script")):
        digest = hashlib.sha256(page.xpath(f"//{element}")[0].text.encode()).digest()
        assert rules[name] == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"


# -- a whole report


def rows() -> list[dict[str, Any]]:
    """Return articles of three sources, with hostile ones among them."""
    made = []
    for number in range(24):
        verdict, probability = (("accept", 0.1), ("review", 0.5), ("reject", 0.9))[number % 3]
        text = f"Report number {number} says that the river rose.\nBuy it now!\nIt was line {number}."
        made.append(
            small.article(
                number,
                verdict,
                probability + number / 1000,
                text,
                source=f"site{number % 3}.example",
                spans=[small.span(text, "Buy it now!", "promo", 0.9, "promo.calls_to_action")],
                reasons=[{"signal": "promo.calls_to_action", "value": 0.2, "points": 2.0, "quote": "Buy it now!"}],
                fetched_at=f"2025-1{number % 3}-1{number % 10}T00:00:00Z",
            )
        )
    for number, case in enumerate(HOSTILE, start=100):
        hostile = case["text"]
        made.append(
            small.article(
                number,
                "reject",
                0.99,
                f"{hostile}\nThe rest.",
                source=hostile,
                url=f"https://example.com/{number}",
                title=hostile,
                spans=[small.span(hostile, hostile, "padding", 1.0, "padding.x")],
                reasons=[{"signal": hostile, "value": 1.0, "points": 3.0, "quote": hostile}],
                repairs=[
                    {
                        "original": hostile,
                        "restored": hostile,
                        "codec": "",
                        "rule": hostile,
                        "confidence": 1,
                        "count": 1,
                    }
                ],
                damage=1,
            )
        )
    return made


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first = rows()
    failures = [
        small.failure(n, "decode", case["text"], origin=f"{n} {case['text']}") for n, case in enumerate(HOSTILE)
    ]
    later = {"policy": "2026.2+11111111", "assessed_at": small.STARTED.replace(hour=20)}
    second = [row | later | {"verdict": "reject", "reject_probability": 0.8} for row in first[1:12:3]]
    gate = [
        {
            "source": "site2.example", "status": "rejected", "to_status": "rejected", "since": small.STARTED,
            "decided_at": small.STARTED, "run_id": "run-1", "reason": "8 of 8 pages rejected", "pages": 8,
            "effective_pages": 8.0, "rejected": 8.0, "reject_rate": 1.0, "reject_low": 0.68, "reject_high": 1.0,
        }
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("report") / "quality.duckdb"
    return small.publish(path, [first + failures, second], gate=gate)


@pytest.fixture(scope="module")
def report(warehouse: Path) -> Path:
    return build_report(warehouse, warehouse.parent / "report").parent


def pages(report: Path) -> dict[str, Any]:
    return {str(p.relative_to(report)): tree(p.read_text(encoding="utf-8")) for p in sorted(report.rglob("*.html"))}


def text_of(report: Path, name: str) -> str:
    return " ".join(tree((report / name).read_text(encoding="utf-8")).xpath("//main")[0].text_content().split())


def test_every_page_is_harmless_and_every_link_arrives(report: Path) -> None:
    found = pages(report)
    assert len(found) > 60
    for name, page in found.items():
        assert_harmless(page)
        ids = set(page.xpath("//@id"))
        for address in page.xpath("//a/@href"):
            if address.startswith("#"):
                assert address[1:] in ids, (name, address)
            elif not address.startswith(("http://", "https://")):
                assert (report / name).parent.joinpath(address).resolve().is_file(), (name, address)


def test_ids_are_unique(report: Path) -> None:
    for name, page in pages(report).items():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), name


def test_overview_counts(report: Path) -> None:
    said = text_of(report, "index.html")
    hostile = len(HOSTILE)
    assert f"{24 + hostile} articles of {3 + hostile} sources" in said
    assert f"accept 8 review 4 reject {12 + hostile} not assessed 0" in said
    assert "8 of 8 pages rejected" in said


def test_source_page_shows_status_interval_trend_and_worst_sentences(report: Path) -> None:
    name = f"sources/{source_file('site2.example')}"
    said = text_of(report, name)
    for part in ("rejected", "interval 68 % to 100 % on 8 independent pages", "Buy it now!", "8 of 8 pages rejected"):
        assert part in said
    page = tree((report / name).read_text(encoding="utf-8"))
    # lxml keeps the case of names; the months with pages, each a point with its interval
    assert len(page.xpath("//*[contains(@class, 'point')]")) >= 3


def test_article_pages_of_the_report_mark_the_evidence(report: Path, warehouse: Path) -> None:
    for row in rows():
        page = tree((report / "articles" / article_file(row["page_id"])).read_text(encoding="utf-8"))
        assert list(mark_texts(page).values()) == [span["quote"] for span in row["spans"]]


def test_runs_show_what_changed(report: Path) -> None:
    said = text_of(report, "runs.html")
    assert "Verdicts that changed" in said and "0.50 → 0.80" in said


def test_failures_and_repairs_are_shown_as_they_are(report: Path) -> None:
    said = text_of(report, "failures.html")
    repaired = tree((report / "encoding.html").read_text(encoding="utf-8")).xpath("//code[@class='sample']/text()")
    for case in HOSTILE:
        assert " ".join(case["text"].split()) in said
        assert any(sample.startswith(case["text"][:50].rstrip()) for sample in repaired)


def test_the_same_snapshot_gives_the_same_bytes(report: Path, warehouse: Path, tmp_path: Path) -> None:
    again = build_report(warehouse, tmp_path / "again").parent
    names = sorted(str(p.relative_to(report)) for p in report.rglob("*") if p.is_file())
    assert names == sorted(str(p.relative_to(again)) for p in again.rglob("*") if p.is_file())
    assert all((report / name).read_bytes() == (again / name).read_bytes() for name in names)


def test_a_large_warehouse_is_paged_and_only_the_worth_seeing_is_shown_in_full(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "WHOLE_BELOW", 0)
    monkeypatch.setattr(choose, "MOST_IN_FULL", 5)
    monkeypatch.setattr(choose, "LISTED", 9)
    monkeypatch.setattr(choose, "MOST_SOURCES_IN_FULL", 2)
    monkeypatch.setattr(build, "ROWS_A_PAGE", 4)
    report = build_report(warehouse, tmp_path / "report").parent
    assert len([p for p in report.glob("articles/*.html") if re.fullmatch(r"[0-9a-f]{32}", p.stem)]) == 5
    assert [(report / f"articles/reject{n}.html").is_file() for n in ("", "-2", "-3", "-4")] == [
        True,
        True,
        True,
        False,
    ]
    assert "The first 9 of" in text_of(report, "articles/reject.html")
    assert len([p for p in report.glob("sources/*.html") if not p.name.startswith("index")]) == 2
    for name, page in pages(report).items():
        for address in page.xpath("//a/@href[not(starts-with(., 'http')) and not(starts-with(., '#'))]"):
            assert (report / name).parent.joinpath(address).resolve().is_file(), (name, address)


def test_long_texts_are_shortened_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "TEXT_CHARS", 40)
    text = "The river rose by forty centimetres overnight. Buy it now!"
    spans = [small.span(text, "overnight", "padding", 0.7, "x"), small.span(text, "Buy it now!", "promo", 0.9, "x")]
    row = small.article(1, "reject", 0.9, text, spans=spans)
    path = small.publish(tmp_path / "q.duckdb", [[row]])
    page = tree((build_report(path, tmp_path / "r").parent / "articles" / f"{row['page_id']}.html").read_text())
    assert mark_texts(page) == {1: "over"}
    assert "The first 40 of 58 characters are shown" in page.text_content()


def test_an_empty_warehouse_has_a_report(tmp_path: Path) -> None:
    said = text_of(build_report(small.publish(tmp_path / "q.duckdb", [[]]), tmp_path / "r").parent, "index.html")
    assert "0 articles of 0 sources" in said


# -- the folder


def test_a_folder_with_other_files_is_refused(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ReportError, match="holds other files"):
        build_report(warehouse, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_refused(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("x")
    with pytest.raises(ReportError, match="is a file"):
        build_report(warehouse, tmp_path / "report")


def test_a_report_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    with replaced_folder(tmp_path / "r") as folder:
        (folder / "index.html").write_text("earlier")
    with pytest.raises(RuntimeError), replaced_folder(tmp_path / "r") as folder:
        (folder / "index.html").write_text("half")
        raise RuntimeError
    assert (tmp_path / "r" / "index.html").read_text() == "earlier"
    with replaced_folder(tmp_path / "r") as folder:
        (folder / "other.html").write_text("later")
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == [".quality-report", "other.html"]
    assert [p.name for p in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize(
    "source", ["../../etc/passwd", "file:/tmp/x", "", "..", "a" * 500, "C:\\x", "büro.example", "x\0y"]
)
def test_names_of_files_stay_in_their_folder(source: str) -> None:
    for name in (source_file(source), article_file(source)):
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*\.html", name) and len(name) < 100 and ".." not in name


def test_sources_that_look_alike_have_different_files() -> None:
    assert len({source_file(s) for s in ("a/b", "a-b", "A-B", "a b")}) == 4


# -- how it looks


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio of two colours written #rrggbb."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(scheme: str) -> None:
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))
    for background in ("paper", "sheet"):
        for ink in ("ink", "soft", "link", "accept-ink", "review-ink", "reject-ink", "not-assessed-ink"):
            assert contrast(colour[ink], colour[background]) >= 4.5, (ink, background)
    assert contrast(colour["note-ink"], colour["note"]) >= 4.5
    for kind in KINDS:
        assert contrast(colour["ink"], colour[kind]) >= 7, kind
        assert contrast(colour[f"{kind}-edge"], colour[kind]) >= 3, kind


def test_each_kind_has_an_underline_of_its_own() -> None:
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    lines = {
        kind: re.search(rf"^mark\.k-{kind}, .*?text-decoration-style: (\w+)", style, re.MULTILINE) for kind in KINDS
    }
    assert len({found[1] for found in lines.values() if found}) == len(KINDS)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.0004, "< 0.1 %"),
        (0.9995, "> 99.9 %"),
        (0.055, "5.5 %"),
        (0.42, "42 %"),
        (0.996, "99.6 %"),
        (0.994, "99 %"),
        (0.0997, "10 %"),
    ],
)
def test_shares(value: float | None, written: str) -> None:
    assert share(value) == written


def test_characters_without_a_mark_are_written_as_numbers() -> None:
    assert visible("Â\u00a0\x99\u200b é") == "Â⟨U+00A0⟩⟨U+0099⟩⟨U+200B⟩ é"


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "–"), (4.21, "4.2 s"), (59.97, "1 min 0 s"), (125.0, "2 min 5 s"), (11_400.0, "3 h 10 min")],
)
def test_durations(value: float | None, written: str) -> None:
    assert seconds(value) == written
