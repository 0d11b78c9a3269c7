"""The article model: what it reads, that its parts add up, that more of a fault never helps, and how it is fitted."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from flows.training.verdict import LabelledArticle, fit_verdict
from quality.reasons import reasons_of
from quality.records import ROLES, Article, LineLayout, Measurement
from quality.roles import RolePrediction
from quality.segment import Document, segment
from quality.signals import SIGNALS, measure_all
from quality.verdict_model import (
    FAMILY_OF_ROLE,
    MODEL_FILE,
    ROLE_STATISTICS,
    SIGNAL_FAMILIES,
    Features,
    assess_features,
    family_of,
    features,
    load_model,
    model_of,
    role_features,
)
from quality.wording import MAX_CHARS, heaviest_sentence, read_wording

TEXT = """Council closes bridge
The council closed the bridge on Monday after an engineer found that two of its six cables had rusted through.
"We had no choice," said Piet Okker, its chairman. Traffic is led over the ford at Lunde until the end of June.
Contact us today for a free quote and discover how our amazing team can help you save money on your next repair."""


def _document(text: str = TEXT, language: str = "en", markup: str = "text") -> Document:
    layout = (None,) * (text.count("\n") + 1)
    return segment(Article(text=text, layout=layout, language=language, title=text.split("\n")[0], markup=markup))


def _roles(document: Document, **shares: float) -> RolePrediction:
    row = [shares.get(role, 0.0) for role in ROLES]
    row[0] = 1.0 - sum(row[1:])
    return RolePrediction(np.array([row] * len(document.lines)))


def _features(**shares: float) -> Features:
    document = _document()
    return features(document, measure_all(document), _roles(document, **shares))


def test_every_feature_of_the_weights_is_measured() -> None:
    read = _features()
    assert set(load_model().names) <= set(read.values)
    known = {signal.id for signal in SIGNALS if signal.family in SIGNAL_FAMILIES}
    assert {name for name in load_model().names if not name.startswith("roles.")} == known


def test_contributions_add_up_to_the_probability() -> None:
    for read in (_features(promo=0.3), replace(_features(promo=0.3), wording=None)):
        assessed = assess_features(read)
        log_odds = assessed.base_log_odds + sum(part.points for part in assessed.contributions)
        assert assessed.probability == pytest.approx(1 / (1 + math.exp(-log_odds)))


@pytest.mark.parametrize("role", FAMILY_OF_ROLE)
def test_more_of_a_role_never_helps(role: str) -> None:
    probabilities = [assess_features(_features(**{role: share})).probability for share in (0.0, 0.1, 0.3, 0.6, 0.9)]
    assert probabilities == sorted(probabilities)
    assert probabilities[-1] > probabilities[0]


@pytest.mark.parametrize("name", [name for name in load_model().names if not name.startswith("roles.")])
def test_more_of_a_signal_never_helps(name: str) -> None:
    read = _features()
    probabilities = [
        assess_features(Features({**read.values, name: value}, read.wording)).probability
        for value in (0.0, 0.1, 0.5, 1.0)
    ]
    assert probabilities == sorted(probabilities)


def test_a_family_cannot_add_more_than_its_cap() -> None:
    read = _features(promo=0.9)
    free = assess_features(read)
    capped = assess_features(read, family_caps={"promo": 0.2, "wording": 0.1})
    for family, cap in (("promo", 0.2), ("wording", 0.1)):
        assert abs(sum(part.points for part in capped.contributions if part.family == family)) == pytest.approx(cap)
    assert capped.probability != free.probability
    assert {family_of(part.feature) for part in free.contributions} <= {*SIGNAL_FAMILIES, "wording"}


def test_what_cannot_be_measured_is_the_average() -> None:
    read = _features()
    nothing = Features(dict.fromkeys(read.values), None)
    assessed = assess_features(nothing)
    assert assessed.contributions == ()
    assert assessed.probability == pytest.approx(1 / (1 + math.exp(-load_model().neutral.intercept)))


def test_role_features_weigh_lines_by_their_length() -> None:
    document = _document("A short line.\n" + "A paragraph that is long enough to count as one. " * 4)
    probabilities = np.zeros((2, len(ROLES)))
    probabilities[0, ROLES.index("promo")] = 1.0
    probabilities[1, 0] = 1.0
    values = role_features(document, RolePrediction(probabilities))
    assert values["roles.promo_chars"] == pytest.approx(13 / len(document.text.replace("\n", "")), rel=0.02)
    assert values["roles.promo_body"] == 0.0
    assert set(values) == {f"roles.{role}_{statistic}" for role in FAMILY_OF_ROLE for statistic in ROLE_STATISTICS}
    assert set(role_features(document, None).values()) == {None}


@pytest.mark.parametrize(
    ("language", "markup", "times", "read"),
    [("de", "text", 1, False), ("de", "text", 4, True), ("de", "html", 1, True), ("en", "text", 1, True)],
)
def test_roles_of_short_plain_text_in_an_unlearned_language_are_not_read(
    language: str, markup: str, times: int, read: bool
) -> None:
    document = _document("\n".join([TEXT] * times), language=language, markup=markup)
    found = features(document, {}, _roles(document, promo=0.9))
    assert found.values["roles.promo_chars"] == (pytest.approx(0.9) if read else None)
    assert (found.wording is None) is (language == "de")


def test_reasons_add_up_and_quote_the_text() -> None:
    document = _document()
    measurements, roles = measure_all(document), _roles(document, promo=0.5)
    assessed = assess_features(features(document, measurements, roles))
    reasons = reasons_of(document, measurements, roles, assessed)
    total = assessed.base_log_odds + sum(reason.points for reason in reasons)
    assert assessed.probability == pytest.approx(1 / (1 + math.exp(-total)))
    assert [reason.points for reason in reasons] == sorted((reason.points for reason in reasons), reverse=True)
    promo = next(reason for reason in reasons if reason.signal == "roles.promo")
    assert promo.quote in document.text
    assert all(reason.quote for reason in reasons)


def test_the_heaviest_sentence_is_the_pitch() -> None:
    document = _document()
    bounds = heaviest_sentence(document, load_model().wording)
    assert bounds is not None
    assert document.text[slice(*bounds)].startswith("Contact us today")


@pytest.mark.parametrize(
    "text", ["", "one", "Go—go: go, don't go!", "a_b a_b “x” x 12 12th ½ " * 3, "long words " * 9_000]
)
def test_wording_starts_where_its_words_start(text: str) -> None:
    wording = read_wording(_document(text))
    tokens = list(re.finditer(r"[^\W\d_]+|\d+|[^\w\s]", text[:MAX_CHARS]))
    assert wording.starts[: len(tokens)].tolist() == [token.start() for token in tokens]
    numbers = {token[0].lower(): bucket for token, bucket in zip(tokens, wording.buckets.tolist(), strict=False)}
    assert wording.buckets[: len(tokens)].tolist() == [numbers[token[0].lower()] for token in tokens]
    assert len(set(numbers.values())) == len(numbers)
    pairs = [(a[0].lower(), b[0].lower()) for a, b in pairwise(tokens)]
    assert wording.starts[len(tokens) :].tolist() == [token.start() for token in tokens[:-1]]
    known = dict(zip(pairs, wording.buckets[len(tokens) :].tolist(), strict=True))
    assert wording.buckets[len(tokens) :].tolist() == [known[pair] for pair in pairs]
    assert len(set(known.values())) == len(known)


def test_wording_is_the_same_in_every_order_of_reading() -> None:
    wording = read_wording(_document())
    assert wording.length == len(wording.starts) - wording.length + 1
    assert (wording.buckets == read_wording(_document()).buckets).all()
    assert read_wording(_document("")).length == 0


def test_weights_hold_no_objects() -> None:
    with np.load(MODEL_FILE, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fU" for name in arrays.files)
        assert (arrays["worded_weights"] >= 0).all()
        assert (arrays["neutral_weights"] >= 0).all()
    assert MODEL_FILE.stat().st_size < 2_000_000


GOOD = "The council of {0} met on 3 May and voted {1} to two against the bridge, its chairman told us. "
BAD = "Discover the best deals in {0} and contact our amazing team today for a free quote of {1} percent. "


def _labelled() -> list[LabelledArticle]:
    found = []
    for number in range(60):
        bad = number % 3 == 0
        sentence = (BAD if bad else GOOD).format(f"town{number % 7}", number)
        document = _document((sentence * 16).strip())
        read = features(document, measure_all(document), _roles(document, promo=0.6 if bad else 0.02))
        found.append(LabelledArticle(f"a{number}", read, "reject" if bad else "accept", f"site{number}.example"))
    return found


def test_training_is_deterministic_and_learns() -> None:
    articles = _labelled()
    names = list(load_model().names)
    arrays, worded, neutral = fit_verdict(articles, names=names)
    again, _, _ = fit_verdict(articles, names=names)
    assert all(np.array_equal(arrays[name], again[name]) for name in arrays)
    assert list(worded) == [article.id for article in articles] == list(neutral)
    for probabilities in (worded, neutral):
        good = [probabilities[article.id] for article in articles if article.gate == "accept"]
        bad = [probabilities[article.id] for article in articles if article.gate == "reject"]
        assert max(good) < min(bad)
    model = model_of(arrays)
    assert assess_features(articles[0].features, model=model).probability > 0.5
    assert assess_features(articles[1].features, model=model).probability < 0.5


def test_written_examples_train_but_are_in_no_figure() -> None:
    articles = _labelled()
    written = replace(articles[0], id="written", domain=None)
    _, worded, _ = fit_verdict([*articles, written], names=list(load_model().names))
    assert "written" not in worded


def test_a_missing_signal_is_an_error_that_names_it() -> None:
    read = _features()
    with pytest.raises(KeyError, match=r"page\.clickbait_title"):
        assess_features(Features({k: v for k, v in read.values.items() if k != "page.clickbait_title"}, read.wording))


def test_measurements_outside_the_model_are_ignored() -> None:
    document = _document()
    read = features(document, {"parity.nemo_symbol_ratio": Measurement(1.0)}, None)
    assert "parity.nemo_symbol_ratio" not in read.values


@pytest.mark.parametrize(
    ("quoted", "counted"),
    [((), (0, 1, 2, 3)), ((1,), (0, 2, 3)), ((1, 2), (0, 3)), ((0, 1, 2), (0, 1, 2, 3)), ((0, 1, 2, 3), (0, 1, 2, 3))],
)
def test_block_quotations_count_for_no_role_unless_they_are_most_of_the_text(
    quoted: tuple[int, ...], counted: tuple[int, ...]
) -> None:
    lines = [f"Line {number} " + "says something of its own. " * size for number, size in enumerate((9, 4, 3, 9))]
    layout = tuple(
        LineLayout("p", ("body", "blockquote", "p") if number in quoted else ("body", "p")) for number in range(4)
    )
    text = "\n".join(lines)
    document = segment(Article(text=text, layout=layout, language="en", title="x", markup="html"))
    padding = np.array([0.1, 0.9, 0.5, 0.2])
    probabilities = np.zeros((4, len(ROLES)))
    probabilities[:, 0], probabilities[:, ROLES.index("padding")] = 1 - padding, padding
    chars = np.array([len(line) for line in lines])[list(counted)]
    wanted = (padding[list(counted)] * chars).sum() / chars.sum()
    assert role_features(document, RolePrediction(probabilities))["roles.padding_chars"] == pytest.approx(wanted)
