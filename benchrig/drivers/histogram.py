"""Latencies as an HdrHistogram: exact counts that merge by adding, never by averaging.

The layout is HdrHistogram's with a lowest value of 1 µs, a highest of one hour and three
significant digits. A slot is an index of its counts array.
"""

import bisect
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hdrh.histogram import HdrHistogram

LOWEST_US, HIGHEST_US, DIGITS = 1, 3_600_000_000, 3
_LAYOUT = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)


@dataclass(frozen=True)
class Histogram:
    """Counts per slot, with the exact extremes and mean; µs inside, seconds outside."""

    slots: tuple[tuple[int, int], ...]
    min_us: int
    max_us: int
    mean_us: float

    @property
    def count(self) -> int:
        """All recorded values."""
        return sum(count for _, count in self.slots)

    @property
    def mean_seconds(self) -> float:
        """Mean of the values."""
        return self.mean_us / 1e6

    @property
    def max_seconds(self) -> float:
        """Highest value."""
        return self.max_us / 1e6

    def quantile_seconds(self, quantile: float) -> float:
        """The value that this share (0 to 1) of all values does not exceed.

        Within the layout's resolution of 0.1 %, and never above the exact maximum.

        Raises:
            ValueError: the histogram is empty.
        """
        if not self.slots:
            raise ValueError("no value was recorded")
        wanted = max(1, math.ceil(quantile * self.count))
        reached = list(itertools.accumulate(count for _, count in self.slots))
        slot = self.slots[bisect.bisect_left(reached, wanted)][0]
        highest: int = _LAYOUT.get_highest_equivalent_value(value_of(slot))
        return min(highest, self.max_us) / 1e6

    def share_at_most(self, seconds: float) -> float:
        """Share of the values in slots that begin at or below a value."""
        limit = slot_of(round(seconds * 1e6))
        return sum(count for slot, count in self.slots if slot <= limit) / self.count

    def carries(self, quantile: float) -> bool:
        """Whether the sample is large enough for a quantile: one value beyond it on average."""
        return self.count * (1 - quantile) >= 1 - 1e-9


EMPTY = Histogram((), 0, 0, 0.0)


def merge(histograms: Iterable[Histogram]) -> Histogram:
    """All values of all histograms, exactly as if they had been recorded into one."""
    filled = [h for h in histograms if h.slots]
    if not filled:
        return EMPTY
    counts: Counter[int] = Counter()
    for histogram in filled:
        for slot, count in histogram.slots:
            counts[slot] += count
    total = counts.total()
    return Histogram(
        slots=tuple(sorted(counts.items())),
        min_us=min(h.min_us for h in filled),
        max_us=max(h.max_us for h in filled),
        mean_us=math.fsum(h.mean_us * h.count for h in filled) / total,
    )


def from_counts(counts: Mapping[int, int]) -> Histogram:
    """A histogram from values in µs and how often each occurred."""
    if not counts:
        return EMPTY
    slots: Counter[int] = Counter()
    for value, count in counts.items():
        slots[slot_of(value)] += count
    total = sum(counts.values())
    mean = math.fsum(value * count for value, count in counts.items()) / total
    return Histogram(tuple(sorted(slots.items())), min(counts), max(counts), mean)


def slot_of(value_us: int) -> int:
    """Index of the counts array that a value belongs to; an hour and more is an hour."""
    index: int = _LAYOUT._counts_index_for(min(max(value_us, 0), HIGHEST_US))
    return index


def value_of(slot: int) -> int:
    """The lowest value in µs that belongs to a slot."""
    value: int = _LAYOUT.get_value_from_index(slot)
    return value
