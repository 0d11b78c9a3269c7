"""What a line quotes, and that a phrase inside quotation marks is told of, not said to the reader."""

from __future__ import annotations

import pytest

from quality import assess
from quality.quotation import MAX_CHARS, is_told, quotations
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("“Join our Telegram group today and double your money,” the message said.", True),
        ("The advert in the bus read: “Use code SAVE20 for twenty per cent off your first order.”", True),
        ("Sur le panneau on lisait « Abonnez-vous à notre lettre » depuis mardi.", True),
        ("Auf dem Zettel stand: „Jetzt anrufen und 20 % sparen!“", True),
        ("Listen to “The Long Tide” on our podcast every Thursday.", False),
        ("As our customers said: “The best lamp that money can buy.”", False),
        ("“Join our Telegram group today,” said", False),
        ("The poster said to join the group.", False),
    ],
)
def test_a_line_that_quotes_and_says_who_spoke_is_told(text: str, told: bool) -> None:
    (line,) = segment(Article(text=text, layout=(None,))).lines
    assert is_told(line) == told


FRAUD = """<html lang="en"><head><title>Police warn of parcel texts</title></head><body><main><article><h1>Police warn of parcel texts</h1>
<p>Eleven residents of Harle lost a total of £4,300 in March to texts that claimed a parcel was waiting, police said on Tuesday.</p>
<p>One of them, Ruth Keane, 71, told the Post that she had been expecting a lamp for her grandson and paid without a thought.</p>
{lines}
<p>The bank has repaid nine of the eleven, and two cases are with the ombudsman in London until the end of May.</p>
<p>Sergeant Tom Ashe, who leads the investigation, said the number had been registered in February under a false name.</p>
</article></main></body></html>"""


@pytest.mark.parametrize(
    "line",
    [
        "“Join our Telegram group today and double your money,” the message said.",
        "The second advert read: “Use code SAVE20 today and get twenty per cent off your first order.”",
        "The text said: “Your parcel is held. Pay £1.45 now to rebook delivery. Click here before midnight.”",
    ],
)
@pytest.mark.parametrize("tag", ["p", "blockquote"])
def test_a_report_keeps_what_the_swindlers_wrote(line: str, tag: str) -> None:
    html = FRAUD.format(lines=f"<p>She still has both.</p><{tag}>{line}</{tag}>")
    found = assess(html.encode(), url="https://www.harlepost.example/news/parcel-texts")
    assert line in found.clean_text, found.spans
    assert found.verdict != "reject"
