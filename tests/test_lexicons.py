"""Every lexicon is read, and every phrase is run on its own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality.lexicon import NAMES, LexiconError, Phrase, is_literal, lexicon, line_hits, parse

PHRASES = [phrase for name in NAMES for phrase in lexicon(name).phrases]


def _ids(phrase: Phrase) -> str:
    return f"{phrase.lexicon}.{phrase.id}"


def _hit(phrase: Phrase, text: str) -> bool:
    """Look the phrase up the way signals do, through the index of its lexicon."""
    return any(hit.phrase is phrase for hit in lexicon(phrase.lexicon).hits(text))


@pytest.mark.parametrize("phrase", PHRASES, ids=_ids)
def test_examples(phrase: Phrase) -> None:
    missed = [text for text in phrase.fail if not _hit(phrase, text)]
    wrong = [text for text in phrase.ok if _hit(phrase, text)]
    assert not missed, f"must match and do not: {missed}"
    assert not wrong, f"must not match and do: {wrong}"


@pytest.mark.parametrize("phrase", PHRASES, ids=_ids)
def test_every_alternative_that_is_not_plain_words_has_an_example(phrase: Phrase) -> None:
    unused = []
    for alternative in phrase.alternatives:
        alone = Phrase(phrase.lexicon, "alone", phrase.language, phrase.kind, phrase.mode, 1.0, (alternative,), (), ())
        if not is_literal(alternative) and not any(alone.find(text) for text in phrase.fail):
            unused.append(alternative)
    assert not unused
