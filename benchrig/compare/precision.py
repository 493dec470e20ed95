"""Adding blocks until the interval is narrow enough, without finding what is not there.

Looking after every few blocks and stopping when the result pleases makes false findings out of
noise. Two things keep their share at 5 %:

- Whether to go on depends on the interval's width alone, never on where it lies. The width says
  nothing about the sign of a difference (fixed-width intervals: Y. S. Chow and H. Robbins, Annals
  of Mathematical Statistics 36, 1965).
- Stopping at the first width that is small enough prefers spreads that came out too small by
  chance: a 95 % interval then holds the truth in 93 % only. So 97 % are asked of it.

`benchmarks/findings.py` finds 2.5 to 5 % of false findings at a floor of zero over six kinds of
noise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchrig.stats.interval import estimate

LOOK_CONFIDENCE = 0.97
FIRST_LOOK_BLOCKS = 8
BLOCKS_A_LOOK = 2  # `benchmarks/findings.py` counts what looking this often costs


@dataclass(frozen=True)
class Goal:
    """When to stop.

    Attributes:
        half_width: of the interval of the log-ratio: 0.02 for about 2 % to either side.
        blocks_most: what the budget pays for.
    """

    half_width: float
    blocks_most: int


@dataclass(frozen=True)
class Go:
    """Measure more blocks.

    Attributes:
        blocks: so many now.
        expected: in total, if the noise stays as it is; ``None`` before the first look.
    """

    blocks: int
    half_width: float | None
    expected: int | None


@dataclass(frozen=True)
class Stop:
    """Nothing more to measure; ``reached`` tells whether the interval became narrow enough."""

    reached: bool
    half_width: float | None
    reason: str


def next_step(log_gains: Sequence[float], blocks_run: int, goal: Goal) -> Go | Stop:
    """Whether to go on after ``blocks_run`` blocks, of which ``log_gains`` came out valid.

    The finding that follows a `Stop` must be made with `LOOK_CONFIDENCE`.
    """
    width = _half_width(log_gains)
    if width is not None and width <= goal.half_width:
        text = f"the interval is ±{width:.1%} after {len(log_gains)} blocks"
        return Stop(reached=True, half_width=width, reason=text)
    left = goal.blocks_most - blocks_run
    if left <= 0:
        text = "too few blocks for an interval" if width is None else f"it is ±{width:.1%}"
        text = f"the budget of {goal.blocks_most} blocks is spent; {text}"
        return Stop(reached=False, half_width=width, reason=text)
    missing = FIRST_LOOK_BLOCKS - len(log_gains)
    blocks = missing if missing > 0 else BLOCKS_A_LOOK
    return Go(min(blocks, left), width, _expected(log_gains, width, goal))


def _half_width(log_gains: Sequence[float]) -> float | None:
    if len(log_gains) < FIRST_LOOK_BLOCKS:
        return None
    interval = estimate(log_gains, LOOK_CONFIDENCE).interval
    return interval.half_width if interval else None


def _expected(log_gains: Sequence[float], width: float | None, goal: Goal) -> int | None:
    if width is None:
        return None
    return max(len(log_gains) + 1, math.ceil(len(log_gains) * (width / goal.half_width) ** 2))
