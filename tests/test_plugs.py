"""Sentences that are plugs by their words alone: found in good prose, told from innocent ones, learned from what is written."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from flows.training import plug_words
from flows.training.pagetype import FOLDS, fold_of
from flows.training.plug_words import FEWEST_SENTENCES, WrittenSentence, fit_plugs, plug_rows, written_sentences
from flows.training.role_pages import RolePage
from flows.training.role_scores import NO_WORDS
from quality import assess
from quality.decode import decode
from quality.dom import squeeze
from quality.extract import extract_html, extract_text
from quality.language import LABELLED
from quality.records import CUT
from quality.roles.model import PlugWords, role_model
from quality.roles.ngrams import PLUG_BITS, plug_grams, word_grams
from quality.roles.plugs import ASKED_WORDS, plug_lines, plug_probabilities
from quality.segment import segment

CASES = Path(__file__).with_name("cases") / "written"
PAGE = """<html lang="en"><head><title>How the canal bridge will be mended</title></head><body><main><article>
<h1>How the canal bridge will be mended</h1><p>The bridge at Thrale was built in 1874 and carries some 4,000 vehicles a day. An
inspection in May found that two of its five girders had rusted through at the bearings.</p><p>The council closed one lane at once
and asked three firms for a plan. The cheapest, which the committee chose by five votes to two, replaces the girders one at a time, so
that buses can pass.{glued}</p>{alone}<p>The work begins on 3 March with the northern bearing and takes eleven weeks. Boats pass
under a scaffold that leaves two metres and a half of headroom.</p><p>Engineers found the first drawings of the bridge in the county
archive; they show that the fourth girder was a replacement after a fire in a barge in 1902.</p></article></main></body></html>"""
PLUGS = [
    "Our team of certified engineers has helped hundreds of homeowners across the county, and we would love to help you too.",
    "That is why we built a planner that takes the guesswork out of every crossing.",
    "Thousands of readers already trust our weekly letter to keep them one step ahead.",
    "Members get the full drawings a day early, along with our monthly walk along the towpath.",
]
"""Nothing but their words says what they are: lexicons and line roles leave them."""
INNOCENT = [
    "Our team measured the girders twice, and the second survey found another three millimetres of rust.",
    "The firm says that its specialists have mended forty bridges; two of them had to be closed again within a year.",
    "You can watch the work from the towpath, but dogs must be kept on a lead while the crane is moving.",
    "We thank two anonymous reviewers, whose comments greatly improved our manuscript.",
    "Come to our launch at six, the fishermen told him, and we will row you across.",
    "Our team of certified engineers has helped hundreds of homeowners across the county, the owner says.",
    "‘Our team of certified engineers has helped hundreds of homeowners across the county, and we would love to help you too.’",
    "Enrol now: the list for the night school closes on Friday.",
]
PLUG_ON_ONE_LINE = (
    "Whether you are planning a wedding or a weekend away, our award-winning team will be delighted to help you find the perfect "
    "package for your budget, and our loyal customers keep coming back."
)


def _found(glued: str = "", alone: str = "") -> list[tuple[str, str]]:
    page = PAGE.format(glued=f" {glued}" if glued else "", alone=f"<p>{alone}</p>" if alone else "")
    said = assess(page.encode(), url="https://www.thrale.example/bridge")
    return [(said.text[span.start : span.end], span.kind) for span in said.spans if span.kind in CUT]


@pytest.mark.parametrize("sentence", PLUGS)
def test_a_plug_in_good_prose_is_cut_alone_and_at_the_end_of_a_paragraph(sentence: str) -> None:
    assert _found(alone=sentence) == [(sentence, "promo")]
    assert _found(glued=sentence) == [(sentence, "promo")]


@pytest.mark.parametrize("sentence", INNOCENT)
def test_an_innocent_sentence_in_the_same_words_stays(sentence: str) -> None:
    assert _found(alone=sentence) == []
    assert _found(glued=sentence) == []


@pytest.mark.parametrize("sentence", PLUGS)
def test_the_words_alone_find_it(sentence: str) -> None:
    page = PAGE.format(glued="", alone=f"<p>{sentence}</p>")
    said = assess(page.encode(), url="https://www.thrale.example/bridge")
    assert [span.signal for span in said.spans if span.kind in CUT] == ["roles.plug"]


@pytest.mark.parametrize(
    "around",
    [
        "<blockquote><p>{plug}</p></blockquote>",
        "<blockquote><p>The yard upstream wrote to us in May. {plug}</p></blockquote>",
        "<h2>References</h2><p>{plug}</p><h2>The work</h2>",
        "<pre><code>{plug}\nreturn 1\nstart = 2\nend = 3\n</code></pre>",
        "<p>“{plug}” said the owner of a yard upstream, who was not asked for a plan.</p>",
        "<p>The owner of a yard upstream said: “We were not asked for a plan. {plug} But nobody called.”</p>",
    ],
)
@pytest.mark.parametrize("plug", PLUGS[:2])
def test_quotations_references_and_code_keep_it(around: str, plug: str) -> None:
    assert [
        text
        for text, _ in _found(alone=around.format(plug=plug).removeprefix("<p>").removesuffix("</p>"))
        if plug in text
    ] == []


def test_words_are_not_asked_in_languages_whose_notices_are_not_known() -> None:
    lines = ["Jak naprawiono most", "Nasz zespół od lat pomaga setkom rodzin i chętnie pomoże również tobie już dziś."]
    text = decode("\n\n".join(lines).encode(), content_type="text/plain", is_html=False)
    for language, asked in (("pl", False), (None, False), ("fr", True)):
        article = replace(extract_text(text, url=None, max_chars=9999), language=language)
        assert any(plug_lines(role_model(), segment(article)).values()) is asked


def test_lines_of_one_full_sentence_are_asked_about() -> None:
    lines = [
        "How we mended the roof",
        PLUGS[0],
        "Buy it now.",
        f"{PLUGS[1]} It rained.",
        PLUGS[2].rstrip("."),
        INNOCENT[0],
    ]
    decoded = decode("\n\n".join(lines).encode(), content_type="text/plain", is_html=False)
    document = segment(extract_text(decoded, url=None, max_chars=9999))
    asked = plug_lines(role_model(), document)
    texts = [document.lines[index].text for index in asked]
    assert texts == [PLUGS[0], INNOCENT[0]]
    assert len("Buy it now.".split()) not in ASKED_WORDS
    assert list(asked.values()) == plug_probabilities(role_model(), document, texts).tolist()
    assert asked[1] > 0.5 > asked[5]


def test_an_article_on_one_line_loses_its_plug_and_no_more() -> None:
    sentences = [
        f"On day {number} the builders carried {number + 3} oak beams up to the roof of the mill."
        for number in range(1, 40)
    ]
    text = " ".join([*sentences[:20], PLUG_ON_ONE_LINE, *sentences[20:]])
    said = assess(text.encode(), url=None, content_type="text/plain")
    assert [said.text[span.start : span.end] for span in said.spans if span.kind in CUT] == [PLUG_ON_ONE_LINE]


def test_written_sentences_are_of_both_kinds_in_a_fold_a_task_and_none_is_measured_on() -> None:
    written = written_sentences()
    assert {sentence.language for sentence in written} <= LABELLED
    assert len({squeeze(sentence.text) for sentence in written}) == len(written)
    kinds = Counter((sentence.language, sentence.is_plug) for sentence in written)
    assert min(kinds.values()) >= 700
    folds = {sentence.task: sentence.fold for sentence in written}
    assert len(folds) >= 30 and set(folds.values()) == set(range(FOLDS))
    assert all(folds[sentence.task] == sentence.fold for sentence in written)
    measured = {
        squeeze(json.loads(line)["text"]) for line in (CASES / "requests.jsonl").read_text("utf-8").splitlines()
    }
    assert not measured & {squeeze(sentence.text) for sentence in written}


def _domain(fold: int) -> str:
    return next(islice((name for n in count() if fold_of(name := f"site{n}.example") == fold), 1))


def _weight(words: PlugWords, word: str) -> float:
    """Weight of a word by itself, which stands between two pairs of words."""
    (row,) = word_grams([word], publisher=frozenset(), orders=(1,), bits=PLUG_BITS).hashes[1:-1]
    return float(words.table[row])


def _page(fold: int, *, residue: str = "", last: str = "") -> SimpleNamespace:
    promo = [f"Our shop {name} sells the best lamps in town." for name in ("Alma", "Bert", "Cora")]
    content = [
        f"The lamp of {name} stood in the hall for {number} years."
        for number, name in enumerate(("Ida", "Jon", "Kim"), 3)
    ]
    texts = [*content, *promo, *filter(None, (residue, last))]
    html = "<html><body><article>" + "".join(f"<p>{text}</p>" for text in texts) + "</article></body></html>"
    domain = _domain(fold)
    article = extract_html(
        decode(html.encode(), content_type=None, is_html=True), url=f"https://{domain}/a", max_elements=99, max_chars=9999, blocks=False
    )  # fmt: skip
    roles = np.array([1 if line.text in promo else 2 if line.text == residue else 0 for line in segment(article).lines])
    return SimpleNamespace(page=RolePage(domain, article, domain, "en", "article", roles, None, measured=True))


def test_rows_are_the_sentences_of_content_and_promo_and_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        plug_words, "written_sentences", lambda: [WrittenSentence("Our lamps are the best in town.", "en", True, 3)]
    )
    rows = plug_rows([_page(fold, residue="The cookies of this site are kept for nine days.") for fold in range(FOLDS)])
    assert rows.target.tolist() == ([False] * 3 + [True] * 3) * FOLDS + [True]
    assert rows.written.tolist() == [False] * 6 * FOLDS + [True]
    assert rows.measured.tolist() == [True] * 6 * FOLDS + [False]
    assert rows.folds.tolist() == [*(fold for fold in range(FOLDS) for _ in range(6)), 3]
    assert rows.matrix.has_canonical_format
    assert rows.matrix.shape == (6 * FOLDS + 1, 1 << PLUG_BITS)


def test_words_of_few_sentences_are_not_learned_and_plugs_are_told_from_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plug_words, "written_sentences", list)
    pages = [
        _page(fold, last="It looked odd to all of them." if fold < FEWEST_SENTENCES - 1 else "")
        for fold in range(FOLDS)
    ]
    fitted = fit_plugs(plug_rows(pages))
    odds = fitted.words.odds(
        plug_grams(["Our shop sells the best lamps.", "The lamp stood in the hall."], publisher=frozenset())
    )
    assert odds[0] > 0 > odds[1]
    assert _weight(fitted.words, "town") > 0 > _weight(fitted.words, "hall")
    assert _weight(fitted.words, "odd") == 0  # in two sentences
    assert len(fitted.without_folds) == FOLDS
    assert 0.0 <= fitted.figures["plug.promo_recall"] <= 1.0


def test_a_fit_without_a_fold_has_not_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plug_words, "written_sentences", list)
    pages = [_page(fold) for fold in range(FOLDS)]
    rows = plug_rows(pages)
    whole = fit_plugs(rows)
    changed = fit_plugs(
        plug_words.PlugRows(
            rows.matrix,
            np.where(rows.folds == 2, ~rows.target, rows.target),
            rows.weights,
            rows.folds,
            rows.written,
            rows.measured,
        )
    )
    assert np.array_equal(whole.without_folds[2].table, changed.without_folds[2].table)
    assert not np.array_equal(whole.without_folds[1].table, changed.without_folds[1].table)


def test_a_first_stage_without_words_of_plugs_finds_none() -> None:
    odds = NO_WORDS.odds(plug_grams(["", *PLUGS], publisher=frozenset()))
    assert odds.max() < -10
