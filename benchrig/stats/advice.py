"""Which of many worker counts is best, found without trying them all.

Throughput over workers rises, bends and falls; where and how sharply is not known. Curves of that
kind are laid on a grid (where they bend, how sharply, how fast they fall), weighed by the trials so
far, and the next trial goes where the loss of the final choice is expected to shrink most (P. I.
Frazier, W. B. Powell and S. Dayanik, knowledge gradient, SIAM J. Control Optim. 47, 2008).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHARE_MOST = 0.4  # of the grid's cells
LOSS_ALLOWED, CERTAINTY = 0.02, 0.95
_BENDS = 36
_SHARPNESS = np.array([1.0, 2.0, 6.0])
_FALLS = np.array([0.0, 0.05, 0.15, 0.35, 0.8])
_FALL_WEIGHTS = np.array([0.35, 0.25, 0.15, 0.15, 0.1])
_NOISE = np.array([0.01, 0.03, 0.08])
_ERRORS = np.array([-0.967, 0.0, 0.967])  # three equal parts of the normal distribution
_THOUGHTS = 120


@dataclass(frozen=True)
class Advice:
    """What came out.

    Attributes:
        best: the advised count.
        expected_loss: of taking this count, as a share of the throughput of the best, whichever it
            is; a mean over what the trials leave open, and no limit.
        tried: counts that were measured, in their order.
        curve: count to expected throughput as a share of the best.
    """

    best: int
    expected_loss: float
    tried: tuple[int, ...]
    curve: dict[int, float]


class Adviser:
    """What is known so far of a grid of worker counts on a host with so many cores."""

    def __init__(self, counts: Sequence[int], cores: float) -> None:
        self.counts = tuple(counts)
        self.tried: list[tuple[int, float]] = []
        self.failed: set[int] = set()
        self._cores = cores
        bends = np.geomspace(0.6, 4 * self.counts[-1], _BENDS)
        self._curves = _curves(bends, np.asarray(self.counts, dtype=float))
        self._loss: Floats = 1 - np.exp(self._curves - self._curves.max(1, keepdims=True))
        self._prior = _prior(bends, cores)

    def add(self, count: int, throughput: float) -> None:
        """Learn from a trial."""
        self.tried.append((self.counts.index(count), float(np.log(throughput))))

    def skip(self, count: int) -> None:
        """A trial that came to nothing: it tells no throughput, and the count is not advised."""
        self.failed.add(self.counts.index(count))

    @property
    def most(self) -> int:
        """Trials that may be spent."""
        return max(2, int(SHARE_MOST * len(self.counts)))

    def done(self) -> bool:
        """Whether the choice is safe, or enough was spent."""
        if len(self.tried) + len(self.failed) >= min(self.most, len(self.counts)):
            return True
        if len(self.tried) < 2:
            return False
        weights, _ = self._posterior()
        curve_weights = weights.sum(1)
        pick = int(np.argmin(curve_weights @ self._loss))
        safe = float(curve_weights @ (self._loss[:, pick] <= LOSS_ALLOWED))
        return safe >= CERTAINTY

    def next_count(self) -> int:
        """Where the next trial helps most; first as many workers as cores."""
        if not self.tried:
            left = [n for index, n in enumerate(self.counts) if index not in self.failed]
            return min(left, key=lambda n: abs(n - self._cores))
        weights, levels = self._posterior()
        flat = np.cumsum(weights.ravel())
        chosen = np.searchsorted(flat, (np.arange(_THOUGHTS) + 0.5) / _THOUGHTS * flat[-1])
        curve, noise = np.unravel_index(chosen, weights.shape)
        spread = _NOISE[noise] * np.sqrt(1 + 1 / len(self.tried))
        done = {index for index, _ in self.tried} | self.failed
        losses = {
            index: _loss_left(self._curves[curve, index] + levels[curve], spread, self._loss[curve])
            for index in range(len(self.counts))
            if index not in done
        }
        return self.counts[min(losses, key=lambda index: losses[index])]

    def advice(self) -> Advice:
        """The choice so far.

        Raises:
            ValueError: not one trial came to something.
        """
        if not self.tried:
            raise ValueError("no throughput is known")
        weights, _ = self._posterior()
        curve_weights = weights.sum(1)
        losses = curve_weights @ self._loss
        losses[sorted(self.failed)] = 1.0
        best = int(np.argmin(losses))
        shape = {n: 1 - float(loss) for n, loss in zip(self.counts, losses, strict=True)}
        tried = tuple(self.counts[index] for index, _ in self.tried)
        return Advice(self.counts[best], float(losses[best]), tried, shape)

    def _posterior(self) -> tuple[Floats, Floats]:
        """Weights by curve and noise, and each curve's level; the level is integrated out."""
        places = [index for index, _ in self.tried]
        rest = np.array([value for _, value in self.tried]) - self._curves[:, places]
        levels = rest.mean(1)
        squares = ((rest - levels[:, None]) ** 2).sum(1)
        log = self._prior[:, None] - 0.5 * squares[:, None] / _NOISE**2
        log = log - (len(places) - 1) * np.log(_NOISE)
        weights: Floats = np.exp(log - log.max())
        weights /= weights.sum()
        return weights, levels


def advise(measure: Callable[[int], float], counts: Sequence[int], cores: float) -> Advice:
    """Measure some of the counts, and say which of all is best."""
    adviser = Adviser(counts, cores)
    while not adviser.done():
        count = adviser.next_count()
        adviser.add(count, measure(count))
    return adviser.advice()


def worker_counts(cores: int) -> tuple[int, ...]:
    """The counts worth weighing on a host of so many cores: every one up to twice, then coarser."""
    most = max(8, 8 * cores)
    fine = list(range(1, 2 * cores + 3))
    coarse = [round(2 * cores * 1.35**step) for step in range(1, 12)]
    return tuple(sorted({n for n in (*fine, *coarse) if n <= most}))


def _curves(bends: Floats, counts: Floats) -> Floats:
    """Logarithm of throughput, one curve a row, its level left open."""
    c = bends[:, None, None, None]
    p = _SHARPNESS[None, :, None, None]
    fall = _FALLS[None, None, :, None]
    n = counts[None, None, None, :]
    curves = np.log(n) - np.log1p((n / c) ** p) / p - fall * np.log(np.maximum(1, n / c))
    flat: Floats = curves.reshape(-1, len(counts))
    return flat


def _prior(bends: Floats, cores: float) -> Floats:
    """Half the belief on a bend near the number of cores, half anywhere."""
    near = np.exp(-0.5 * (np.log(bends / cores) / 0.5) ** 2)
    bend = np.log(0.5 / len(bends) + 0.5 * near / near.sum())
    prior = bend[:, None, None] + np.log(_FALL_WEIGHTS) + np.zeros((1, len(_SHARPNESS), 1))
    flat: Floats = prior.reshape(-1)
    return flat


def _loss_left(expected: Floats, spread: Floats, loss: Floats) -> float:
    """Loss of the best choice after a trial there, over what it might show."""
    sample = slice(None, None, 4)
    shown = (expected[sample, None] + spread[sample, None] * _ERRORS).ravel()
    log = -0.5 * ((shown[:, None] - expected) / spread) ** 2 - np.log(spread)
    weights = np.exp(log - log.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    return float((weights @ loss).min(1).mean())
