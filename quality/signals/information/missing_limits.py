"""How little the text admits: limits, drawbacks, mistakes, what is not known.

Measures: 1 / (1 + sentences that admit something per 500 words). 1 where there is none.
Why: a claim with its limit, or a test that failed, is the mark of someone who looked; praise alone sells.
Example: "The hinge squeaks, and I was wrong about the battery." lowers the value.
Known misfires: short news and reference text have nothing to admit; "problem, then our solution" copy names drawbacks
of others. None in languages without a list and below four sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import compress

import numpy as np

from quality.records import Measurement
from quality.segment import Document
from quality.signals.information.facts import MIN_SENTENCES

PER_WORDS = 500
_WORDS = {
    "en": r"however|although|drawbacks?|downsides?|limitations?|caveats?|unclear|disappoint\w*|mistakes?|wrong"
    "|failed|fails|"
    r"unfortunately|unlikely|didn['’]t|wasn['’]t|weren['’]t|couldn['’]t|struggl\w*|complain\w*|critics?|critici[sz]\w*|"
    r"doubts?|worse|worst|weak\w*|lacks?|not everyone|not known|nobody knows|uncertain\w*",
    "de": r"allerdings|jedoch|obwohl|nachteil\w*|leider|unklar|enttäusch\w*|fehler|falsch|gescheitert|kritik\w*"
    r"|zweifel\w*|"
    r"schwäch\w*|unwahrscheinlich|nicht bekannt|nicht geklärt",
    "fr": "cependant|toutefois|pourtant|inconvénients?|malheureusement|limites?|erreurs?|échec|critiques?"
    r"|doutes?|incertain\w*|"
    r"décev\w*|faibles\w*|regrette\w*",
    "es": r"sin embargo|aunque|desventajas?|inconvenientes?|lamentablemente|errores|fracas\w*|críticas?|dudas?"
    r"|decepci\w*|"
    "incierto|limitaciones|se desconoce",
    "pt": r"no entanto|porém|embora|desvantage\w*|infelizmente|erros?|fracass\w*|críticas?|dúvidas?|limitações|incerto",
    "it": r"tuttavia|sebbene|purtroppo|svantaggi\w*|limiti|errori|fallit\w*|critiche|dubbi\w*|delusion\w*|incert\w*",
    "pl": r"jednak|chociaż|niestety|wad[ayę]?|błęd\w*|nie wiadomo|krytyk\w*|wątpliwoś\w*|rozczarow\w*|problem\w*",
}
_COMPILED = {language: re.compile(rf"\b(?:{words})\b") for language, words in _WORDS.items()}

_FIRST_OF_SEVERAL = frozenset("not nobody nicht sin se no nie".split())
"""First words of the phrases of several words."""


def _teller(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Return the test for words that an admission can begin with; sentences without one are passed over."""
    return lambda word: word in _FIRST_OF_SEVERAL or pattern.search(word) is not None


_TELLING = {language: _teller(pattern) for language, pattern in _COMPILED.items()}


def measure(document: Document) -> Measurement:
    """Return the lack of admissions; there is no evidence for what is not there."""
    pattern = _COMPILED.get(document.article.language or "")
    if pattern is None or len(document.sentences) < MIN_SENTENCES:
        return Measurement(None)
    lower = document.text.lower()
    text = lower if len(lower) == len(document.text) else document.text  # one letter, the Turkish İ, becomes two
    telling = document.numbered.column(_TELLING[document.article.language or ""], np.bool_)
    told = compress(document.sentences, document.sentences_with(telling).tolist())
    hits = sum(1 for sentence in told if pattern.search(text, sentence.start, sentence.end))
    return Measurement(1.0 / (1.0 + hits * PER_WORDS / max(len(document.words), PER_WORDS)))
