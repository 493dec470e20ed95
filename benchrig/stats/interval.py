"""How far apart two variants are: estimate, interval and p value from paired blocks.

The interval is Hodges and Lehmann's, not a bootstrap, for three reasons. Its coverage is exact for
every noise that is symmetric around the true log-ratio, which the random order within each block
brings about: `benchmarks/findings.py` finds 94 to 97 %, where a bootstrap of the median has
90 to 96 % and one of the mean 82 to 95 % of the 95 % they promise from 6 to 20 blocks. It says by
itself from how many blocks on it exists: six, for 95 %. And it is the same test as the p value,
turned round: without ties among the sizes of the values the two never disagree.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchrig.stats.signed_rank import exact_coverage, limit_rank, signed_rank_p

CONFIDENCE = 0.95
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A range that holds the true value with at least this probability."""

    low: float
    high: float
    coverage: float

    @property
    def half_width(self) -> float:
        """Half the distance of the ends."""
        return (self.high - self.low) / 2

    def holds(self, value: float) -> bool:
        """Whether the value is in it."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Estimate:
    """Where the centre of some values is.

    Attributes:
        count: how many values there were.
        centre: the median of all means of two (Hodges and Lehmann, Annals of Mathematical
            Statistics 34, 1963): as robust as one needs, 5 % less exact than the mean at best.
        interval: ``None`` where there are too few values for one.
        p_value: that the centre is 0, two-sided.
    """

    count: int
    centre: float
    interval: Interval | None
    p_value: float


def log_ratios(contender: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    """The natural logarithm of contender / baseline, pair by pair.

    Raises:
        ValueError: unequal lengths, or a figure that is not above zero.
    """
    if min(*contender, *baseline, 1.0) <= 0:
        raise ValueError("only figures above zero have a ratio")
    return tuple(math.log(c / b) for c, b in zip(contender, baseline, strict=True))


def estimate(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """Centre of the values, with an interval of at least the given confidence.

    Raises:
        ValueError: there is not one value.
    """
    if len(values) == 0:
        raise ValueError("no value, no estimate")
    means = _walsh_averages(np.asarray([values], dtype=float))[0]
    rank = limit_rank(len(values), confidence)
    interval = None
    if rank:
        means.sort()
        coverage = exact_coverage(len(values), rank)
        interval = Interval(float(means[rank - 1]), float(means[-rank]), coverage)
    return Estimate(len(values), float(np.median(means)), interval, signed_rank_p(values))


def limits(
    samples: NDArray[np.float64], confidence: float = CONFIDENCE
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper ends of the intervals of many samples at once, one sample a row.

    Raises:
        ValueError: the rows are too short for an interval.
    """
    rank = limit_rank(samples.shape[1], confidence)
    if not rank:
        raise ValueError(f"{samples.shape[1]} values carry no interval of {confidence:.0%}")
    places = (rank - 1, samples.shape[1] * (samples.shape[1] + 1) // 2 - rank)
    ends = [
        np.partition(means, places, axis=1)[:, places]
        for means in _walsh_averages_in_parts(samples)
    ]
    low, high = np.concatenate(ends).T
    return low, high


def centres(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """The estimates of many samples at once, one sample a row."""
    parts = [np.median(means, axis=1) for means in _walsh_averages_in_parts(samples)]
    return np.concatenate(parts)


def median_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval | None:
    """Interval of the median of one cell's own figures; ``None`` below six for 95 %.

    Between two order statistics, by the sign test: exact for every continuous distribution,
    symmetric or not (Hollander, Wolfe and Chicken 2014, 3.6). What is not paired has no reason to
    be symmetric.
    """
    count, below, rank = len(values), 0.0, 0
    while 2 * (below + math.comb(count, rank) / 2**count) <= 1 - confidence:
        below += math.comb(count, rank) / 2**count
        rank += 1
    if not rank:
        return None
    ordered = sorted(values)
    return Interval(ordered[rank - 1], ordered[-rank], 1 - 2 * below)


def share_interval(hits: int, count: int, confidence: float = CONFIDENCE) -> Interval:
    """Interval of a share of which ``hits`` of ``count`` were seen (Clopper and Pearson 1934)."""
    from scipy import stats  # noqa: PLC0415 - half a second, which comparisons need not wait for

    found = stats.binomtest(hits, count).proportion_ci(confidence, method="exact")
    return Interval(float(found.low), float(found.high), confidence)


def _walsh_averages(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of all pairs of each row's values, each value with itself included."""
    first, second = np.triu_indices(samples.shape[1])
    means: NDArray[np.float64] = (samples[:, first] + samples[:, second]) / 2
    return means


def _walsh_averages_in_parts(samples: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """The same for many rows, some rows at a time, as n values have n (n + 1) / 2 means."""
    rows, count = samples.shape
    at_once = max(1, 2 * _CELLS_AT_ONCE // (count * (count + 1)))
    for begin in range(0, rows, at_once):
        yield _walsh_averages(samples[begin : begin + at_once])
