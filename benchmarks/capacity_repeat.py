"""How near to each other real searches for a capacity come on this rig.

    python benchmarks/capacity_repeat.py [--searches 3] [FAB CAPACITY'S OPTIONS]
    python benchmarks/capacity_repeat.py --runs RUN RUN ...

Searches again and again, or reads searches that are stored. By default what is searched does not
hang on how fast the machine is at the moment: an event loop that every request blocks for 10 ms,
as a quiet host would be. `--variant aiohttp` alone shows the host's own noise beside it.

Fails when a search is more than 3 % from their middle.
"""

import argparse
import math
import statistics
import subprocess
import sys
from pathlib import Path

from benchrig.commands import context
from benchrig.commands.running import stored
from benchrig.stats.capacity import Capacity
from benchrig.store.run import find_run
from benchrig.suite.slo import known_of

NEAR = 0.03
BLOCKED = ["--variant", "aiohttp", "--workload", "sleep-blocking", "--set", "seconds=0.01"]
BLOCKED += ["--connections", "32", "--p99", "50ms", "--duration", "10s"]


def main() -> int:
    """Search or read, and print a row for each search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=3)
    parser.add_argument("--runs", nargs="+", default=[], metavar="RUN")
    given, options = parser.parse_known_args()
    results = context.results_directory()
    paths = [find_run(results, run) for run in given.runs]
    while len(paths) < (len(given.runs) or given.searches):
        subprocess.run(["fab", "capacity", *(options or BLOCKED)], check=True)
        paths.append(find_run(results, "last"))
    found = [_capacity(path) for path in paths]
    middle = statistics.median(each.rate_per_second for each in found)
    for path, each in zip(paths, found, strict=True):
        print(
            f"{path.name}: {each.rate_per_second:,.4g}/s ({each.low:,.4g} to {each.high:,.4g}), "
            f"{each.trials} trials, {each.rate_per_second / middle:.3f} of the middle"
        )
    apart = max(abs(math.log(each.rate_per_second / middle)) for each in found)
    print(f"{len(found)} searches, at most {apart:.1%} from their middle")
    return int(apart > NEAR)


def _capacity(path: Path) -> Capacity:
    known = known_of(*stored(path))
    if known is None or known.best is None:
        sys.exit(f"{path.name} found no capacity: `fab show {path.name}`")
    return known.search.capacity()


if __name__ == "__main__":
    sys.exit(main())
