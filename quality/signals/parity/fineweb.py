"""FineWeb's own quality signals with the values that datatrove 0.10.1 computes (`datatrove_fineweb_*`).

Measures: as datatrove's `FineWebQualityFilter`, over non-empty lines (`split("\\n")`). FineWeb rejects where lines
that end in a terminal mark are < 0.12 of the lines, lines of at most 30 characters > 0.67, characters of second
copies > 0.01 of the characters (0.1 in the paper), or line breaks > 0.3 of the words. Known misfires: lists, tables,
poems and live blogs have short lines; a repeated subhead is already a duplicate.
References: Penedo et al. 2024; datatrove `fineweb_quality_filter.py`.
"""

from __future__ import annotations

from quality.signals.parity.marks import TERMINAL_MARKS
from quality.signals.parity.reading import Column, Reading, column, ratio, second_copies, share

SOURCE = "datatrove_fineweb"
SHORT_LINE_CHARS = 30


def _copies(reading: Reading) -> float | None:
    return ratio(second_copies(reading.split_lines)[1], len(reading.text) - reading.text.count("\n"))


COLUMNS: tuple[Column, ...] = (
    column(
        SOURCE,
        "end_marked_lines_fraction",
        "Lines that end in a terminal mark of any script over lines",
        lambda r: share(r.split_lines, lambda line: line[-1:] in TERMINAL_MARKS),
    ),
    column(
        SOURCE,
        "short_lines_fraction",
        "Lines of at most 30 characters over lines",
        lambda r: share(r.split_lines, lambda line: len(line) <= SHORT_LINE_CHARS),
    ),
    column(SOURCE, "duplicate_line_chars_fraction", "Characters of second copies of lines over characters", _copies),
    column(SOURCE, "line_breaks_ratio", "Line breaks over words", lambda r: ratio(r.text.count("\n"), r.words_count)),
)
