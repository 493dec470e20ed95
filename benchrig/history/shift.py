"""How far apart two independent samples are: the Hodges-Lehmann shift with its exact interval.

The interval is the range of shifts that Mann and Whitney's test does not reject (D. F. Bauer, JASA
67, 1972; M. Hollander, D. A. Wolfe, Nonparametric Statistical Methods, section 4.3): no
distribution is assumed, only that a change moves all values alike.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

CONFIDENCE = 0.95
EXACT_MOST = 30  # values of each sample up to which every order is counted
NORMAL_975 = 1.959964


@dataclass(frozen=True)
class Shift:
    """Differences are second minus first; ``low`` and ``high`` are its 95 % interval."""

    centre: float
    low: float
    high: float


def shift(first: Sequence[float], second: Sequence[float]) -> Shift | None:
    """How much higher the second sample lies; ``None`` where they are too small for an interval.

    Four values each are enough; three are not.
    """
    apart = sorted(b - a for a in first for b in second)
    rank = _rank(len(first), len(second))
    if rank < 1:
        return None
    return Shift(statistics.median(apart), apart[rank - 1], apart[-rank])


def _rank(first: int, second: int) -> int:
    """Which of the sorted differences bounds the interval; 0 where none does."""
    if max(first, second) > EXACT_MOST:
        spread = math.sqrt(first * second * (first + second + 1) / 12)
        return max(0, math.floor(first * second / 2 - NORMAL_975 * spread))
    orders = math.comb(first + second, first)
    reached, rank = 0, 0
    for pairs in range(first * second):
        reached += _orders(first, second, pairs)
        if 2 * reached / orders > 1 - CONFIDENCE:
            break
        rank = pairs + 1
    return rank


@cache
def _orders(first: int, second: int, pairs: int) -> int:
    """Orders of two samples in which so many pairs stand the wrong way round."""
    if pairs < 0:
        return 0
    if first == 0 or second == 0:
        return int(pairs == 0)
    return _orders(first - 1, second, pairs - second) + _orders(first, second - 1, pairs)
