"""What to do if something happens is an instruction; a request to get in touch if one wishes is not."""

from __future__ import annotations

import pytest

from quality import assess
from quality.instruction import is_instruction

INSTRUCTIONS = [
    ("en", "Contact us at once if the wound opens or bleeds through the dressing."),
    ("en", "Call us straight away if your calf becomes hot, red or swollen."),
    ("en", "If the pain gets worse, contact us or go to the emergency department."),
    ("en", "Contact us if you have not received your ballot paper by 12 May."),
    ("en", "Contact us if the stitches look like they are coming apart."),
    ("en", "Call us if you believe that your card was copied."),
    ("en", "Call us when you see the lighthouse, wrote the skipper, and we open the lock."),
    ("en", "Email us before the end of the month, unless the meter has been read."),
    ("de", "Kontaktieren Sie uns sofort, wenn sich die Wunde öffnet."),
    ("de", "Rufen Sie uns an, sobald das Fieber über 39 Grad steigt."),
    ("fr", "Appelez-nous tout de suite si la plaie saigne."),
    ("es", "Llámanos de inmediato si la herida se abre."),
    ("it", "Chiamaci subito se la ferita si apre."),
    ("pt", "Ligue para nós se a ferida abrir de novo."),
]
REQUESTS = [
    ("en", "Contact us today for a free consultation."),
    ("en", "Contact us if you have any questions."),
    ("en", "If you are looking for a moving company, please contact us here."),
    ("en", "Call us when you’re ready to sell your house."),
    ("en", "Contact us before the offer ends on Friday."),
    ("en", "If you’re a homeowner in Austin, call us."),
    ("en", "Call us if needed."),
    ("en", "If you liked this story, contact us for the rest."),
    ("en", "Leave a review if you really enjoy the show."),
    ("en", "If your business could use a hand, talk to our team."),
    ("de", "Kontaktieren Sie uns, wenn Sie Fragen zu Lampen haben."),
    ("de", "Rufen Sie uns an, falls Sie Interesse an einem Umbau haben."),
    ("fr", "Contactez-nous si vous avez des questions sur nos lampes."),
    ("es", "Llámanos si necesitas ayuda con la reforma."),
    ("it", "Contattaci se hai domande sulle lampade."),
    ("pt", "Fale conosco se você tiver dúvidas sobre o pedido."),
    ("nl", "Neem contact op als de wond opengaat."),
    (None, "Contact us at once if the wound opens or bleeds."),
]


@pytest.mark.parametrize(("language", "sentence"), INSTRUCTIONS)
def test_a_request_on_a_condition_is_an_instruction(language: str, sentence: str) -> None:
    assert is_instruction(sentence, language)


@pytest.mark.parametrize(("language", "sentence"), REQUESTS)
def test_a_request_on_a_wish_is_none(language: str | None, sentence: str) -> None:
    assert not is_instruction(sentence, language)


HOSPITAL = """<html lang="en"><head><title>After your operation</title></head><body><main><article><h1>After your operation</h1>
<p>Your hip was replaced under a spinal anaesthetic and the wound was closed with eleven clips, which a nurse removes after
twelve days.</p><p>You will walk with two crutches for six weeks. Do not bend the hip beyond ninety degrees and do not cross
your legs while you sit.</p><p>Some bruising down to the knee is normal and fades within three weeks.</p><p>{line}</p><p>The clips
are removed by the nurse at your surgery on day twelve; the letter that you were given names the date.</p><p>Most patients
drive again after six weeks, once they can stop the car in an emergency without pain.</p></article></main></body></html>"""


@pytest.mark.parametrize("line", [sentence for language, sentence in INSTRUCTIONS[:6] if language == "en"])
def test_a_hospital_keeps_its_instructions(line: str) -> None:
    found = assess(HOSPITAL.format(line=line).encode(), url="https://www.harle-hospital.example/hip")
    assert found.spans == ()
    assert line in found.clean_text


def test_a_pitch_on_the_same_page_is_cut() -> None:
    line = "Contact us today for a free quote on private hip surgery."
    found = assess(HOSPITAL.format(line=line).encode(), url="https://www.harle-hospital.example/hip")
    assert [found.text[span.start : span.end] for span in found.spans] == [line]
