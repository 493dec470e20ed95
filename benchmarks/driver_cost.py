#!/usr/bin/env python3
"""CPU per million requests of each load driver, and so the most that one core of it can send.

Every block runs each driver against the nginx of the rig that answers from memory, in an order of
its own, for a short and for a long time: the CPU time and the requests by which they differ leave
out what it costs to start. The figures are medians over the blocks, with the middle half beside
them. CPU time is the driver's own, so a busy machine moves it far less than the rate.
"""

import argparse
import random
import statistics
import sys
from dataclasses import replace

from common import spread

from benchrig.commands import context
from benchrig.commands.calibrate_driver import chosen_drivers
from benchrig.remote.rig import Rig
from benchrig.trial.calibrate import Cell, load_once, request_of
from benchrig.trial.load import LoadSessions
from benchrig.units import whole_seconds


def main() -> int:
    """Run the blocks and print a table for docs/drivers.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each long run (default 6)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)  # noqa: S311 - an order of runs, no secret
    names = chosen_drivers(())
    costs: dict[str, list[float]] = {name: [] for name in names}
    rates: dict[str, list[float]] = {name: [] for name in names}
    hosts = context.inventory()
    with Rig(hosts) as rig, LoadSessions(rig) as sessions:
        for block in range(1, given.blocks + 1):
            print(f"block {block} of {given.blocks}", file=sys.stderr, flush=True)
            for name in rng.sample(names, len(names)):
                cell = Cell(name, "direct", given.connections)
                request = request_of(cell, hosts, sessions, given.seconds)
                third = whole_seconds(given.seconds / 3)
                short = load_once(sessions, cell, replace(request, duration_seconds=third))
                long = load_once(sessions, cell, request)
                used = long.cpu_seconds - short.cpu_seconds
                costs[name].append(used / (long.requests - short.requests) * 1e6)
                rates[name].append(long.requests / long.seconds)
    print("| driver | CPU s per million requests | requests/s of one core | requests/s here |")
    print("|---|---|---|---|")
    for name, cost in costs.items():
        core = 1e6 / statistics.median(cost)
        rate = statistics.median(rates[name])
        print(f"| `{name}` | {spread(cost)} | {core:,.0f} | {rate:,.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
