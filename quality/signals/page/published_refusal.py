"""A language model's refusal or excuse that was published as the article.

Measures: lines that start with the model speaking of itself or refusing, over all lines, at least 0.5 where there is
one.
Why: nobody read the page before it went out.
Example: "As an AI language model, I cannot browse the internet, but here are some tips."
Known misfires: articles about language models quote such sentences: a line inside quotation marks or one that goes on
to name who said it does not count. 0 in languages without a phrase.
"""

from __future__ import annotations

import re

from quality.records import Measurement
from quality.segment import Document

_REFUSAL = re.compile(
    r"""
    ^\W{0,3}(?:
        (?:I['’]m\s+sorry,?\s+but\s+|Sorry,\s+but\s+|Unfortunately,\s+)?
            as\s+an?\s+(?:AI|artificial\s+intelligence)\s+(?:language\s+)?(?:model|assistant)
      | I['’]?\s?(?:a)?m\s+sorry,?\s+(?:but\s+)?I\s+(?:can['’]?t|cannot|am\s+unable\s+to)\s+
            (?:assist|help|fulfil|complete|provide|generate|create)
      | I\s+(?:cannot|can['’]t)\s+(?:fulfil\w*|complete|assist\s+with)\s+(?:this|that|your)\s+(?:request|prompt)
      | (?:Certainly|Sure)!?,?\s+(?:here['’]s|here\s+is|here\s+are)\s+(?:a|an|the|your|some)\b [^\n]{0,80}
          \b(?:article|blog\s+post|version|rewrite|introduction)\b
      | (?:my|meine[sm]?)\s+(?:knowledge\s+cutoff|training\s+data|Trainingsdaten)
      | als\s+(?:ein\s+)?KI-?(?:Sprachmodell|Modell|Assistent)
      | en\s+tant\s+qu['’](?:un\s+)?(?:IA|intelligence\s+artificielle|modèle\s+de\s+langage)
      | como\s+(?:un\s+)?modelo\s+de\s+(?:lenguaje|linguagem)(?:\s+de\s+IA)?
      | jako\s+model\s+językowy | come\s+modello\s+linguistico
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REPORTED = re.compile(r"[\"”»’],?\s+(?:it|the|ChatGPT|said|replied|wrote|answered|respond\w*)\b", re.IGNORECASE)
_OPENING_QUOTES = ('"', "“", "„", "«", "'", "‘", ">")
SCORE = 0.95
LEAST_VALUE = 0.5


def measure(document: Document) -> Measurement:
    """Return how much of the text is refusal, with the lines."""
    found = tuple(
        (line.start, line.end, SCORE)
        for line in document.lines
        if _REFUSAL.match(line.text[:400])
        and not line.text.lstrip().startswith(_OPENING_QUOTES)
        and not _REPORTED.search(line.text[:600])
    )
    if not document.lines:
        return Measurement(None)
    return Measurement(max(LEAST_VALUE, len(found) / len(document.lines)) if found else 0.0, found)
