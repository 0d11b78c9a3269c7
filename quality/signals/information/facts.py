"""Which checkable particulars stand in each sentence of running text, found once for all signals of this family.

A particular is what a reader could check: a number, a date, a name inside a sentence, words in quotation marks with
someone who said them. Names are known by their capital, so they are measured in scripts that have capitals; German
capitalises every noun, so there two capitals in a row or an acronym are wanted. The vocabularies are closed sets of
function words and verbs of speech; a language without one gets None from the signals that need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_

import numpy as np

from quality.characters import bounds_of, counts_in, document_kinds
from quality.records import Measurement
from quality.segment import Document

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
_UNITS = (
    r"percent|per cent|prozent|pour cent|por ciento|procent|km|kg|mm|cm|ml|mg|mph|kph|kwh|mw|gw|gb|mb|tb|hz|"
    r"ghz|hours?|minutes?|seconds?|days?|weeks?|months?|years?|miles?|feet|inch(?:es)?|pounds?|ounces?|grams?|"
    r"cups?|degrees?|jahre?n?|stunden?|minuten|tage?n?|wochen|monate?n?|meter|kilometer|euro|años|horas|"
    r"minutos|días|metros|euros|ans|heures|jours|mètres|lat|godzin|minut|dni|metrów|złotych|anni|ore|giorni|"
    r"anos|dias|million|billion|millionen|milliarden|millones|millions|milliards|mln|mld|milhões"
)
_QUANTITY = re.compile(  # begins with a digit or a currency, and looks at what no unit begins with: searched faster
    rf"[\d$€£¥₹](?:(?<=\d)\s?(?![\s\d.,])(?:%|°|(?i:{_UNITS})\b)|(?<=[$€£¥₹])\s?\d)"
)
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


_NO_WORDS = frozenset[str]()
_NO_NAMES = frozenset({"I'm", "I've", "I'd", "I'll", "I’m", "I’ve", "I’d", "I’ll", "OK"})


@dataclass(frozen=True, slots=True)
class Facts:
    """The particulars of the sentences of the body that have five words: a column each, a mark a sentence."""

    pieces: tuple[tuple[int, int, float], ...]
    """The evidence that each sentence would be."""
    numbers: list[bool]
    names: list[bool]
    """All False where the script or language shows no names."""
    quantity: list[bool]
    date: list[bool]
    quote: list[bool]
    speech: list[bool]

    @property
    def any(self) -> list[bool]:
        """True for the sentences that hold a number, a date, a name or a quotation."""
        columns = zip(self.numbers, self.names, self.quote, self.date, strict=True)
        return [any(marks) for marks in columns]


_SPEECH_WORDS = {language: frozenset(words.split()) for language, words in _SPEECH.items()}


def speech_words(language: str) -> frozenset[str] | None:
    """Return the verbs of speech and words of attribution of a language, None where there is no list."""
    return _SPEECH_WORDS.get(language)


def shows_names(document: Document) -> bool:
    """True where names can be told by their capitals."""
    return (document.article.language or "") in CASED_LANGUAGES


def facts(document: Document) -> Facts:
    """Return the particulars of each sentence of at least five words in the body; use `document.derive(facts)`."""
    language = document.article.language or ""
    text = document.text
    body = {line.index for line in document.body}
    wanted = [one.line in body and len(one.words) >= MIN_SENTENCE_WORDS for one in document.sentences]
    sentences = list(compress(document.sentences, wanted))
    bounds = [(sentence.start, sentence.end) for sentence in sentences]
    kinds, rows = document.derive(document_kinds), bounds_of(bounds)
    numbers = (counts_in(kinds, "decimal", rows) > 0).tolist()
    marked = [True] * len(bounds) if "『" in text else (counts_in(kinds, "quote", rows) > 0).tolist()
    name = _NAME_PAIR if language in _NOUN_CAPITALS else _NAME
    named = (
        [_has_name(name, text, *piece) for piece in bounds] if language in CASED_LANGUAGES else [False] * len(bounds)
    )
    speech = speech_words(language) or _NO_WORDS
    months, weekdays, spoken = (_holding(document, words, wanted) for words in (_MONTH_WORDS, _WEEKDAY_WORDS, speech))
    dated = (known if number else day for number, known, day in zip(numbers, months, weekdays, strict=True))
    return Facts(
        pieces=tuple([(start, end, LACK_SCORE) for start, end in bounds]),
        numbers=numbers,
        names=named,
        quantity=[
            known and _QUANTITY.search(text, *piece) is not None for known, piece in zip(numbers, bounds, strict=True)
        ],
        date=[_is_dated(text, *piece, *told) for piece, *told in zip(bounds, numbers, dated, strict=True)],
        quote=[known and _QUOTE.search(text, *piece) is not None for known, piece in zip(marked, bounds, strict=True)],
        speech=spoken,
    )


def _holding(document: Document, words: frozenset[str], wanted: Sequence[bool]) -> list[bool]:
    """Return which of the wanted sentences hold one of some words."""
    marked = document.numbered.column(words.__contains__, np.bool_)
    return list(compress(document.sentences_with(marked).tolist(), wanted))


def _has_name(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    """True for a sentence that holds a name; its first word is none, whatever stands before it."""
    match = pattern.search(text, start + 1, end)
    while match is not None and match[1] in _NO_NAMES:
        match = pattern.search(text, match.end(), end)
    return match is not None


def _is_dated(text: str, start: int, end: int, numbers: bool, named: bool) -> bool:
    """True for a sentence with a date.

    `numbers`: whether it holds a digit; `named`: whether it holds the name of a day, or with a digit of a month: such
    dates are looked for only where one can be.
    """
    if numbers and _NUMERIC_DATE.search(text, start, end):
        return True
    return (
        named or (numbers and (text.find("'", start, end) >= 0 or text.find("’", start, end) >= 0))
    ) and _DATE.search(text, start, end) is not None


def lack(document: Document, column: Callable[[Facts], list[bool]]) -> Measurement:
    """Return the share of body sentences that lack a particular, with them as evidence; None below `MIN_SENTENCES`."""
    found = document.derive(facts)
    if len(found.pieces) < MIN_SENTENCES:
        return Measurement(None)
    without = tuple(compress(found.pieces, map(not_, column(found))))
    return Measurement(len(without) / len(found.pieces), without)
