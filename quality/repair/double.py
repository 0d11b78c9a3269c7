"""Undo UTF-8 that was read as Latin-1 in a page while all of its bytes are there.

"’" (E2 80 99) read so is "â" and two control characters. Parsers and extractors drop control characters and soft
hyphens, and with them two thirds of the mark; so a page is mended before it is parsed, and nothing needs to be guessed
afterwards. Control characters (U+0080 to U+009F) stand in no page on purpose. A page in Windows-1252 that was declared as
Latin-1 has them too, for quotes and dashes, after any letter ("CAFÉ\x92S"); forms that it could make by chance are left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice

from quality.records import Repair

LEAST_FORMS = 10
"""Three-byte forms of other scripts that a page needs before they are read: one alone can be an accent and two signs."""

MAX_RECORDS = 400
"""Different characters that are recorded for one document."""

_CONTROL = re.compile("[\x80-\x9f]")
_CONTROLS = tuple(map(chr, range(0x80, 0xA0)))
_TWO = "[\xc3-\xc5\xce-\xd1\xd7-\xd9][\x80-\xbf]"
_MARK = "[\xe2\xef][\x80-\xbf]{2}"
_THREE = "[\xe0\xe1\xe3-\xed][\x80-\xbf]{2}"
_FOUR = "\xf0[\x80-\xbf]{3}"
_FORMS = re.compile(f"{_FOUR}|{_MARK}|{_TWO}|\xc2[\xa0-\xbf]|{_THREE}")
_FREE_LEADS = "\xc2\xc3"
"""Leads that are read without a control character after them: "Ã©" is no word's end."""
_ALPHABETS = ("\xd0\xd1", "\xce\xcf", "\xd8\xd9")
"""Leads of Cyrillic, Greek and Arabic: letters of one alphabet are damaged together, with a control character or without."""
_WIDE_LEADS = frozenset("\xe0\xe1\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed")


def undo_double_encoding(html: str) -> tuple[str, Counter[tuple[str, str]]]:
    """Return the page with double-encoded characters restored, and how often each (form, character) was.

    A page without control characters comes back as it is. Forms without one are restored where the page has others with
    a first character of the same alphabet that have one, where that is "Ã" or "Â", and in pages of scripts of three bytes.
    """
    if html.isascii() or not any(control in html for control in _CONTROLS):  # a fourth of the time of a regex
        return html, Counter()
    counts = Counter(map(re.Match.group, _FORMS.finditer(html)))
    read = {form: character for form in counts if (character := _read(form)) is not None}
    seen: Counter[str] = Counter()
    for form in read:
        if _CONTROL.search(form):
            seen[form[0]] += counts[form]
    wide = sum(count for lead, count in seen.items() if lead in _WIDE_LEADS)
    leads = seen.keys() - _WIDE_LEADS
    if wide >= LEAST_FORMS:
        leads |= _WIDE_LEADS
    if not leads:
        return html, Counter()
    leads |= set(_FREE_LEADS).union(*(pair for pair in _ALPHABETS if not leads.isdisjoint(pair)))
    table = {form: character for form, character in read.items() if form[0] in leads}
    restored = _FORMS.sub(lambda match: table.get(match.group(), match.group()), html)
    return restored, Counter({(form, character): counts[form] for form, character in table.items()})


def _read(form: str) -> str | None:
    try:
        character = form.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.match(character) else character


def repairs_in(text: str, found: Mapping[tuple[str, str], int]) -> tuple[Repair, ...]:
    """Return as repairs what of the restored characters stands in the text of an article, MAX_RECORDS kinds at most."""
    if not found:
        return ()
    standing = Counter(text)
    kinds = ((form, character, count) for (form, character), count in found.items() if standing[character])
    return tuple(
        Repair(form, character, "latin-1", "double", 1.0, min(count, standing[character]))
        for form, character, count in islice(kinds, MAX_RECORDS)
    )
