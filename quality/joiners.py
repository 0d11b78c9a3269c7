"""Keep the joiners that spelling needs: U+200C in Persian and Indic words, U+200D in Indic conjuncts and in emoji.

trafilatura drops every character that Python does not call printable, so that "می‌خواهم" became another word and a family
four people. While it reads the tree, a mark that no page uses stands for each joiner; nothing that is looked for or counted
there sees the difference. A joiner that joins nothing (mail templates pad with them, Latin words hold some by accident) is
left to be dropped.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

_STAND_INS = {"\u200c": "\U00016fe2", "\u200d": "\U00010af0"}
"""Marks of punctuation in Old Chinese and Manichaean: printable, and neither letters nor spaces."""
_BACK = str.maketrans({stand_in: joiner for joiner, stand_in in _STAND_INS.items()})
_JOINS = re.compile(
    "(?<=[\u0600-\u08ff\u0900-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc])[\u200c\u200d](?=\\w|[\u0900-\u0dff])"
    "|(?<=[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca])[\u200c\u200d]"  # a virama ends words with one
    "|(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
"""Scripts that spell with them, and pictures."""
_REFERENCE = re.compile("&(?:zwn?j|#(?:0*820[45]|[xX]0*200[cCdD]))")
_TEXTS = etree.XPath("//text()[contains(., '\u200c') or contains(., '\u200d')]")
_TAKEN = etree.XPath("//text()[" + " or ".join(f"contains(., '{mark}')" for mark in _STAND_INS.values()) + "]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What lxml reads and does not write."""


def stand_in_for_joiners(tree: HtmlElement, html: str) -> bool:
    """Put a stand-in for each joiner of the tree that joins; return whether `with_joiners` has something to put back.

    `html`: what the tree was parsed from. Few pages hold a joiner, and a look through the tree takes longer.
    """
    if not (any(joiner in html for joiner in _STAND_INS) or _REFERENCE.search(html)) or _TAKEN(tree):
        return False
    found = False
    for text in _TEXTS(tree):
        changed = _JOINS.sub(lambda joiner: _STAND_INS[joiner[0]], text)
        if changed == text or _FORBIDDEN.search(changed):
            continue
        found = True
        if text.is_tail:
            text.getparent().tail = changed
        else:
            text.getparent().text = changed
    return found


def with_joiners(line: str) -> str:
    """Put the joiners back."""
    return line.translate(_BACK)
