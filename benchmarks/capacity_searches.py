"""How near to each other, and to the truth, searches for a capacity come, and what they take.

    python benchmarks/capacity_searches.py [--searches 40]

Simulated servers of known capacity: a queue with random or even service and arrivals, and one whose
requests cost unequally and which stops for 15 ms every other second. Each trial is ten seconds of
arrivals, on a machine whose speed varies by 1 % from trial to trial. For each kind: the searches
within 3 % of their middle and of the truth, the intervals of 95 % that hold the truth, the trials
on average, and those that bisection to the same width takes with three trials a rate. Seeded: the
same each time. Fails when fewer than nine searches in ten are near their middle or they take more
than a third of the trials.
"""

import argparse
import statistics
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchrig.stats import capacity
from tests.simulated import QUEUES, Queue, bisected

NEAR = 0.03
NEAR_LEAST = 0.9
TRIALS_SHARE_MOST = 1 / 3
TRUTH_TRIALS = 41


def main() -> int:
    """Search, bisect, print a row for each kind of server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=40)
    searches = parser.parse_args().searches
    print(f"{'server':<17}{'truth':>7}{'near middle':>13}{'near truth':>12}", end="")
    print(f"{'in interval':>13}{'trials':>8}{'bisection':>11}")
    return max(_row(kind, searches) for kind in QUEUES)


def _row(kind: str, searches: int) -> int:
    queues = [Queue(kind, seed) for seed in range(searches)]
    found = [capacity.search(queue.of_limit, queue.ceiling) for queue in queues]
    middle, truth = statistics.median(f.rate_per_second for f in found), _truth(kind)
    near = statistics.mean(abs(f.rate_per_second / middle - 1) <= NEAR for f in found)
    right = statistics.mean(abs(f.rate_per_second / truth - 1) <= NEAR for f in found)
    held = statistics.mean(f.low <= truth <= f.high for f in found)
    trials = statistics.mean(f.trials for f in found)
    theirs = statistics.mean(bisected(Queue(kind, s), capacity.PRECISION) for s in range(5))
    print(f"{kind:<17}{truth:>7.0f}{near:>13.0%}{right:>12.0%}", end="")
    print(f"{held:>13.0%}{trials:>8.1f}{theirs:>11.1f}", flush=True)
    return int(near < NEAR_LEAST or trials > TRIALS_SHARE_MOST * theirs)


def _truth(kind: str) -> float:
    """The rate at which half of many trials keep the limit."""
    queue = Queue(kind, 10**6)
    low, high = 100.0, 2600.0
    while high / low > 1.002:
        middle = (low + high) / 2
        kept = np.mean([queue.of_limit(middle) <= 1 for _ in range(TRUTH_TRIALS)])
        low, high = (middle, high) if kept >= 0.5 else (low, middle)
    return (low + high) / 2


if __name__ == "__main__":
    sys.exit(main())
