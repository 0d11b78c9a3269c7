"""Published quality signals under their own names, for comparison and as features; none of them is a gate.

An id names its source: `datatrove_*` has exactly the value that datatrove 0.10.1 computes (a test holds it to recorded
values); `redpajama_*`, `nemo_*` and `datajuicer_*` follow the published definitions. Values keep the direction and the
denominator of their source, so here higher is not always worse.
"""

from __future__ import annotations

from quality.signals.parity import c4, datajuicer, fineweb, gopher, nemo, redpajama
from quality.signals.parity.reading import Column

COLUMNS: tuple[Column, ...] = (
    *gopher.COLUMNS,
    *c4.COLUMNS,
    *fineweb.COLUMNS,
    *redpajama.COLUMNS,
    *nemo.COLUMNS,
    *datajuicer.COLUMNS,
)
"""Every published signal, in the order of its results."""

__all__ = ["COLUMNS", "Column"]
