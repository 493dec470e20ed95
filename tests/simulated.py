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


class Queue:
    """A server whose latency is that of a queue, and the limit its 99th percentile is to keep."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self._rng = np.random.default_rng(seed)
        self.ceiling = 2000 * float(np.exp(self._rng.normal(-0.03, 0.03)))

    def of_limit(self, rate: float) -> float:
        """The 99th percentile of ten seconds at this rate, divided by its limit of 50 ms."""
        per_second = 2000 * np.exp(self._rng.normal(0, 0.01))
        count = max(20, int(rate * 10))
        evenly = self.kind in ("constant rate", "pauses")
        gaps = np.full(count, 1 / rate) if evenly else self._rng.exponential(1 / rate, count)
        service = np.full(count, 1 / per_second)
        if self.kind == "random service":
            service = self._rng.exponential(1 / per_second, count)
        if self.kind == "pauses":
            # As a runtime that collects garbage: requests of unequal cost, and now and then a stop.
            service *= self._rng.lognormal(-0.125, 0.5, count)
            service += np.where(self._rng.random(count) < 0.5 / rate, 0.015, 0.0)
        ahead = np.cumsum(service[:-1] - gaps[1:])
        ahead = np.concatenate([[0.0], ahead])
        latency = ahead - np.minimum.accumulate(ahead) + service + 0.002
        return float(np.quantile(latency, 0.99)) / 0.05


QUEUES = ("random service", "random arrivals", "constant rate", "pauses")


def bisected(queue: Queue, precision: float) -> int:
    """How many trials bisection takes to the same width, with three trials a rate."""
    low, high, trials = 0.0, 1.3 * queue.ceiling, 0
    while (high - low) / (high + low) > precision:
        middle = (low + high) / 2
        kept = sum(queue.of_limit(middle) <= 1 for _ in range(3))
        low, high = (middle, high) if kept >= 2 else (low, middle)
        trials += 3
    return trials


Throughput = Callable[[int], float]


def _flat(rng: Generator, cores: int) -> Throughput:
    bend = cores * rng.uniform(0.8, 1.2)
    return lambda n: 1000 * min(n, bend)


def _declining(rng: Generator, cores: int) -> Throughput:
    loss = rng.uniform(0.005, 0.03)
    return lambda n: 1000 * min(n, cores) * (1 - loss) ** max(0, n - cores)


def _waiting(rng: Generator, _: int) -> Throughput:
    bend = float(rng.choice([16, 32, 64, 1000]))
    return lambda n: 1000 * min(n, bend)


def _scaling(rng: Generator, _: int) -> Throughput:
    wait, talk = rng.uniform(0.02, 0.3), 10 ** rng.uniform(-4, -2)
    return lambda n: 1000 * n / (1 + wait * (n - 1) + talk * n * (n - 1))


def _one_is_best(rng: Generator, _: int) -> Throughput:
    loss = rng.uniform(0.02, 0.2)
    return lambda n: float(1000 * n**-loss)


SHAPES: dict[str, Callable[[Generator, int], Throughput]] = {
    "flat": _flat,
    "declining": _declining,
    "waiting": _waiting,
    "scaling": _scaling,
    "one is best": _one_is_best,
}
