"""Lines of search phrases: no sentence, only noun phrases between commas.

Measures: characters of keyword lines over the characters of all lines. A keyword line has three to twelve pieces
between commas (or bars or semicolons), together five to forty words, pieces of two words or more on average, no end
mark, no function word of a finite clause, stands outside lists and tables, and either shares a word with the title in
at least half of its pieces or stands next to the title with a year in it. The keywords of a paper are none: a line that
begins with or follows their label ("Keywords") on a page with an abstract or references. None where there is no title
and the text has fewer than MIN_LINES lines.
Why: such a line is written for a search engine, not for a reader.
Example: "garden lamp ideas, solar garden lighting, best garden lamps 2024" under "Ten Garden Lamps"
Known misfires: ingredient and parts lists on one line; tag lists (residue, cut all the same).
References: Ntoulas et al. 2006 on keyword stuffing; Google's spam policy on keyword stuffing.
"""

from __future__ import annotations

import re

from quality.evidence import Evidence, covered
from quality.records import Measurement
from quality.segment import Document, Line, words_of

MIN_LINES = 3
PIECES = (3, 12)
WORDS = (5, 40)
MIN_PIECE_WORDS = 1.6
MAX_PIECE_WORDS = 7
NEAR_TITLE_LINES = 4
STRONG, WEAK = 0.85, 0.4
_SPLIT = re.compile(r"[;|、，]|,(?!\d)")  # not in 8,400
_CODE = re.compile(r"[{}]|\w=\S|==|::|->|\w\(\)|\w{2}\(\w{2}|\w_\w|<[/']?\w")
"""Marks of code, where commas part parameters."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LABEL = re.compile(
    r"""\W{0,4}(?:author\ )?(?:key[ -]?words|index\ terms|subject\ terms|schlüsselwörter|schlagwörter|schlagworte|stichwörter
    |mots[- ]?clés|mots[- ]?clefs|palabras[ -]clave|paraules\ clau|parole[ -]chiave|palavras[ -]chave|słowa\ kluczowe
    |ключевые\ слова|ключові\ слова|trefwoorden|nyckelord|nøkkelord|nøgleord|avainsanat|anahtar\ (?:kelimeler|sözcükler)
    |klíčová\ slova|kľúčové\ slová|ključne\ (?:riječi|besede)|kulcsszavak|cuvinte[ -]cheie|kata\ kunci|từ\ khóa
    |الكلمات\ المفتاحية|关键词|關鍵詞|キーワード|핵심어)(?:\ and\ phrases)?(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = r"\W{0,4}(?:\d{1,2}[.)]?\s+)?"
_PAPER = re.compile(
    _NUMBER
    + r"""(?:abstract(?:\W*$|\s?[:.—–-])|(?:(?:list\ of\ )?references|references\ and\ notes|literature\ cited|works\ cited|bibliography
    |(?:literatur|quellen|referenz)verzeichnis|literatur|literaturangaben|(?:références|referências|referencias)(?:\ bibli\w+)?
    |bibliographie|bibliografía|bibliografia|riferimenti(?:\ bibli\w+)?|referências|piśmiennictwo|literatura
    |(?:список\ )?литератур[аы]|библиография|список\ літератури|referenties|литература|kaynakça|参考文献|參考文獻|참고문헌)\W*$)""",
    re.IGNORECASE | re.VERBOSE,
)
"""Headings that only papers have."""
_ABSTRACT = re.compile(
    _NUMBER
    + r"(?:summary|zusammenfassung|kurzfassung|résumé|resumen|riassunto|sommario|resumo|streszczenie|abstrakt|аннотация|резюме"
    r"|анотація|samenvatting|sammanfattning|sammendrag|özet|摘要|要旨|초록)(?:\W*$|\s?[:.—–-])",
    re.IGNORECASE,
)
"""Headings that are an abstract's where the keywords come after; other texts close with them."""
_CLAUSE = frozenset(
    """is are was were be been has have had will would can could may might must shall should does did do said says i you he she
    it we they that which who because although if when while and or but from ist sind war wird hat und oder der die das es son
    fue que y o est sont qui et ou è sono che e não são é i jest są w na и в на не что это
    """.split()
)


def measure(document: Document) -> Measurement:
    """Share of the text that is keyword lines, 0..1; evidence is the lines."""
    title = frozenset(word for word in document.title_words if len(word) > 2 or not word.isascii())
    if not title and len(document.lines) < MIN_LINES:
        return Measurement(value=None)
    evidence: list[Evidence] = []
    for line in document.lines:
        own_title = title or frozenset(document.lines[0].words)
        is_title = not line.index or line.words == document.title_words
        score = 0.0 if is_title else _score(line, own_title)
        if score and not _of_a_paper(document, line):
            evidence.append((line.start, line.end, score))
    return covered(document, evidence)


def _score(line: Line, title: frozenset[str]) -> float:
    if not WORDS[0] <= len(line.words) <= WORDS[1] or line.ends_sentence or line.is_list_item or line.is_table_row:
        return 0.0
    if _CODE.search(line.text):
        return 0.0
    pieces = [words_of(piece) for piece in _SPLIT.split(line.text)]
    if not PIECES[0] <= len(pieces) <= PIECES[1] or not all(0 < len(piece) <= MAX_PIECE_WORDS for piece in pieces):
        return 0.0
    if len(line.words) < MIN_PIECE_WORDS * len(pieces) or not _CLAUSE.isdisjoint(line.words):
        return 0.0
    shared = sum(not title.isdisjoint(piece) for piece in pieces) / len(pieces)
    near = line.index <= NEAR_TITLE_LINES
    if shared >= 0.5 and (near or _YEAR.search(line.text)):
        return STRONG
    return WEAK if shared >= 0.5 or (near and shared and _YEAR.search(line.text)) else 0.0


def _of_a_paper(document: Document, line: Line) -> bool:
    before = document.lines[line.index - 1].text
    label = _LABEL.match(before)
    if not _LABEL.match(line.text) and not (label and not before[label.end() :].strip(" :.—–-")):
        return False
    return document.derive(_abstract_at) < line.index


def _abstract_at(document: Document) -> int:
    """Number of the line from which keywords are a paper's: -1 on a page with headings that only papers have."""
    if any(_PAPER.match(line.text) for line in document.lines):
        return -1
    return next((line.index for line in document.lines if _ABSTRACT.match(line.text)), len(document.lines))
