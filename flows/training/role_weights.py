"""The file of the role model: which columns its second stage reads, and how its arrays are stored."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from quality.roles.clauses import COLUMNS
from quality.roles.model import CLAUSE, PLUG, PlugWords, RoleModel, compress
from quality.roles.nets import Reader
from quality.roles.neutral import NEUTRAL
from quality.trees import Forest

HTML_ONLY = ("layout.", "page.", "score.class_")


def column_names(kind: str) -> tuple[str, ...]:
    """Return the columns that the second stage reads, from the list beside this module."""
    listed = (files("flows.training") / "role_columns.txt").read_text(encoding="utf-8").split()
    return tuple(name for name in listed if kind == "html" or not any(part in name for part in HTML_ONLY))


def model_bytes(
    stage_one: RoleModel,
    forests: Mapping[str, Forest],
    readers: Mapping[str, Reader],
    slopes: Mapping[str, tuple[float, float]],
    neutral_names: tuple[str, ...],
    plug: PlugWords,
) -> bytes:
    """Return the bytes of the weights file: arrays only, the same bytes for the same arrays."""
    listed = {CLAUSE: COLUMNS, NEUTRAL: neutral_names}
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, table in (("line", stage_one.line), ("near", stage_one.near), ("classes", stage_one.classes)):
        arrays[name], arrays[f"{name}.top"] = compress(table)
    arrays["intercepts"] = stage_one.intercepts
    arrays.update(stage_one.outside.arrays("outside"))
    arrays["outside.columns"] = np.array(stage_one.outside_columns)
    arrays["forests"] = np.array(list(forests))
    arrays["calibration"] = np.array([slopes[name] for name in forests])
    for name, forest in forests.items():
        arrays.update(forest.arrays(name))
        arrays[f"{name}.columns"] = np.array(listed.get(name) or column_names(name.split(".")[0]))
    for kind, reader in readers.items():
        arrays.update(reader.arrays(f"{kind}.nets"))
    arrays[PLUG], arrays[f"{PLUG}.top"] = compress(plug.table[:, None])
    arrays[f"{PLUG}.calibration"] = np.array(plug.calibration)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
