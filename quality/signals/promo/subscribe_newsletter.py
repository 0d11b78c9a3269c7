"""Sentences and form lines that ask for the reader's address or subscription.

Measures: characters of sentences that hold a phrase of the lexicon `subscribe_newsletter`, weighted with the score of
the phrase, over the characters of all lines. None where the lexicon does not cover the language and nothing matched.
Why: sign-up boxes stand in the middle of articles and extraction keeps them as paragraphs.
Example: "Subscribe to our weekly newsletter."
Known misfires: articles about newsletters that report such requests without quotation marks. Passed over: programs that
subscribe to an identifier (`order.created`, user_id), and calls (`session.subscribe()`). What a notice asks ("Register by
30 September to vote") and what a manual asks is a hint.
References: C4's policy phrases (Raffel et al. 2020) are the same idea for cookie notices.
"""

from __future__ import annotations

import re

from quality.evidence import covered, line_or_sentence
from quality.lexicon import lexicon
from quality.notice import informs, names_trade
from quality.phrase_hits import phrase_hits
from quality.quotation import REPORTED_SCORE, score_of
from quality.records import Measurement
from quality.segment import Document

LEXICON = lexicon("subscribe_newsletter")
_DOMAIN_ENDS = "com|net|org|co|io|tv|fm|me|ly|be|info|biz|uk|de|at|ch|fr|es|it|pl|pt|br|nl|eu|us|ca|au|in|jp|ru|blog|news|link|page|email"
_TO_CODE = re.compile(
    rf"""(?: \(\w{{0,40}}[),] | \s+ (?:(?:to|the|an?|events?|topics?|queues?|à|al?|na)\s+){{0,3}}
    (?: `[^`\s][^`]{{0,80}}`
      | [a-z]\w{{0,40}}?_\w{{1,40}}
      | [a-z]\w{{0,40}} (?:[.:][a-z]\w{{0,40}}){{0,5}}? (?: :[a-z]\w{{0,40}} | \.(?!(?:{_DOMAIN_ENDS})\b)[a-z]\w{{0,40}} ) \b
    ) (?![\w/]|:/) )""",
    re.VERBOSE,
)
"""What follows a request where a program subscribes: brackets of a call, code, or a name with an inner dot, colon or underscore."""
_OF_PROGRAMS = re.compile(
    r"\b(?:scopes?|endpoints?|webhooks?|callbacks?|handlers?|payloads?|queues?|listeners?|brokers?|sockets?|constructors?|APIs?)\b",
    re.IGNORECASE,
)
"""Words of a manual, which counts as one where it names no trade ("our newsletter")."""


_OF_LETTERS = re.compile(r"subscri|abonn|\b(?:letters?|lettre|readers|inbox|issues?)\b|\bevery \w+day\b", re.IGNORECASE)
"""What a newsletter says of itself: the day on which it comes makes no notice of it."""


def _is_hint(sentence: str, language: str | None) -> bool:
    manual = _OF_PROGRAMS.search(sentence) is not None and not names_trade(sentence, language)
    return manual or (informs(sentence, language) and not _OF_LETTERS.search(sentence))


def measure(document: Document) -> Measurement:
    """Share of the text that asks for an address, 0..1; evidence is the sentences."""
    evidence = []
    for line, hit in phrase_hits(document, LEXICON.name):
        if not _TO_CODE.match(line.text, hit.end):
            start, end = line_or_sentence(document, line, hit.start, hit.end)
            hint = _is_hint(document.text[start:end], document.article.language)
            evidence.append((start, end, REPORTED_SCORE if hint else score_of(line, hit)))
    if not evidence and not LEXICON.covers(document.article.language):
        return Measurement(value=None)
    return covered(document, evidence)
