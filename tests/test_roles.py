"""The role model on texts that must stay whole, on plugs that must be found, and its arithmetic against scikit-learn."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from flows.training.role_latent import fit_latent
from quality.records import CUT, KINDS, Article, LineLayout, in_order
from quality.roles import predict_roles, spans, surely_content, without_phrases
from quality.roles.context import context, structure
from quality.roles.features import line_features
from quality.roles.fit import TreeSettings, fit_trees, forest_of
from quality.roles.latent import Latent
from quality.roles.model import compress, expand, role_model
from quality.roles.nets import LAYERS, LEAST, Nets, standardised
from quality.roles.neutral import NEUTRAL, SPEAKS_FROM, neutral_columns, with_neutral
from quality.roles.ngrams import WORD_BITS, class_grams, joined, merged, word_grams
from quality.roles.prediction import RolePrediction, predict_with
from quality.roles.shape import folded, pronoun_counts, shape
from quality.segment import segment
from tests.taught_nets import elsewhere, fitted, junk_shares

CASES = Path(__file__).parent / "cases" / "roles"
MOST_FLAGGED = 0.02
"""Share of the characters of all texts that must stay whole that may be flagged."""
MOST_FLAGGED_IN_ONE = 0.10


def _cases(provenance: tuple[str, ...]) -> list[dict]:
    cases = []
    for path in sorted(CASES.glob("*.toml")):
        cases += tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    return [case for case in cases if case["provenance"] in provenance]


NEGATIVES = _cases(("negative",))
POSITIVES = _cases(("synthetic", "wild"))


def document_of(text: str, *, url: str | None = None, language: str | None = "en"):
    text = text.strip("\n")
    return segment(
        Article(
            text=text,
            layout=(None,) * (text.count("\n") + 1),
            url=url,
            title=text.split("\n")[0],
            language=language,
            markup="text",
        )
    )


def spans_of(text: str, *, url: str | None = None, language: str | None = "en"):
    document = document_of(text, url=url, language=language)
    return document, spans(document, predict_roles(document))


HEAD = """The semicolon: a short life
Born in a Venetian print shop, promoted by lawyers, shot at by journalists
Print shops, three of them
It may not see the century out, says a study of four million sentences
for mark in text: count[mark] += 1
The second paragraph is as doubtful as the rest of the page is."""


@pytest.mark.parametrize(
    ("junk", "title", "description", "cut"),
    [
        (
            0.6,
            "The semicolon: a short life | Print Week",
            "It may not see the century out, says a study of four",
            {2},
        ),
        (0.6, "The semicolon: a short life", None, {2, 3}),
        (0.6, "Another title of some length", None, {0, 1, 2, 3}),
        (0.9, "The semicolon: a short life", "It may not see the century out, says a study of four", {1, 2, 3}),
    ],
)
def test_what_stands_below_the_title_must_be_junk_for_sure_and_code_is_none(junk, title, description, cut):
    layout = tuple(LineLayout(tag="pre" if "count[" in line else "p", path=()) for line in HEAD.split("\n"))
    article = Article(text=HEAD + " More." * 120, layout=layout, title=title, description=description, language="en")
    document = segment(article)
    row = [1 - junk, 0.0, junk, 0.0, 0.0]
    found = spans(document, RolePrediction(np.array([row] * len(document.lines))))
    last = document.lines[-1].index
    assert {line.index for line in document.lines for span in found if span.start == line.start} - {last} == cut


@pytest.mark.parametrize(
    ("junk", "language", "markup", "spared"),
    [
        (0.05, "en", "html", 2),
        (0.15, "en", "html", 2),
        (0.45, "en", "html", 1),
        (0.05, "nl", "html", 0),
        (0.05, "en", "text", 0),
    ],
)
def test_lines_are_without_phrases_where_the_model_knows_enough(junk, language, markup, spared):
    text = "Ask us to look again within eight weeks.\n" + "Word " * 130
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 2, language=language))
    rows = np.array([[1 - junk, junk, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]])
    found = without_phrases(document, RolePrediction(rows, markup))
    assert found == tuple((line.start, line.end) for line in document.lines)[len(document.lines) - spared :]


def test_a_line_of_one_sentence_with_brackets_is_one_piece():
    text = "Ask us to look again (the form is on the back).\n" + "Word " * 130
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 2, language="en"))
    found = without_phrases(document, RolePrediction(np.array([[1.0, 0.0, 0.0, 0.0, 0.0]] * 2)))
    assert found == tuple((line.start, line.end) for line in document.lines)


def test_of_a_line_of_several_sentences_those_that_say_something_of_the_kind_are_not_spared():
    plug = "Sign up for our free newsletter and get our best deals in your inbox."
    text = f"The weir at Thrale was mended in 1874 with oak from the estate. {plug}\n" + "Word " * 130
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 2, language="en"))
    found = without_phrases(document, RolePrediction(np.array([[1.0, 0.0, 0.0, 0.0, 0.0]] * 2)))
    at = document.text.index(plug)
    assert not any(start <= at < end for start, end in found)


def test_a_phrase_proves_nothing_in_what_an_article_quotes():
    text = "He wrote to all of them:\nSign up before the window closes and get your bonus\n" + "Word " * 130
    layout = tuple(LineLayout(tag="p", path=("blockquote",) if n == 1 else ()) for n in range(3))
    document = segment(Article(text=text, layout=layout, language="nl"))
    found = without_phrases(document, RolePrediction(np.array([[0.5, 0.5, 0.0, 0.0, 0.0]] * 3)))
    assert found == ((document.lines[1].start, document.lines[1].end),)
    assert (
        surely_content(document, RolePrediction(np.array([[1.0, 0.0, 0.0, 0.0, 0.0]] * 3))) == ()
    )  # Dutch: it knows little


@pytest.mark.parametrize(
    ("language", "filler", "flagged"),
    [("de", 0.35, True), ("nl", 0.35, False), ("nl", 0.5, True), ("en", 0.35, True), (None, 0.35, True)],
)
def test_filler_must_be_surer_in_a_language_without_labels(language, filler, flagged):
    text = "Good planning matters in every life.\n" + "Word " * 130
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 2, language=language))
    found = spans(document, RolePrediction(np.array([[1 - filler, 0.0, 0.0, filler, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]])))
    assert [span.kind for span in found] == ["padding"] * flagged


@pytest.mark.parametrize(
    ("filler", "reject_probability", "flagged"),
    [
        (0.29, None, True),
        (0.25, None, False),
        (0.29, 0.27, True),
        (0.25, 0.27, False),
        (0.29, 0.05, False),  # in an article that is good as a whole a doubtful line is the author's
        (0.38, 0.05, True),
        (0.38, 0.0, False),
        (0.41, 0.0, True),
        (0.20, 0.9, True),  # and in one that is bad it is what the others are
        (0.15, 0.9, False),
        (0.13, 1.0, False),
        (0.15, 1.0, True),
    ],
)
def test_filler_must_be_surer_in_a_good_article(filler, reject_probability, flagged):
    text = "Good planning matters in every life.\n" + "Word " * 130
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 2, language="en"))
    roles = RolePrediction(np.array([[1 - filler, 0.0, 0.0, filler / 2, filler / 2], [1.0, 0.0, 0.0, 0.0, 0.0]]))
    assert len(spans(document, roles, reject_probability=reject_probability)) == flagged


QUIET_SENTENCE = "In the first spring you may get leaves only, in the second you will get flowers."


@pytest.mark.parametrize(
    ("line", "own", "junk", "reject_probability", "cut"),
    [
        ("Subscribe to the letter.", 0.0, 0.43, None, True),
        ("Subscribe to the letter.", 0.0, 0.43, 0.27, True),
        ("Subscribe to the letter.", 0.0, 0.43, 0.05, True),
        ("Subscribe to the letter.", -2.3, 0.43, 0.05, True),  # too short to need words of its own
        ("Subscribe to the letter.", 0.0, 0.37, 0.9, True),
        (QUIET_SENTENCE, 0.0, 0.48, 0.05, True),
        (QUIET_SENTENCE, -2.3, 0.54, 0.03, False),
        (QUIET_SENTENCE, -2.3, 0.65, 0.03, False),
        (QUIET_SENTENCE, -2.3, 0.8, 0.03, True),
        (QUIET_SENTENCE, -2.3, 0.54, 0.27, True),
        (QUIET_SENTENCE, -2.3, 0.46, 0.27, False),
        (QUIET_SENTENCE, -2.3, 0.54, None, True),
        (QUIET_SENTENCE, -2.3, 0.41, 0.99, True),
        (QUIET_SENTENCE, -2.3, 0.34, 0.99, False),  # a bad article counts no more against it than against other lines
        (QUIET_SENTENCE, -3.1, 0.99, 0.99, False),
    ],
)
def test_a_quiet_sentence_of_a_good_article_must_be_junk_for_sure(line, own, junk, reject_probability, cut):
    document = segment(
        Article(text=f"{line}\n" + "Word " * 130, layout=(LineLayout(tag="p", path=()),) * 2, language="en")
    )
    roles = RolePrediction(
        np.array([[1 - junk, junk, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]),
        stage_one={"junk": np.array([own, -5.0])},
    )
    assert len(spans(document, roles, reject_probability=reject_probability)) == cut


@pytest.mark.parametrize(
    ("last", "junk", "cut"),
    [
        ("He will be missed.", 0.7, False),
        ("“Sie fehlt uns.”", 0.7, False),
        ("他走了。", 0.7, False),
        ("He will be missed.", 0.85, True),
        ("Want to know more?", 0.7, True),
        ("Related articles:", 0.7, True),
        ("Mark Dower", 0.7, True),
        ("Come by and see the lamps that we made.", 0.7, True),
    ],
)
def test_a_short_statement_at_the_end_must_be_junk_for_sure(last, junk, cut):
    text = "\n".join(["Word " * 130, "He left early.", last])
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 3, language="en"))
    found = spans(document, RolePrediction(np.array([[1 - junk, 0.0, junk, 0.0, 0.0]] * len(document.lines))))
    assert (text.index(last) in {span.start for span in found}) is cut
    assert text.index("He left") in {span.start for span in found}


CITED = """The ferry carries 340 people and no cars since the pier was rebuilt in 2019.
{heading}
Harbour board, minutes of 3 May 2019
A. Ruiz: Ferries of the lower river, Kiel 2011
{next}
Ten more ferries that you will love"""


@pytest.mark.parametrize(
    "heading", ["References", "Sources:", "**Quellen**", "Références", "参考文献", "المصادر", "Works cited"]
)
@pytest.mark.parametrize(("junk", "cut"), [(0.6, {0, 4, 5}), (0.9, {0, 2, 3, 4, 5})])
def test_references_must_be_junk_for_sure_up_to_the_next_heading(heading, junk, cut):
    text = CITED.format(heading=heading, next="More stories")
    layout = tuple(LineLayout(tag="h2" if n in (1, 4) else "p", path=()) for n in range(6))
    document = segment(Article(text=text + "\n" + "Word " * 130, layout=(*layout, None), language="en"))
    found = spans(document, RolePrediction(np.array([[1 - junk, 0.0, junk, 0.0, 0.0]] * len(document.lines))))
    assert {line.index for line in document.lines[:6] for span in found if span.start == line.start} == cut


def test_a_reference_in_a_sentence_opens_no_list_of_references():
    text = "Sources say the ferry is late.\nSubscribe today\n" + "Word " * 130
    document = segment(Article(text=text, layout=(LineLayout(tag="p", path=()),) * 3, language="en"))
    found = spans(document, RolePrediction(np.array([[0.4, 0.0, 0.6, 0.0, 0.0]] * 3)))
    assert {span.start for span in found} >= {0, text.index("Subscribe")}


def flagged_chars(case: dict) -> int:
    return sum(span.end - span.start for span in spans_of(case["text"], language=case["language"])[1])


def test_good_texts_stay_whole():
    assert len(NEGATIVES) >= 30
    flagged = {case["label"]: flagged_chars(case) for case in NEGATIVES}
    total = sum(len(case["text"].strip()) for case in NEGATIVES)
    assert sum(flagged.values()) <= MOST_FLAGGED * total, {k: v for k, v in flagged.items() if v}


@pytest.mark.parametrize("case", NEGATIVES, ids=lambda case: case["label"])
def test_no_good_text_loses_much(case):
    document, found = spans_of(case["text"], language=case["language"])
    quotes = [(span.kind, round(span.score, 2), document.text[span.start : span.end]) for span in found]
    assert sum(s.end - s.start for s in found) <= MOST_FLAGGED_IN_ONE * len(document.text), quotes


@pytest.mark.parametrize("case", POSITIVES, ids=lambda case: case["label"])
def test_plugs_and_furniture_are_found(case):
    document, found = spans_of(case["text"], url=case.get("url"), language=case["language"])
    for kind, quote in case["expected"]:
        start = document.text.index(quote)
        end = start + len(quote)
        hit = sum(
            max(0, min(end, s.end) - max(start, s.start))
            for s in found
            if s.kind == kind or (kind == "junk" and s.kind in ("promo", "residue"))
        )
        assert hit >= 0.5 * len(quote), (kind, quote, [(s.kind, document.text[s.start : s.end]) for s in found])
    for quote in case.get("kept", []):
        start = document.text.index(quote)
        assert not any(
            s.start < start + len(quote) and s.end > start for s in found if s.kind in ("promo", "residue")
        ), quote


def test_spans_are_in_order_and_those_of_one_question_disjoint():
    for case in (*NEGATIVES, *POSITIVES):
        document, found = spans_of(case["text"])
        assert list(found) == sorted(found, key=in_order)
        for own in (True, False):
            assert all(a.end <= b.start for a, b in pairwise(s for s in found if (s.kind in CUT) is own))
        assert all(0 <= s.start < s.end <= len(document.text) and s.kind in KINDS and 0 <= s.score <= 1 for s in found)


def test_an_article_on_one_line_is_cut_into_sentences():
    body = NEGATIVES[0]["text"].replace("\n", ". ")
    text = "Cornbread\n" + (body + " ") * 2 + "Subscribe to our newsletter to get recipes in your inbox."
    document, found = spans_of(text)
    assert sum(s.end - s.start for s in found) < 0.9 * len(document.text)


@pytest.mark.parametrize("text", ["", "\n\n", "x", "…", "a\n" * 300, "\ud800 broken", "word " * 5000])
def test_odd_texts(text):
    document = document_of(text)
    prediction = predict_roles(document)
    assert prediction.probabilities.shape == (len(document.lines), 5)
    assert np.allclose(prediction.probabilities.sum(axis=1), 1.0)
    assert (prediction.probabilities >= 0).all()
    spans(document, prediction)


def test_lines_are_answered_alike_however_many_are_asked_at_once(monkeypatch):
    text = "\n".join(case["text"].strip() for case in POSITIVES[:4])
    whole = predict_with(role_model(), document_of(text)).probabilities
    monkeypatch.setattr("quality.roles.model.BLOCK", 3)
    assert len(whole) > 6
    assert np.allclose(predict_with(role_model(), document_of(text)).probabilities, whole, atol=1e-5)


def test_only_a_text_known_to_be_in_another_language_asks_the_neutral_stage():
    text = next(case["text"] for case in POSITIVES if case["label"] == "padding-de")
    german, unknown, english = (
        predict_roles(document_of(text, language=language)).filler for language in ("de", None, "en")
    )
    assert np.array_equal(unknown, english)
    assert (german >= english).all() and german.mean() > english.mean() + 0.1


def test_the_neutral_stage_reads_no_word_and_compares_with_the_lines_around():
    text = "Eins\nzwei drei vier fünf\nsechs 7"
    features, foreign = (line_features(document_of(t)) for t in (text, text.translate(str.maketrans("aei", "яжы"))))
    columns = neutral_columns(features)
    chars = columns["shape.chars"].tolist()
    assert columns["before.shape.chars"].tolist()[1:] == chars[:-1]
    assert columns["after.shape.chars"].tolist()[:-1] == chars[1:]
    assert np.allclose(columns["relative.shape.chars"], columns["shape.chars"] - np.mean(chars))
    assert not any(name.startswith(("score.", "layout.", "page.")) for name in columns)
    assert all(np.array_equal(columns[n], v, equal_nan=True) for n, v in neutral_columns(foreign).items())
    assert tuple(columns) == role_model().columns[NEUTRAL]


def test_doubts_of_the_neutral_stage_do_not_count():
    ordinary, neutral = np.array([0.1, 0.1, 0.9]), np.array([SPEAKS_FROM - 0.01, SPEAKS_FROM, 0.5])
    assert with_neutral(ordinary, neutral).tolist() == [0.1, SPEAKS_FROM, 0.9]


def test_prediction_repeats_itself():
    document = document_of(POSITIVES[0]["text"])
    first = predict_with(role_model(), document).probabilities
    assert np.array_equal(first, predict_with(role_model(), document_of(POSITIVES[0]["text"])).probabilities)


@pytest.mark.parametrize("leaves", [9, 13, 24], ids=["short table", "long table", "walked"])
def test_flat_trees_agree_with_scikit_learn(leaves):
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(800, 6)).astype(np.float32)
    matrix[:, 2] = np.round(matrix[:, 2])
    matrix[rng.random((800, 6)) < 0.1] = np.nan
    target = np.nan_to_num(matrix[:, 0]) + np.nan_to_num(matrix[:, 2]) > 0.3
    settings = TreeSettings(rounds=20, leaves=leaves, leaf_lines=10, columns=1.0)
    model = fit_trees(matrix, target, np.ones(800), settings=settings)
    assert np.allclose(forest_of(model).predict(matrix), model.decision_function(matrix), atol=1e-5)


@pytest.fixture(scope="module")
def networks():
    """Short articles, in which a line is junk once a large number stood above it, and networks that learned it."""
    rng = np.random.default_rng(7)
    sizes = [int(size) for size in rng.integers(3, 40, 60)]
    matrix = rng.normal(size=(sum(sizes), 5)).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    large = np.nan_to_num(matrix[:, 0]) > 1.5
    roles = np.concatenate([np.cumsum(part) > 0 for part in np.split(large, np.cumsum(sizes)[:-1])]).astype(np.int64)
    settings = {"networks": 2, "entry": 12, "memory": 8, "dropout": 0.1, "rounds": 30, "rate": 0.02}
    return matrix, roles, sizes, elsewhere(fitted, matrix, roles, np.ones(len(roles)), sizes, settings=settings)


@pytest.mark.slow
def test_networks_keep_in_mind_what_stood_above(networks):
    matrix, roles, sizes, nets = networks
    said = np.concatenate([nets.odds(part)["junk"] for part in np.split(matrix, np.cumsum(sizes)[:-1])]) > 0
    assert (said == roles).mean() > 0.9
    alone = np.concatenate([nets.odds(matrix[row : row + 1])["junk"] for row in range(len(matrix))]) > 0
    assert (alone == roles).mean() < 0.8


@pytest.mark.slow
def test_stacked_networks_agree_with_those_that_were_taught(networks):
    matrix, _, sizes, nets = networks
    size = sizes[0]
    shares = elsewhere(junk_shares, nets, matrix[:size])
    expected = np.log((shares + LEAST) / (1 - shares + LEAST)).mean(axis=0)
    assert np.allclose(nets.odds(matrix[:size])["junk"], expected, atol=1e-3)


@pytest.mark.slow
def test_stored_networks_answer_as_before(networks):
    matrix, _, _, nets = networks
    again = Nets.read(nets.arrays("x"), "x")
    assert all(np.array_equal(again.odds(matrix)[name], values) for name, values in nets.odds(matrix).items())


@pytest.mark.slow
def test_networks_are_taught_the_same_way_twice_and_by_weighted_pages_alone(networks):
    matrix, roles, sizes, _ = networks
    kept = sum(sizes[:30])
    weights = np.where(np.arange(len(roles)) < kept, 1.0, 0.0)
    settings = {"networks": 1, "entry": 4, "memory": 3, "rounds": 2}
    part = elsewhere(fitted, matrix[:kept], roles[:kept], weights[:kept], sizes[:30], settings=settings)
    whole = elsewhere(fitted, matrix, np.where(weights > 0, roles, 4), weights, sizes, settings=settings)
    assert all(np.array_equal(getattr(part, name), getattr(whole, name)) for name in LAYERS)


@pytest.mark.parametrize(
    "word", ["I", "we", "WE", "our", "you", "Ihr", "unsere", "dein", "my", "İ", "ſie", "vouſ", "тебе", "我们"]
)
@pytest.mark.parametrize(
    "around", ["{}", "a {} b", "x_{}", "{}'re", "{}’ll", "l’{}", "a-{}-b", "({})", "a\u0301{}", "{}漢"]
)
def test_pronouns_are_found_whatever_their_line_looks_like(word, around):
    text = around.format(word)
    counts = shape(document_of(text))
    assert [counts[f"shape.{name}"][0] for name in ("i", "we", "you")] == list(pronoun_counts(text, folded(text)))


SHOP = ["Buy the lamp in our shop today.", "Order a lamp in our shop now.", "Buy a chair in our shop now."]
NEWS = ["The council met on Monday.", "On Monday the council voted.", "The mayor met the council on Tuesday."]


OTHER = [f"Nothing{number} alike{number}" for number in range(120)]


def lines_of(texts):
    return word_grams(texts, publisher=frozenset(), bits=WORD_BITS)


@pytest.fixture(scope="module")
def latent():
    return fit_latent(lines_of([*SHOP, *NEWS] * 8 + OTHER), np.ones(48 + len(OTHER), dtype=np.bool_))


def test_lines_that_say_alike_things_are_near_each_other(latent):
    placed = latent.of(lines_of([*SHOP, *NEWS]))
    near = placed @ placed.T
    np.fill_diagonal(near, 1.0)
    assert near[:3, :3].min() > near[:3, 3:].max()
    assert near[3:, 3:].min() > near[:3, 3:].max()


def test_a_line_of_unknown_words_and_an_empty_one_lie_in_the_middle(latent):
    assert not latent.of(lines_of(["Xylophones juggle quietly", ""])).any()
    assert latent.of(lines_of([])).shape == (0, len(latent.step))


def test_a_line_lies_where_it_lies_whatever_stands_around_it(latent):
    together = latent.of(lines_of([*SHOP, "", *NEWS]))
    alone = np.concatenate([latent.of(lines_of([text])) for text in (*SHOP, "", *NEWS)])
    assert np.array_equal(together, alone)


def test_a_latent_space_is_found_in_the_lines_that_are_kept_and_the_same_way_twice(latent):
    size = 48 + len(OTHER)
    again = fit_latent(lines_of([*[*SHOP, *NEWS] * 8, *OTHER, *["Another word"] * 24]), np.arange(size + 24) < size)
    stored = Latent.read(again.arrays("x"), "x")
    for name, values in latent.arrays("x").items():
        assert np.array_equal(values, stored.arrays("x")[name])
    assert np.array_equal(latent.of(lines_of(SHOP)), stored.of(lines_of(SHOP)))


def test_a_latent_space_of_too_few_lines_is_empty():
    assert fit_latent(lines_of(SHOP), np.ones(3, dtype=np.bool_)).of(lines_of(NEWS)).shape == (3, 0)


def test_texts_are_chosen_and_joined_with_their_hashes():
    first, second = lines_of(SHOP), lines_of(["", *NEWS])
    both = joined([first, second])
    kept = both.of(np.array([False, True, False, True, True, False, False]))
    expected = lines_of([SHOP[1], "", NEWS[0]])
    assert np.array_equal(kept.hashes, expected.hashes)
    assert np.array_equal(kept.bounds, expected.bounds)


def test_networks_read_what_is_missing_as_the_mean_and_odd_values_as_the_limit():
    ready = standardised(
        np.array([[np.nan, 1e9, -1e9]], dtype=np.float32), np.zeros(3, np.float32), np.ones(3, np.float32)
    )
    assert ready.tolist() == [[0.0, 3.0, -3.0]]


def test_hashes_are_the_same_everywhere():
    grams = word_grams(["Read more at Kitchen", ""], publisher=frozenset({"kitchen"}))
    assert list(grams.bounds) == [0, 15, 15]
    assert grams.hashes[:3].tolist() == WORD_HASHES
    same = word_grams(["read MORE at kitchen"], publisher=frozenset({"kitchen"}))
    assert same.hashes.tolist() == grams.hashes.tolist()


WORD_HASHES = [148788, 213512, 194339]


def test_scores_are_sums_over_the_root_of_the_count():
    grams = class_grams([["a", "b", "c", "d"], [], ["a"]])
    table = np.ones((1 << 15, 2), dtype=np.float32)
    assert grams.scores(table).tolist() == [[2.0, 2.0], [0.0, 0.0], [1.0, 1.0]]


def test_fields_are_joined_text_by_text():
    one, two = class_grams([["a"], ["b"]]), class_grams([["c"], []])
    joined = merged([one, two])
    assert list(joined.bounds) == [0, 2, 3]
    assert joined.hashes.tolist() == [one.hashes[0], two.hashes[0], one.hashes[1]]


def test_compression_keeps_the_order_of_weights():
    table = np.array([[0.0, 1.0], [0.5, -2.0], [-1.0, 0.001]], dtype=np.float32)
    back = expand(*compress(table))
    assert np.allclose(back, table, atol=0.02)
    assert (np.sign(np.round(back, 3)) == np.sign(np.round(table, 3))).all()


def test_context_looks_both_ways():
    lines = document_of("One line.\nAnother line.\nA third line.").lines
    columns = context({"s": np.array([0.0, 5.0, -5.0])}, {}, structure(lines))
    assert columns["context.-1.s"][1:].tolist() == [0.0, 5.0]
    assert columns["context.1.s"][:2].tolist() == [5.0, -5.0]
    assert np.isnan(columns["context.-1.s"][0])
    assert columns["context.relative.s"].tolist() == [0.0, 5.0, -5.0]
