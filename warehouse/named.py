"""Named queries: the questions that people ask, each a table macro in a file of its own.

A file of warehouse/queries states its question and its parameters in a comment and makes a macro of the same name, so
that `quality sql @why page=…` and any DuckDB client (`from why('…')`) run the same SQL. The macros are made anew at each
migration and are part of the published file.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from warehouse.errors import QueryError

MOST = 2**31 - 1
"""Largest whole number that a parameter can be."""
FOLDER = Path(__file__).parent / "queries"
_QUESTION = re.compile(r"-- (?P<name>[a-z_]+): (?P<question>.+)")
_PARAMETER = re.compile(
    r"--   (?P<name>[a-z_]+)  +(?P<type>text|integer|number|date|page|run|source|[a-z]+(?:\|[a-z]+)+)  +(?P<meaning>.+)"
)
_SIGNATURE = re.compile(r"create or replace macro (?P<name>[a-z_]+)\((?P<arguments>[^)]*)\) as table\n")

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a named query."""

    name: str
    type: str
    """text, integer, number, date (YYYY-MM-DD), what the text names: page, run or source; or the texts that it may be: day|week."""
    default: str | None
    """As SQL; None when a value must be given."""
    meaning: str


@dataclass(frozen=True)
class NamedQuery:
    """One file of warehouse/queries."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    sql: str
    """Text of the file, which makes the macro."""

    @cached_property
    def usage(self) -> str:
        """How to call it from a shell: `@worst_sentences source=… [number=20]`."""
        words = [f"{p.name}=…" if p.default is None else f"[{p.name}={p.default}]" for p in self.parameters]
        return " ".join([f"@{self.name}", *words])

    def call(self, values: Mapping[str, Value]) -> tuple[str, dict[str, Value]]:
        """Return the SQL that calls the macro and its values, converted to the parameters' types.

        Raises QueryError on an unknown or missing parameter, or a value that is not of its type.
        """
        known = {p.name: p for p in self.parameters}
        for name in values:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise QueryError(f"{self.name} has no parameter {name}.{hint} Usage: {self.usage}")
        for parameter in self.parameters:
            if parameter.default is None and values.get(parameter.name) is None:
                raise QueryError(f"{self.name} needs {parameter.name}: {parameter.meaning}. Usage: {self.usage}")
        converted = {name: _convert(self.name, known[name], value) for name, value in values.items()}
        arguments = ", ".join(f"{name} := ${name}" for name in converted)  # names of our own file, checked above
        return f"from {self.name}({arguments})", converted


def _convert(query: str, parameter: Parameter, value: Value) -> Value:
    if isinstance(value, int) and parameter.type == "integer":
        value = str(value)
    if not isinstance(value, str):
        return value
    choices = parameter.type.split("|")
    if len(choices) > 1 and value not in choices:
        raise QueryError(f"{query}: {parameter.name} must be one of {', '.join(choices)}, not {value!r}")
    try:
        if parameter.type == "integer":
            return _count(value)
        if parameter.type == "number":
            return _number(value)
        if parameter.type == "date":
            return date.fromisoformat(value)
    except ValueError:
        wanted = {"integer": "a whole number from 0 on", "number": "a number", "date": "a date such as 2026-01-31"}
        raise QueryError(f"{query}: {parameter.name} must be {wanted[parameter.type]}, not {value!r}") from None
    return value


def _count(value: str) -> int:
    count = int(value)
    if not 0 <= count <= MOST:
        raise ValueError(value)
    return count


def _number(value: str) -> float:
    number = float(value)
    if math.isnan(number):
        raise ValueError(value)
    return number


def parse(path: Path) -> NamedQuery:
    """Read one file. Raises ValueError when its comment and its macro do not say the same."""
    sql = path.read_text(encoding="utf-8")
    head = _QUESTION.match(sql)
    signature = _SIGNATURE.search(sql)
    if head is None or signature is None or not head["name"] == signature["name"] == path.stem:
        raise ValueError(f"{path}: begins with '-- {path.stem}: question' and makes 'macro {path.stem}(…) as table'")
    described = {m["name"]: m for m in _PARAMETER.finditer(sql)}
    parameters = []
    for argument in filter(None, (a.strip() for a in signature["arguments"].split(","))):
        name, _, default = (part.strip() for part in argument.partition(":="))
        if name not in described:
            raise ValueError(f"{path}: parameter {name} has no line '--   {name}  type  meaning'")
        parameters.append(Parameter(name, described[name]["type"], default or None, described[name]["meaning"]))
    if len(parameters) != len(described):
        raise ValueError(f"{path}: the comment describes a parameter that the macro does not have")
    return NamedQuery(path.stem, head["question"], tuple(parameters), sql)


def list_named() -> tuple[NamedQuery, ...]:
    """Return all named queries in alphabetical order."""
    return tuple(parse(path) for path in sorted(FOLDER.glob("*.sql")))


def named_query(name: str) -> NamedQuery:
    """Return one by its name. Raises QueryError, with the nearest name, when there is none."""
    queries = {q.name: q for q in list_named()}
    if name not in queries:
        near = difflib.get_close_matches(name, queries, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise QueryError(f"there is no named query {name}.{hint} `quality sql --list` shows them all.")
    return queries[name]
