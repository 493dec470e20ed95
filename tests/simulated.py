"""Noise, servers and curves of known truth, for tests and for benchmarks/findings.py."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shape = tuple[int, int]


def noise(kind: str, shape: Shape, seed: int) -> Floats:
    """Log-ratios of paired trials whose true median ratio is 1: a comparison a row."""
    return NOISE[kind](np.random.default_rng(seed), shape)


def _lognormal(rng: Generator, shape: Shape) -> Floats:
    return np.asarray(rng.normal(0, 0.02 * 2**0.5, shape))


def _heavy_tail(rng: Generator, shape: Shape) -> Floats:
    heavy: Floats = 0.01 * (rng.standard_t(2, shape) - rng.standard_t(2, shape))
    return heavy


def _slow_trials(rng: Generator, shape: Shape) -> Floats:
    slow = np.where(rng.random((2, *shape)) < 0.1, 0.3, 0.0)
    trials: Floats = rng.normal(0, 0.015, shape) + slow[0] - slow[1]
    return trials


def _one_noisier(rng: Generator, shape: Shape) -> Floats:
    return rng.normal(0, 0.04, shape) - rng.normal(0, 0.005, shape)


def _order(rng: Generator, shape: Shape) -> Floats:
    """Which trial of a block came first, drawn as the rig draws it."""
    return rng.choice(np.array([1.0, -1.0]), shape)


def _steady_drift(rng: Generator, shape: Shape) -> Floats:
    return 0.02 * _order(rng, shape) + rng.normal(0, 0.01, shape)


def _random_walk(rng: Generator, shape: Shape) -> Floats:
    level = np.cumsum(rng.normal(0, 0.015, (shape[0], 2 * shape[1])), axis=1)
    steps = level[:, 0::2] - level[:, 1::2]
    drifted: Floats = _order(rng, shape) * steps
    return drifted + rng.normal(0, 0.01, shape)


def _skewed(rng: Generator, shape: Shape) -> Floats:
    late: Floats = rng.exponential(0.03, shape)
    skewed: Floats = 0.03 * np.log(2) - late
    return skewed


SYMMETRIC_NOISE: dict[str, Callable[[Generator, Shape], Floats]] = {
    "lognormal": _lognormal,
    "heavy tail": _heavy_tail,
    "one trial in ten is slow": _slow_trials,
    "one variant is noisier": _one_noisier,
    "steady drift": _steady_drift,
    "random walk": _random_walk,
}
# The baseline is quiet and the contender slowed at times: no symmetry to lean on.
SKEWED = "only the contender is slowed"
NOISE = SYMMETRIC_NOISE | {SKEWED: _skewed}
