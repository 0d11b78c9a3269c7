"""Undo wrong decodings in extracted text: what was "Russia’s" and is now "Russiaâ€™s", "RussiaÃ¢s" or "Russiaβs".

Text whose UTF-8 was read in a wrong codec can be read backwards as long as all bytes are there; ftfy does that for the
common codecs. Where sites strip the control characters in between, bytes are gone and one letter stands for dozens of
originals. This package treats both as one inverse problem. For each codec it knows what every character turns into
(`misread`), restores each damaged form by context (`letters`, `words`, `marks`), and weighs the restored text against the
text as it stands (`explain`, `points`). The points of the whole document are added up: one codec damages a document
everywhere, so a hundred clear cases vouch for a doubtful one, and a doubtful one alone is left as it is. ftfy sees what
remains, and `invisible` takes out what nobody can read. Every change is recorded with its codec, rule and confidence;
what is known to be damage and could not be restored is counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ftfy
from ftfy.badness import is_bad

from quality.records import Repair
from quality.repair.explain import MAX_UNITS, Finding, Reader, explain
from quality.repair.invisible import clean_invisible, mend_surrogates
from quality.repair.marks import dash_lean, style_of
from quality.repair.misread import CODECS, Misreading, Unit, misreading
from quality.repair.points import form_points
from quality.repair.replaced import restore_lost, restore_questions
from quality.repair.transcode import transcode
from quality.repair.words import guess_languages, is_word

BAR = 3.0
"""Points a repair needs, its own and what the rest of the document lends it."""
LEAST_OWN = 0.5
"""Points a repair needs of its own, however sure the codec is: "β-blocker" stays in a page of damaged dashes."""
STRONG = 2.0
"""Points from which a form speaks for the codec elsewhere in the document."""
SUPPORT_SHARE = 0.4
MOST_SUPPORT = 2.5
"""A strong form lends this share of its points (at most 4 count), all together at most MOST_SUPPORT."""
CONTRARY = -3.0
"""A form that reads well as it stands (points up to CONTRARY) takes from the support, up to all of it and as much again."""
SAMPLE_UNITS = 1_000
"""Damaged forms on which the codecs are compared; the best one then reads all."""
MOST_CODECS = 4
"""Codecs that are read with in full: the best by a quick estimate. Where fewer bytes are explained, less is gained."""
MAX_ROUNDS = 4
"""Codecs that one document is repaired for, one after the other: mixtures of sources, and text damaged twice."""
MAX_LINE = 100_000
MAX_TEXT = 1_000_000
"""Characters of one line, and of all lines that are not ASCII, that are looked at: no article is longer, attacks are."""
MAX_RECORDS = 400
"""Different repairs that are recorded for one document; counts go on."""

_ABOUT_ENCODING = re.compile(
    r"mojibake|\butf-?8|\bunicode\b|charset|character (?:set|encoding)s?|\blatin-?1\b|iso-?8859|windows-125\d|\bcp-?125\d"
    r"|garbled|\bencodings?\b|encodage|codificaci[oó]n|kodierung|zeichensatz|kodowani|кодировк|文字化け|乱码|codifica\b",
    re.IGNORECASE,
)
_FTFY = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    restore_byte_a0=False,
    decode_inconsistent_utf8=False,
    fix_c1_controls=False,
    normalization=None,
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """Lines after repair, as many as came in; what was changed; and how many damaged characters remain."""

    lines: tuple[str, ...]
    repairs: tuple[Repair, ...]
    damage: int


def repair_lines(lines: Sequence[str], *, language: str | None = None) -> Repaired:
    """Restore wrongly decoded text in the lines of one document; clean lines come back as they are.

    language: ISO 639-1 code of the text if known; else it is guessed. No line of the result holds a line feed that the
    line did not hold before. Linear in the length of the text.
    """
    out = list(lines)
    ledger = _Ledger()
    mend_surrogates(out, ledger.add)
    transcode(out, _high(out), ledger.add)
    damage = 0
    for _ in range(MAX_ROUNDS):
        best = _best_reading(out, language)
        if best is None:
            break
        damage += _apply(out, best, ledger)
    _reverse_rest(out, ledger)
    _restore_lost(out, language, ledger)
    clean_invisible(out, ledger.add)
    damage += sum(line.count("\ufffd") for line in out if not line.isascii())
    return Repaired(tuple(out), ledger.repairs(), damage)


class _Ledger:
    """Counts repairs of one document by kind."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], tuple[float, int]] = {}

    def add(self, original: str, restored: str, codec: str, rule: str, confidence: float, count: int = 1) -> None:
        key = (original, restored, codec, rule)
        if key in self._found or len(self._found) < MAX_RECORDS:
            total, number = self._found.get(key, (0.0, 0))
            self._found[key] = (total + confidence * count, number + count)

    def repairs(self) -> tuple[Repair, ...]:
        return tuple(Repair(*key, round(total / number, 2), number) for key, (total, number) in self._found.items())


@dataclass(frozen=True, slots=True)
class _Reading:
    """The findings of one codec in a document and what they come to."""

    codec: str
    findings: tuple[tuple[int, tuple[Finding, ...]], ...]
    """Findings by line number."""
    strength: float
    """Points of the strong findings, each word counted once."""
    strong_words: frozenset[str]
    contrary: int
    """Findings that read well as they stand."""

    def support(self, finding: Finding) -> float:
        """Return the points that the rest of the document lends a finding; less than 0 if it reads well as it stands."""
        rest = self.strength - (_counted(finding) if finding.word in self.strong_words else 0.0)
        share = len(self.strong_words) / max(1, len(self.strong_words) + self.contrary)
        return min(MOST_SUPPORT, SUPPORT_SHARE * max(0.0, rest)) * share - MOST_SUPPORT * (1 - share)

    def accepts(self, finding: Finding) -> bool:
        """Return whether a finding is to be restored."""
        return (
            finding.restored is not None
            and finding.points >= LEAST_OWN
            and finding.points + self.support(finding) >= BAR
        )

    @property
    def size(self) -> int:
        """Number of findings."""
        return sum(len(found) for _, found in self.findings)

    def gain(self) -> float:
        """Return the points of everything that is to be restored."""
        return sum(f.points for _, found in self.findings for f in found if self.accepts(f))


def _counted(finding: Finding) -> float:
    return min(4.0, finding.points)


def _best_reading(lines: Sequence[str], language: str | None) -> _Reading | None:
    """Return the codec that explains most of what looks damaged, None if nothing does well enough."""
    high = _high(lines)
    characters = frozenset().union(*(lines[number][:MAX_LINE] for number in high))
    seen: set[tuple[tuple[int, Unit], ...]] = set()
    promising: list[tuple[float, Misreading, dict[int, list[Unit]]]] = []
    for candidate in map(misreading, CODECS):
        if not candidate.possible(characters):
            continue
        units = _units(lines, high, candidate, SAMPLE_UNITS)
        # Codecs of one family often explain a text by the very same forms: the likelier one has been tried.
        forms = tuple((number, unit) for number, found in units.items() for unit in found)
        if forms and forms not in seen:
            seen.add(forms)
            promising.append((_rough_points(lines, units), candidate, units))
    promising.sort(key=lambda choice: -choice[0])
    quoting = bool(promising) and _about_encoding(lines)
    best: _Reading | None = None
    chosen = misreading(CODECS[0])
    most = 0.0
    for _, candidate, units in promising[:MOST_CODECS]:
        reading = _read(lines, units, candidate, language, quoting)
        gain = reading.gain()
        if gain > most + 0.01:
            best, most, chosen = reading, gain, candidate
    if best is None or best.size < SAMPLE_UNITS:
        return best
    return _read(lines, _units(lines, high, chosen, MAX_UNITS), chosen, language, quoting)


def _high(lines: Sequence[str]) -> list[int]:
    """Return the numbers of the lines that are not ASCII, as far as they are looked at."""
    left, high = MAX_TEXT, []
    for number, line in enumerate(lines):
        if not line.isascii() and left > 0:
            high.append(number)
            left -= min(len(line), MAX_LINE)
    return high


def _rough_points(lines: Sequence[str], units: Mapping[int, Sequence[Unit]]) -> float:
    """Return the points of the forms by their look, a quick estimate of what a codec explains."""
    return sum(
        form_points(lines[number][unit.start : unit.end], unit) + 0.5 * (unit.end - unit.start)
        for number, found in units.items()
        for unit in found
    )


def _units(lines: Sequence[str], high: Sequence[int], wrong: Misreading, most: int) -> dict[int, list[Unit]]:
    """Return the damaged forms by line number, at most that many of them."""
    units: dict[int, list[Unit]] = {}
    left = most
    for number in high:
        if left > 0 and (found := wrong.units(lines[number], left, MAX_LINE)):
            units[number] = found
            left -= len(found)
    return units


def _read(
    lines: Sequence[str], units: Mapping[int, Sequence[Unit]], wrong: Misreading, language: str | None, quoting: bool
) -> _Reading:
    guessed = guess_languages(lines, codec=wrong.codec)
    languages = tuple(dict.fromkeys(([language] if language else []) + list(guessed) + ["en"]))
    lean = dash_lean(lines, languages[0], wrong.image_of[0xE2])
    reader = Reader(wrong, languages, style_of(languages[0]), lean, about_encoding=quoting)
    findings = tuple((number, tuple(explain(lines[number], found, reader))) for number, found in units.items())
    flat = [f for _, found in findings for f in found]
    strong: dict[str, float] = {}
    for finding in flat:
        if finding.points >= STRONG and finding.restored is not None:
            strong[finding.word] = max(strong.get(finding.word, 0.0), _counted(finding))
    contrary = len({f.word for f in flat if f.points <= CONTRARY and f.word}) + sum(f.rule == "word" for f in flat)
    return _Reading(wrong.codec, findings, sum(strong.values()), frozenset(strong), contrary)


def _restore_lost(lines: list[str], language: str | None, ledger: _Ledger) -> None:
    """Restore characters that U+FFFD or a question mark stands for."""
    if any("?" in line for line in lines):
        restore_questions(lines, lambda word: is_word(word, ("en",)), ledger.add)
    if not any("\ufffd" in line for line in lines) or _about_encoding(lines):
        return
    languages = tuple(dict.fromkeys(([language] if language else []) + list(guess_languages(lines)) + ["en"]))
    lean = dash_lean(lines, languages[0], "\ufffd")
    restore_lost(lines, languages, style_of(languages[0]), lean, ledger.add)


def _about_encoding(lines: Sequence[str]) -> bool:
    """Return whether a text speaks of encodings, twice at least."""
    left, found = MAX_TEXT, 0
    for line in lines:
        found += len(_ABOUT_ENCODING.findall(line, 0, MAX_LINE))
        left -= min(len(line), MAX_LINE)
        if found >= 2 or left <= 0:
            break
    return found >= 2


def _apply(lines: list[str], reading: _Reading, ledger: _Ledger) -> int:
    """Write the accepted originals into the lines; return how many damaged characters stay."""
    damage = 0
    for number, findings in reading.findings:
        line, pieces, at = lines[number], [], 0
        for finding in findings:
            if not reading.accepts(finding):
                sure = finding.points + reading.support(finding)
                damage += finding.points > CONTRARY and sure > 0.5 and reading.strength > 2 * BAR
                continue
            original = line[finding.start : finding.end]
            restored = finding.restored or ""
            pieces += [line[at : finding.start], restored]
            at = finding.end
            confidence = 1 / (1 + math.exp(-(finding.points + reading.support(finding) - 1.0)))
            ledger.add(original, restored, reading.codec, finding.rule, confidence)
        lines[number] = "".join(pieces) + line[at:]
    return damage


def _reverse_rest(lines: list[str], ledger: _Ledger) -> None:
    """Let ftfy read backwards what is left, where all bytes of a line are there."""
    bad = [number for number in _high(lines) if len(lines[number]) <= MAX_LINE and is_bad(lines[number])]
    if not bad or _about_encoding(lines):
        return
    for number in bad:
        line = lines[number]
        fixed, steps = ftfy.fix_encoding_and_explain(line, _FTFY)
        fixed = fixed.replace("\n", " ") if "\n" not in line else fixed
        if fixed != line and steps and steps[0].action == "encode":
            ledger.add(line[:60], fixed[:60], steps[0].parameter, f"ftfy {steps[-1].parameter}", 0.9)
            lines[number] = fixed
