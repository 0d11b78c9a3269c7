"""From role probabilities to spans: whole lines first, then pieces of the lines that stay.

A line becomes a span of promo or residue, and is cut, when the two together reach their threshold and padding and repeat
are no likelier. It becomes one of padding or repeat, and is shown, when these two together reach theirs, be it cut or not:
a plug that says the same for the third time is both. The thresholds follow the article: in one that an editor would
hardly reject a finding must be surer, above all of a sentence that says nothing of the kind itself. In a line that stays,
units below it (see `clauses.py`) can still be cut, and a sentence that is a plug by its words alone (see `plugs.py`) is. An
article that came on one line is cut into sentences first, which are then treated as lines.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import numpy as np

from quality.dom import squeeze
from quality.language import LABELLED
from quality.notice import informs, is_request, names_trade
from quality.phrase_hits import document_hits
from quality.quotation import is_told, quotations
from quality.records import CUT, Kind, Span, in_order
from quality.roles.clauses import (
    JUNK_SCORE,
    MAX_UNITS,
    Unit,
    hopeful_rows,
    speaks_for_site,
    unit_matrix,
    unit_scores,
    units_of,
)
from quality.roles.model import CLAUSE, RoleModel, role_model
from quality.roles.phrases import BESIDE, OTHER
from quality.roles.plugs import can_be_plug, plug_lines, plug_probabilities
from quality.roles.prediction import RolePrediction, predict_with
from quality.segment import Document, Line, segment
from quality.wording import LANGUAGES

JUNK_THRESHOLD = 0.42
FILLER_THRESHOLD = 0.27
"""Defaults; the policy sets its own. Chosen out of fold, see the model card."""
TEXT_EXTRA = 0.32
"""A line of a plain text must be this much surer to be junk: nothing but its words speaks against it."""
TEXT_FILLER_EXTRA = 0.15
"""The same for filler: refrains of a poem and conclusions with substance lie below."""
UNSEEN_EXTRA = 0.38
"""The same in a language that training has not seen, where words say little and a phrase of a lexicon much."""
UNSEEN_FILLER_EXTRA = 0.15
"""The same for filler, of which counts alone speak there."""
JUNK_PULL, FILLER_PULL = 0.1, 0.15
"""Shares of the article's log-odds of rejection, counted from those of the pivot, that are added to a line's of junk and of
filler. Out of fold, in articles that readers accept, 317 lines of content and 231 of filler were shown as filler, and 228 and
199 are now; F1 of filler rose by .008."""
QUIET = -1.0
"""Log-odds of junk by its own words below which a full sentence is quiet: what speaks against it stands around it."""
QUIET_PULL, QUIET_WEIGHT = 0.4, 0.2
"""The pull of junk for quiet sentences of good articles, and the log-odds that they lose for each that their own words lack. The
last paragraph below an invitation to subscribe looked like another one: of 99 such places in 33 good articles that nobody
trained on 59 were cut before, 31 are now. Out of fold, in articles that readers accept, 202 lines of content were flagged as
junk, and 177 are now, at the same F1."""
QUIET_SENTENCE, QUIET_SCORE, QUIET_WORDS = -0.9, 0.05, 6
"""Log-odds by its own words and probability of the forest below the line under which a sentence of a line that is cut is quiet,
and how many words of such sentences are worth keeping."""
PLUG_LINE_CARE, PLUG_CARE, PLUG_ELSEWHERE = 0.95, 1.5, 0.5
"""Log-odds above the threshold of promo that a line of one sentence needs to be cut as a plug for its words alone, and a sentence
of a longer line; and what both need more where the text is not English, of which fewer pages say what is innocent."""
NO_PLUG = 0.5
"""Probability of a plug by its words alone under which a sentence can be quiet."""
MOST_MIXED = 0.975
"""A line that is junk for surer than this is so as a whole."""
PIVOT = 0.27
"""Reject probability of an article in which the thresholds hold as they are."""
SUREST_ARTICLE = 0.99
"""No article counts as surer than this to be good or bad."""
SEEN_LANGUAGES = LABELLED
SUREST = 0.95
"""No threshold is raised above this; what somebody else says, in quotation marks or a block quotation, needs as much to be junk,
but for the testimonials of a bad article."""
OWN_EVIDENCE: Mapping[str, float] = {"html": -3.0, "text": -1.0}
"""Log-odds that the own words of a full sentence must reach for it to be junk, whatever stands around it: a report between
two plugs is no plug. Out of fold this cost F1 0.002 with HTML and 0.03 in plain text, measured with lines exempt in which a
lexicon finds a phrase; they are not exempt here."""
SURE = 0.8
"""Probability of junk that lines need which are content by their place: code, the line below the title, one that says what
the page says of itself, and references. Of 1,925 such lines 40 of content and 6 of junk stay by these rules, out of fold. And a
short statement as the last line ("He will be missed."): all four of content that have 0.42 stay, and one of junk."""
QUOTED_EDGE, MOST_QUOTED = 2, 0.8
"""Characters that a quoted sentence may end behind its mark, and the share of a line that a quotation may be at most."""
LAST_WORDS = 8
_FULL_STOPS = (".", "。", "…", "।")
_AROUND_STATEMENT = " \t\xa0”’»\"')"
SURELY_CONTENT = 0.1
"""Probability of junk below which a phrase of a lexicon is no proof ("Ask us to look again" in an authority's answers), and
neither is the name of the block around a line ("speaker-bio", "form-text")."""
INNOCENT = frozenset((*OTHER, *BESIDE))
REQUESTS = INNOCENT | {"call_to_action", "subscribe_newsletter"}
"""Lexicons that prove no junk, and with them those of requests, which authorities make too."""
_AROUND_HEADING = " \t\xa0:.*#_-–—"
HEAD_LINES = 6
"""Lines among which a title is followed by a standfirst."""
STANDFIRST_WORDS, DESCRIPTION_WORDS = 6, 8
MIN_TITLE_CHARS, MIN_DESCRIPTION_CHARS = 15, 40
REFERENCES = frozenset(
    (
        "references|reference|further reading|notes and references|acknowledgements|acknowledgments|sources|article sources|"
        "our sources|works cited|references cited|literature cited|bibliography|citations|"
        "footnotes|endnotes|quellen|quellenangaben|literatur|literaturverzeichnis|einzelnachweise|références|bibliographie|"
        "notes et références|fuentes|referencias|bibliografía|fonti|riferimenti|bibliografia|źródła|przypisy|referências|"
        "fontes|bronnen|источники|литература|примечания|kaynaklar|kaynakça|المراجع|المصادر|संदर्भ|参考文献|参考资料|出典|"
        "daftar pustaka|referensi"
    ).split("|")
)
"""Headings over what a text rests on: to the readers nine of ten were content, and of 65 lines below them 52, and 6 junk."""
SENTENCE_WORDS = 12
SHORT_WORDS = 120
"""Articles with fewer words were never labelled: they are treated as carefully as plain text."""
LONG_LINE_SENTENCES = 12
"""A line with more sentences is an article, or a chapter, on one line."""


def without_phrases(document: Document, prediction: RolePrediction) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of the pieces, in order and disjoint, in which a phrase of a lexicon proves nothing: what an article
    quotes, code, lines of one sentence that the model is sure to be content, and of others the sentences whose own words say
    nothing of the kind. Where the model takes a line for content and is not sure, only requests are spared that name no trade."""
    spared = {(line.start, line.end) for line in (*document.quoted_lines, *document.code_lines)}
    if _cannot_be_sure(document, prediction):
        return tuple(sorted(spared))
    asked: list[Unit] = []
    for line, hits, junk in zip(document.lines, document.derive(document_hits), prediction.junk, strict=True):
        sure = junk < SURELY_CONTENT
        claims = not INNOCENT.issuperset(hits)
        if (line.start, line.end) in spared or not (
            sure or (claims and junk < JUNK_THRESHOLD and REQUESTS.issuperset(hits))
        ):
            continue
        pitch = any(hit.phrase.kind == "pitch" for own in hits.values() for hit in own)
        if claims and len(document.sentences_by_line[line.index]) > 1:
            found = [line.start + hit.start for own in hits.values() for hit in own]
            units = [unit for unit in units_of(document, line) if not unit.aside and _holds_any(unit, found)]
            asked += [unit for unit in units if sure or not (pitch or _names_trade(document, unit))]
        elif sure or not (pitch or names_trade(line.text, document.article.language)):
            spared.add((line.start, line.end))
    if asked:
        own = unit_scores(role_model(), document, asked)[:, JUNK_SCORE].tolist()
        spared |= {(unit.start, unit.end) for unit, words in zip(asked, own, strict=True) if words < QUIET_SENTENCE}
    return tuple(sorted(spared))


def _holds_any(unit: Unit, offsets: Sequence[int]) -> bool:
    return any(unit.start <= offset < unit.end for offset in offsets)


def _names_trade(document: Document, unit: Unit) -> bool:
    return names_trade(document.text[unit.start : unit.end], document.article.language)


def surely_content(document: Document, prediction: RolePrediction) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of the lines, in order, that the model is sure to be no junk, where it knows enough to be."""
    sure = 0.0 if _cannot_be_sure(document, prediction) else SURELY_CONTENT
    return tuple(
        (line.start, line.end) for line, junk in zip(document.lines, prediction.junk, strict=True) if junk < sure
    )


def _cannot_be_sure(document: Document, prediction: RolePrediction) -> bool:
    """True where the model knows little of the article, or nothing of its language."""
    unseen = document.article.language is not None and document.article.language not in SEEN_LANGUAGES
    return unseen or _knows_little(document, prediction)


class Thresholds(Protocol):
    """Least probability at which a finding becomes a span of its kind."""

    @property
    def promo(self) -> float: ...
    @property
    def residue(self) -> float: ...
    @property
    def padding(self) -> float: ...
    @property
    def repeat(self) -> float: ...


@dataclass(frozen=True, slots=True)
class RoleThresholds:
    """Thresholds for use without a policy."""

    promo: float = JUNK_THRESHOLD
    residue: float = JUNK_THRESHOLD
    padding: float = FILLER_THRESHOLD
    repeat: float = FILLER_THRESHOLD


DEFAULT_THRESHOLDS = RoleThresholds()


def spans(
    document: Document,
    prediction: RolePrediction,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    reject_probability: float | None = None,
) -> tuple[Span, ...]:
    """Return the flagged pieces of the text in order, over one character at most one that is cut and one that is shown.

    `reject_probability`: what the verdict says of the article; None if nothing.
    """
    return spans_with(role_model(), document, prediction, thresholds=thresholds, reject_probability=reject_probability)


def spans_with(
    model: RoleModel,
    document: Document,
    prediction: RolePrediction,
    *,
    thresholds: Thresholds,
    reject_probability: float | None,
) -> tuple[Span, ...]:
    """The same with a given model."""
    found: list[Span] = []
    asked: list[Unit] = []
    fair = reject_probability is not None and reject_probability <= PIVOT
    odds = _article_odds(document, reject_probability)
    thresholds = _careful(thresholds, document, prediction)
    if odds is not None:
        thresholds = _moved(thresholds, junk=-JUNK_PULL * max(0.0, odds), filler=-FILLER_PULL * odds)
    plugs, plug_threshold = plug_lines(model, document), _raised(thresholds.promo, _care(document, PLUG_LINE_CARE))
    evidence = OWN_EVIDENCE["text" if _knows_little(document, prediction) else "html"]
    title = _title_line(document)
    sure = _standfirsts(document, title)
    sources = False
    quoted = frozenset(line.index for line in document.quoted_lines)
    code = frozenset(line.index for line in document.code_lines)
    silent: set[int] = set()  # lines whose words alone prove nothing
    for line, row in zip(document.lines, prediction.probabilities, strict=True):
        names_sources = line.text.strip(_AROUND_HEADING).lower() in REFERENCES
        sources = names_sources or (sources and not line.is_heading)
        if line is title or names_sources:
            continue
        own = (
            thresholds if line.index not in code and _may_be_junk(line, prediction, evidence) else _no_junk(thresholds)
        )
        if odds is not None and (lacking := _lacking(line, prediction)) > 0:
            own = _moved(own, junk=QUIET_WEIGHT * lacking - QUIET_PULL * min(0.0, odds))
        if sources or line.is_code or line.index in sure or line.index in quoted:
            silent.add(line.index)
        reached = float(row[1] + row[2]) >= min(
            own.promo, own.residue
        )  # most lines are not: their marks need no reading
        told = (
            reached
            and (odds is None or odds <= 0.0)
            and (line.index in quoted or is_told(line) or _is_notice(document, line))
        )
        if told or sources or line.is_code or line.index in sure or _closes(document, line):
            least = SUREST if told else SURE
            own = replace(own, promo=max(own.promo, least), residue=max(own.residue, least))
        units = units_of(document, line)
        if len(units) > LONG_LINE_SENTENCES:
            found += _long_line(model, document, units, thresholds, silent=line.index in silent)
            continue
        whole = _line_spans(line.start, line.end, row, own, "roles.line")
        cut = any(span.kind in CUT for span in whole)
        if not cut and line.index not in silent and (plug := plugs.get(line.index, 0.0)) >= plug_threshold:
            cut = not _closes(document, line) and can_be_plug(document, line.text, len(line.words))
            whole += [Span(line.start, line.end, "promo", plug, "roles.plug")] * cut
        found += whole
        if units and line.index not in code and (not cut or (fair and row[1] + row[2] <= MOST_MIXED)):
            asked += units[: max(0, MAX_UNITS - len(asked))]
    answers = _asked(model, document, prediction, asked, silent)
    return _with_pieces(found, answers, document, prediction, thresholds)


def _careful(thresholds: Thresholds, document: Document, prediction: RolePrediction) -> RoleThresholds:
    """Raise the thresholds where the model has less to go by."""
    little = _knows_little(document, prediction)
    unseen = document.article.language is not None and document.article.language not in SEEN_LANGUAGES
    extra = (TEXT_EXTRA if little else 0.0) + (UNSEEN_EXTRA if unseen else 0.0)
    filler = (TEXT_FILLER_EXTRA if little else 0.0) + (UNSEEN_FILLER_EXTRA if unseen else 0.0)
    promo, residue = (max(t, min(SUREST, t + extra)) for t in (thresholds.promo, thresholds.residue))
    padding, repeat = (max(t, min(SUREST, t + filler)) for t in (thresholds.padding, thresholds.repeat))
    return RoleThresholds(promo, residue, padding, repeat)


def _article_odds(document: Document, probability: float | None) -> float | None:
    """Return the log-odds that the article is rejected, counted from those of the pivot; None where little is known: in
    languages whose wording the verdict does not read, no figure showed a gain."""
    if probability is None or document.article.language not in LANGUAGES:
        return None
    return _log_odds(min(max(probability, 1.0 - SUREST_ARTICLE), SUREST_ARTICLE)) - _log_odds(PIVOT)


def _moved(thresholds: RoleThresholds, *, junk: float = 0.0, filler: float = 0.0) -> RoleThresholds:
    """Raise the thresholds by so many log-odds; those that nothing reaches stay."""
    promo, residue = (_raised(t, junk) for t in (thresholds.promo, thresholds.residue))
    padding, repeat = (_raised(t, filler) for t in (thresholds.padding, thresholds.repeat))
    return RoleThresholds(promo, residue, padding, repeat)


def _care(document: Document, care: float) -> float:
    """Return the log-odds that the words of a plug need above the threshold of promo."""
    return care if document.article.language == "en" else care + PLUG_ELSEWHERE


def _raised(threshold: float, by: float) -> float:
    return _probability(_log_odds(threshold) + by) if 0.0 < threshold < 1.0 else threshold


def _probability(odds: float) -> float:
    """Return what log-odds say."""
    return 1.0 / (1.0 + math.exp(-odds))


def _log_odds(probability: float) -> float:
    return math.log(probability / (1.0 - probability))


def _knows_little(document: Document, prediction: RolePrediction) -> bool:
    """True for plain texts and for articles shorter than any that was learned from."""
    return prediction.markup == "text" or len(document.words) < SHORT_WORDS


def _title_line(document: Document) -> Line | None:
    """The first line that says what the title says, or near the top what it begins with: content, whatever it promises."""
    title = squeeze(document.article.title or "")
    if not title:
        return None
    lines = list(zip(document.lines, document.squeezed, strict=True))
    same = (line for line, text in lines if text == title)
    begins = (
        line
        for line, text in lines[:HEAD_LINES]
        if len(text) >= MIN_TITLE_CHARS and title.startswith(text) and not line.is_list_item
    )
    return next(same, None) or next(begins, None)


def _standfirsts(document: Document, title: Line | None) -> frozenset[int]:
    """The lines near the top that stand right below the title, or say what the page's description says."""
    description = squeeze(document.article.description or "")
    found = set()
    for line, text in zip(document.lines[:HEAD_LINES], document.squeezed, strict=False):
        words = len(line.words)
        below_title = title is not None and line.index == title.index + 1
        same = min(len(text), len(description))
        described = same >= MIN_DESCRIPTION_CHARS and text[:same] == description[:same]
        if (below_title and words >= STANDFIRST_WORDS and not line.is_heading) or (
            described and words >= DESCRIPTION_WORDS
        ):
            found.add(line.index)
    return frozenset(found)


def _is_notice(document: Document, line: Line) -> bool:
    """True for a line of one sentence that asks for something as instructions and notices do."""
    one = line.ends_sentence and len(document.sentences_by_line[line.index]) == 1 and not line.is_heading
    return one and is_request(line.text, document.article.language) and informs(line.text, document.article.language)


def _closes(document: Document, line: Line) -> bool:
    """True for a short statement as the last line of the text."""
    last = line.index == len(document.lines) - 1 and not line.is_heading
    return last and len(line.words) <= LAST_WORDS and line.text.rstrip(_AROUND_STATEMENT).endswith(_FULL_STOPS)


def _may_be_junk(line: Line, prediction: RolePrediction, evidence: float) -> bool:
    """False for a full sentence whose own words say nothing of the kind."""
    own = _own_evidence(line, prediction)
    return own is None or own >= evidence


def _lacking(line: Line, prediction: RolePrediction) -> float:
    """Return the log-odds that the own words of a full sentence lack to speak of junk; 0 for other lines."""
    own = _own_evidence(line, prediction)
    return 0.0 if own is None else max(0.0, QUIET - own)


def _own_evidence(line: Line, prediction: RolePrediction) -> float | None:
    """Return the log-odds of junk by the own words of a full sentence; None for other lines."""
    own = prediction.stage_one.get("junk")
    if own is None or len(line.words) < SENTENCE_WORDS or not line.ends_sentence:
        return None
    return float(own[line.index])


def _no_junk(thresholds: Thresholds) -> RoleThresholds:
    return RoleThresholds(math.inf, math.inf, thresholds.padding, thresholds.repeat)


def _line_spans(start: int, end: int, row: np.ndarray, thresholds: Thresholds, signal: str) -> list[Span]:
    _, promo, residue, padding, repeat = (float(p) for p in row)
    junk, filler = promo + residue, padding + repeat
    found = []
    kind: Kind = "promo" if promo >= residue else "residue"
    if junk >= getattr(thresholds, kind) and junk >= filler:
        found.append(Span(start, end, kind, junk, signal))
    kind = "padding" if padding >= repeat else "repeat"
    if filler >= getattr(thresholds, kind):
        found.append(Span(start, end, kind, filler, signal))
    return found


class _Asked(NamedTuple):
    """A unit, the log-odds that it is junk by its own words, the probability that the forest below the line gives it, and that of
    its being a plug by its words alone."""

    unit: Unit
    own: float
    score: float
    plug: float = 0.0


def _asked(
    model: RoleModel, document: Document, prediction: RolePrediction, units: list[Unit], silent: Collection[int]
) -> list[_Asked]:
    """Ask the forest below the line about the units that have a chance; it says 0 of the others. `silent`: lines whose words alone
    prove nothing."""
    if not units or CLAUSE not in model.forests:
        return []
    words = unit_scores(model, document, units)
    rows = hopeful_rows(words)
    scores = np.zeros(len(units))
    if len(rows):
        hopeful = [units[row] for row in rows.tolist()]
        odds = model.forests[CLAUSE].predict(unit_matrix(document, hopeful, words[rows], prediction.junk))
        slope, offset = model.calibration[CLAUSE]
        scores[rows] = 1.0 / (1.0 + np.exp(-(slope * odds + offset)))
    plugs = plug_probabilities(model, document, [document.text[unit.start : unit.end] for unit in units])
    plugs[[unit.aside or unit.line in silent for unit in units]] = 0.0
    columns = (words[:, JUNK_SCORE], scores, plugs)
    return [_Asked(*answer) for answer in zip(units, *(column.tolist() for column in columns), strict=True)]


def _with_pieces(
    found: list[Span], asked: list[_Asked], document: Document, prediction: RolePrediction, thresholds: Thresholds
) -> tuple[Span, ...]:
    """Put the junk below the line to the spans of lines. Of a line that is cut quiet sentences stay beside one that says by
    itself why: it is what the line was taken for."""
    lines = {span.start: span for span in found if span.kind in CUT}
    pieces: list[Span] = []
    split: set[int] = set()
    for number, group in itertools.groupby(asked, key=lambda answer: answer.unit.line):
        answers = list(group)
        _, promo, residue, _, _ = prediction.probabilities[number]
        kind: Kind = "promo" if promo >= residue else "residue"
        inside = _junk_units(answers, kind, thresholds, document)
        whole = lines.get(document.lines[number].start)
        if whole is not None:
            quiet = {answer.unit for answer in answers if _is_quiet(answer, document)}
            if not inside or sum(len(unit.words) for unit in quiet) < QUIET_WORDS:
                continue
            split.add(whole.start)
            inside = [
                *inside,
                *(
                    _piece(whole, answer.unit)
                    for answer in answers
                    if not answer.unit.aside and answer.unit not in quiet
                ),
            ]
            inside.sort(key=lambda span: (span.start, -span.end))
        pieces += _merged(inside, document.text)
    kept = [span for span in found if not (span.kind in CUT and span.start in split)]
    return tuple(sorted([*kept, *pieces], key=in_order))


def _piece(whole: Span, unit: Unit) -> Span:
    return replace(whole, start=unit.start, end=unit.end, signal="roles.clause")


def _junk_units(answers: list[_Asked], kind: Kind, thresholds: Thresholds, document: Document) -> list[Span]:
    """Return spans of the units of a line that are junk, asides inside a flagged sentence left out."""
    found: list[Span] = []
    end = -1
    least, least_plug = getattr(thresholds, kind), _raised(thresholds.promo, _care(document, PLUG_CARE))
    for answer in answers:
        unit, score = answer.unit, answer.score
        if unit.start < end:
            continue
        if score >= least and not _is_spared(document, unit, score):
            found.append(Span(unit.start, unit.end, kind, score, "roles.clause"))
        elif answer.plug >= least_plug and _is_plug(document, unit, answer.plug):
            found.append(Span(unit.start, unit.end, "promo", answer.plug, "roles.plug"))
        else:
            continue
        end = unit.end
    return found


def _is_plug(document: Document, unit: Unit, plug: float) -> bool:
    """True for a sentence whose words say enough that it is a plug."""
    sentence, line = document.text[unit.start : unit.end], document.lines[unit.line]
    if not can_be_plug(document, sentence, len(unit.words)) or _is_spared(document, unit, plug):
        return False
    return not (is_told(line) and _is_inside_quotation(line, unit))


def _is_quiet(answer: _Asked, document: Document) -> bool:
    """True for a sentence that says nothing of the kind, is no question that a plug answers, and does not speak for the site."""
    unit = answer.unit
    if unit.aside or answer.own >= QUIET_SENTENCE or answer.score > QUIET_SCORE or answer.plug >= NO_PLUG:
        return False
    text = document.text[unit.start : unit.end]
    return not text.rstrip(_AROUND_STATEMENT).endswith(("?", "？")) and not speaks_for_site(document, unit)


def _is_spared(document: Document, unit: Unit, score: float) -> bool:
    """True for what an article tells its readers to do if something happens, unless it is surely junk, and for sentences of a
    quotation."""
    told = score < SUREST and informs(document.text[unit.start : unit.end], document.article.language)
    return told or _is_quoted(document.lines[unit.line], unit)


def _is_quoted(line: Line, unit: Unit) -> bool:
    """True for a sentence inside a quotation that the rest of the line tells of: without it the marks would not close."""
    return _is_inside_quotation(line, unit, most=MOST_QUOTED)


def _is_inside_quotation(line: Line, unit: Unit, *, most: float = 1.0) -> bool:
    """True for a sentence inside a quotation that is less than a share of its line."""
    start, end = unit.start - line.start, unit.end - line.start
    return any(
        first <= start + 1 and end - QUOTED_EDGE <= last and last - first < most * len(line.text)
        for first, last in quotations(line.text)
    )


def _merged(found: list[Span], text: str) -> list[Span]:
    """Join neighbouring sentences of one kind; what lies inside another one is part of it."""
    merged: list[Span] = []
    for span in found:
        last = merged[-1] if merged else None
        if last is not None and span.end <= last.end:
            merged[-1] = replace(last, score=max(last.score, span.score))
            continue
        between = text[last.end : span.start] if last is not None else "x"
        if last is not None and last.kind == span.kind and not between.strip() and "\n" not in between:
            merged[-1] = replace(last, end=span.end, score=max(last.score, span.score))
        else:
            merged.append(span)
    return merged


def _long_line(
    model: RoleModel, document: Document, units: Sequence[Unit], thresholds: Thresholds, *, silent: bool
) -> list[Span]:
    """Treat the sentences of a very long line as the lines of a plain text."""
    units = [unit for unit in units if not unit.aside]
    texts = [document.text[unit.start : unit.end].replace("\n", " ") for unit in units]
    article = replace(document.article, text="\n".join(texts), layout=(None,) * len(units), page_features={})
    inner = segment(article)
    probabilities = predict_with(model, inner).probabilities
    plugs, least = plug_probabilities(model, document, texts), _raised(thresholds.promo, _care(document, PLUG_CARE))
    found = []
    for unit, row, plug in zip(units, probabilities, plugs.tolist(), strict=False):
        own = _line_spans(unit.start, unit.end, row, thresholds, "roles.clause")
        cut = any(span.kind in CUT for span in own)
        if not cut and not silent and plug >= least and _is_plug(document, unit, plug):
            own.append(Span(unit.start, unit.end, "promo", plug, "roles.plug"))
        found += own
    return found
