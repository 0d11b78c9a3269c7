"""Requests that hold on a condition: "Contact us at once if the wound opens" tells a patient what to do and sells nothing.

A lexicon that finds such a request has found a hint, no proof: the same words call for business where the condition is a
wish ("if you have any questions", "wenn Sie Interesse haben"), so these stay what they are. Six languages are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MIN_WORDS = 3
"""Words that a condition has."""

_CONDITIONS: Mapping[str, str] = {
    "en": r"if|when|unless|as soon as|in case|before",
    "de": r"wenn|falls|sobald|bevor",
    "fr": r"si|dès que|lorsque|quand|avant",
    "es": r"si|cuando|en cuanto|antes de",
    "it": r"se|quando|appena|prima di",
    "pt": r"se|quando|assim que|caso|antes de",
}
_WISHES: Mapping[str, str] = {
    "en": (
        r"questions?|quer(?:y|ies)|concerns?|interest\w*|looking|need\w*|wants?|wish\w*|like to|love to|prefer|ready|help|advice|"
        r"you (?:really )?(?:liked?|loved?|enjoy(?:ed)?)|curious|"
        r"assistance|support|more|information|details|offers?|quotes?|estimates?|prices?|deals?|savings?|book|booking|buy\w*|"
        r"orders?|sell\w*|hir(?:e|ing)|discuss|learn|business|company|project\w*|consultation|appointments?(?! by)|too late|"
        r"anything|thinking|consider\w*|plan(?:ning)?|could use|you(?:['’]re| are) an?"
    ),
    "de": (
        r"fragen?|interess\w*|suchen?|brauchen|benötigen|möchten|wollen|wünschen|hilfe|beratung|mehr|informationen|angebote?|"
        r"preise?|kaufen|bestellen|buchen|planen|anliegen|termin"
    ),
    "fr": (
        r"questions?|intéress\w*|cherchez|recherchez|besoin|voulez|souhaitez|désirez|aide|conseils?|plus|informations?|devis|offres?|"
        r"prix|acheter|commander|réserver|projet"
    ),
    "es": (
        r"preguntas?|dudas?|interes\w*|buscas?|busca|necesitas?|quieres?|deseas?|ayuda|más|información|presupuesto|ofertas?|precios?|"
        r"comprar|reservar|proyecto|consultas?"
    ),
    "it": (
        r"domande|dubbi|interess\w*|cerchi|cercate|bisogno|vuoi|volete|desider\w*|aiuto|più|informazioni|preventivo|offert[ae]|"
        r"prezz[io]|acquistare|prenotare|progetto"
    ),
    "pt": (
        r"perguntas?|dúvidas?|interess\w*|procura\w*|precisa\w*|quer|quiser|deseja\w*|ajuda|mais|informações|orçamento|ofertas?|preços?|"
        r"comprar|reservar|projeto"
    ),
}
_CLAUSES = {
    language: re.compile(rf"(?<![\w-])(?:{words})\s+([^.!?\n]+)", re.IGNORECASE)
    for language, words in _CONDITIONS.items()
}
_WISHED = {language: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for language, words in _WISHES.items()}


def is_instruction(sentence: str, language: str | None) -> bool:
    """True for a request that holds if something happens, and not if the reader wishes for something."""
    clauses = _CLAUSES[language].findall(sentence) if language in _CLAUSES else []
    long = any(len(clause.split()) >= MIN_WORDS for clause in clauses)
    return long and language is not None and not any(_WISHED[language].search(clause) for clause in clauses)
