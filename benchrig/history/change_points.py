"""Where a series of figures changed its level.

The split is the one of least cost: squared distances from each segment's mean, plus a penalty for
each change, found exactly by PELT (R. Killick, P. Fearnhead, I. A. Eckley, JASA 107, 2012). The
figures' own noise is the scale: the median distance of neighbours, which a change of level does not
move (a sum of squares would grow with the very changes that are looked for). A change smaller than
the noise floor is none, whatever its statistics. Plain Python: a list should not wait for NumPy.
"""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

SEGMENT_LEAST = 3  # runs on each side: one slow run is an outlier, not a change
PENALTY = 6.0  # times log n; 6 finds none in 300 series of 40 equal values
NEIGHBOURS_TO_SPREAD = 0.9539  # median |difference| of two normal values, in standard deviations
FLOAT_NOISE = 1e-9


@dataclass(frozen=True)
class Change:
    """A change of level.

    Attributes:
        index: of the first value of the new level.
        log_ratio: natural logarithm of the new level over the old one.
    """

    index: int
    log_ratio: float


def changes(values: Sequence[float], floor: float) -> list[Change]:
    """Every change of level of positive figures by more than ``floor`` (a log-ratio).

    Raises:
        ValueError: a figure is not above zero.
    """
    if any(value <= 0 for value in values):
        raise ValueError("only figures above zero have a level")
    logs = [math.log(value) for value in values]
    if len(logs) < 2 * SEGMENT_LEAST:
        return []
    apart = [abs(after - before) for before, after in itertools.pairwise(logs)]
    scale = max(statistics.median(apart) / NEIGHBOURS_TO_SPREAD, FLOAT_NOISE)
    cuts = segment_ends([log / scale for log in logs], PENALTY * math.log(len(logs)))
    return _large(logs, cuts, floor)


def segment_ends(values: Sequence[float], penalty: float) -> list[int]:
    """Ends of the segments of least total cost, the series' own end included."""
    count = len(values)
    sums = [0.0, *itertools.accumulate(values)]
    squares = [0.0, *itertools.accumulate(value * value for value in values)]
    best = [-penalty] + [math.inf] * count
    before = [0] * (count + 1)
    starts = [0]
    beaten: dict[int, int] = {}  # start to the end at which it was first beaten
    for end in range(SEGMENT_LEAST, count + 1):
        totals = [
            best[start]
            + squares[end]
            - squares[start]
            - (sums[end] - sums[start]) ** 2 / (end - start)
            for start in starts
        ]
        least = min(totals)
        best[end], before[end] = least + penalty, starts[totals.index(least)]
        for start, total in zip(starts, totals, strict=True):
            if total > best[end]:
                beaten.setdefault(start, end)
        # A start is beaten by a new segment from the end on, which is long enough to be one only
        # some values later: until then the beaten start may still be the best.
        kept = [s for s in starts if end - beaten.get(s, end) < SEGMENT_LEAST - 1]
        starts = [*kept, end - SEGMENT_LEAST + 1]
    ends = [count]
    while before[ends[-1]] > 0:
        ends.append(before[ends[-1]])
    return ends[::-1]


def _large(logs: Sequence[float], cuts: Sequence[int], floor: float) -> list[Change]:
    """Changes above the floor; a level that lies too near to the one before is joined to it."""
    found: list[Change] = []
    begin = 0
    for cut, end in itertools.pairwise(cuts):
        step = statistics.median(logs[cut:end]) - statistics.median(logs[begin:cut])
        if abs(step) > floor:
            found.append(Change(cut, step))
            begin = cut
    return found
