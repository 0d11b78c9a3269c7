"""Teach the recurrent networks of the line roles (see `quality/roles/nets.py`); JAX fits them, numpy asks them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.records import ROLES
from quality.roles.nets import LAYERS, Nets, squashed, standardised

# As many processes as there are cores fit at once.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import jax
import jax.numpy as jnp
import optax  # type: ignore[import-untyped]

FloatArray = NDArray[np.float64]
Parameters = dict[str, jax.Array]
Article = tuple[NDArray[np.float32], NDArray[np.int64], FloatArray]
SEED = 0
SCALE = 400.0
"""Lines of a batch, about: it sets how often a step is too long and cut."""
LENGTHS = (32, 64, 96, 128, 192, 256, 384, 512)
"""Articles are padded to the next of these numbers of lines, or cut to the last: each length is compiled once."""


@dataclass(frozen=True, slots=True)
class NetSettings:
    """How much the networks may learn; see the model card for how they were chosen."""

    networks: int = 4
    entry: int = 96
    memory: int = 64
    dropout: float = 0.35
    rounds: int = 12
    batch: int = 12
    """Articles of like length that are learned from at once."""
    rate: float = 3e-3
    decay: float = 0.05


class _Batch(NamedTuple):
    columns: NDArray[np.float32]
    """Articles x lines x columns."""
    roles: NDArray[np.int32]
    weights: NDArray[np.float32]
    lengths: NDArray[np.int32]


def fit_nets(
    matrix: NDArray[np.float32],
    roles: NDArray[np.int64],
    weights: FloatArray,
    sizes: Sequence[int],
    *,
    settings: NetSettings,
) -> Nets:
    """Fit networks on articles whose lines stand one after another, `sizes` of them each; lines of weight 0 are context.

    Return them rounded as they will be stored.
    """
    taught = np.repeat(np.add.reduceat(weights, np.cumsum([0, *sizes[:-1]])) > 0, sizes)
    small = squashed(matrix[taught])
    center = np.nanmean(small, axis=0).astype(np.float32)
    scale = (np.nanstd(small, axis=0) + 1e-3).astype(np.float32)
    ready = standardised(matrix, center, scale)
    ends = np.cumsum(sizes)
    articles = [
        (ready[end - size : end], roles[end - size : end], weights[end - size : end])
        for size, end in zip(sizes, ends, strict=True)
        if weights[end - size : end].sum() > 0
    ]
    steps = settings.rounds * -(-len(articles) // settings.batch)
    rate = optax.cosine_onecycle_schedule(steps, settings.rate, pct_start=0.3, div_factor=25.0, final_div_factor=1e4)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=settings.decay))
    step = jax.jit(jax.vmap(partial(_step, optimiser=optimiser, dropout=settings.dropout), in_axes=(0, 0, 0, None)))
    draw, key = np.random.default_rng(SEED), jax.random.key(SEED)
    starts = [_start(draw, matrix.shape[1], settings) for _ in range(settings.networks)]
    parameters = {name: jnp.stack([start[name] for start in starts]) for name in LAYERS}
    state = jax.vmap(optimiser.init)(parameters)
    for _ in range(settings.rounds):
        for batch in _batches(articles, draw, settings.batch):
            key, *own = jax.random.split(key, 1 + settings.networks)
            parameters, state = step(parameters, state, jnp.stack(own), batch)
    layers = {name: np.asarray(parameters[name]) for name in LAYERS}
    return Nets.read(Nets(center, scale, **layers).arrays(""), "")


def _batches(articles: Sequence[Article], draw: np.random.Generator, size: int) -> list[_Batch]:
    """Return the articles in random batches of like length."""
    order = np.argsort([len(roles) * (1 + 0.3 * draw.random()) for _, roles, _ in articles])
    groups = [[articles[number] for number in order[at : at + size]] for at in range(0, len(order), size)]
    return [_padded(groups[number], size) for number in draw.permutation(len(groups))]


def _padded(group: Sequence[Article], count: int) -> _Batch:
    most = max(len(roles) for _, roles, _ in group)
    longest = next((length for length in LENGTHS if length >= most), LENGTHS[-1])
    columns = np.zeros((count, longest, group[0][0].shape[1]), dtype=np.float32)
    roles, weights = np.zeros((count, longest), dtype=np.int32), np.zeros((count, longest), dtype=np.float32)
    lengths = np.zeros(count, dtype=np.int32)
    for place, (own, own_roles, own_weights) in enumerate(group):
        size = lengths[place] = min(len(own), longest)
        columns[place, :size] = own[:size]
        roles[place, :size] = np.maximum(own_roles[:size], 0)
        weights[place, :size] = own_weights[:size]
    return _Batch(columns, roles, weights, lengths)


def _start(draw: np.random.Generator, columns: int, settings: NetSettings) -> Parameters:
    entry, memory, roles = settings.entry, settings.memory, len(ROLES)

    def even(fan: int, *shape: int) -> jax.Array:
        return jnp.asarray(draw.uniform(-1, 1, shape) / np.sqrt(fan), dtype=jnp.float32)

    joint = entry + 2 * memory
    return {
        "entry": even(columns, columns, entry),
        "entry_offset": even(columns, 1, entry),
        "gates": even(memory, 2, entry, 3 * memory),
        "gates_offset": even(memory, 2, 1, 3 * memory),
        "memory": even(memory, 2, memory, 3 * memory),
        "memory_offset": even(memory, 2, 1, 3 * memory),
        "out_memory": even(joint, 2, memory, roles),
        "out_entry": even(joint, entry, roles),
        "out_offset": even(joint, 1, roles),
    }


def _step(
    parameters: Parameters, state: Any, key: jax.Array, batch: _Batch, *, optimiser: Any, dropout: float
) -> tuple[Parameters, Any]:
    slope = jax.grad(_loss)(parameters, key, batch, dropout)
    change, state = optimiser.update(slope, state, parameters)
    return optax.apply_updates(parameters, change), state


def _loss(parameters: Parameters, key: jax.Array, batch: _Batch, dropout: float) -> jax.Array:
    odds = jax.nn.log_softmax(answers(parameters, batch.columns, batch.lengths, key=key, dropout=dropout))
    wrong = -jnp.take_along_axis(odds, batch.roles[..., None], axis=2)[..., 0]
    return jnp.sum(wrong * batch.weights) / SCALE


def answers(
    parameters: Parameters,
    columns: ArrayLike,
    lengths: NDArray[np.int32],
    *,
    key: jax.Array,
    dropout: float,
) -> jax.Array:
    """Return the log-odds of the roles, articles x lines x roles, of one network."""
    keys = jax.random.split(key, 4)
    read = jnp.asarray(columns)
    count, longest, _ = read.shape
    entry = _dropped(keys[0], read, dropout) @ parameters["entry"] + parameters["entry_offset"][None]
    entry = _dropped(keys[1], jax.nn.relu(entry), dropout)
    asked = jnp.einsum("ale,deg->ladg", entry, parameters["gates"]) + parameters["gates_offset"][None, None, :, 0]
    # Lines from the last one backwards; what stands behind the end comes after the first line and is of no weight.
    turned = ((lengths[:, None] - 1 - jnp.arange(longest)) % longest).T[..., None]
    asked = jnp.stack([asked[:, :, 0], jnp.take_along_axis(asked[:, :, 1], turned, axis=0)], axis=2)
    size = parameters["memory"].shape[1]

    def unit(memory: jax.Array, line: jax.Array) -> tuple[jax.Array, jax.Array]:
        past = jnp.einsum("adm,dmg->adg", memory, parameters["memory"]) + parameters["memory_offset"][None, :, 0]
        gate = jax.nn.sigmoid(line[..., : 2 * size] + past[..., : 2 * size])
        new = jnp.tanh(line[..., 2 * size :] + gate[..., :size] * past[..., 2 * size :])
        memory = new + gate[..., size:] * (memory - new)
        return memory, memory

    _, states = jax.lax.scan(unit, jnp.zeros((count, 2, size)), asked)
    states = jnp.stack([states[:, :, 0], jnp.take_along_axis(states[:, :, 1], turned, axis=0)], axis=2)
    memory = jnp.einsum("ladm,dmr->alr", _dropped(keys[2], states, dropout), parameters["out_memory"])
    return memory + _dropped(keys[3], entry, dropout) @ parameters["out_entry"] + parameters["out_offset"][None]


def _dropped(key: jax.Array, values: jax.Array, dropout: float) -> jax.Array:
    kept = 1.0 - dropout
    return jnp.where(jax.random.bernoulli(key, kept, values.shape), values / kept, 0.0)
