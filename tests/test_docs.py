"""Generated documents are those that today's code generates."""

from __future__ import annotations

import pytest

from flows import docs
from quality.signals import SIGNALS


@pytest.mark.parametrize(("name", "make"), [("signals.md", docs.signal_catalogue), ("cli.md", docs.cli_reference)])
def test_generated_documents_are_not_stale(name: str, make, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "100")
    written = (docs.DOCS / name).read_text(encoding="utf-8")
    assert written == make(), f"docs/{name} is stale: run python -m flows.docs"


def test_every_signal_says_what_it_measures() -> None:
    for signal in SIGNALS:
        assert signal.summary.strip()
        assert signal.id.startswith(signal.family + ".")


def test_ids_are_unique() -> None:
    ids = [signal.id for signal in SIGNALS]
    assert len(set(ids)) == len(ids)
