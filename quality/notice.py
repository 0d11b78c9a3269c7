"""Notices of those who sell nothing: "Register by 30 September to vote", "Call us on 555 0100 between 9am and noon".

An authority, a hospital or a museum asks its readers to call, book and visit in the words of an advert. Its notice says when,
where, from what age, or by what section of a rule; and it has none of the words of trade ("free", "today", "quote", "our
products"), which make the same request a pitch. Six languages are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from quality.instruction import is_instruction

MIN_WORDS = 4
"""Words that a notice has: "Section 2 - Click here" is a link."""
MAX_CHARS = 1_000
"""A longer sentence is no notice, and is not read."""

_HOURS = r"(?:[01]?\d|2[0-4])(?:[.:]\d\d)?"
_PARTICULARS: Mapping[str, str] = {
    "en": rf"""
        \d{{1,2}}/\d{{1,2}}/\d{{2,4}}
        | \d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:january|february|march|april|may|june|july|august|september|october|november|december)
        | (?:january|february|march|april|june|july|august|september|october|november|december)\s\d{{1,2}}(?:st|nd|rd|th)?
        | (?:by|before|until|on|from)\smay\s\d{{1,2}} | (?:by|on|until|before|every|from)\s(?:mon|tues|wednes|thurs|fri|satur|sun)days?
        | {_HOURS}\s?(?:am|pm|a\.m\.|p\.m\.) | noon | (?:at|and|until|by|before)\s(?:midnight|dusk|dawn) | deadline
        | aged\s(?:\d+|over|under|between) | (?:over|under)\s\d\d(?:s|\sand|\syears?)?
        | weeks?\s\d+ | at\sleast\s(?:an?|one|two|three|four|\d+)\s(?:working\s)?(?:hour|day|week|month)s?
        | (?:to|for)\s(?:all\s)?(?:women|men|patients|residents|tenants|householders|pupils|children|babies|
          parents|carers|pregnant|victims|refugees|veterans|claimants|voters)
        | by\sappointment | in\swriting | by\spost | anonymously | in\sconfidence
        | judge?ments? | rulings? | verdict | guidance | minutes\sof | by-?laws? | inquest | reading\sroom | surgery | registry
        | (?:section|chapter|article|note|paragraph|schedule|annex|regulation|gallery|room|ward|window|figure)s?\s\d+ | to\svote""",
    "de": rf"""
        \d{{1,2}}\.\d{{1,2}}\.\d{{2,4}}
        | \d{{1,2}}\.\s?(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|\d{{1,2}}\.)
        | (?:am|bis|ab|jeden|vor)\s(?:mon|diens|donners|frei|sams|sonn)tag | (?:am|bis|ab|jeden|vor)\s(?:mittwoch|sonnabend)
        | {_HOURS}(?:\sbis\s{_HOURS})?\suhr | frist
        | ab\s\d+\sjahren | unter\s\d+\sjahren | schwangerschaftswoche
        | für\s(?:alle|kinder|eltern|patienten|patientinnen|mieter|schwangere|geflüchtete|anwohner|bedürftige)
        | nach\s(?:vereinbarung|voranmeldung) | schriftlich | per\spost | §{{1,2}}\s?\d+ | (?:abschnitt|kapitel|artikel|absatz)\s\d+""",
    "fr": rf"""
        \d{{1,2}}(?:er)?\s(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)
        | (?:le|chaque|avant|jusqu['’]à|tous\sles)\s(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?
        | {_HOURS}\s?(?:h|heures)(?:\d\d)? | date\slimite
        | (?:à\spartir\sde|dès|plus\sde|moins\sde)\s\d+\sans | semaine\s\d+ | sur\srendez-vous | par\sécrit | par\scourrier
        | (?:aux?|pour\sles?)\s(?:enfants|parents|patients|habitants|femmes|locataires|élèves|riverains|victimes|réfugiés)
        | (?:section|chapitre|article|paragraphe|annexe)\s\d+""",
    "es": rf"""
        \d{{1,2}}\sde\s(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)
        | (?:el|los|cada|antes\sdel|hasta\sel)\s(?:lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)
        | (?:las|la)\s{_HOURS}(?:\shoras|\s?h(?:\d\d)?)? | {_HOURS}\s(?:horas|h) | plazo
        | (?:mayores|menores)\sde\s\d+ | semana\s\d+ | con\scita\sprevia | por\sescrito | por\scorreo\spostal
        | (?:para|a)\s(?:niños|padres|pacientes|vecinos|mujeres|embarazadas|inquilinos|alumnos|víctimas|refugiados)
        | (?:sección|capítulo|artículo|párrafo|anexo)\s\d+""",
    "it": rf"""
        \d{{1,2}}\s(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre)
        | (?:il|ogni|entro|prima\sdi)\s(?:lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)
        | (?:alle|dalle|ore)\s(?:ore\s)?{_HOURS} | scadenza
        | (?:dai|oltre\si|sopra\si|sotto\si)\s\d+\sanni | settimana\s\d+ | su\sappuntamento | per\siscritto | per\sposta
        | (?:ai|alle|per\si|per\sle)\s(?:bambini|genitori|pazienti|residenti|donne|inquilini|alunni|vittime|rifugiati)
        | (?:sezione|capitolo|articolo|paragrafo|comma|allegato)\s\d+""",
    "pt": rf"""
        \d{{1,2}}\sde\s(?:janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro)
        | (?:na|às|cada|até|toda)\s(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?s? | (?:no|aos|até)\s(?:sábado|domingo)s?
        | (?:às|das|as)\s{_HOURS}(?:h(?:\d\d)?|\shoras)? | {_HOURS}\s?(?:h|horas) | prazo
        | (?:maiores|menores)\sde\s\d+ | semana\s\d+ | com\s(?:hora\smarcada|agendamento) | por\sescrito | pelo\scorreio
        | (?:para|às|aos)\s(?:crianças|pais|pacientes|moradores|mulheres|gestantes|inquilinos|alunos|vítimas|refugiados)
        | (?:seção|capítulo|artigo|parágrafo|anexo)\s\d+""",
}
_TRADE: Mapping[str, str] = {
    "en": (
        r"today|free|offers|special|discount\w*|deals?|sav(?:e|es|ings?)|quotes?|estimates?|prices?|pricing|sales?|shop\w*|showrooms?|"
        r"products?|services|solutions?|packages?|experts?|specialists?|advis[eo]rs?|consult\w*|newsletters?|updates|webinars?|"
        r"workshops?|masterclass\w*|courses?|demo|trial|exclusive\w*|collection|brands?|customers?|clients?|business\w*|luxury|"
        r"premium|best|perfect|dream|discover|explore|unlock|enjoy|don[’']t\smiss|spots?|limited|tickets?|podcasts?|blogs?|youtube|"
        r"instagram|facebook|patreon|channel|episodes?|guides?|inbox|earn\w*|invest\w*|launch\w*|celebrat\w*|festival|gala|bookings|"
        r"our\sstores?|in\sstore|website|hire|your\snew|replace\syour|turnkey|bespoke|tailor\w*|(?:full|wide)\srange|complimentary|purchases?|no-obligation|award-winning|vouchers?|stalls?|delicious|homemade|"
        r"sponsor\w*|subscriptions?|subscribers?|members?|membership|community|conference|summit|expo|cohort|program(?:me)?s?|enrol\w*"
    ),
    "de": (
        r"heute|gratis|kostenlos\w*|unverbindlich\w*|angebot\w*|rabatt\w*|spar\w*|preis\w*|shop|ausstellung|produkt\w*|lösung\w*|"
        r"expert\w*|berat\w*|newsletter\w*|webinar\w*|workshop\w*|kurs\w*|demo|testen|exklusiv\w*|kollektion|kund\w*|kanal|podcast|"
        r"folge|ratgeber|entdeck\w*|sichern|ihr\sneue\w*|ihre\sneue\w*|ihren\sneue\w*|jetzt|tickets?|messe"
    ),
    "fr": (
        r"aujourd[’']hui|gratuit\w*|offres?|promo\w*|remises?|réduction\w*|économis\w*|prix|devis|boutique|showroom|produits?|"
        r"solutions?|experts?|conseill\w*|newsletter|infolettre|webinaires?|ateliers?|formations?|démo\w*|essai|exclusi\w*|"
        r"collection|clients?|chaîne|podcasts?|épisodes?|guides?|découvr\w*|votre\snouv\w*|profite\w*|billets?|salon"
    ),
    "es": (
        r"hoy|gratis|gratuit\w*|ofertas?|promoci\w*|descuent\w*|ahorr\w*|precios?|presupuesto|tienda|productos?|soluci\w*|expertos?|"
        r"asesor\w*|newsletter|boletín|webinars?|talleres|taller|cursos?|demo|prueba|exclusiv\w*|colección|clientes?|canal|podcasts?|"
        r"episodios?|guías?|descubr\w*|tu\snuev\w*|tus\ssueños|aprovech\w*|entradas|feria|ya"
    ),
    "it": (
        r"oggi|gratis|gratuit\w*|offert\w*|promozion\w*|sconti?|risparmi\w*|prezz\w*|preventiv\w*|negozio|showroom|prodott\w*|"
        r"soluzion\w*|espert\w*|consulen\w*|newsletter|webinar|workshop|cors[oi]|demo|prova|esclusiv\w*|collezion\w*|client\w*|canale|"
        r"podcast|episodi\w*|guid\w*|scopr\w*|la\stua\snuova|il\stuo\snuovo|approfitt\w*|bigliett\w*|fiera|subito"
    ),
    "pt": (
        r"hoje|grátis|gratuit\w*|ofertas?|promoç\w*|descontos?|economiz\w*|preços?|orçamento|loja|showroom|produtos?|soluç\w*|"
        r"especialistas?|consultor\w*|newsletter|boletim|webinars?|workshops?|oficinas?|cursos?|demonstração|teste|exclusiv\w*|coleção|"
        r"clientes?|canal|podcasts?|episódios?|guias?|descubr\w*|(?:sua|seu)\snov[ao]|aproveit\w*|ingressos?|já"
    ),
}
_REQUESTS: Mapping[str, str] = {
    "en": (
        r"(?:please\s|you\s(?:can|must|should|may)\s)?(?:contact|call|ring|phone|e-?mail|write|visit|book|register|apply|sign|join|read|"
        r"see|find|learn|get|let|tell|click|press|enter|download|subscribe|come|bring|collect|send|leave|speak|talk|ask|report|claim|"
        r"check|make|use|give|submit|return|drop|meet|watch|listen|pick|attend|take|follow|request|order|view)\s|"
        r"(?:we|our\s\w+|staff|the\s\w+)\s(?:can\s|will\s|also\s)?(?:offers?|helps?|provides?|supports?|welcomes?|runs?)\s"
    ),
    "de": r"(?:bitte\s)?[^\W\d]{3,}n\ssie\s|(?:wir|das|die|der)\s(?:\w+\s)?(?:bieten|bietet|helfen|hilft|beraten|unterstützen)\s",
    "fr": r"(?:veuillez\s)?[^\W\d]{2,}ez(?:-(?:nous|vous|le|la|les))?\s|veuillez\s|nous\s(?:proposons|aidons|offrons|accueillons)\s",
    "es": (
        r"(?:ll[aá]m|contact|visit|reserv|solicit|consult|inscr[ií]b|regístr|regístre|acud|envi|envíe|escrib|descargu?|pid|pída|le|lea|"
        r"habl|ponte|póngase|suscr[ií]b)\w*\s|(?:ofrecemos|ayudamos|atendemos|puede[ns]?)\s"
    ),
    "it": (
        r"(?:chiam|contatt|visit|prenot|richied|consult|iscriv|registr|invi|scriv|scaric|legg|parl|present|rivolg)\w*\s|"
        r"(?:offriamo|aiutiamo|assistiamo|potete|può)\s"
    ),
    "pt": (
        r"(?:lig|contat|contact|visit|reserv|solicit|consult|inscrev|cadastr|envi|escrev|baix|lei|fal|agend|compare[cç]|procur)\w*\s|"
        r"(?:oferecemos|ajudamos|atendemos|você\spode)\s"
    ),
}
_REFERS = re.compile(r"\W{0,4}(?:read|see|find|learn|check|view|watch|listen|discover)\s", re.IGNORECASE)
"""English requests that lead to another page, whatever the condition: "Learn how to care for your teeth if you live with HIV"."""
_MONEY = r"%|[$€£¥]\s?\d|\d\s?[$€£]"
_PRICED = re.compile(
    rf"(?<!\w)(?:discount\w*|deals?|sav(?:e|ings?)|quotes?|estimates?|price\w*|sale|demo|trial|exclusive\w*|newsletters?|webinars?|"
    rf"collection|launch\w*|podcasts?|channel|offers?|rabatt\w*|angebot\w*|remise|devis|descuento|presupuesto|sconto|preventivo|"
    rf"desconto|orçamento)(?!\w)|{_MONEY}",
    re.IGNORECASE,
)
"""Words that make a pitch of what holds on a condition, too ("before midnight and get three for £1")."""
_PARTICULAR = {
    language: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE | re.VERBOSE)
    for language, words in _PARTICULARS.items()
}
_SOLD = {
    language: re.compile(rf"(?<!\w)(?:{words})(?!\w)|{_MONEY}", re.IGNORECASE) for language, words in _TRADE.items()
}

_ASKS = {
    language: re.compile(rf"(?:^\W{{0,4}}|,\s)(?:{words})", re.IGNORECASE) for language, words in _REQUESTS.items()
}

LANGUAGES = frozenset(_SOLD)
"""Those whose words are known here."""


def is_request(sentence: str, language: str | None) -> bool:
    """True for a sentence that asks the reader to do something, or says what somebody does for readers."""
    if language is None or language not in _ASKS or len(sentence) > MAX_CHARS:
        return False
    return _ASKS[language].search(sentence) is not None


def informs(sentence: str, language: str | None) -> bool:
    """True for a sentence whose request, if it holds one, is an instruction or a notice: in it a phrase of a lexicon is a hint."""
    if len(sentence) > MAX_CHARS:
        return False
    if is_instruction(sentence, language) and not _REFERS.match(sentence) and not _PRICED.search(sentence):
        return True
    return is_notice(sentence, language) and not names_trade(sentence, language)


def names_trade(sentence: str, language: str | None) -> bool:
    """True for a sentence with a word of trade in it, for one that is too long to be read, and in languages whose words are not known."""
    if language is None or language not in _SOLD or len(sentence) > MAX_CHARS:
        return True
    return _SOLD[language].search(sentence) is not None


def is_notice(sentence: str, language: str | None) -> bool:
    """True for a sentence that says when, for whom or by which rule."""
    known = language is not None and language in _PARTICULAR and _PARTICULAR[language].search(sentence) is not None
    return known and sum(any(map(str.isalpha, word)) for word in sentence.split()) >= MIN_WORDS
