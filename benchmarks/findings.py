"""What intervals, findings and looks at the data are worth on noise of known truth, by simulation.

    python benchmarks/findings.py [--draws 2000]

Three tables: how often the interval holds the truth (against bootstraps of the median and of the
mean), how often nothing is called faster or slower after a calibration, and how often blocks that
are added until the interval is narrow enough find what is not there. Seeded: the same each time.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchrig.compare.precision import LOOK_CONFIDENCE, Go, Goal, next_step
from benchrig.stats.interval import estimate, limits
from benchrig.stats.noise import COMPARISON_BLOCKS, calibrate
from tests.simulated import NOISE, SYMMETRIC_NOISE, noise

COVERAGE_MIN = 0.935
FALSE_FINDINGS_MAX = 0.05
BOOTSTRAPS = 299
Floats = NDArray[np.float64]


def main() -> int:
    """Print the tables; fail when the rig's own interval or findings do not keep their word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    draws = parser.parse_args().draws
    return max(_coverage(draws), _false_findings(draws), _looks(max(100, draws // 10)))


def _coverage(draws: int) -> int:
    """How often an interval of 95 % holds the truth."""
    print(f"{'coverage':<30}{'blocks':>7}{'ours':>8}{'bootstrap: median':>19}{'mean':>8}")
    worst = 1.0
    for kind in NOISE:
        for blocks in (6, 10, 20):
            drawn = noise(kind, (draws, blocks), seed=2)
            low, high = limits(drawn)
            ours = float(np.mean((low <= 0) & (high >= 0)))
            few = drawn[: max(100, draws // 10)]
            others = [_bootstrapped(few, centre) for centre in (np.median, np.mean)]
            print(f"{kind:<30}{blocks:>7}{ours:>8.1%}{others[0]:>19.1%}{others[1]:>8.1%}")
            worst = min(worst, ours) if kind in SYMMETRIC_NOISE else worst
    return int(worst < COVERAGE_MIN)


def _bootstrapped(drawn: Floats, centre: Callable[..., Floats]) -> float:
    rng = np.random.default_rng(1)
    held = 0
    for row in drawn:
        again = centre(rng.choice(row, (BOOTSTRAPS, len(row))), axis=1)
        low, high = np.quantile(again, [0.025, 0.975])
        held += bool(low <= 0 <= high)
    return held / len(drawn)


def _false_findings(draws: int) -> int:
    """Fresh comparisons of a variant with itself, judged by the floor of a calibration before."""
    print(f"\n{'false findings':<30}{'no floor':>10}{'with floor':>12}{'floor':>8}")
    worst = 0.0
    for kind in SYMMETRIC_NOISE:
        found = calibrate(noise(kind, (1, 30), seed=3)[0].tolist())
        low, high = limits(noise(kind, (draws, COMPARISON_BLOCKS), seed=4))
        without = float(np.mean((low > 0) | (high < 0)))
        share = float(np.mean((low > found.floor) | (high < -found.floor)))
        print(f"{kind:<30}{without:>10.1%}{share:>12.1%}{found.floor:>8.2%}")
        worst = max(worst, share)
    return int(worst > FALSE_FINDINGS_MAX)


def _looks(draws: int) -> int:
    """Blocks added until ±2 %: how often the interval then leaves the truth out."""
    print(f"\n{'looking every two blocks':<30}{'false findings':>16}{'blocks':>8}")
    worst = 0.0
    for kind in SYMMETRIC_NOISE:
        false, spent = 0, 0
        for row in noise(kind, (draws, 40), seed=6).tolist():
            seen: list[float] = []
            while isinstance(step := next_step(seen, len(seen), Goal(0.02, 40)), Go):
                seen = row[: len(seen) + step.blocks]
            interval = estimate(seen, LOOK_CONFIDENCE).interval
            false += interval is not None and not interval.holds(0.0)
            spent += len(seen)
        print(f"{kind:<30}{false / draws:>16.1%}{spent / draws:>8.1f}")
        worst = max(worst, false / draws)
    return int(worst > FALSE_FINDINGS_MAX + 3 * (0.05 * 0.95 / draws) ** 0.5)


if __name__ == "__main__":
    sys.exit(main())
