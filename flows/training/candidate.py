"""A fitted model that is not taken over yet: weights, figures, a card that states them, and floors that rose to them.

Nothing that ships is replaced by training: taking a candidate over is a change of the policy, which pins its digest.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from flows.training.role_table import Floors, RoleTable
from quality.model_files import DIGEST_CHARS, FOLDER
from quality.roles.model import WEIGHTS

Model = Literal["boilerplate", "roles", "page_type", "verdict"]
MODELS: tuple[Model, ...] = get_args(Model)
"""In the order in which they lean on each other."""
FOLDERS: Mapping[Model, str] = {
    "boilerplate": "boilerplate",
    "roles": "roles",
    "page_type": "pagetype",
    "verdict": "verdict",
}
FLOORS = "floors.toml"
SLACK = 0.01
"""How far under a figure its new floor lies, so that another processor's rounding is no failure."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "trafilatura")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What measuring one model gave."""

    table: RoleTable
    learned_from: str
    weights: bytes = b""
    """Empty if the model was only measured."""
    more: str = ""
    """Markdown that the card states beside the table."""


def array_bytes(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return a weights file: the same bytes for the same arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def write_candidate(model: Model, found: Result, folder: Path) -> None:
    """Write weights, figures, risen floors and a card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(found.weights)
    figures = json.dumps(found.table.figures, indent=1, sort_keys=True)
    (folder / "metrics.json").write_text(figures + "\n", encoding="utf-8")
    (folder / FLOORS).write_text(floors_text(model, risen(read_floors(model), found.table)), encoding="utf-8")
    (folder / "CARD.md").write_text(card(model, found), encoding="utf-8")


def card(model: Model, found: Result) -> str:
    """Return what a person must know of a candidate before it ships."""
    made = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return "\n".join(
        [
            f"# Candidate: {model}",
            "",
            f"Learned from {found.learned_from}. {len(found.weights):,} bytes, arrays only, sha256 `{digest(found.weights)}`.",
            f"Made with Python {platform.python_version()}, {made}.",
            "",
            "Out of fold by domain:",
            "",
            "```text",
            found.table.text,
            "```",
            *(["", found.more] if found.more else []),
            "",
        ]
    )


def digest(weights: bytes) -> str:
    """Return the digest that a policy pins."""
    return hashlib.sha256(weights).hexdigest()[:DIGEST_CHARS]


def how_to_pin(model: Model, weights: bytes, folder: Path) -> str:
    """Say what taking a candidate over takes."""
    return (
        f"To take it over: copy {WEIGHTS}, metrics.json and {FLOORS} from {folder} to quality/models/{FOLDERS[model]}/, state "
        f'its figures in the card there, set {model} = "{digest(weights)}" under [models] of quality/policy.toml, and raise '
        "the policy's version."
    )


def read_floors(model: Model) -> Floors:
    """Return what a model that ships is held to."""
    return Floors.read(FOLDER / FOLDERS[model] / FLOORS)


def risen(floors: Floors, table: RoleTable) -> Floors:
    """Return floors raised, and ceilings lowered, to what a candidate reached; never the other way."""

    def near(value: float, name: str, slack: float) -> float:
        return round(table.figures.get(name, value) - slack, 3)

    return Floors(
        {name: max(value, near(value, name, SLACK)) for name, value in floors.floors.items()},
        {name: min(value, near(value, name, -SLACK)) for name, value in floors.ceilings.items()},
    )


def floors_text(model: Model, floors: Floors) -> str:
    """Write floors as TOML."""
    lines = [f"# What `quality evaluate` demands of the model {model}, out of fold. Floors only rise.", "", "[floors]"]
    lines += [f'"{name}" = {value:g}' for name, value in floors.floors.items()]
    lines += ["", "[ceilings]", *(f'"{name}" = {value:g}' for name, value in floors.ceilings.items())]
    return "\n".join(lines) + "\n"


def failures(tables: Mapping[Model, RoleTable], say: Say) -> list[str]:
    """Return a sentence for each figure on the wrong side of its floor; what the pages do not show is said."""
    found = []
    for model, table in tables.items():
        floors = read_floors(model)
        for name in (*floors.floors, *floors.ceilings):
            if name not in table.figures:
                say(f"{model}: {name} has a floor and was not measured: no such pages")
        measured = Floors(
            {name: value for name, value in floors.floors.items() if name in table.figures},
            {name: value for name, value in floors.ceilings.items() if name in table.figures},
        )
        found += [f"{model}: {sentence}" for sentence in measured.failures(table)]
    return found
