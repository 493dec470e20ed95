#!/usr/bin/env python3
"""Achieved against offered rate of an open loop, up to and past the closed loop's ceiling.

The ceiling is the median throughput of patched wrk without --rate on the same nginx, threads and
connections. Achieved is answers per second of the whole run, the wait for the last ones included.
"""

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wrk_rig import add_programs, final_line, measure, nginx, verdict

BAR = 0.01
SHARES = (0.1, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0)
JUDGED_UP_TO = 0.8


@dataclass(frozen=True)
class Point:
    """One open-loop run."""

    achieved: float  # of what was offered
    mean_us: float
    cpu_us: float  # per request


def point(given: argparse.Namespace, url: str, rate: float) -> Point:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.jsonl"
        run = measure(
            [given.patched, *options(given), "--rate", f"{rate:.0f}", "--live", path, url]
        )
        final = final_line(path)
    achieved = final["requests"] / (final["duration_us"] / 1e6) / round(rate)
    return Point(achieved, final["hist"]["mean"], run.cpu_us_per_request)


def options(given: argparse.Namespace) -> list[object]:
    return [f"-t{given.threads}", f"-c{given.connections}", f"-d{given.seconds}s"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    add_programs(parser, stock=False)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=5, help="of each run (default 5)")
    parser.add_argument("--repeats", type=int, default=3, help="runs per point, median taken")
    given = parser.parse_args()

    holds = True
    with nginx() as server:
        url = server.url
        closed = [measure([given.patched, *options(given), url]) for _ in range(given.repeats)]
        ceiling = statistics.median(run.per_second for run in closed)
        cpu = statistics.median(run.cpu_us_per_request for run in closed)
        print(f"closed loop: {ceiling:.0f} requests/s, {cpu:.2f} us CPU per request")
        print("share  offered/s  achieved/offered  mean latency us  us CPU per request")
        for share in SHARES:
            points = [point(given, url, share * ceiling) for _ in range(given.repeats)]
            middle = sorted(points, key=lambda run: run.achieved)[len(points) // 2]
            print(
                f"{share:<6} {share * ceiling:9.0f} {middle.achieved:17.4f} "
                f"{middle.mean_us:16.0f} {middle.cpu_us:19.2f}"
            )
            if share <= JUDGED_UP_TO:
                holds &= abs(middle.achieved - 1) <= BAR
                worst = middle.achieved
    verdict("achieved/offered up to 80 % of the ceiling", worst, holds, "1 within 1 % at each")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
