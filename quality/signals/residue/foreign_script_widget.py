"""Short lines at the edge of an article in another script than its body.

Measures: characters of edge lines (before the first or after the last line of running text) of at most
WIDGET_MAX_WORDS words whose letters are at least MOST of a script that makes up less than RARE of the body's letters,
over the characters of all lines. None where the body has fewer than MIN_BODY_LETTERS letters.
Why: the theme of a site speaks the language of its owner; the article does not. Menus, related lists and comment
forms of the theme are what is left at the edges.
Example: an English report that ends in "مقالات ذات صلة" and "زر الذهاب إلى الأعلى".
Known misfires: the original title of a work, or a foreign name, as the last line; parallel texts (their body is
mixed).
References: Unicode script ranges; seen on bilingual news sites.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from quality.evidence import covered
from quality.records import Measurement
from quality.segment import Document

WIDGET_MAX_WORDS = 14
MIN_BODY_LETTERS = 200
MOST = 0.8
RARE = 0.02
SCORE = 0.85
SAMPLE_CHARS = 20_000
"""Characters of the body that are looked at: enough to know its scripts."""
_NOT_LATIN = re.compile("[^\x00-\xa9\xab-\xb4\xb6-\xb9\xbb-\u024f\u2010-\u2044\u20a0-\u20bf\u2190-\u23ff\u2500-\u27bf]")
"""What is neither a Latin letter nor a sign without a script: a text without it has nothing foreign."""
_CJK = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO")


def measure(document: Document) -> Measurement:
    """Share of the text that is widgets in a foreign script, 0..1; evidence is the lines."""
    body = document.body
    sample = "".join(line.text for line in body)[:SAMPLE_CHARS]
    if not _NOT_LATIN.search(document.text):
        letters = sum(map(str.isalpha, sample[: 5 * MIN_BODY_LETTERS]))
        enough = letters >= MIN_BODY_LETTERS or sum(map(str.isalpha, sample)) >= MIN_BODY_LETTERS
        return covered(document, []) if enough else Measurement(value=None)
    scripts = _scripts(sample)
    letters = sum(scripts.values())
    if letters < MIN_BODY_LETTERS:
        return Measurement(value=None)
    evidence = []
    edge = [*document.lines[: body[0].index], *document.lines[body[-1].index + 1 :]]
    for line in edge:
        own = _scripts(line.text[:SAMPLE_CHARS])
        if not own or (len(line.words) > WIDGET_MAX_WORDS and "CJK" not in own):
            continue
        script, count = own.most_common(1)[0]
        if count >= MOST * sum(own.values()) and scripts[script] < RARE * letters:
            evidence.append((line.start, line.end, SCORE))
    return covered(document, evidence)


def _scripts(text: str) -> Counter[str]:
    """Count the letters of a text by script."""
    counts: Counter[str] = Counter()
    for character, count in Counter(text).items():
        if script := _script(character):
            counts[script] += count
    return counts


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """Return the script of a letter by the first word of its Unicode name ("LATIN", "ARABIC", "CJK"), "" for others."""
    if not character.isalpha():
        return ""
    script = unicodedata.name(character, "").partition(" ")[0]
    return "CJK" if script in _CJK else script
