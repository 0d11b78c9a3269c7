"""The learned part: how probable it is that a block's own text belongs to the main text of its page.

Boosted trees over the features of a block, and a table of weights for the names that authors of pages give to their
elements. Both were fitted on pages whose main text was marked by people; see models/boilerplate/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quality.boilerplate.features import Floats, Units, units_of
from quality.dom import PageText
from quality.trees import Forest

MODEL_FILE = Path(__file__).parent.parent / "models" / "boilerplate" / "weights.npz"


MAX_BLOCKS = 50_000
"""Pages of more blocks are left to trafilatura alone; the largest real page of 1,300 has 12,000."""


@dataclass(frozen=True)
class BoilerplateModel:
    """Trees, and log-odds of names."""

    forest: Forest
    names: Mapping[str, float]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `weights.npz` holds."""
        return {
            **self.forest.arrays("blocks"),
            "names": np.array(list(self.names)),
            "name_weights": np.array(list(self.names.values()), dtype=np.float32),
        }

    @classmethod
    def read(cls, path: Path) -> BoilerplateModel:
        """Read the weights (no pickle). Raises OSError or ValueError for a file that does not hold them."""
        with np.load(path, allow_pickle=False) as arrays:
            weights = arrays["name_weights"].astype(float).tolist()
            names = dict(zip(arrays["names"].tolist(), weights, strict=True))
            return cls(Forest.read(arrays, "blocks"), names)


@dataclass(frozen=True, slots=True)
class ScoredPage:
    """The units of a page and the probability that each belongs to its main text."""

    units: Units
    probability: Floats

    def node_odds(self, page: PageText) -> Floats:
        """Return the log-odds of main text for each text node of the page, NaN where its block is no unit."""
        odds = np.full(len(page.blocks), np.nan)
        odds[self.units.blocks] = np.log(self.probability / (1.0 - self.probability))
        return odds[np.asarray(page.blocks_of, dtype=np.intp)]


@lru_cache(maxsize=1)
def load_model() -> BoilerplateModel:
    """Return the model that ships with the package."""
    return BoilerplateModel.read(MODEL_FILE)


def score_page(page: PageText, model: BoilerplateModel | None = None) -> ScoredPage | None:
    """Score every unit of a page; None for a page without text, or of too many blocks."""
    if not page.starts or len(page.blocks) > MAX_BLOCKS:
        return None
    model = model or load_model()
    units = units_of(page, model.names)
    return ScoredPage(units, 1.0 / (1.0 + np.exp(-model.forest.predict(units.matrix))))


__all__ = ["BoilerplateModel", "ScoredPage", "load_model", "score_page"]
