"""Fitting and measuring the models together, on small made-up pages: tables, candidates, floors, and the commands."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.cli import app
from flows.training import models, predictions, roles, verdict_pages
from flows.training.candidate import FOLDERS, MODELS, Model, digest, failures, floors_text, read_floors, risen
from flows.training.models import Labels, evaluate, train
from flows.training.role_neutral import Neutral
from flows.training.role_pages import (
    KEY_DIGITS,
    OWN_ROLES,
    RolePage,
    line_key,
    own_labels_by_url,
    with_own_labels,
)
from flows.training.role_scores import PageData, cross_scores
from flows.training.role_table import Floors, RoleTable
from flows.training.verdict_pages import GATES, own_gates, read_gates, written_examples
from flows.training.verdict_table import Judged, area, calibration_error, reliability, verdict_table, with_rules
from quality import assess
from quality.boilerplate.model import load_model
from quality.decode import decode
from quality.extract import extract_html
from quality.model_files import FOLDER, installed
from quality.pagetype import PAGE_TYPES
from quality.policy import default_policy
from quality.records import ROLES
from quality.roles.features import line_features
from quality.roles.model import CLAUSE, QUESTIONS, read_model, role_model
from quality.roles.neutral import NEUTRAL
from quality.segment import segment
from quality.verdict_model import Features

POLICY = default_policy()
GOOD = "The council of {0} met on 3 May and voted {1} to two against the bridge, its chairman Piet Okker told us."
BAD = "Discover the very best deals in {0} and contact our amazing team today for your free quote of {1} percent!"
PAGES_A_TYPE = 5


def _page(number: int, kind: str, gate: str | None, language: str = "en") -> tuple[PageData, np.ndarray]:
    sentence = (BAD if gate == "reject" else GOOD).format(f"town{number % 7}", number)
    blocks = "".join(f"<p class='{kind}'>{kind} {sentence} {sentence}</p>" for _ in range(10))
    html = f"<html lang={language}><head><title>{sentence[:40]}</title></head><body class={kind}>{blocks}</body></html>"
    url = f"https://site{number}.example/{kind}/{number}"
    article = extract_html(
        decode(html.encode(), content_type="text/html; charset=utf-8", is_html=True),
        url=url,
        max_elements=10_000,
        max_chars=100_000,
    )
    document = segment(article)
    page = RolePage(f"p{number}", article, f"site{number}.example", language, kind, None, None)
    probabilities = np.full((len(document.lines), len(ROLES)), 0.01)
    probabilities[:, 1 if gate == "reject" else 0] = 0.96
    return PageData(page, line_features(document)), probabilities


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Labels:
    """Labels whose pages are made up, with roles as if a role model had answered out of fold."""
    folder = tmp_path_factory.mktemp("labels")
    made, gates = [], {}
    for number in range(48):
        gate = ("reject", "accept", "accept", "review")[number % 4]
        made.append(_page(number, "article", gate, "de" if number % 8 == 1 else "en"))
        gates[f"p{number}"] = gate
    for place, kind in enumerate(name for name in PAGE_TYPES if name != "article"):
        made += [_page(100 + PAGES_A_TYPE * place + n, kind, None) for n in range(PAGES_A_TYPE)]
    for name in roles.SETS:
        with gzip.open(folder / f"{name}.labels.jsonl.gz", "wt", encoding="utf-8") as stream:
            for key, gate in gates.items() if name == roles.SETS[0] else ():
                stream.write(json.dumps({"id": key, "url": f"https://{key}.example/", "gate": gate}) + "\n")
    found = Labels(folder, POLICY, workers=1, say=lambda _: None)
    judged = [(data, own) for data, own in made if data.page.id in gates]
    part = SimpleNamespace(
        measured=[d for d, _ in judged],
        probabilities=np.concatenate([own for _, own in judged]),
        pages=[d for d, _ in judged],
        answers=lambda wanted: np.concatenate(
            [own for d, own in judged if wanted(d.page)] or [np.zeros((0, len(ROLES)))]
        ),
    )
    vars(found)["pages"] = [data for data, _ in made]
    vars(found)["prepared"] = {"html": part}
    return found


@dataclass(frozen=True)
class Trained:
    """What one training wrote and said."""

    folder: Path
    tables: Mapping[Model, RoleTable]
    said: list[str]


@pytest.fixture(scope="module")
def trained(labels: Labels, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder, said = tmp_path_factory.mktemp("models"), list[str]()
    own = Labels(labels.folder, POLICY, 1, said.append)
    vars(own).update({name: vars(labels)[name] for name in ("pages", "prepared")})
    return Trained(folder, train(own, folder, ("verdict", "page_type")), said)


@pytest.mark.slow
def test_candidates_are_written_whole(trained: Trained) -> None:
    assert list(trained.tables) == ["page_type", "verdict"], "in the order in which they lean on each other"
    for model, table in trained.tables.items():
        folder = trained.folder / FOLDERS[model]
        assert sorted(file.name for file in folder.iterdir()) == [
            "CARD.md",
            "floors.toml",
            "metrics.json",
            "weights.npz",
        ]
        assert digest((folder / "weights.npz").read_bytes()) in (folder / "CARD.md").read_text(encoding="utf-8")
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind in "fiU" for name in arrays.files)
        assert json.loads((folder / "metrics.json").read_text(encoding="utf-8")) == table.figures
    assert "Reliability" in (trained.folder / "verdict" / "CARD.md").read_text(encoding="utf-8")


def test_training_replaces_nothing_that_ships(trained: Trained) -> None:
    for model in trained.tables:
        assert installed()[model] == getattr(POLICY.models, model)


def test_the_same_pages_give_the_same_bytes(labels: Labels, trained: Trained, tmp_path: Path) -> None:
    train(labels, tmp_path, ("verdict",))
    for file in (tmp_path / "verdict").iterdir():
        assert file.read_bytes() == (trained.folder / "verdict" / file.name).read_bytes(), file.name


def test_the_verdict_is_measured_by_language_and_kind_of_page(labels: Labels) -> None:
    figures = evaluate(labels, ("verdict",))["verdict"].figures
    assert {name.partition(".")[0] for name in figures} == {"en", "de", "other", "type article"}
    assert figures["en.articles"] == 42 and figures["other.articles"] == 6
    assert figures["en.auc"] == 1.0
    assert figures["en.accepts_rejected"] == 0.0
    assert "other.auc" not in figures, "no article of another language was rejected"


def test_page_types_are_learned_from_pages_whose_type_is_known(trained: Trained) -> None:
    figures = trained.tables["page_type"].figures
    assert figures["pages"] == 48 + PAGES_A_TYPE * 6
    assert figures["accuracy"] > 0.9
    assert {f"recall.{kind}" for kind in PAGE_TYPES} <= set(figures)


def test_what_is_to_be_pinned_is_what_was_written(trained: Trained) -> None:
    for model in trained.tables:
        weights = (trained.folder / FOLDERS[model] / "weights.npz").read_bytes()
        (printed,) = (text for text in trained.said if text.startswith(f"\n{model}\n"))
        assert f'{model} = "{digest(weights)}"' in printed and "quality/policy.toml" in printed


def test_gates_are_read_by_id(labels: Labels) -> None:
    gates = read_gates(labels.folder, roles.SETS)
    assert len(gates) == 48 and gates["p0"] == "reject"


def test_written_examples_are_rejects_of_no_domain() -> None:
    examples = written_examples(role_model(), workers=1)
    assert len(examples) >= 10
    assert {(example.gate, example.domain) for example in examples} == {("reject", None)}


def _judged(gate: str, probability: float, *groups: str) -> Judged:
    return Judged(f"{gate}{probability}", gate, probability, groups or ("en",))


def test_figures_of_a_table() -> None:
    low, high = POLICY.verdict.review / 2, (1 + POLICY.verdict.reject) / 2
    articles = [_judged("accept", low)] * 7 + [_judged("accept", high)] + [_judged("reject", high)] * 3
    articles += [_judged("reject", low), *[_judged("review", POLICY.verdict.review)] * 4, _judged("accept", low, "fr")]
    table = verdict_table(articles, POLICY)
    figures = table.figures
    assert not any(name.startswith("fr.") for name in figures), "one article is no group"
    assert figures["en.caught"] == 0.75
    assert figures["en.accepts_rejected"] == 0.125
    assert figures["en.rejects_accepted"] == 0.25
    assert figures["en.precision"] == 0.75
    assert figures["en.exact"] == round(14 / 16, 4)
    assert figures["en.articles"] == 16
    assert "accepts rejected" in table.text


@pytest.mark.parametrize(
    ("higher", "lower", "expected"),
    [([0.9, 0.8], [0.1], 1.0), ([0.1], [0.9], 0.0), ([0.5], [0.5], 0.5), ([0.3, 0.7], [0.5], 0.5)],
)
def test_area(higher: list[float], lower: list[float], expected: float) -> None:
    assert area(np.array(higher), np.array(lower)) == expected


def test_calibration_error_is_the_distance_of_said_from_so() -> None:
    said = np.array([0.15] * 10 + [0.95] * 10)
    assert calibration_error(said, np.array([False] * 10 + [True] * 10)) == pytest.approx(0.1)
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0


def test_the_reliability_table_holds_every_article() -> None:
    articles = [_judged("reject", value) for value in (0.0, 0.02, 0.3, 0.849, 0.85, 1.0)]
    rows = [line.split("|") for line in reliability(articles).split("\n")[2:]]
    assert sum(int(row[2]) for row in rows) == len(articles)


def test_rules_of_the_policy_count() -> None:
    name, rule = next((name, rule) for name, rule in POLICY.rules.items() if rule.points > 0)
    assert with_rules(0.3, Features({name: rule.at}, None), POLICY) > 0.3
    assert with_rules(0.3, Features({name: rule.at / 2 if rule.at else None}, None), POLICY) == 0.3


def test_floors_only_rise() -> None:
    floors = Floors({"a": 0.5, "b": 0.9, "gone": 0.2}, {"c": 0.1, "d": 0.02})
    better = risen(floors, RoleTable({"a": 0.8, "b": 0.7, "c": 0.04, "d": 0.3}, ""))
    assert better == Floors({"a": 0.79, "b": 0.9, "gone": 0.2}, {"c": 0.05, "d": 0.02})
    content = tomllib.loads(floors_text("roles", better))
    assert Floors(content["floors"], content["ceilings"]) == better


def test_a_figure_under_its_floor_is_named_and_one_that_was_not_measured_is_said() -> None:
    said: list[str] = []
    floors = read_floors("page_type").floors
    (sentence,) = failures({"page_type": RoleTable({"accuracy": 0.1}, "")}, said.append)
    assert sentence.startswith("page_type: accuracy is 0.100")
    assert len(said) == len(floors) - 1 and "article_against_rest" in said[0]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_has_floors_and_weights(model: str) -> None:
    floors = read_floors(model)  # type: ignore[arg-type]
    assert floors.floors
    assert (FOLDER / FOLDERS[model] / "weights.npz").is_file()  # type: ignore[index]


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_the_commands_check_what_they_are_given(command: str, tmp_path: Path) -> None:
    runner = CliRunner()
    wrong = runner.invoke(app, [command, str(tmp_path), "--model", "rolls"])
    assert wrong.exit_code == 2 and "expected boilerplate, roles, page_type, verdict" in wrong.stderr
    empty = runner.invoke(app, [command, str(tmp_path)])
    assert empty.exit_code == 2 and "labels.jsonl.gz" in empty.stderr


@pytest.mark.parametrize(("accuracy", "status"), [(0.99, 0), (0.2, 1)])
def test_evaluate_ends_with_one_below_a_floor(
    labels: Labels, monkeypatch: pytest.MonkeyPatch, accuracy: float, status: int
) -> None:
    table = RoleTable({"accuracy": accuracy, "article_against_rest": 0.99}, "the table")
    monkeypatch.setattr(models, "measure_page_type", lambda _: SimpleNamespace(table=table))
    monkeypatch.setattr(roles, "read_pages", lambda *_, **__: [])
    monkeypatch.setattr(Labels, "block_models", [])
    done = CliRunner().invoke(app, ["evaluate", str(labels.folder), "--model", "page_type"])
    assert done.exit_code == status
    assert "the table" in done.stdout
    assert ("under its floor" in done.stderr) is bool(status)


OWN_PAGE = """<html><head><title>A lamp</title></head><body><article><h1>A lamp for a desk</h1>
<p>The lamp was tested for nine weeks on two desks, and it weighs 2 kg with its foot.</p>
<p>Buy now with our code LAMP20 and save. The hinge squeaks when it is cold, however.</p>
</article></body></html>"""


def _own_page(kind: str) -> RolePage:
    decoded = decode(OWN_PAGE.encode(), content_type=None, is_html=True)
    article = extract_html(decoded, url="https://lamp.example/a", max_elements=1000, max_chars=10_000, blocks=False)
    return RolePage("1", article, "lamp.example", "en", kind, None, None)


def _own_label(texts: Sequence[str], letters: str, mixed: Sequence[object] = ()) -> dict[str, object]:
    return {"keys": "".join(map(line_key, texts)), "roles": letters, "mixed": mixed}


def test_own_labels_teach_and_are_not_measured() -> None:
    page = _own_page("service")
    texts = [line.text for line in segment(page.article).lines]
    letters = "c" * (len(texts) - 1) + "p"
    label = _own_label(texts, letters, [[0, 0, 6, line_key(texts[0][:6])]])
    labelled = with_own_labels(page, texts, label)
    assert labelled.roles is not None
    assert [ROLES[role] for role in labelled.roles] == ["content"] * (len(texts) - 1) + ["promo"]
    assert labelled.mixed == ((texts[0], texts[0][:6]),)
    assert labelled.trust < with_own_labels(_own_page("article"), texts, label).trust == 1.0
    assert not labelled.measured


def test_own_gates_are_of_articles_and_services_that_are_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict_pages, "own_labels_by_url", lambda name: {"https://lamp.example/a": {"gate": "review"}})
    roles_of_page = np.zeros(4, dtype=np.int64)

    def gates(kind: str, **changes: object) -> dict[str, str]:
        page = replace(_own_page(kind), **{"roles": roles_of_page, **changes})  # type: ignore[arg-type]
        return own_gates([SimpleNamespace(page=page)], ("any",))  # type: ignore[list-item]

    assert gates("article") == gates("service") == {"1": "review"}
    assert gates("product") == gates("article", measured=True) == gates("article", roles=None) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda texts: texts, ["content", "content", "promo"]),
        (lambda texts: [texts[2], texts[0], texts[1]], ["promo", "content", "content"]),
        (lambda texts: [texts[0], f" {texts[1]}!", texts[2]], ["content", "content", "promo"]),
        (lambda texts: [texts[0], "One more line", texts[1], texts[2]], ["content", None, "content", "promo"]),
        (lambda texts: [texts[0], texts[1] + texts[2]], ["content", None]),
        (lambda texts: [texts[0], texts[0], texts[0]], ["content", "content", "content"]),
        (lambda texts: [texts[2], "One more", "Two more"], None),
        (lambda texts: ["Another text"], None),
    ],
)
def test_own_labels_are_of_the_lines_that_were_read(
    change: Callable[[list[str]], list[str]], expected: list[str | None] | None
) -> None:
    read = ["A lamp for a desk", "The lamp was tested.", "Buy now with our code."]
    label = _own_label(read, "ccp", [[1, 0, 8, line_key("The lamp")]])
    labelled = with_own_labels(_own_page("article"), change(read), label)
    found = None if labelled.roles is None else [ROLES[role] if role >= 0 else None for role in labelled.roles]
    assert found == expected
    assert all(piece in line and line_key(piece) == line_key("The lamp") for line, piece in labelled.mixed)


def test_own_labels_name_every_line_once_and_hold_no_text() -> None:
    labels = own_labels_by_url("wcxb-dev")
    assert len(labels) == 582
    assert own_labels_by_url("no-such-set") == {}
    for label in labels.values():
        letters = str(label["roles"])
        assert letters and set(letters) <= set(OWN_ROLES)
        assert label["gate"] in GATES
        assert len(str(label["keys"])) == KEY_DIGITS * len(letters)
        assert all(letters[line] == "c" and start < end for line, start, end, _ in label["mixed"])  # type: ignore[attr-defined]
        assert set(label) == {
            *(
                "url",
                "gate",
                "padding",
                "promo",
                "repetition",
                "residue",
                "sourcing",
                "note",
                "keys",
                "roles",
                "mixed",
            )
        }


def test_predictions_are_what_the_pipeline_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = {f"https://{name}.example/a": OWN_PAGE.replace("lamp", name) for name in ("lamp", "chair", "table")}
    with gzip.open(tmp_path / "wcxb-dev.labels.jsonl.gz", "wt", encoding="utf-8") as stream:
        for url in bodies:
            stream.write(json.dumps({"id": f"id of {url}", "url": url, "domain": url[8:-2], "gate": "review"}) + "\n")
    with gzip.open(tmp_path / "ml-dev.labels.jsonl.gz", "wt") as stream:
        stream.write("")
    for name, pages in (("wcxb-dev", {**bodies, "https://unknown.example/": OWN_PAGE}), ("ml-dev", {})):
        with (tmp_path / f"{name}.warc.gz").open("wb") as stream:
            writer = WARCWriter(stream, gzip=True)
            for url, body in pages.items():
                headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
                writer.write_record(
                    writer.create_warc_record(url, "response", payload=BytesIO(body.encode()), http_headers=headers)
                )
    judged = [Judged("id of https://lamp.example/a", "review", POLICY.verdict.reject, ("en",))]
    monkeypatch.setattr(roles, "models_without_folds", lambda *_, **__: [role_model()] * 5)
    monkeypatch.setattr(predictions, "judged_articles", lambda *_: (judged, {}, ""))
    labels = Labels(tmp_path, POLICY, workers=1, say=lambda _: None)
    vars(labels).update(prepared={}, block_models=[load_model()] * 5)
    assert predictions.write_predictions(labels, tmp_path / "out.jsonl") == len(bodies)
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    for record in found:
        said = assess(bodies[record["url"]].encode(), url=record["url"], content_type="text/html")
        assert record["text"] == said.text
        assert record["clean_text"] == said.clean_text != said.text
        assert record["spans"] == [[span.start, span.end, span.kind] for span in said.spans]
    assert {record["id"]: record["verdict"] for record in found} == {
        "id of https://lamp.example/a": "reject",
        "id of https://chair.example/a": None,
        "id of https://table.example/a": None,
    }


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_the_commands_say_what_to_install(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("flows.commands.train.find_spec", lambda name: None)
    done = CliRunner().invoke(app, [command, str(tmp_path)])
    assert done.exit_code == 2 and "quality[train]" in done.stderr


def test_predictions_that_cannot_be_written_are_said_before_anything_is_measured(
    labels: Labels, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(models, "evaluate", lambda *_: pytest.fail("measured first"))
    done = CliRunner().invoke(app, ["evaluate", str(labels.folder), "--predictions", str(tmp_path)])
    assert done.exit_code == 2
    assert f"--predictions {tmp_path}: Is a directory" in " ".join(done.stderr.split())


def test_a_role_model_is_put_together_from_its_parts() -> None:
    whole = role_model()
    stages = {
        kind: roles.StageTwo({q: whole.forests[f"{kind}.{q}"] for q in QUESTIONS}, whole.readers.get(kind))
        for kind in ("html", "text")
    }
    slopes = {kind: {q: whole.calibration[f"{kind}.{q}"] for q in QUESTIONS} for kind in stages}
    neutral = Neutral(whole.forests[NEUTRAL], [], whole.columns[NEUTRAL], whole.calibration[NEUTRAL], {})
    clause = (whole.forests[CLAUSE], whole.calibration[CLAUSE])
    made = roles._assembled(whole, stages, slopes, clause, neutral, neutral.forest, whole.plug)
    assert read_model(made).digest == whole.digest
    without = roles._assembled(whole, stages, slopes, None, neutral, neutral.forest, whole.plug)
    assert CLAUSE not in read_model(without).forests


class _Fit:
    """A first stage that says which folds it has not seen."""

    def __init__(self, without_folds: tuple[int, ...], languages: None) -> None:
        self.without_folds = without_folds

    def stage_one(self, _: object) -> set[int]:
        return set(self.without_folds)


def test_no_score_comes_from_a_fit_that_saw_its_fold_and_each_fit_is_told() -> None:
    fits = SimpleNamespace(fit=_Fit)
    pages = [SimpleNamespace(page=SimpleNamespace(fold=fold), features=None) for fold in (0, 1, 2, 3, 4, 4, 0)]
    told: list[str] = []
    scores, singles = cross_scores(fits, pages, tell=told.append)
    assert len(singles) == 5
    for held_out, row in scores.items():
        assert row == [{data.page.fold} | ({held_out} - {None}) for data in pages]
    assert told == [f"line roles: first stage {number} of 15" for number in range(1, 16)]
