"""Which checkable particulars stand in each sentence of running text, found once for all signals of this family.

A particular is what a reader could check: a number, a date, a name inside a sentence, words in quotation marks with
someone who said them. Names are known by their capital, so they are measured in scripts that have capitals; German
capitalises every noun, so there two capitals in a row or an acronym are wanted. The vocabularies are closed sets of
function words and verbs of speech; a language without one gets None from the signals that need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

from quality.records import Measurement
from quality.segment import Document, Sentence

MIN_SENTENCES = 4
"""Below this a share of sentences says more about the length of the text than about its substance."""
MIN_SENTENCE_WORDS = 5
LACK_SCORE = 0.3
"""A sentence without particulars is weak evidence by itself: good prose has many."""
_CASED = "en de fr es pt it pl nl sv da no fi cs sk hu ro ru uk bg el tr hr sl id vi ca lt lv et"
CASED_LANGUAGES = frozenset(_CASED.split())
_NOUN_CAPITALS = frozenset({"de", "lb"})

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁІЇЄҐΆ-Ω]"
_NAME = re.compile(rf"\s(?<=[^\s.!?…:•\"“”«»„(\[–—-]\s)(?:[\"“«„(]?)({_CAPITAL}[\w’'.-]{{1,40}})")
_NAME_PAIR = re.compile(
    rf"(?<=\s)({_CAPITAL}[\w’'-]{{1,40}}\s(?:von |van |de )?{_CAPITAL}[\w’'-]{{1,40}}|[A-ZÄÖÜ]{{2,}}\w*)"
)
_NUMBER = re.compile(r"\d[\d.,:/\u00a0]*")
_UNITS = (
    r"percent|per cent|prozent|pour cent|por ciento|procent|km|kg|mm|cm|ml|mg|mph|kph|kwh|mw|gw|gb|mb|tb|hz|"
    r"ghz|hours?|minutes?|seconds?|days?|weeks?|months?|years?|miles?|feet|inch(?:es)?|pounds?|ounces?|grams?|"
    r"cups?|degrees?|jahre?n?|stunden?|minuten|tage?n?|wochen|monate?n?|meter|kilometer|euro|años|horas|"
    r"minutos|días|metros|euros|ans|heures|jours|mètres|lat|godzin|minut|dni|metrów|złotych|anni|ore|giorni|"
    r"anos|dias|million|billion|millionen|milliarden|millones|millions|milliards|mln|mld|milhões"
)
_QUANTITY = re.compile(rf"\d\s?(?:%|°|(?:{_UNITS})\b)|[$€£¥₹]\s?\d", re.IGNORECASE)
_MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|"
    r"märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|"
    r"novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|dezembro|gennaio|febbraio|aprile|"
    r"maggio|giugno|luglio|settembre|ottobre|dicembre|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|"
    r"sierpnia|września|października|listopada|grudnia"
)
_WEEKDAYS = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|"
    r"samstag|sonntag|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lundi|mardi|mercredi|jeudi|"
    r"vendredi|samedi|dimanche"
)
_WEEKDAY_WORDS = frozenset(_WEEKDAYS.split("|"))
_MONTH_WORDS = _WEEKDAY_WORDS.union(_MONTHS.split("|"))
_NUMERIC_DATE = re.compile(
    r"\d(?<!\w\d)(?:(?<=1)9\d\d\b|(?<=2)0\d\d\b|\d?[./]\d{1,2}[./]\d{2,4}\b)"  # begins with its digit: searched faster
)
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s|de\s)?(?:{_MONTHS})\b|\b(?:{_MONTHS})\s\d{{1,2}}\b|\b(?:{_WEEKDAYS})\b",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"[\"“„«「『][^\"”“»」』]{12,600}[\"”“»」』]")

_SPEECH = {
    "en": "said says told tells added explained argued noted wrote writes according stated reported found"
    " claimed asked "
    "recalls recalled admitted warned insisted replied announced confirmed testified estimates study survey"
    " researchers",
    "de": "sagte sagt erklärte erklärt betonte berichtet berichtete schrieb schreibt laut meinte meint zufolge"
    " teilte kritisierte "
    "fordert forderte warnte warnt bestätigte studie so",
    "fr": "dit déclaré déclare explique expliqué selon affirme affirmé raconte indique indiqué précise ajoute étude "
    "souligne estime assure rappelle confie",
    "es": "dijo dice afirmó afirma según explicó explica señaló señala aseguró asegura añadió contó declaró"
    " estudio indicó "
    "destacó reconoció informó",
    "pt": "disse diz afirmou afirma segundo explicou explica contou declarou estudo informou destacou acrescentou",
    "it": "detto dice ha spiegato secondo afferma dichiarato racconta spiega aggiunge studio sostiene",
    "pl": "powiedział powiedziała mówi dodał dodała według twierdzi podkreśla wyjaśnia zaznaczył poinformował"
    " poinformowała "
    "stwierdził badania napisał przyznał",
}


_NO_NAMES = frozenset({"I'm", "I've", "I'd", "I'll", "I’m", "I’ve", "I’d", "I’ll", "OK"})


@dataclass(frozen=True, slots=True)
class Facts:
    """The particulars of one sentence."""

    sentence: Sentence
    numbers: int
    names: int
    """0 where the script or language shows no names."""
    quantity: bool
    date: bool
    quote: bool
    speech: bool

    @property
    def any(self) -> bool:
        """True where the sentence holds a number, a date, a name or a quotation."""
        return bool(self.numbers or self.names or self.quote or self.date)


@lru_cache(maxsize=32)
def speech_words(language: str) -> frozenset[str] | None:
    """Return the verbs of speech and words of attribution of a language, None where there is no list."""
    return frozenset(_SPEECH[language].split()) if language in _SPEECH else None


def shows_names(document: Document) -> bool:
    """True where names can be told by their capitals."""
    return (document.article.language or "") in CASED_LANGUAGES


def facts(document: Document) -> tuple[Facts, ...]:
    """Return the particulars of each sentence of at least five words in the body; use `document.derive(facts)`."""
    language = document.article.language or ""
    name = _NAME_PAIR if language in _NOUN_CAPITALS else _NAME
    cased = language in CASED_LANGUAGES
    speech = speech_words(language) or frozenset()
    body = {line.index for line in document.body}
    found = []
    for sentence in document.sentences:
        if sentence.line not in body or len(sentence.words) < MIN_SENTENCE_WORDS:
            continue
        text = document.text[sentence.start : sentence.end]
        numbers = len(_NUMBER.findall(text))
        found.append(
            Facts(
                sentence=sentence,
                numbers=numbers,
                names=len([word for word in name.findall(text) if word not in _NO_NAMES]) if cased else 0,
                quantity=bool(numbers) and _QUANTITY.search(text) is not None,
                date=_is_dated(text, sentence, numbers),
                quote=_QUOTE.search(text) is not None,
                speech=not speech.isdisjoint(sentence.words),
            )
        )
    return tuple(found)


def _is_dated(text: str, sentence: Sentence, numbers: int) -> bool:
    """True for a sentence with a date; the names of months and days are looked for only where one can be."""
    if numbers and _NUMERIC_DATE.search(text):
        return True
    named = not (_MONTH_WORDS if numbers else _WEEKDAY_WORDS).isdisjoint(sentence.words)
    return (named or (numbers > 0 and ("'" in text or "’" in text))) and _DATE.search(text) is not None


def _pieces(document: Document) -> tuple[tuple[int, int, float], ...]:
    """The evidence that each sentence would be."""
    return tuple((one.sentence.start, one.sentence.end, LACK_SCORE) for one in document.derive(facts))


def lack(document: Document, test: Callable[[Facts], bool]) -> Measurement:
    """Return the share of body sentences that fail a test, with them as evidence; None below `MIN_SENTENCES`."""
    found = document.derive(facts)
    if len(found) < MIN_SENTENCES:
        return Measurement(None)
    without = tuple(compress(document.derive(_pieces), [not test(one) for one in found]))
    return Measurement(len(without) / len(found), without)
