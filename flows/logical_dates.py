"""The date that a scheduled run stands for, which may be long past when the run is late or fills a gap.

A run stands for the time that its schedule gave it, or for the one that a person names. It shows in the run's name,
and `{date}` and `{hour}` in an input become that date and hour (UTC), so a missed night is made up for by running again
with its date. Nothing else depends on it: pages are known by their content, and sources are judged as of today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import PurePosixPath

from prefect.runtime import flow_run

NAMED_INPUTS = 2
"""Inputs that a run's name spells out."""


def moment_of(logical_date: dt.datetime | None) -> dt.datetime:
    """Return the time that the present run stands for, in UTC. A time without a zone is taken for UTC."""
    if logical_date is None:
        return _utc(flow_run.scheduled_start_time or dt.datetime.now(dt.UTC))
    return _utc(logical_date)


def dated(inputs: Sequence[str], moment: dt.datetime) -> list[str]:
    """Fill in `{date}` (2026-01-31) and `{hour}` (00 to 23)."""
    return [given.replace("{date}", f"{moment:%Y-%m-%d}").replace("{hour}", f"{moment:%H}") for given in inputs]


def run_name() -> str:
    """Name the present flow run by flow, input and date: "score inbox 2026-01-31"."""
    parameters = flow_run.parameters or {}
    moment = moment_of(parameters.get("logical_date"))
    words = [flow_run.flow_name or "run", _subject(parameters), f"{moment:%Y-%m-%d}"]
    return " ".join(word for word in words if word)


def _subject(parameters: dict[str, object]) -> str:
    given = parameters.get("inputs") or parameters.get("sources") or parameters.get("warehouse")
    names = given if isinstance(given, list) else [given] if given else []
    short = [PurePosixPath(str(name).rstrip("/")).name or str(name) for name in names]
    more = len(short) - NAMED_INPUTS
    return ", ".join(short[:NAMED_INPUTS]) + (f" and {more} more" if more > 0 else "")


def _utc(moment: dt.datetime | str) -> dt.datetime:
    parsed = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed.replace(tzinfo=dt.UTC) if parsed.tzinfo is None else parsed.astimezone(dt.UTC)
