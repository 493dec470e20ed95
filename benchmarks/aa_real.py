"""False findings on a rig's own noise: a calibration's blocks, resampled.

    python benchmarks/aa_real.py [--comparisons 1000] [CALIBRATION.json ...]

The first half of the blocks gives the noise floor, comparisons of ten blocks are drawn from the
second half, which the floor has not seen: each drawn block with a coin for which of its two trials
is called the contender. Fails when more than 5 % are called faster or slower. Also tells how often
a slowdown of 3 % is found. Without a file: every calibration in results/.
"""

import argparse
import math
import sys
from pathlib import Path

import numpy as np

from benchrig.commands import context
from benchrig.compare.finding import Bounds, find
from benchrig.compare.pairs import Pairs
from benchrig.stats.noise import BLOCKS_FEWEST, COMPARISON_BLOCKS, calibrate
from benchrig.store.noise import FOLDER, STORED, OutcomeNoise

FALSE_MAX = 0.05
MARGIN = 0.02
SLOWDOWN = math.log(0.97)


def main() -> int:
    """Draw, judge and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=int, default=1000)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    folder = context.results_directory() / FOLDER
    worst = 0.0
    print(f"{'outcome':<22}{'floor':>8}{'false':>8}{'3 % slowdown found':>21}{'called faster':>15}")
    for path in options.files or sorted(folder.glob("*.json")):
        print(path.name)
        for each in STORED.validate_json(path.read_bytes()).outcomes:
            if len(each.log_ratios) < 2 * BLOCKS_FEWEST:
                few = f"{len(each.log_ratios)} blocks are too few to be halved"
                sys.exit(f"{few}: `fab calibrate` with {2 * BLOCKS_FEWEST} or more")
            worst = max(worst, _judged(each, options.comparisons))
    return int(worst > FALSE_MAX)


def _judged(each: OutcomeNoise, comparisons: int) -> float:
    half = len(each.log_ratios) // 2
    first, second = each.log_ratios[:half], np.asarray(each.log_ratios[half:])
    bounds = Bounds(calibrate(first, min(COMPARISON_BLOCKS, half)).floor, MARGIN)
    rng = np.random.default_rng(1)
    false, found, wrong = 0, 0, 0
    for _ in range(comparisons):
        chosen = rng.choice(second, COMPARISON_BLOCKS)
        drawn = chosen * np.where(rng.random(COMPARISON_BLOCKS) < 0.5, 1.0, -1.0)
        false += _word(each, drawn, bounds) in ("faster", "slower")
        slower = _word(each, drawn + SLOWDOWN, bounds)
        found, wrong = found + (slower == "slower"), wrong + (slower == "faster")
    shares = [count / comparisons for count in (false, found, wrong)]
    print(
        f"  {each.outcome.value:<20}{bounds.floor:>8.2%}{shares[0]:>8.1%}{shares[1]:>21.1%}"
        f"{shares[2]:>15.1%}"
    )
    return shares[0]


def _word(each: OutcomeNoise, drawn: "np.typing.NDArray[np.float64]", bounds: Bounds) -> str:
    return find(each.outcome, Pairs(tuple(drawn.tolist()), ()), bounds).word


if __name__ == "__main__":
    sys.exit(main())
