"""The Universal Scalability Law: how throughput grows with load or workers, and when it stops to.

    X(N) = rate * N / (1 + contention * (N - 1) + coherency * N * (N - 1))

N. J. Gunther, Guerrilla Capacity Planning, 2007, chapter 4. Contention is the share of work that
must wait its turn, coherency the cost of keeping each other up to date, which lets throughput fall.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]
POINTS_LEAST = 4
_STARTS = ((0.01, 1e-5), (0.3, 1e-3), (0.9, 1e-2))


@dataclass(frozen=True)
class Scalability:
    """A fitted curve.

    Attributes:
        rate: throughput of one (per second).
        held_out_error: median relative error in foretelling each level from the others.
    """

    rate: float
    contention: float
    coherency: float
    held_out_error: float

    def at(self, number: float) -> float:
        """Throughput at this load."""
        return _curve(number, self.rate, self.contention, self.coherency)

    @property
    def peak(self) -> float | None:
        """The load with the highest throughput; ``None`` where the curve only grows."""
        if self.coherency <= 1e-9:
            return None
        return max(1.0, math.sqrt(max(0.0, 1 - self.contention) / self.coherency))


def fit(loads: Sequence[float], rates: Sequence[float]) -> Scalability:
    """Fit the law by least squares of logarithms, so that each level counts alike.

    Raises:
        ValueError: fewer than four levels, or a figure that is not above zero.
    """
    if len(set(loads)) < POINTS_LEAST:
        raise ValueError(f"{len(set(loads))} levels; a fit of three figures needs {POINTS_LEAST}")
    if min(*loads, *rates) <= 0:
        raise ValueError("loads and rates must be above zero")
    found = _fit(np.asarray(loads, dtype=float), np.asarray(rates, dtype=float))
    errors = []
    for level in sorted(set(loads)):
        kept = [i for i, load in enumerate(loads) if load != level]
        other = _fit(np.array([loads[i] for i in kept]), np.array([rates[i] for i in kept]))
        there = [rates[i] for i, load in enumerate(loads) if load == level]
        errors.append(abs(_curve(level, *other) / float(np.mean(there)) - 1))
    return Scalability(*found, held_out_error=float(np.median(errors)))


def _fit(loads: Floats, rates: Floats) -> tuple[float, float, float]:
    def residuals(guess: Floats) -> Floats:
        scale, contention, coherency = guess
        below = 1 + contention * (loads - 1) + coherency * loads * (loads - 1)
        missed: Floats = scale + np.log(loads / below) - np.log(rates)
        return missed

    start = math.log(float(np.max(rates / loads)))
    fits = [
        optimize.least_squares(residuals, (start, *shape), bounds=([-np.inf, 0, 0], [np.inf, 1, 1]))
        for shape in _STARTS
    ]
    best = min(fits, key=lambda each: float(each.cost))
    scale, contention, coherency = (float(x) for x in best.x)
    return math.exp(scale), contention, coherency


def _curve(number: float, rate: float, contention: float, coherency: float) -> float:
    return rate * number / (1 + contention * (number - 1) + coherency * number * (number - 1))
