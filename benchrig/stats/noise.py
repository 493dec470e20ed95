"""What a rig shows between a variant and itself, and what that lets it find.

From the blocks of an A/A run, comparisons of any size are drawn: blocks with replacement, each with
a coin for which of its two trials is called the contender, as the protocol draws their order. What
such comparisons find is false, and how far apart they come out is the rig's noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchrig.stats.floor import FLOOR_LEAST, blocks_enough
from benchrig.stats.interval import CONFIDENCE, Estimate, centres, estimate, limits

COMPARISON_BLOCKS = 10  # the default; its interval's coverage is 95.1 %
FALSE_FINDINGS_MAX = 0.01
POWER = 0.9
BLOCKS_FEWEST, BLOCKS_MOST = 6, 120
_DRAWS = 2000
_POWER_DRAWS = 300
_CALIBRATIONS = 40


@dataclass(frozen=True)
class Calibration:
    """The noise of one outcome on one rig; natural logarithms of ratios throughout.

    Attributes:
        blocks: blocks of the A/A run.
        comparison_blocks: size of the comparisons that the figures are about.
        spread: standard deviation of a block's log-ratio.
        apart: 95 of 100 comparisons of a variant with itself come out no further apart.
        half_width: median half width of their intervals.
        floor: the noise floor: the least floor at which no more than 1 in 100 of them is called
            faster or slower; never below 0.5 %, as how a program lies in memory alone makes such
            differences (T. Mytkowicz et al., ASPLOS 2009).
        floor_low, floor_high: 95 % of calibrations of this size would put it in here.
        false_findings: share of them called faster or slower with no floor at all.
        itself: the A/A run as one comparison; its interval must hold 0.
    """

    blocks: int
    comparison_blocks: int
    spread: float
    apart: float
    half_width: float
    floor: float
    floor_low: float
    floor_high: float
    false_findings: float
    itself: Estimate

    @property
    def enough(self) -> bool:
        """Whether there are blocks enough for the figures to mean something."""
        return blocks_enough(self.blocks)

    @property
    def biased(self) -> bool:
        """The same variant came out different from itself: the order of trials leaves a trace."""
        return self.itself.interval is not None and not self.itself.interval.holds(0.0)


def calibrate(
    log_ratios: Sequence[float], comparison_blocks: int = COMPARISON_BLOCKS, seed: int = 1
) -> Calibration:
    """The rig's noise from the log-ratios of an A/A run's blocks.

    Raises:
        ValueError: fewer blocks than one comparison has.
    """
    if len(log_ratios) < comparison_blocks:
        raise ValueError(f"{len(log_ratios)} blocks are less than one comparison")
    rng = np.random.default_rng(seed)
    blocks = np.asarray(log_ratios, dtype=float)
    drawn = _comparisons(blocks, comparison_blocks, _DRAWS, rng)
    low, high = limits(drawn)
    again = [_floor(*limits(d)) for d in _calibrations(blocks, comparison_blocks, rng)]
    return Calibration(
        blocks=len(blocks),
        comparison_blocks=comparison_blocks,
        spread=float(np.sqrt(np.mean(blocks**2))),
        apart=float(np.quantile(np.abs(centres(drawn)), CONFIDENCE)),
        half_width=float(np.median(high - low) / 2),
        floor=_floor(low, high),
        floor_low=float(np.quantile(again, 0.025)),
        floor_high=float(np.quantile(again, 0.975)),
        false_findings=float(np.mean((low > 0) | (high < 0))),
        itself=estimate(log_ratios),
    )


def power(log_ratios: Sequence[float], effect: float, blocks: int, floor: float) -> float:
    """How often a true log-ratio of this size is found on this noise with so many blocks.

    Raises:
        ValueError: too few blocks for an interval.
    """
    rng = np.random.default_rng(blocks)
    drawn = _comparisons(np.asarray(log_ratios, dtype=float), blocks, _POWER_DRAWS, rng)
    low, _ = limits(drawn + abs(effect))
    return float(np.mean(low > floor))


def blocks_for_effect(log_ratios: Sequence[float], effect: float, floor: float) -> int | None:
    """The fewest blocks that find a true log-ratio of this size nine times in ten.

    ``None`` when 120 blocks do not, as for any effect at or below the floor.
    """
    if abs(effect) <= floor:
        return None
    few, enough = BLOCKS_FEWEST - 1, BLOCKS_FEWEST
    while power(log_ratios, effect, enough, floor) < POWER:
        if enough == BLOCKS_MOST:
            return None
        few, enough = enough, min(2 * enough, BLOCKS_MOST)
    while enough - few > 1:
        middle = (enough + few) // 2
        if power(log_ratios, effect, middle, floor) >= POWER:
            enough = middle
        else:
            few = middle
    return enough


def least_effect(log_ratios: Sequence[float], blocks: int, floor: float) -> float:
    """The smallest true log-ratio that so many blocks find nine times in ten.

    Raises:
        ValueError: too few blocks for an interval.
    """
    rng = np.random.default_rng(blocks)
    drawn = _comparisons(np.asarray(log_ratios, dtype=float), blocks, _DRAWS, rng)
    low, _ = limits(drawn)
    return float(floor - np.quantile(low, 1 - POWER))


def budget_seconds(blocks: int, trial_seconds: float) -> float:
    """What a comparison of so many blocks takes: two trials a block."""
    return 2 * blocks * trial_seconds


def _comparisons(
    blocks: NDArray[np.float64], size: int, count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    chosen = rng.choice(blocks, (count, size))
    return chosen * np.where(rng.random((count, size)) < 0.5, 1.0, -1.0)


def _calibrations(
    blocks: NDArray[np.float64], size: int, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """What other A/A runs of the same length might have given: a bootstrap of the blocks."""
    others = rng.choice(blocks, (_CALIBRATIONS, len(blocks)))
    return [_comparisons(other, size, _DRAWS // 8, rng) for other in others]


def _floor(low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """The quantile of how far the intervals miss 0, so that so few miss it by more."""
    missed = np.maximum(0.0, np.maximum(low, -high))
    return max(FLOOR_LEAST, float(np.quantile(missed, 1 - FALSE_FINDINGS_MAX)))
