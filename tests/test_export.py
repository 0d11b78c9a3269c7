"""Exports hold what was asked for, in an order that is always the same, and their manifest says so."""

from __future__ import annotations

import dataclasses
import fcntl
import gzip
import hashlib
import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard

from flows import export
from flows.export import ExportError, export_articles
from quality.gate import Standing, standing_of
from quality.sources import host_of, path_prefix_of, source_of, subsource_key
from tests import published_warehouse as small
from warehouse.errors import NoWarehouse

CASES = tomllib.loads((Path(__file__).parent / "cases" / "export" / "filters.toml").read_text(encoding="utf-8"))["case"]

RIVER = "The river rose.\nBuy our pumps now!\nIt fell on Monday — said “Ünal”\u2028& <Co>.\nIt fell on Monday."
PROMO = "Buy our pumps now!\n"


def article(number: int, verdict: str, probability: float | None, **columns: Any) -> dict[str, Any]:
    spans = [
        small.span(RIVER, PROMO, "promo", 0.9, "promo.calls_to_action"),
        {
            "start": len(RIVER) - 18,
            "end": len(RIVER),
            "kind": "repeat",
            "quote": "",
            "signal": "repetition.x",
            "score": 0.123456,
        },
    ]
    return small.article(
        number, verdict, probability, RIVER, **{"spans": spans, "url": f"https://x.example/{number}"} | columns
    )


ROWS = [
    article(0, "accept", 0.1, source="good.example", published_date="2026-02-03", fetched_at="2026-02-04T05:06:07Z"),
    article(1, "accept", 0.2, source="bad.example", language="de"),
    article(2, "accept", 0.3, source="new.example", page_type="forum"),
    article(3, "review", 0.5, source="good.example", page_type=None),
    article(4, "reject", 0.9, source="bad.example", language="de"),
    article(5, "not_assessed", None, source="bad.example", language="ja"),
    article(6, "reject", 0.95, source="bad.example", clean_text=""),
]
NUMBERS = {row["page_id"]: number for number, row in enumerate(ROWS)}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    gate = [
        {
            "source": f"{name}.example",
            "status": status,
            "since": small.STARTED,
            "decided_at": small.STARTED,
            "run_id": "run-1",
        }
        for name, status in (("good", "accepted"), ("bad", "rejected"))
    ]
    return small.publish(tmp_path_factory.mktemp("export") / "quality.duckdb", [ROWS], gate=gate)


AUTHORS = (
    "https://medium.com/@anna/one",
    "https://www.medium.com/@bert/two",
    "https://medium.com/@new/three",
    "https://medium.com/about",
    "https://carl.blogspot.com/2026/four",
    "https://a.carl.blogspot.com/2026/five",
    "https://dora.blogspot.com/six",
    "https://www.paper.example/seven",
    "https://unheard.example/eight",
)
STANDINGS = (
    ("medium.com", "probation", "probation", "", False),
    ("medium.com/@anna", "rejected", "accepted", "denied by mk", False),
    ("medium.com/@bert", "accepted", "accepted", "watched by mk", True),
    ("medium.com/@new", "unknown", "unknown", "", False),
    ("blogspot.com", "accepted", "rejected", "allowed by mk", False),
    ("carl.blogspot.com", "rejected", "rejected", "", False),
    ("dora.blogspot.com", "rejected", "unknown", "denied by mk", False),
    ("paper.example", "accepted", "accepted", "", False),
)


def test_an_author_s_own_standing_comes_before_the_platform_s(tmp_path: Path) -> None:
    standings = {name: Standing(name, status, None, measured, override=said, watched=watched)  # type: ignore[arg-type]
                 for name, status, measured, said, watched in STANDINGS}  # fmt: skip
    rows = [
        article(10 + number, "accept", 0.1, url=url, source=source_of(url, ""), host=host_of(url),
                path_prefix=path_prefix_of(url))
        for number, url in enumerate(AUTHORS)
    ]  # fmt: skip
    gate = [
        {"source": name, "status": standing.status, "since": small.STARTED, "decided_at": small.STARTED,
         "run_id": "run-1", "details": json.dumps({"standing": dataclasses.asdict(standing)}, default=str)}
        for name, standing in standings.items()
    ]  # fmt: skip
    warehouse = small.publish(tmp_path / "quality.duckdb", [rows], gate=gate)
    export_articles(warehouse, tmp_path / "all.jsonl", verdicts=["accept"])
    found = {
        row["metadata"]["url"]: row["metadata"]["source_status"] for row in lines((tmp_path / "all.jsonl").read_bytes())
    }
    assert found == {url: standing_of(standings, source_of(url, ""), subsource_key(url)).status for url in AUTHORS}
    assert set(found.values()) == {"accepted", "rejected", "probation", "unknown"}
    manifest = export_articles(warehouse, tmp_path / "some.jsonl", verdicts=["accept"], source_status=["rejected"])
    assert manifest.articles == list(found.values()).count("rejected")


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode("utf-8").split("\n")[:-1]]


def parquet(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "a.jsonl": lambda path: lines(path.read_bytes()),
    "a.jsonl.gz": lambda path: lines(gzip.decompress(path.read_bytes())),
    "a.jsonl.zst": lambda path: lines(zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())),
    "A.PARQUET": parquet,
}


@pytest.mark.parametrize("name", READERS)
def test_every_ending_holds_the_same_records(warehouse: Path, tmp_path: Path, name: str) -> None:
    manifest = export_articles(warehouse, tmp_path / name, verdicts=["accept"])
    records = READERS[name](tmp_path / name)
    assert [record["id"] for record in records] == sorted(row["page_id"] for row in ROWS[:3])
    first = next(record for record in records if NUMBERS[record["id"]] == 0)
    assert list(first) == ["id", "text", "metadata"]
    assert first["text"] == RIVER.replace(PROMO, "")
    assert first["metadata"] == {
        "url": "https://x.example/0", "source": "good.example", "source_status": "accepted", "title": "Article 0",
        "author": None, "site_name": None, "language": "en", "page_type": "article", "verdict": "accept",
        "reject_probability": 0.1, "padding": 0.1, "promo": 0.0, "repetition": 0.2, "residue": None,
        "words": len(RIVER.split()), "published_date": "2026-02-03", "fetched_at": "2026-02-04T05:06:07Z",
        "first_seen": "2026-03-01T12:00:00Z", "policy": small.POLICY, "model": small.MODEL,
    }  # fmt: skip
    assert manifest.articles == len(records) == 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_filters(warehouse: Path, tmp_path: Path, case: dict[str, Any]) -> None:
    asked = {key: value for key, value in case.items() if key not in ("label", "numbers", "empty")}
    manifest = export_articles(warehouse, tmp_path / "a.jsonl", **asked)
    assert sorted(NUMBERS[record["id"]] for record in lines((tmp_path / "a.jsonl").read_bytes())) == case["numbers"]
    assert (manifest.articles, manifest.empty) == (len(case["numbers"]), case.get("empty", 0))


@pytest.mark.parametrize("name", READERS)
def test_the_same_question_gives_the_same_bytes(warehouse: Path, tmp_path: Path, name: str) -> None:
    first, second = (
        export_articles(warehouse, tmp_path / folder / name, verdicts=verdicts)
        for folder, verdicts in (("one", ["review", "accept"]), ("two", ["accept", "review", "accept"]))
    )
    assert first == second
    for file in (name, f"{name}.manifest.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_slices_change_nothing(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = {"verdicts": ["accept", "review", "reject"], "attributes": "q"}
    whole = export_articles(warehouse, tmp_path / "one" / "a.jsonl", **ask)
    monkeypatch.setattr(export, "ROWS_SORTED", 1)
    monkeypatch.setattr(export, "BATCH_ROWS", 1)
    assert len(list(export._slices(7))) == 7
    assert export_articles(warehouse, tmp_path / "two" / "a.jsonl", **ask) == whole
    assert list(export._slices(0)) == [("", "g")]


def test_the_manifest_counts_and_names_digests(warehouse: Path, tmp_path: Path) -> None:
    export_articles(warehouse, tmp_path / "a.jsonl.gz", verdicts=["review", "accept"], languages=["en", "de"])
    manifest = json.loads((tmp_path / "a.jsonl.gz.manifest.json").read_text(encoding="utf-8"))
    data = (tmp_path / "a.jsonl.gz").read_bytes()
    assert manifest["files"] == [
        {"name": "a.jsonl.gz", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "records": 4}
    ]
    assert manifest["articles"] == 4
    assert manifest["words"] == 4 * len(RIVER.split())
    assert manifest["characters"] == 4 * len(RIVER.replace(PROMO, ""))
    assert manifest["text"] == "clean_text"
    assert manifest["verdicts"] == {"accept": 3, "review": 1}
    assert manifest["languages"] == {"en": 3, "de": 1}
    assert manifest["sources"] == 3
    assert manifest["policies"] == {small.POLICY: 4}
    assert manifest["models"] == {small.MODEL: 4}
    assert manifest["filters"] == {
        "verdicts": ["accept", "review"], "source_status": None, "languages": ["de", "en"], "page_types": None,
        "max_probability": None,
    }  # fmt: skip


def test_attributes_stand_beside_whole_texts_and_their_offsets_fit(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "documents" / "part.jsonl"
    manifest = export_articles(warehouse, path, verdicts=["accept"], attributes="quality_v1")
    documents = lines(path.read_bytes())
    attributes = lines((tmp_path / "attributes" / "quality_v1" / "part.jsonl").read_bytes())
    assert [document["id"] for document in documents] == [record["id"] for record in attributes]
    for document, record in zip(documents, attributes, strict=True):
        assert document["text"] == RIVER
        found = record["attributes"]
        ((start, end, score),) = found["quality_v1__spans__promo"]
        assert (document["text"][start:end], score) == (PROMO, 0.9)
        ((start, end, score),) = found["quality_v1__spans__repeat"]
        assert (document["text"][start:end], score) == ("It fell on Monday."[-18:], 0.12346)
        assert found["quality_v1__spans__padding"] == found["quality_v1__spans__residue"] == []
        assert found["quality_v1__document__repetition"] == [[0, len(RIVER), 0.2]]
        assert "quality_v1__document__residue" not in found
    assert manifest.text == "text"
    assert [file.name for file in manifest.files] == ["part.jsonl", "../attributes/quality_v1/part.jsonl"]


def test_attributes_without_a_documents_folder_stand_below_the_file(warehouse: Path, tmp_path: Path) -> None:
    manifest = export_articles(warehouse, tmp_path / "a.jsonl.gz", verdicts=["accept"], attributes="q")
    assert [file.name for file in manifest.files] == ["a.jsonl.gz", "attributes/q/a.jsonl.gz"]
    assert (tmp_path / "attributes" / "q" / "a.jsonl.gz").is_file()


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        (
            "a.csv",
            {},
            r"a\.csv: the ending says how to write it; these work: \.jsonl, \.jsonl\.gz, \.jsonl\.zst, \.parquet",
        ),
        ("a", {}, "these work: .jsonl"),
        ("a.jsonl.bz2", {}, "these work: .jsonl"),
        ("a.jsonl", {"verdicts": ["good"]}, "verdict 'good': expected one of accept, review, reject, not_assessed"),
        ("a.jsonl", {"source_status": ["fine"]}, "source status 'fine': expected one of accepted, probation"),
        (
            "a.jsonl",
            {"page_types": ["artikle"]},
            r"page type 'artikle': expected one of article, .*did you mean 'article'",
        ),
        ("a.jsonl", {"languages": ["english"]}, "language 'english' is none that pages are found to be in"),
        ("a.jsonl", {"max_probability": 70}, "between 0 and 1, not at 70"),
        ("a.jsonl", {"attributes": "../x"}, "a name of letters"),
        ("a.parquet", {"attributes": "q"}, "attributes are written for JSONL"),
    ],
)
def test_what_cannot_be_written_is_said(
    warehouse: Path, tmp_path: Path, name: str, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExportError, match=message):
        export_articles(warehouse, tmp_path / name, **{"verdicts": ["accept"]} | asked)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_the_earlier_one(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in READERS:
        (tmp_path / name).write_text("earlier")
        with monkeypatch.context() as broken, pytest.raises(ZeroDivisionError):
            broken.setattr(export._Tally, "add", lambda self, row: 1 / 0)
            export_articles(warehouse, tmp_path / name, verdicts=["accept"])
        assert (tmp_path / name).read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(READERS)


def test_without_a_warehouse_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(NoWarehouse):
        export_articles(tmp_path / "none.duckdb", tmp_path / "a.jsonl", verdicts=["accept"])
    assert list(tmp_path.iterdir()) == []


def test_a_file_for_a_folder_and_a_folder_for_a_file_are_said(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(ExportError, match=r"file is a file, not a folder"):
        export_articles(warehouse, tmp_path / "file" / "deep" / "a.jsonl", verdicts=["accept"])
    with pytest.raises(ExportError, match=r"folder\.jsonl: this is a folder; name a file in it"):
        export_articles(warehouse, tmp_path / "folder.jsonl", verdicts=["accept"])
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"
    assert list((tmp_path / "folder.jsonl").iterdir()) == []


def test_two_exports_to_one_file_at_once_leave_one_of_them_whole(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one runs from its first row to its end while the first one writes."""
    path = tmp_path / "documents" / "a.jsonl"
    add, ran = export._Tally.add, []

    def second_meanwhile(self: Any, row: Any) -> None:
        if not ran:
            ran.append("second")
            export_articles(warehouse, path, verdicts=["reject"], attributes="q")
            assert len(lines(path.read_bytes())) == json.loads(manifest.read_text())["articles"] == 2
        add(self, row)

    manifest = path.with_name("a.jsonl.manifest.json")
    monkeypatch.setattr(export._Tally, "add", second_meanwhile)
    export_articles(warehouse, path, verdicts=["accept"], attributes="q")
    written = json.loads(manifest.read_text())
    assert written["filters"]["verdicts"] == ["accept"]
    for file in written["files"]:
        assert hashlib.sha256((path.parent / file["name"]).read_bytes()).hexdigest() == file["sha256"]
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["a.jsonl", "a.jsonl.manifest.json"]


def test_what_a_killed_export_left_goes_and_what_another_writes_stays(warehouse: Path, tmp_path: Path) -> None:
    left, recent, held, other = (
        tmp_path / f".a.jsonl{name}.tmp" for name in (".0000000a", ".0000000b", ".0000000c", ".gz.0000000d")
    )
    for path in (left, recent, held, other):
        path.write_text("half")
        if path != recent:
            os.utime(path, (1, 1))
    with held.open() as open_elsewhere:
        fcntl.flock(open_elsewhere, fcntl.LOCK_EX)
        export_articles(warehouse, tmp_path / "a.jsonl", verdicts=["accept"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [recent.name, held.name, other.name, "a.jsonl", "a.jsonl.manifest.json"]
    )


def test_a_text_is_no_list_and_anything_that_lists_is(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="verdicts is a list"):
        export_articles(warehouse, tmp_path / "a.jsonl", verdicts="accept")
    written = export_articles(str(warehouse), str(tmp_path / "a.jsonl"), verdicts=(name for name in ["accept"]))
    assert (written.articles, written.filters["verdicts"]) == (3, ["accept"])
