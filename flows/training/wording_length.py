"""How much a short text's wording score lies off, measured on windows of longer articles.

The wording vector of a hundred words holds each word once; that of a thousand repeats its function words. The same
article therefore scores higher, and less surely, the less of it is read, and a short good article would be rejected for
being short. For each window length the out-of-fold score of the whole article is regressed on that of the window; the
uncertainty that is left pulls the score to the mean, as it does for a probit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from quality.wording import Wording

LENGTHS = (60, 90, 130, 200, 300, 450, 700)
"""Words and marks; from the last one on a text counts as whole."""
PLACES = (0.0, 0.33, 0.66)
"""Where in the article a window starts."""
LEAST_WINDOWS = 30
"""Lengths for which there are fewer windows are left out."""
LEAST_RATIO = 1.3
"""An article must be so much longer than the window to stand for a whole one."""


def length_table(
    wordings: Sequence[Wording | None],
    whole: NDArray[np.float64],
    score: Callable[[int, Wording], float],
    *,
    slope: float,
    mean: float,
) -> NDArray[np.float64]:
    """Return rows of (length, factor, constant) such that factor * score + constant stands for the whole article.

    Args:
        wordings: of each labelled article.
        whole: out-of-fold wording score of each.
        score: out-of-fold score of a window of the article with the given number.
        slope: log-odds of one unit of score, which says how much the noise of a window matters.
        mean: score to which an unsure one is drawn.
    """
    rows = []
    for length in LENGTHS:
        pairs = [
            (score(number, wording.window(int((wording.length - length) * place), length)), float(whole[number]))
            for number, wording in enumerate(wordings)
            if wording is not None and wording.length >= LEAST_RATIO * length
            for place in PLACES
        ]
        if len(pairs) < LEAST_WINDOWS:
            continue
        part, full = np.array(pairs).T
        factor, constant = np.polyfit(part, full, 1)
        rows.append((float(length), float(factor), float(constant), float(np.std(full - factor * part - constant))))
    if not rows:
        return np.array([(1.0, 1.0, 0.0)])
    _, last_factor, last_constant, last_noise = rows[-1]
    table = []
    for length_, factor, constant, noise in rows:
        relative = factor / last_factor, (constant - last_constant) / last_factor
        extra = max(0.0, noise**2 - last_noise**2)
        trust = 1.0 / np.sqrt(1.0 + np.pi / 8.0 * slope**2 * extra)
        table.append((length_, trust * relative[0], trust * relative[1] + (1.0 - trust) * mean))
    return np.array(table)
