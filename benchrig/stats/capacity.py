"""The highest rate at which a quantile of the latency keeps below a limit, found with few trials.

Bisection throws away how far a trial was from the limit. This search keeps it: a curve of waiting
that grows as a queue's does near saturation (the wait behind a load q of capacity m is about
q (m - 1) / (m - q) of that at the limit; L. Kleinrock, Queueing Systems I, 1975, chapter 3) has
four unknowns, all their values on a grid are weighed by how well they explain the trials so far
(Bayes; errors by Student's t, so that one odd trial does not lead astray), and the next trial is
put where the capacity is expected to become known best.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PRECISION = 0.03
TRIALS_LEAST, TRIALS_MOST = 3, 12
FIRST_SHARE = 0.88  # of the ceiling: where most servers still keep their latency
CEILING_SHARE_LEAST, CEILING_SHARE_MOST = 0.02, 1.3
SPEED_VARIES = 0.007  # of a host, from trial to trial
TOP = math.log(2.0)  # beyond, how far says more of how long the trial was than of the rate
# Coarse where it is seldom, and finer than the precision where it is mostly.
_LOG_SHARES: Floats = np.log(
    np.concatenate(
        [
            np.geomspace(CEILING_SHARE_LEAST, 0.6, 80, endpoint=False),
            np.geomspace(0.6, CEILING_SHARE_MOST, 320),
        ]
    )
)
_IDLE = np.array([0.01, 0.03, 0.1, 0.25, 0.5, 0.8])  # latency without load, as a share of the limit
_ROOM = 1 + np.array([0.0004, 0.003, 0.01, 0.03, 0.08, 0.2, 0.5, 1.2])  # saturation / capacity
_NOISE = np.array([0.05, 0.1, 0.2, 0.4])  # of the logarithm of a trial's quantile
_TRIED_QUANTILES = (0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.98)
_THOUGHTS = 240
# Where a trial's error may fall: five equal parts of Student's t with four degrees of freedom.
_ERRORS = np.array([-1.533, -0.569, 0.0, 0.569, 1.533])


@dataclass(frozen=True)
class Tried:
    """One trial: the rate, and the quantile divided by its limit (infinite where it failed)."""

    rate_per_second: float
    of_limit: float


@dataclass(frozen=True)
class Capacity:
    """What the trials say.

    Attributes:
        low, high: the capacity is in between with 95 % probability.
    """

    rate_per_second: float
    low: float
    high: float
    trials: int

    @property
    def half_width(self) -> float:
        """Half the interval, as a share of the capacity."""
        return math.log(self.high / self.low) / 2


class Search:
    """What is known so far; ``ceiling`` is the closed loop's throughput, per second."""

    def __init__(self, ceiling: float) -> None:
        self.ceiling = ceiling
        self.tried: list[Tried] = []
        self._log_rates: Floats = math.log(ceiling) + _LOG_SHARES
        self._log_weights = self._prior() + np.log(np.gradient(_LOG_SHARES))[None, None, :, None]

    def add(self, tried: Tried) -> None:
        """Learn from a trial."""
        self.tried.append(tried)
        shares = tried.rate_per_second / np.exp(self._log_rates)
        expected = _log_of_limit(shares)[..., None]
        # A host that is so much slower in one trial moves along the curve, which is steep there.
        moved = _log_of_limit(shares * (1 + SPEED_VARIES))[..., None] - expected
        seen = TOP if math.isinf(tried.of_limit) else math.log(max(tried.of_limit, 1e-6))
        spread = np.hypot(_NOISE, moved)
        self._log_weights = self._log_weights + _log_likelihood(min(seen, TOP), expected, spread)

    def capacity(self) -> Capacity:
        """The estimate so far."""
        share = self._weights().sum((0, 1, 3))
        places = np.cumsum(share) - share / 2
        low, middle, high = (
            float(np.interp(p, places, self._log_rates)) for p in (0.025, 0.5, 0.975)
        )
        # The trials may all have met a host that was a little slow, or quick.
        drift = 1.96 * SPEED_VARIES / math.sqrt(max(1, len(self.tried)))
        below, above = math.hypot(middle - low, drift), math.hypot(high - middle, drift)
        low, high = math.exp(middle - below), math.exp(middle + above)
        return Capacity(math.exp(middle), low, high, len(self.tried))

    def done(self, precision: float = PRECISION) -> bool:
        """Whether the capacity is known well enough, or enough was spent."""
        if len(self.tried) >= TRIALS_MOST:
            return True
        return len(self.tried) >= TRIALS_LEAST and self.capacity().half_width <= precision

    def next_rate(self) -> float:
        """Where the next trial is expected to tell most."""
        if not self.tried:
            return FIRST_SHARE * self.ceiling
        weights = self._weights()
        flat = np.cumsum(weights.ravel())
        chosen = np.searchsorted(flat, (np.arange(_THOUGHTS) + 0.5) / _THOUGHTS * flat[-1])
        idle, room, rate, noise = np.unravel_index(chosen, weights.shape)
        log_rates, spread = self._log_rates[rate], _NOISE[noise]
        candidates = np.exp(np.quantile(log_rates, _TRIED_QUANTILES))
        left = [
            _variance_left(
                _wait(c / np.exp(log_rates), _IDLE[idle], _ROOM[room]), spread, log_rates
            )
            for c in candidates
        ]
        return float(candidates[int(np.argmin(left))])

    def _weights(self) -> Floats:
        weights: Floats = np.exp(self._log_weights - self._log_weights.max())
        weights /= weights.sum()
        return weights

    def _prior(self) -> Floats:
        """Before the first trial: capacity a little below the ceiling, usual queues, 12 % noise."""
        from_usual = self._log_rates - math.log(0.93 * self.ceiling)
        rate = np.where(from_usual > 0, -0.5 * (from_usual / 0.08) ** 2, -np.abs(from_usual) / 0.5)
        room = (_ROOM - 1) / _ROOM
        unusual = (np.log(_IDLE[:, None] / room[None, :]) + 0.3) / 1.2
        shape = -2.0 * np.log1p(unusual**2 / 3)  # Student's t: cliffs are rare, not unheard of
        noise = -0.5 * (np.log(_NOISE / 0.12) / 0.7) ** 2
        prior: Floats = shape[:, :, None, None] + noise + rate[None, None, :, None]
        return prior


def search(
    measure: Callable[[float], float], ceiling: float, precision: float = PRECISION
) -> Capacity:
    """Run trials until the capacity is known.

    Args:
        measure: a rate to the latency's quantile divided by its limit; infinite where it failed.
        ceiling: throughput of the closed loop, per second.
        precision: half the interval as a share.
    """
    looked = Search(ceiling)
    while not looked.done(precision):
        rate = looked.next_rate()
        looked.add(Tried(rate, measure(rate)))
    return looked.capacity()


def _log_of_limit(shares: Floats) -> Floats:
    return _wait(shares[None, None, :], _IDLE[:, None, None], _ROOM[None, :, None])


def _wait(share: Floats, idle: Floats, room: Floats) -> Floats:
    """Logarithm of latency / limit at a share of the capacity; 0 at the capacity itself."""
    with np.errstate(divide="ignore", invalid="ignore"):
        queue = np.where(share < room, share * (room - 1) / (room - share), np.inf)
    return np.minimum(np.log(idle + (1 - idle) * queue), 3 * TOP)


def _log_likelihood(seen: float, expected: Floats, spread: Floats) -> Floats:
    if seen >= TOP:
        beyond: Floats = np.log(1e-3 + 0.5 * (1 - np.tanh((TOP - expected) / spread * 0.85)))
        return beyond
    error = (seen - expected) / spread
    likelihood: Floats = -2.5 * np.log1p(error**2 / 4) - np.log(spread)
    return likelihood


def _variance_left(expected: Floats, spread: Floats, log_rates: Floats) -> float:
    """How uncertain the capacity would be after a trial there, over what it might show."""
    sample = slice(None, None, 4)
    shown = (expected[sample, None] + spread[sample, None] * _ERRORS).ravel()
    seen: Sequence[float] = np.minimum(shown, TOP).tolist()
    left = 0.0
    for value in seen:
        if value >= TOP:
            log = np.log(1e-3 + 0.5 * (1 - np.tanh((TOP - expected) / spread * 0.85)))
        else:
            log = -2.5 * np.log1p(((value - expected) / spread) ** 2 / 4) - np.log(spread)
        weights = np.exp(log - log.max())
        weights /= weights.sum()
        mean = float(weights @ log_rates)
        left += float(weights @ log_rates**2) - mean**2
    return left / len(seen)
