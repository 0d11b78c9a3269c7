"""The weights that ship with the package, and the check that a policy was calibrated with these and no others.

A policy pins the digest of each model. Other weights under the same thresholds would judge differently without anybody
having decided so, and missing ones would fail every page; both stop the start.
"""

from __future__ import annotations

import dataclasses
import hashlib
from functools import lru_cache
from pathlib import Path

from quality.policy import Policy, PolicyError

FOLDER = Path(__file__).parent / "models"
DIGEST_CHARS = 16
_FOLDERS = {"roles": "roles", "verdict": "verdict", "page_type": "pagetype", "boilerplate": "boilerplate"}


@lru_cache(maxsize=1)
def installed() -> dict[str, str]:
    """Return the digest (first 16 hex digits of sha256) of each model's weights by its name in the policy; "" if missing."""
    return {name: _digest(FOLDER / folder / "weights.npz") for name, folder in _FOLDERS.items()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGEST_CHARS] if path.is_file() else ""


def check_models(policy: Policy) -> None:
    """Raise PolicyError if the weights are not those that the policy pins."""
    for name, pinned in dataclasses.asdict(policy.models).items():
        found = installed()[name]
        if not found:
            raise PolicyError(f"models.{name}: no weights at {FOLDER / _FOLDERS[name]}; install the package again")
        if found != pinned:
            raise PolicyError(
                f"models.{name}: policy {policy.version} was calibrated with weights {pinned or '(none)'}, found {found}; "
                "pin the new digest once `quality evaluate` has passed with them"
            )


def model_key(policy: Policy) -> str:
    """Return the digests of the models that a policy pins, as one string."""
    models = policy.models
    return f"{models.roles}.{models.verdict}.{models.page_type}.{models.boilerplate}"
