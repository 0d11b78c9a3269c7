"""What each line looks like: which marks, numbers, capitals and pronouns it holds, counted in one pass over all lines.

Single characters are counted over the whole text at once; a pattern runs only on the lines that hold a character it
cannot do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from quality.characters import MARKS, Kinds, bounds_of, counts_in, document_kinds
from quality.segment import Document, Line

FloatArray = NDArray[np.float64]

MAX_CHARS = 2_000
"""Characters of a line whose shape is looked at."""
CASE_CHARS = 200
"""Characters of a line of which the capitals are counted."""

_CAPITAL = re.compile(r"[A-ZÀ-ÞА-Я](?<![\w\n].)(?<![.!?…:\w]\s.)[\w’'-]+")
"""A capitalised word that does not open its line or a sentence."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PERCENT = re.compile(r"\d\s?%")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CLOCK = re.compile(r"\b\d{1,2}[:h]\d\d\b")
_DATE = re.compile(r"\b\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d\d){1,2}\b|\b\d{4}-\d\d-\d\d\b")
_WEB = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|org|net|de|fr|es|pl|it|io|co|br|ru)\b", re.IGNORECASE)
_WEB_PART = re.compile(r"[.:wW](?:(?<=\.)(?i:com|org|net|de|fr|es|pl|it|io|co|br|ru)\b|(?<=:)//|(?i:ww)\.)")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.\w+")
_HANDLE = re.compile(r"(?:^|\s)[@#]\w{2,}")
_CURRENCY = re.compile(r"\b(?:USD|EUR|GBP)\b")
_DASH = re.compile(r"[–—-](?<=[^\S\n].)[^\S\n]")
_COLONS = frozenset(":：")
_START_ARROWS = frozenset("→»›▶►➜➡⇒")
_END_ARROWS = _START_ARROWS | {">"}
_CURRENCIES = ("USD", "EUR", "GBP")
_RUN = re.compile(r"\w+")
_ASCII_RUNS = "".join(chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(0x80))

_I = frozenset(("I", "my", "me", "mine"))
_WE = frozenset(
    """we our us ours wir uns nous notre nos nosotros nuestro nuestra nuestros nuestras noi nostro nostra nostri nostre nós nosso
    nossa nossos nossas my""".split()
)
_WE_STEMS = ("unser", "nasz")
_YOU = frozenset("you your yours du sie vous votre vos usted tu tus su você seu sua ty twój".split())
_YOU_STEMS = ("dein", "ihr")
_STEMS = (*_WE_STEMS, *_YOU_STEMS)
_OWN = frozenset(word.lower() for word in _I)
_PRONOUNS = _OWN | _WE | _YOU
_INNER = ("'", "’", "_")
"""What stands inside a line's words and parts the runs that pronouns are looked for in, or the other way round."""
_ODD_CASE = re.compile(
    "[İıſΣ\u0300-\u036f\u0590-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
"""Letters that fold in their own way, and scripts whose words are cut in another way than by letters and digits."""


def shape(document: Document) -> dict[str, FloatArray]:
    """Return the columns `shape.…`, one value a line; the document has at least one line."""
    lines = document.lines
    texts = [line.text[:MAX_CHARS] for line in lines]
    joined = "\n" + "\n".join(texts) + "\n"
    sizes = np.array([len(text) + 1 for text in texts])
    starts = 1 + np.cumsum(sizes) - sizes
    kinds = document.derive(document_kinds)
    pieces = bounds_of([(line.start, line.start + len(text)) for line, text in zip(lines, texts, strict=True)])
    marks = {name: counts_in(kinds, name, pieces).astype(float) for name in (*MARKS, "decimal")}
    columns = {
        "question": marks["question"],
        "exclamation": marks["exclamation"],
        "colon_end": _marked(text.rstrip()[-1:] in _COLONS for text in texts),
        "ellipsis": _marked("..." in text or "…" in text for text in texts),
        "arrow": _marked(text.rstrip()[-1:] in _END_ARROWS or text.lstrip()[:1] in _START_ARROWS for text in texts),
        "bar": marks["bar"],
        "quote": marks["quote"],
        "money": marks["money"]
        + _counted(_CURRENCY, texts, [any(name in text for name in _CURRENCIES) for text in texts]),
        **_numbers(texts, marks["decimal"]),
        **_addresses(texts, joined, starts),
        "copyright": _marked(marks["sign"] + _marked("(c)" in text or "(C)" in text for text in texts)),
        "capital": np.bincount(_rows((m.start() for m in _CAPITAL.finditer(joined)), starts), minlength=len(lines)),
        "comma": marks["comma"],
        "bracket": marks["bracket"],
        **_dates(texts, marks["decimal"]),
        "dash": _marked(np.bincount(_rows((m.start() for m in _DASH.finditer(joined)), starts), minlength=len(lines))),
        **_pronouns(lines, texts, joined),
    }
    chars = np.array([len(line.text) for line in lines], dtype=float)
    words = np.array([len(line.words) for line in lines], dtype=float)
    columns["chars"] = chars
    columns["words"] = words
    columns["word_chars"] = chars / np.maximum(1, words)
    columns["upper_fraction"] = _upper_fraction(kinds, pieces)
    columns["ends_sentence"] = _marked(line.ends_sentence for line in lines)
    columns["list_item"] = _marked(line.is_list_item for line in lines)
    columns["table_row"] = _marked(line.is_table_row for line in lines)
    columns["starts_lower"] = _marked(text.lstrip("-*• ")[:1].islower() for text in texts)
    for name in ("capital", "number", "comma", "you", "we", "digit", "bar"):
        columns[f"{name}_rate"] = columns[name] / np.maximum(1, words)
    return {f"shape.{name}": values.astype(float) for name, values in columns.items()}


def _marked(marks: Iterable[object]) -> FloatArray:
    return np.array([bool(mark) for mark in marks], dtype=float)


def _rows(places: Iterable[int], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The lines that places of the joined text lie in."""
    return np.searchsorted(starts, np.fromiter(places, dtype=np.intp), side="right") - 1


def _counted(pattern: re.Pattern[str], texts: Sequence[str], asked: Iterable[object]) -> FloatArray:
    """Count the matches in each text that is asked, 0 for the others."""
    return np.array(
        [len(pattern.findall(text)) if ask else 0 for text, ask in zip(texts, asked, strict=True)], dtype=float
    )


def _numbers(texts: Sequence[str], digits: FloatArray) -> dict[str, FloatArray]:
    return {
        "percent": _counted(_PERCENT, texts, ["%" in text for text in texts]),
        "digit": digits,
        "number": _counted(_NUMBER, texts, digits),
        "year": _counted(_YEAR, texts, digits >= 4),
    }


def _dates(texts: Sequence[str], digits: FloatArray) -> dict[str, FloatArray]:
    clocks = [count >= 3 and (":" in text or "h" in text) for text, count in zip(texts, digits, strict=True)]
    return {"clock": _marked(_counted(_CLOCK, texts, clocks)), "date": _marked(_counted(_DATE, texts, digits >= 4))}


def _addresses(texts: Sequence[str], joined: str, starts: NDArray[np.intp]) -> dict[str, FloatArray]:
    web = np.bincount(_rows((match.start() for match in _WEB_PART.finditer(joined)), starts), minlength=len(texts))
    at = ["@" in text for text in texts]
    handles = [mark or "#" in text for text, mark in zip(texts, at, strict=True)]
    return {
        "web": _counted(_WEB, texts, web),
        "email": _marked(_counted(_EMAIL, texts, at)),
        "handle": _marked(_counted(_HANDLE, texts, handles)),
    }


def _upper_fraction(kinds: Kinds, pieces: NDArray[np.intp]) -> FloatArray:
    read = np.stack((pieces[:, 0], np.minimum(pieces[:, 1], pieces[:, 0] + CASE_CHARS)), axis=1)
    fractions: FloatArray = counts_in(kinds, "upper", read) / (read[:, 1] - read[:, 0])
    return fractions


def runs_of(text: str) -> list[str]:
    """Return the runs of letters, digits and low lines in a text; in ASCII by cutting at what is made white space."""
    return text.translate(_ASCII_RUNS).split() if text.isascii() else _RUN.findall(text)


def pronoun_counts(text: str, lower: str) -> tuple[int, int, int]:
    """Count first person singular, first person plural and second person in a text given with its `folded` form."""
    runs = runs_of(lower)
    stemmed = any(stem in lower for stem in _STEMS)
    if not stemmed and _PRONOUNS.isdisjoint(runs):
        return 0, 0, 0
    own = 0 if _OWN.isdisjoint(runs) else sum(run in _I for run in runs_of(text))
    we = sum(run in _WE or (stemmed and run.startswith(_WE_STEMS)) for run in runs)
    return own, we, sum(run in _YOU or (stemmed and run.startswith(_YOU_STEMS)) for run in runs)


def folded(text: str) -> str:
    """Lower case, with the letters that a regex takes for "i" and "s" when it ignores case."""
    lower = text.replace("İ", "i").lower()
    return lower if lower.isascii() else lower.replace("ı", "i").replace("ſ", "s")


def we_share(lines: Sequence[Line], counts: FloatArray) -> float:
    """Return the share of lines that say "we" anywhere; `counts` are those of their first `MAX_CHARS` characters."""
    said = [
        count > 0 or (len(line.text) > MAX_CHARS and pronoun_counts(line.text, folded(line.text))[1] > 0)
        for line, count in zip(lines, counts, strict=True)
    ]
    return float(np.mean(said))


def _pronouns(lines: Sequence[Line], texts: Sequence[str], joined: str) -> dict[str, FloatArray]:
    lower = folded(joined).split("\n")[1:-1]
    counts = np.array(
        [
            (0, 0, 0) if _without_pronouns(line, low) else pronoun_counts(text, low)
            for line, text, low in zip(lines, texts, lower, strict=True)
        ],
        dtype=float,
    )
    return dict(zip(("i", "we", "you"), counts.T, strict=True))


def _without_pronouns(line: Line, lower: str) -> bool:
    """True where a line's words show at once that it has no pronoun: the others are read closely."""
    return (
        len(line.text) < MAX_CHARS
        and _PRONOUNS.isdisjoint(line.words)
        and not any(mark in lower for mark in _INNER)
        and not any(stem in lower for stem in _STEMS)
        and (line.text.isascii() or not _ODD_CASE.search(line.text))
    )
