"""Sentences in which the publisher names itself and sells.

Measures: characters of sentences without quotation marks that hold the publisher's name (the site name, or the
longest label of the host written as one or several words), each weighted by what stands with it: PITCH for a verb of
offer and the second person, or for "With/At NAME" and a first or second person; ADDRESS for the second person alone;
MENTION for a selling word. Over the characters of all lines. None where neither a site name nor a URL is known.
Why: a firm that names itself in its own article is usually pitching; a newspaper that names itself is citing its
reporting, which is why the second person and the verb decide.
Example: "With Lampify you get the right light." on lampify.example
Known misfires: company news on the company's own page, where the firm is the subject; hospitals and universities.
References: on labelled pages a mention with an offer and "you" was promo in 75 of 78 sentences, a bare one in 75 %.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from quality.evidence import Evidence, covered, sentences_of
from quality.records import Article, Measurement
from quality.segment import Document, words_of

PITCH, ADDRESS, MENTION = 0.65, 0.45, 0.3
NAME_MIN_CHARS = 4
SELLING = frozenset(
    """our we us offers offer helps help makes easy easier simple seamless streamline book order shop buy try demo free trial
    quote pricing customers clients solution solutions services platform experts team trusted contact unser unsere bietet
    nuestro nuestra ofrece notre propose nostro offre nosso oferece""".split()
)
OFFERING = frozenset(
    """help helps offer offers provide provides makes lets gives allows enables ensures delivers specializes specialises designed
    built hilft bietet ermöglicht ofrece permite ayuda offre permet propose aide aiuta oferece ajuda""".split()
)
FIRST = frozenset(
    "we our us we're we’re we've we’ve wir unser unsere nosotros nuestro nous notre noi nostro nós nosso".split()
)
SECOND = frozenset(
    "you your you're you’re you'll you’ll ihre ihnen dein deine tu tus su vous votre vos tuo tua você seu".split()
)
_HOST_NOISE = frozenset("www m blog shop store news en de es fr it pt pl amp com net org co uk io info eu".split())
_WITH = re.compile(r"(?:with|at|mit|bei|con|en|avec|chez|com)\s+(?:the\s+)?$", re.IGNORECASE)
_TWO_CASED = re.compile("[İıſΣ]")
"""Letters that a regex takes for others when case is ignored and `lower` does not."""
_QUOTE = re.compile(r"[\"“”„«]")


def measure(document: Document) -> Measurement:
    """Share of the text in which the publisher plugs itself, 0..1; evidence is the sentences."""
    names = publisher_names(document.article)
    if not names:
        return Measurement(value=None)
    odd = _TWO_CASED.search(document.text) is not None
    naming = [
        line
        for line, squeezed in zip(document.lines, document.squeezed, strict=True)
        if odd or any(name in squeezed for name in names)
    ]
    if not naming:
        return covered(document, [])
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(names.values()) + r")(?!\w)", re.IGNORECASE)
    evidence: list[Evidence] = []
    for line in naming:
        text = line.text.replace("-", " ").replace("&", " ").replace(".", " ")
        if not pattern.search(text):
            continue
        for sentence in sentences_of(document, line):
            match = pattern.search(text, sentence.start - line.start, sentence.end - line.start)
            if match and not _QUOTE.search(document.text, sentence.start, sentence.end):
                opening = bool(_WITH.match(document.text[sentence.start : line.start + match.start()]))
                evidence.append((sentence.start, sentence.end, _score(frozenset(sentence.words), opening)))
    return covered(document, [piece for piece in evidence if piece[2] > 0])


def _score(words: frozenset[str], opening: bool) -> float:
    second = not words.isdisjoint(SECOND)
    if (second and not words.isdisjoint(OFFERING)) or (opening and (second or not words.isdisjoint(FIRST))):
        return PITCH
    return ADDRESS if second else MENTION if not words.isdisjoint(SELLING) else 0.0


def publisher_names(article: Article) -> dict[str, str]:
    """Return regexes of the names of the publisher by their letters: site name, and the longest label of the host.

    They are for text in which hyphens, full stops and ampersands are spaces: a set of marks between any two letters would
    take longer to compile than it takes to look for.
    """
    names = {}
    site = words_of(article.site_name or "")
    if site and len("".join(site)) >= NAME_MIN_CHARS:
        names[re.sub(r"[\W_]", "", "".join(site))] = r"[\W_]{0,2}".join(re.escape(word) for word in site)
    labels = [label for label in (urlsplit(article.url or "").hostname or "").split(".") if label not in _HOST_NOISE]
    letters = re.sub(r"[^a-z0-9]", "", max(labels, key=len, default=""))
    if len(letters) >= NAME_MIN_CHARS:
        spaced = " ?".join(letters)
        names[letters] = f"{names[letters]}|{spaced}" if letters in names else spaced
    return names
