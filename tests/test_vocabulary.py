"""Words that a process has met: numbers, what is kept of each, and that memory and threads do not show in any value."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import quality
from quality import vocabulary
from quality.vocabulary import Numbered, Vocabulary, vocabulary_of

WORDS = st.lists(st.text("abc ", max_size=3), max_size=40)
PAGE = "The harbour of {0} was dredged in {1}. The council of {0} paid {1} crowns, and nobody asked why it did so.\n"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Begin and end with no word met."""
    vars(vocabulary._of_thread).clear()
    yield
    vars(vocabulary._of_thread).clear()


def _letters(met: Vocabulary, words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut words into their letters, numbered in a vocabulary of their own."""
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    return sizes, met.parts("letters").numbers_of(tuple("".join(words)))


@given(before=WORDS, words=WORDS)
def test_a_sequence_is_numbered_the_same_whatever_was_met_before(before: list[str], words: list[str]) -> None:
    met = Vocabulary()
    met.number(before)
    numbered = met.number(words)
    assert numbered.words == tuple(dict.fromkeys(words))
    assert [numbered.words[number] for number in numbered.ids] == words
    assert numbered.counts.tolist() == [Counter(words)[word] for word in numbered.words]
    assert numbered.lengths.tolist() == [len(word) for word in numbered.words]
    assert numbered.characters.tolist() == [len("".join(words[:at])) for at in range(len(words) + 1)]
    assert numbered.count(str.isspace) == sum(map(str.isspace, words))
    assert numbered.named(numbered.counts > 1) == tuple(word for word in numbered.words if words.count(word) > 1)
    assert numbered.among(before[:3]).tolist() == [word in before[:3] for word in numbered.words]
    sizes, letters = numbered.runs(_letters)
    assert sizes.tolist() == [len(word) for word in words]
    assert [met.parts("letters").words[letter] for letter in letters] == list("".join(words))


def test_what_depends_on_a_word_alone_is_worked_out_once() -> None:
    asked: list[str] = []

    def asks(word: str) -> bool:
        asked.append(word)
        return len(word) > 3

    met = Vocabulary()
    assert met.number(["of", "stone", "of"]).column(asks, np.bool_).tolist() == [False, True]
    assert met.number(["stone", "and", "of"]).column(asks, np.bool_).tolist() == [True, False, False]
    assert asked == ["of", "stone", "and"]


def test_an_interruption_leaves_nothing_half_done() -> None:
    met, interrupt = Vocabulary(), True

    def interrupted(word: str) -> bool:
        if interrupt and word == "two":
            raise KeyboardInterrupt
        return word == "one"

    def cut(held: Vocabulary, words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        sizes, letters = _letters(held, words)
        list(map(interrupted, words))
        return sizes, letters

    first = met.number(["one"])
    assert (first.column(interrupted, np.bool_).tolist(), first.runs(cut)[0].tolist()) == ([True], [3])
    with pytest.raises(TypeError):
        met.number(["two", ["no word"], "three"])  # type: ignore[list-item]
    second = met.number(["three", "one", "two"])
    assert second.words == ("three", "one", "two")
    for look in (lambda: second.column(interrupted, np.bool_), lambda: second.runs(cut)):
        with pytest.raises(KeyboardInterrupt):
            look()
    interrupt = False
    assert second.column(interrupted, np.bool_).tolist() == [False, True, False]
    sizes, letters = second.runs(cut)
    assert sizes.tolist() == [5, 3, 3]
    assert "".join(met.parts("letters").words[letter] for letter in letters) == "threeonetwo"


FULL = """
    import resource
    from psutil import Process
    from quality.vocabulary import Vocabulary
    met, words = Vocabulary(), [f"w{number}" for number in range(200_000)]
    met.numbers_of(words[:87_000])  # the dict grows soon
    most = Process().memory_info().vms + 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    at = None
    try:
        for at in range(87_000, len(words), 500):
            met.numbers_of(words[at : at + 500])
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        found = met.number(["alpha", "w1", "beta", words[at], "w1"])
        print(found.words == ("alpha", "w1", "beta", words[at]), found.lengths.tolist() == [5, 2, 4, len(words[at])])
        print(met.number(["beta", "alpha"]).words == ("beta", "alpha"))
"""


def test_a_page_that_finds_no_memory_left_takes_nothing_from_the_next() -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(FULL)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True True\nTrue\n", "")


@pytest.mark.parametrize(("bound", "most"), [("MOST_WORDS", 3), ("MOST_CHARS", 9)])
def test_too_many_words_are_forgotten_and_sequences_numbered_before_keep_theirs(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(vocabulary, bound, most)
    first = vocabulary_of("pieces").number(["one", "two", "three"])
    second = vocabulary_of("pieces").number(["four", "one"])
    assert second.vocabulary is not first.vocabulary
    assert second.vocabulary.words == ["four", "one"]
    assert first.words == ("one", "two", "three")
    assert first.lengths.tolist() == [3, 3, 5]
    assert first.runs(_letters)[0].tolist() == [3, 3, 5]


def test_a_page_has_the_same_values_whatever_was_met_and_forgotten_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.format("Vik", 1911) * 12
    alone = quality.assess(page.encode(), url="https://vik.example/harbour")
    for number in range(40):
        quality.assess((PAGE.format(f"Place{number}", number) * 9).encode())
    met = vocabulary_of("pieces")
    assert quality.assess(page.encode(), url="https://vik.example/harbour") == alone
    monkeypatch.setattr(vocabulary, "MOST_WORDS", 5)
    assert vocabulary_of("pieces") is not met
    assert quality.assess(page.encode(), url="https://vik.example/harbour") == alone


def test_threads_do_not_share_words() -> None:
    pages = [(PAGE.format(f"Place{number}", number) * 9).encode() for number in range(24)]
    alone = list(map(quality.assess, pages))
    start = Barrier(4)

    def assess_all(_: int) -> tuple[list[quality.Assessment], Numbered]:
        start.wait()
        return list(map(quality.assess, pages)), vocabulary_of("pieces").number(["one"])

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(assess_all, range(4)))
    assert all(assessments == alone for assessments, _ in found)
    assert len({id(numbered.vocabulary) for _, numbered in found}) == 4
