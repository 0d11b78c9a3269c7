"""The gate's verdicts in formats that other tools read: CSV, JSON and uBlock filters."""

from __future__ import annotations

import csv
import io
import ipaddress
import json
from collections.abc import Mapping

from quality.gate.estimate import Estimates
from quality.gate.standing import Standing
from quality.sources import FILE_PREFIX

COLUMNS = (
    "source",
    "parent",
    "status",
    "since",
    "pages",
    "effective_pages",
    "accepted",
    "review",
    "rejected",
    "reject_rate",
    "reject_low",
    "reject_high",
    "override",
    "reason",
)

Row = dict[str, str | int | float | None]


def rows_of(standings: Mapping[str, Standing], estimates: Estimates) -> list[Row]:
    """Return one row a source or sub-source, by name. Rates are None where no page was assessed."""
    place = {name: index for index, name in enumerate(estimates.source)}
    return [_row(standings[name], place.get(name), estimates) for name in sorted(standings)]


def as_csv(rows: list[Row]) -> str:
    """Return the rows as CSV with a header; a missing number is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_json(rows: list[Row]) -> str:
    """Return the rows as a JSON array, one object a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n" if rows else "[]\n"


def as_ublock(rows: list[Row]) -> str:
    """Return filters that block what is rejected, with the reason above each; authors let in stand as exceptions.

    Folders and other names that no browser can visit are left out.
    """
    rejected = {row["source"] for row in rows if row["status"] == "rejected"}
    lines = ["! Title: sources rejected by the source gate"]
    for row in rows:
        name = str(row["source"])
        if name.startswith(FILE_PREFIX) or name == "localhost" or _is_ipv6(name):
            continue
        if name in rejected:
            lines += ["! " + " ".join(str(row["reason"]).split()), f"||{name}^"]
        elif row["parent"] in rejected and row["status"] != "unknown":
            lines.append(f"@@||{name}^")
    return "\n".join(lines) + "\n"


def _row(standing: Standing, index: int | None, estimates: Estimates) -> Row:
    row: Row = dict.fromkeys(COLUMNS)
    row |= {
        "source": standing.source,
        "status": standing.status,
        "since": standing.since.isoformat() if standing.since else None,
        "override": standing.override,
        "reason": standing.reason,
        "pages": 0,
    }
    if index is None:
        return row
    row["parent"] = estimates.parent[index] or None
    for name in ("pages", "accepted", "review", "rejected"):
        row[name] = int(getattr(estimates, name)[index])
    if not estimates.assessed[index]:
        return row
    for name in ("effective_pages", "reject_rate", "reject_low", "reject_high"):
        row[name] = round(float(getattr(estimates, name)[index]), 4)
    return row


def _is_ipv6(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).version == 6
    except ValueError:
        return False
