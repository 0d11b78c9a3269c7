"""Content quality and spam detection for web articles: bytes in, assessment out.

`assess` names the promo, residue, padding and repeated sentences of a page, cuts out what is no content, and gives a
calibrated probability that a careful editor would reject the article. It is a pure function: no file, no socket, no
clock, no state between calls. Names are imported on first use, so that `import quality` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quality.pipeline import assess, assess_article, assess_page
    from quality.policy import Policy, PolicyError, default_policy, load_policy
    from quality.records import (
        Article,
        Assessment,
        Failure,
        LineLayout,
        Measurement,
        RawPage,
        Reason,
        Repair,
        Span,
    )

_HOMES = {
    "quality.pipeline": ("assess", "assess_article", "assess_page"),
    "quality.policy": ("Policy", "PolicyError", "default_policy", "load_policy"),
    "quality.records": (
        "Article",
        "Assessment",
        "Failure",
        "LineLayout",
        "Measurement",
        "RawPage",
        "Reason",
        "Repair",
        "Span",
    ),
}

__all__ = [
    "Article",
    "Assessment",
    "Failure",
    "LineLayout",
    "Measurement",
    "Policy",
    "PolicyError",
    "RawPage",
    "Reason",
    "Repair",
    "Span",
    "assess",
    "assess_article",
    "assess_page",
    "default_policy",
    "load_policy",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
