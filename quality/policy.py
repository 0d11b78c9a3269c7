"""The policy: every threshold, weight, cap and limit in one versioned TOML file, checked before anything runs.

A policy is data. A key that is unknown, missing or of the wrong type is an error that names the file, the key and its
nearest match, because a rule that never fires looks like a rule that never found anything. A file that begins with
`extends = "default"` overrides single keys of the policy that ships with the package; any other file must be complete.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import math
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from quality.gate.parameters import GateParameters
from quality.language import LABELLED, identified_languages
from quality.once import once
from quality.pagetype import PAGE_TYPES
from quality.signals import SIGNALS
from quality.toml_lines import line_of

DEFAULT_FILE = Path(__file__).with_name("policy.toml")


class PolicyError(ValueError):
    """The policy cannot be used; the message names the file, the key and what to do."""


LEAST_MEMORY_MB = 256
"""A worker that may not grow by so much dies on ordinary pages."""
GREATEST_LIMITS = {
    "max_bytes": 2**31 - 1,  # the parser's own limit
    "max_elements": 2**31 - 1,
    "max_chars": 2**31 - 1,
    "seconds": 604_800.0,
    "memory_mb": 100_000_000,
}
"""Larger ones are slips of the keyboard, and more than some of what is limited can take as a number."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may cost."""

    max_bytes: int
    max_elements: int
    max_chars: int
    seconds: float
    """Wall-clock seconds after which the worker that holds the page is killed."""
    memory_mb: int
    """Address space that a worker may grow by; 0 switches the limit off."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which articles are judged at all."""

    languages: tuple[str, ...]
    """ISO 639-1 codes that were calibrated on labelled articles; others get language-neutral signals only."""
    min_words: int
    judged_page_types: tuple[str, ...]
    type_certainty: float
    """A page of another type is not judged if the type is at least this probable; else it is judged as an article."""


@dataclass(frozen=True, slots=True)
class SpanThresholds:
    """Least score at which a finding becomes a span of its kind."""

    promo: float
    residue: float
    padding: float
    repeat: float


@dataclass(frozen=True, slots=True)
class Recurring:
    """When a line that comes back on a source's pages is furniture; see `recurring.py`."""

    min_pages: int
    """Pages of different titles that must hold the line."""
    min_fraction: float
    """Share of the source's pages in the run that must hold it."""
    min_words: int
    doubt: float
    """Mean probability of promo or residue over the pages that hold it, on pages that are judged as articles."""
    other_doubt: float
    """The same on other pages."""


@dataclass(frozen=True, slots=True)
class VerdictThresholds:
    """Reject probabilities from which an article is up for review, and from which it is rejected."""

    review: float
    reject: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A finding that counts beside the model: rare in labelled data, or feared more by a curator than by the labels."""

    at: float
    """The rule fires from this value of the signal on."""
    points: float
    """Log-odds that it adds; 0 is a rule on trial: recorded, not judged."""


@dataclass(frozen=True, slots=True)
class Models:
    """sha256 digests (first 16 hex digits) of the weights that this policy was calibrated with."""

    roles: str
    verdict: str
    page_type: str
    boilerplate: str


@dataclass(frozen=True)
class Policy:
    """All that decides a verdict, apart from the measurements themselves."""

    version: str
    limits: Limits
    coverage: Coverage
    spans: SpanThresholds
    other_spans: SpanThresholds
    """For pages of another type: a shop's page is there to sell, and a list of links is what a listing is for."""
    recurring: Recurring
    verdict: VerdictThresholds
    family_caps: Mapping[str, float]
    """Most log-odds that the findings of one family may add."""
    rules: Mapping[str, Rule]
    """By the signal's id."""
    models: Models
    gate: GateParameters

    @once
    def key(self) -> str:
        """Version and digest: two policies with one key judge alike."""
        return f"{self.version}+{_digest(self)}"


def _digest(policy: Policy) -> str:
    text = json.dumps(dataclasses.asdict(policy), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """Return the policy that ships with the package."""
    return load_policy(DEFAULT_FILE)


def load_policy(path: Path | str) -> Policy:
    """Read and check a policy file.

    Raises PolicyError with the file, the key and the nearest match if anything is unknown, missing or of a wrong type.
    """
    path = Path(path)
    table = _read(path)
    extends = table.pop("extends", None)
    if extends not in (None, "default"):
        raise PolicyError(f'{path}: extends must be "default", the policy of the package, found {extends!r}')
    if extends:
        table = _merged(_read(DEFAULT_FILE), table)
    policy: Policy = _build(Policy, table, path, "")
    _check(policy, path)
    return policy


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:  # of TOML, of UTF-8, of a number of thousands of digits
        raise PolicyError(f"{path}: not valid TOML: {error}") from error


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


def nearest(name: str, known: typing.Iterable[str]) -> str:
    """Return ' (did you mean …?)' for the closest known name, or ''."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _build(kind: Any, table: Any, path: Path, where: str) -> Any:
    """Build a frozen dataclass from a TOML table, naming every key that does not fit."""
    if not isinstance(table, dict):
        raise PolicyError(f"{path}: [{where}] must be a table, found {table!r}")
    hints = typing.get_type_hints(kind)
    fields = [field.name for field in dataclasses.fields(kind)]
    for key in table:
        if key not in fields:
            raise PolicyError(f"{path}: unknown key {_dotted(where, key)!r}{nearest(key, fields)}")
    missing = [name for name in fields if name not in table]
    if missing:
        raise PolicyError(
            f'{path}: missing key {_dotted(where, missing[0])!r}; write it, or begin the file with extends = "default"'
        )
    values = {name: _value(hints[name], table[name], path, _dotted(where, name)) for name in fields}
    try:
        return kind(**values)
    except ValueError as error:
        raise PolicyError(f"{path}: {error}") from error


def _dotted(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _value(hint: Any, value: Any, path: Path, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(hint, value, path, where)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next(argument for argument in arguments if argument is not type(None))
        return _value(hint, value, path, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], item, path, where) for item in value)
    if origin is not None and isinstance(value, dict):
        return {str(key): _value(arguments[1], item, path, f"{where}.{key}") for key, item in value.items()}
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
        raise PolicyError(f"{path}: {where} must be a finite number, found {number}")
    if origin is None and isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    name = getattr(hint, "__name__", str(hint))
    raise PolicyError(f"{path}: {where} must be {name}, found {value!r}")


def _check(policy: Policy, path: Path) -> None:
    if not policy.version.strip():
        raise PolicyError(f"{path}: version must not be empty: stored assessments name it")
    _check_limits(policy, path)
    _check_coverage(policy, path)
    _check_findings(policy, path)
    recurring = policy.recurring
    if (
        recurring.min_pages < 2
        or recurring.min_words < 0
        or not 0 < recurring.min_fraction <= 1
        or min(recurring.doubt, recurring.other_doubt) <= 0
    ):
        raise PolicyError(
            f"{path}: [recurring] needs min_pages of 2 or more, min_words of 0 or more, min_fraction above 0 and up to 1, doubts above 0; "
            "a doubt above 1 marks nothing"
        )
    if not 0 < policy.verdict.review < policy.verdict.reject < 1:
        raise PolicyError(
            f"{path}: verdict.review ({policy.verdict.review}) must lie between 0 and verdict.reject "
            f"({policy.verdict.reject}), and both below 1"
        )


def _check_limits(policy: Policy, path: Path) -> None:
    for field in dataclasses.fields(Limits):
        limit = getattr(policy.limits, field.name)
        memory = field.name == "memory_mb"
        greatest = GREATEST_LIMITS[field.name]
        if not (limit >= LEAST_MEMORY_MB or limit == 0 if memory else limit > 0) or limit > greatest:
            least = f"0 (no limit) or at least {LEAST_MEMORY_MB}" if memory else "above 0"
            expected = f"at most {greatest:,}" if limit > greatest else least
            line = line_of(path.read_text(encoding="utf-8-sig"), ("limits", field.name))
            raise PolicyError(f"{path}:{line}: limits.{field.name} must be {expected}, found {limit}")


def _check_coverage(policy: Policy, path: Path) -> None:
    coverage = policy.coverage
    if not LABELLED.issuperset(coverage.languages):
        for language in coverage.languages:
            if language not in identified_languages():
                raise PolicyError(
                    f"{path}: unknown language {language!r} in coverage.languages; write ISO 639-1 codes, such as 'en'"
                )
    for page_type in coverage.judged_page_types:
        if page_type not in PAGE_TYPES:
            raise PolicyError(
                f"{path}: unknown page type {page_type!r} in coverage.judged_page_types"
                f"{nearest(page_type, PAGE_TYPES)}; there are: {', '.join(PAGE_TYPES)}"
            )
    if coverage.min_words < 0:
        raise PolicyError(f"{path}: coverage.min_words must be 0 or more, found {coverage.min_words}")
    if coverage.type_certainty <= 0:
        raise PolicyError(
            f"{path}: coverage.type_certainty must be above 0, found {coverage.type_certainty}; "
            "above 1 every page is judged as an article"
        )


def _check_findings(policy: Policy, path: Path) -> None:
    for table in ("spans", "other_spans"):
        for kind, least in dataclasses.asdict(getattr(policy, table)).items():
            if least <= 0:
                raise PolicyError(f"{path}: {table}.{kind} must be above 0, found {least}; above 1 marks nothing")
    known = [signal.id for signal in SIGNALS]
    for name, rule in policy.rules.items():
        if name not in known:
            raise PolicyError(f"{path}: unknown signal {name!r} in [rules]{nearest(name, known)}")
        if rule.at <= 0:
            raise PolicyError(
                f"{path}: rules.{name}.at must be above 0, found {rule.at}: the rule would fire on every page"
            )
    families = sorted({signal.family for signal in SIGNALS} | {"wording"})
    for name, cap in policy.family_caps.items():
        if name not in families:
            raise PolicyError(f"{path}: unknown family {name!r} in [family_caps]{nearest(name, families)}")
        if cap < 0:
            raise PolicyError(f"{path}: family_caps.{name} must be 0 or more, found {cap}")
