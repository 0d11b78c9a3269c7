"""A title that teases instead of telling.

Measures: the surest of the cues in the title, 0..1: a teasing formula, "?!" or several exclamation marks, words in
capitals that shout, one exclamation mark with a superlative.
Why: what follows a tease rarely pays it off, and pages made to be clicked are made like that.
Example: "You Won't Believe What This Dog Did Next!!!"
Known misfires: quoted titles of films and songs; headlines of tabloids that are in capitals throughout (those do not
count). None without a title.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document

_TEASE = re.compile(
    r"""
    \b(?:
        you\s+won['’]?t\s+believe | what\s+happen(?:s|ed)\s+next
        | (?:this|one)\s+(?:weird|simple|little)\s+trick | will\s+(?:shock|blow|amaze)
      | (?:doctors|experts|banks)\s+(?:hate|don['’]?t\s+want) | the\s+reason\s+(?:why\s+)?(?:will|is)
      | never\s+knew | jaw[\s-]dropping
      | mind[\s-]blowing | goes\s+viral | gone\s+wrong | secrets?\s+(?:revealed|to|of|that) | shocking
      | ultimate\s+guide | game[\s-]changer
      | das\s+wirst\s+du\s+nicht\s+glauben | unglaublich | no\s+vas\s+a\s+creer | no\s+creerás
      | vous\s+n['’]allez\s+pas\s+(?:en\s+)?croire
      | não\s+vai\s+acreditar | non\s+crederete | nie\s+uwierzysz | szok
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SUPERLATIVE = re.compile(r"\b(?:best|ultimate|amazing|incredible|insane|must|everything|every)\b", re.IGNORECASE)
_LOUD = re.compile(r"!\s?!|\?\s?!|!\s?\?")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
MAX_TITLE_CHARS = 300


def measure(document: Document) -> Measurement:
    """Return how much the title teases."""
    title = (document.article.title or "")[:MAX_TITLE_CHARS].strip()
    if not title:
        return Measurement(None)
    scores = [0.0]
    if _TEASE.search(title):
        scores.append(0.8)
    if _LOUD.search(title):
        scores.append(0.7)
    if not title.isupper() and len(_CAPITALS.findall(title)) >= 2:
        scores.append(0.3)
    if title.endswith("!"):
        scores.append(0.5 if _SUPERLATIVE.search(title) else 0.3)
    at = document.text.find(title) if len(scores) > 1 else -1
    evidence = ((at, at + len(title), max(scores)),) if at >= 0 else ()
    return Measurement(max(scores), evidence)
