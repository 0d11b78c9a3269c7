"""A text that tells of a problem and ends at its publisher's door.

Measures: share of the sections (or, without headings, of the paragraphs of the last third) whose last sentence names
the publisher or speaks as "we" to "you" about what "we" offer.
Why: in an advertorial the advice is the bait and each section's last sentence the hook.
Example: "That is why at Acme we help you plan ahead." at the end of each section.
Known misfires: club reports and editorials say "we" but offer nothing. None below three sections or paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from quality.records import Measurement
from quality.segment import Document, Line
from quality.signals.page.publisher import publisher_names, squeezed

MIN_PARTS = 3
SCORE = 0.5
_OFFER = re.compile(
    r"\b(?:we|our\s+\w{2,20})\b [^.]{0,80} \b(?:offer|help|provide|deliver|specialize|specialise|service|team"
    r"|expert|make\s+it\s+easy|can\s+help|solution)\w*"
    r"|\b(?:contact|call|visit|reach\s+out\s+to|book|schedule|get\s+in\s+touch\s+with)\s+(?:us|our)\b"
    r"|\b(?:wir|unser\w*)\b [^.]{0,80} \b(?:bieten|helfen|unterstützen|beraten|Lösung\w*|Team)\b"
    r"|\bkontaktieren\s+Sie\s+uns\b"
    r"|\b(?:nous|notre)\b [^.]{0,80} \b(?:proposons|offrons|aidons|accompagnons|équipe|solution\w*)\b"
    r"|\bcontactez-nous\b"
    r"|\b(?:nuestro|nuestra|nuestros)\b [^.]{0,80} \b(?:ofrecemos|equipo|servicio\w*|solucion\w*)\b|\bcontáct[ae]nos\b",
    re.IGNORECASE | re.VERBOSE,
)
_RUN = re.compile(r"\w+")
_HINTS = frozenset("we our us wir uns nous notre contactez nuestro nuestra nuestros".split())
"""One of these words, or one that begins with "unser" or "contáct", stands in every offer."""
_TWO_CASED = re.compile("[İıſ]")
"""Letters that a regex takes for others when case is ignored and `lower` does not."""
TAIL_CHARS = 400


def measure(document: Document) -> Measurement:
    """Return the share of parts that end in an offer, with their last lines."""
    ends = _ends(document)
    if len(ends) < MIN_PARTS:
        return Measurement(None)
    names = publisher_names(document)
    found = [line for line in ends if _sells(line, [name for name in names if name in document.squeezed[line.index]])]
    return Measurement(len(found) / len(ends), tuple((line.start, line.end, SCORE) for line in found))


def _ends(document: Document) -> list[Line]:
    body = document.body
    headings = [line.index for line in document.lines if line.is_heading]
    if len(headings) < MIN_PARTS:
        return list(body[-max(MIN_PARTS, len(body) // 3) :])
    bounds = [*headings, len(document.lines)]
    return [
        parts[-1]
        for start, stop in pairwise(bounds)
        if (parts := [line for line in document.lines[start + 1 : stop] if len(line.words) >= 8])
    ]


def _sells(line: Line, names: Sequence[str]) -> bool:
    tail = line.text[-TAIL_CHARS:]
    if any(name in squeezed(tail) for name in names):
        return True
    lower = tail.lower()
    hinted = (
        not _HINTS.isdisjoint(_RUN.findall(lower))
        or "unser" in lower
        or (not tail.isascii() and ("contáct" in lower or bool(_TWO_CASED.search(tail))))
    )
    return hinted and bool(_OFFER.search(tail))
