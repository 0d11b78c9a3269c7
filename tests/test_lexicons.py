"""Every lexicon is read, and every phrase is run on its own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality.lexicon import NAMES, LexiconError, Phrase, lexicon, line_hits, parse
from quality.phrase_pattern import is_literal

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


ENTRY = (
    '[[phrase]]\nid = "a"\nlanguage = "en"\nkind = "lead"\npattern = "also read"\nok = ["x"]\nfail = ["also read"]\n'
)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[[phrase]", ["lamp.toml", "not valid TOML"]),
        ("", ["lamp.toml", "no [[phrase]] entries"]),
        ('abuot = "x"\n' + ENTRY, ["lamp.toml", "top level", "'abuot'", "did you mean 'about'"]),
        (ENTRY + "scroe = 0.5\n", ["phrase 1 (a)", "unknown key 'scroe'", "did you mean 'score'"]),
        (ENTRY + "score = 2\n", ["phrase 1 (a)", "'score'", "(0, 1]", "found 2"]),
        (ENTRY + 'mode = "lien"\n', ["phrase 1 (a)", "'mode'", "did you mean 'line'"]),
        (ENTRY.replace('ok = ["x"]\n', ""), ["phrase 1 (a)", "'ok' is missing"]),
        (ENTRY.replace('kind = "lead"\n', ""), ["phrase 1 (a)", "'kind'", "found None"]),
        (ENTRY + ENTRY, ["phrase 2", "'a' is used twice"]),
        (ENTRY.replace("also read", "(also read", 1), ["a", "'pattern'", "never closed"]),
        (ENTRY.replace("also read", "also read)", 1), ["a", "'pattern'", "belong to a group"]),
        (ENTRY.replace("also read", "<n> (also)?", 1), ["a", "'pattern'", "without any whole word"]),
    ],
)
def test_a_wrong_lexicon_says_where_and_what(toml: str, words: list[str]) -> None:
    with pytest.raises(LexiconError) as caught:
        parse(toml, name="lamp", source="lamp.toml")
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_lexicon_names_the_nearest() -> None:
    with pytest.raises(LexiconError, match="did you mean 'cross_link'"):
        lexicon("cross_lnk")


def test_every_file_is_listed() -> None:
    folder = Path(__file__).parent.parent / "quality" / "lexicons"
    assert sorted(path.stem for path in folder.glob("*.toml")) == sorted(NAMES)


def test_furniture_and_cross_links_speak_the_languages_of_the_pages() -> None:
    wanted = {"ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "pl", "pt", "ru", "tr", "zh"}
    for name in ("furniture_phrase", "comment_form", "cross_link"):
        assert wanted <= lexicon(name).languages, name


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("Leave a Reply", ("comment_form.heading",)),
        ("Also read: Ten mistakes", ("cross_link.inline", "cross_link.lead")),
        (
            "Subscribe to our newsletter and use promo code LAMP",
            ("coupon_price_pitch.coupon", "subscribe_newsletter.inbox", "subscribe_newsletter.request"),
        ),
        ("The bridge opened in 1911.", ()),
        ("", ()),
    ],
)
def test_line_hits(line: str, ids: tuple[str, ...]) -> None:
    assert line_hits(line) == ids


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("also (read|watch)<sep>", "Also watch — The mill", ["Also watch —"]),
        ("(the )?mill", "The mill, a mill", ["The mill", "mill"]),
        ("read our <words>guide", "read our long and useful guide", ["read our long and useful guide"]),
        ("read our <words>guide", "read our one two three four five guide", []),
        ("<n> views", "1,204 views", ["1,204 views"]),
        ("lamp", "lamps and a lamp", ["lamp"]),
        ("garden lamp*", "garden lamps", ["garden lamps"]),
        ("don't miss", "Don’t miss", ["Don’t miss"]),
        ("ready to <word><ask>", "Ready to go?", ["Ready to go?"]),
        (
            "buy (now|today)<end>",
            "Buy now! Buy today. Those who buy now pay more. Buy now »",
            ["Buy now", "Buy today", "Buy now"],
        ),
        ("延伸阅读", "点此延伸阅读更多", ["延伸阅读"]),
        ("ilgili haber", "İlgili haber", ["İlgili haber"]),
    ],
)
def test_the_pattern_language(pattern: str, text: str, found: list[str]) -> None:
    small = parse(ENTRY.replace("also read", pattern, 1), name="lamp", source="lamp.toml")
    assert [text[hit.start : hit.end] for hit in small.hits(text)] == found


def test_matching_a_very_long_line_is_quick_enough_to_finish() -> None:
    line = "read our " + "long word " * 100_000 + "also read sign up for to learn more"
    assert isinstance(line_hits(line), tuple)
