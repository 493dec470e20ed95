"""Where a series of figures changed its level.

The split is the one of least cost: squared distances from each segment's mean, plus a penalty for
each change, found exactly by PELT (R. Killick, P. Fearnhead, I. A. Eckley, JASA 107, 2012). The
figures' own noise is the scale: the median distance of neighbours, which a change of level does not
move (a sum of squares would grow with the very changes that are looked for). A change smaller than
the noise floor is none, whatever its statistics.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    logs = np.log(np.asarray(values, dtype=float))
    if len(logs) < 2 * SEGMENT_LEAST:
        return []
    scale = max(float(np.median(np.abs(np.diff(logs)))) / NEIGHBOURS_TO_SPREAD, FLOAT_NOISE)
    cuts = segment_ends(logs / scale, PENALTY * math.log(len(logs)))
    return _large(logs, cuts, floor)


def segment_ends(values: NDArray[np.float64], penalty: float) -> list[int]:
    """Ends of the segments of least total cost, the series' own end included."""
    count = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    before = np.zeros(count + 1, dtype=int)
    starts = np.array([0])
    for end in range(SEGMENT_LEAST, count + 1):
        lengths = end - starts
        cost = squares[end] - squares[starts] - (sums[end] - sums[starts]) ** 2 / lengths
        total = best[starts] + cost
        chosen = int(np.argmin(total))
        best[end], before[end] = total[chosen] + penalty, starts[chosen]
        kept = starts[total <= best[end]]
        starts = np.append(kept, end - SEGMENT_LEAST + 1)
    ends = [count]
    while before[ends[-1]] > 0:
        ends.append(int(before[ends[-1]]))
    return ends[::-1]


def _large(logs: NDArray[np.float64], cuts: list[int], floor: float) -> list[Change]:
    """Changes above the floor; a level that lies too near to the one before is joined to it."""
    found: list[Change] = []
    begin = 0
    for cut, end in itertools.pairwise(cuts):
        step = float(np.median(logs[cut:end]) - np.median(logs[begin:cut]))
        if abs(step) > floor:
            found.append(Change(cut, step))
            begin = cut
    return found
