"""What a line quotes, and that a phrase inside quotation marks is told of, not said to the reader."""

from __future__ import annotations

import pytest

from quality.quotation import MAX_CHARS, quotations
from quality.records import Article
from quality.segment import segment
from quality.signals import measure_all


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"We\'re sad!" they say. "Here is 20 % off!" Nobody', ["We're sad!", "Here is 20 % off!"]),
        ("“Sign up now,” the poster said", ["Sign up now,"]),
        ('„Jetzt abonnieren“ und „jetzt” und „jetzt" dort', ["Jetzt abonnieren", "jetzt", "jetzt"]),
        ("»Jetzt« und ›jetzt‹ und ‚jetzt‘", ["Jetzt", "jetzt", "jetzt"]),
        ("« S'abonner », « Cliquez ici. » et ‹ là ›", [" S'abonner ", " Cliquez ici. ", " là "]),
        ("”Prenumerera nu”, stod det", ["Prenumerera nu"]),
        ("「立即订阅」と『登録』", ["立即订阅", "登録"]),
        ("‘Don’t wait,’ he said", ["Don’t wait,"]),
        ("The dogs' bone, 'sign up' and the cats'", ["sign up"]),
        ("‘Tis the season of the readers’ choice", []),
        ('a 5" pipe and a 6" pipe, 1,37" × 24 tpi', []),
        ("Home » Subscribe to us » now", []),
        ("“An opening mark that is never closed", []),
        ("“" + "a" * MAX_CHARS + "”", []),
    ],
)
def test_quotations(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in quotations(text)] == found


REPORTED = [
    (
        "en",
        '"We\'re sad to see you go!" they say. "Before you leave, here\'s 20 % off your next order!" Nobody else does.',
    ),
    ("en", '"Use code SAVE20 for 20 % off!" appeared in eleven shops and worked in none.'),
    (
        "en",
        "The channel began in 2015. \"Subscribe or don't, dinner's at six\", with which every video ends, was hers.",
    ),
    ("en", 'The e-mail read: "Subscribe to our newsletter and get 10 % off", and 312 people believed it.'),
    ("en", "“Sign up now,” the poster said, and forty men did."),
    ("en", "‘Sign up now,’ the poster said, and forty men did."),
    ("en", 'He told the tribunal that the button read "Start your free trial" and that no price was shown.'),
    ("en", 'The regulator fined the firm because its page promised "no credit card required" and then asked for one.'),
    ("en", '"Follow us on Facebook," it said under the obituary, which the family found tasteless.'),
    ("en", '"This post contains affiliate links", said 41 of the 60 pages that we read.'),
    ("en", '"Also read: Ten ways to die", said the box beside the obituary.'),
    ("de", '„Jetzt Newsletter abonnieren und 10 Euro sichern!", steht unter jeder Mail des Baumarkts.'),
    ("de", "»Jetzt Newsletter abonnieren!« steht auf dem Schild, das 1998 gemalt wurde."),
    ("fr", "« Abonnez-vous à notre newsletter », disait le courriel que 312 personnes ont reçu."),
    ("fr", "Chaque page a les mêmes boutons. « S'abonner », « Cliquez ici. » Personne n'y touche plus."),
    ("ja", "画面には「今すぐ購入」という文字が三年間ずっと残っていた。"),
    ("en", "A sign on the jetty said: Follow us on Facebook. There was no signal for eighty miles."),
    ("en", "Contact us, said the card, for the finest reindeer in Finnmark. I did not contact them."),
    ("en", "The message reads: Use code WIN50 to get 50% off, only today. Anyone who gets it should delete it."),
    ("en", "Contact us today, the swindlers wrote to her in 2019, and she lost 4,000 euros."),
    ("de", "Auf dem Zettel stand: Jetzt Newsletter abonnieren und 10 Euro sichern! Niemand tat es."),
    ("fr", "Le panneau disait : Suivez-nous sur Facebook. Personne n'avait de réseau."),
]
SAID = [
    ("en", '"Subscribe to our weekly newsletter and never miss a story."'),
    ("en", "“Sign up now!”"),
    ("en", 'Subscribe to our "Inner Circle" newsletter and learn more every week.'),
    ("en", 'Click the "Start your free trial" button and choose the plan that fits you.'),
    ("en", 'It was "the best year" of the mill. Use promo code "LAMP" at our shop.'),
    ("en", 'Subscribe to our newsletter. The reader who called it "a gem" is right.'),
    ("en", 'Follow us on Instagram for 5" and 6" pipes of every kind that we make.'),
    ("de", "Abonnieren Sie unseren kostenlosen Newsletter „Morgenpost“ und lesen Sie mehr."),
    ("ja", "「無料会員登録」をクリックして続きをお読みください。"),
    ("en", "As our founder always said: Subscribe to our newsletter and never miss a story."),
    ("en", "Follow us on Facebook, where our readers wrote 4,000 comments last year."),
    ("en", "Also read: Follow us on Facebook for more stories like this one."),
]


def _promo(language: str, text: str) -> list[float]:
    document = segment(Article(text=text, layout=(None,), language=language))
    measured = measure_all(document)
    return [score for name, one in measured.items() if name.startswith("promo.") for *_, score in one.evidence]


@pytest.mark.parametrize(("language", "text"), REPORTED)
def test_a_pitch_that_a_line_reports_is_a_hint(language: str, text: str) -> None:
    scores = _promo(language, text)
    assert scores
    assert max(scores) < 0.5


@pytest.mark.parametrize(("language", "text"), SAID)
def test_a_pitch_that_only_holds_a_quotation_is_a_pitch(language: str, text: str) -> None:
    assert max(_promo(language, text), default=0) >= 0.5
