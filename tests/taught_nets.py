"""What JAX teaches and answers, asked in processes of their own: one that has used JAX must not fork, and other tests do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.roles.nets import LAYERS, Nets, standardised


def elsewhere(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Call a function in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments, **named).result()


def fitted(*arguments: Any, settings: dict[str, Any]) -> Nets:
    """Fit networks."""
    from flows.training.role_nets import NetSettings, fit_nets

    return fit_nets(*arguments, settings=NetSettings(**settings))


def junk_shares(nets: Nets, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    """What each network says as it is taught, padded: networks x lines."""
    import jax

    from flows.training.role_nets import answers

    ready = np.zeros((1, len(matrix) + 7, matrix.shape[1]), dtype=np.float32)
    ready[0, : len(matrix)] = standardised(matrix, nets.center, nets.scale)
    shares = []
    for number in range(len(nets.entry)):
        taught = {name: jax.numpy.asarray(getattr(nets, name)[number]) for name in LAYERS}
        raw = answers(taught, ready, np.array([len(matrix)]), key=jax.random.key(0), dropout=0.0)[0, : len(matrix)]
        shares.append(np.asarray(jax.nn.softmax(raw)[:, 1:3].sum(axis=1), dtype=np.float64))
    return np.array(shares)
