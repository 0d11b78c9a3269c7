"""All signals, by name. A signal measures a document and never decides, edits or drops.

One signal is one module `quality/signals/<family>/<name>.py` with a function `measure(document) -> Measurement`; its id
is its path (`repetition.duplicate_ngrams`) and its summary the first line of its docstring. The list below is explicit:
a module that is not on it does not exist, and the order of the list is the order of every result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from quality.records import Measurement
from quality.segment import Document

_MODULES: tuple[ModuleType, ...] = (
)


@dataclass(frozen=True, slots=True)
class Signal:
    """A named measurement."""

    id: str
    """Family and name, e.g. "promo.cross_link"."""
    family: str
    measure: Callable[[Document], Measurement]
    summary: str
    """One line that says what is measured, for catalogues and reports."""


def _signal(module: ModuleType) -> Signal:
    _, _, path = module.__name__.partition("signals.")
    summary = (module.__doc__ or "").strip().partition("\n")[0]
    return Signal(id=path, family=path.partition(".")[0], measure=module.measure, summary=summary)


SIGNALS: tuple[Signal, ...] = tuple(_signal(module) for module in _MODULES)
"""Every signal, in the order of its results."""


def measure_all(document: Document) -> dict[str, Measurement]:
    """Run every signal on one document; a signal that raises is a bug and is not caught here."""
    return {signal.id: signal.measure(document) for signal in SIGNALS}
