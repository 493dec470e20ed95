#!/usr/bin/env python3
"""Open loop against closed loop on a server that stalls, against what arithmetic says.

At a steady rate, requests that fall due in a stall of S seconds wait, evenly spread, from 0 to S;
with a stall in every E seconds the share S / E of all requests does. So the largest latency is S,
and the quantile q is S * (1 - (1 - q) * E / S) where that is above zero. A closed loop sends
nothing while it waits, and sees as many slow answers as it has connections.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wrk_rig import add_programs, final_line, measure, verdict

BAR = 0.05
QUANTILES = (0.5, 0.92, 0.95, 0.99, 0.999)
SERVER = Path(__file__).with_name("wrk_stall_server.py")
EXACT_SLOTS, HALF_BITS = 2048, 10


def slot_seconds(slot: int) -> float:
    """The middle of an HdrHistogram slot (three significant digits)."""
    if slot < EXACT_SLOTS:
        return slot / 1e6
    doublings = (slot >> HALF_BITS) - 1
    first = (slot - (doublings << HALF_BITS)) << doublings
    return (first + (1 << doublings) / 2) / 1e6


def quantile_seconds(record: dict[str, Any], quantile: float) -> float:
    wanted, seen = quantile * record["count"], 0
    for slot, count in record["slots"]:
        seen += count
        if seen >= wanted:
            return slot_seconds(slot)
    raise ValueError("an empty histogram has no quantile")


@contextmanager
def stalling(stall: float, every: float) -> Iterator[str]:
    command = [
        sys.executable,
        str(SERVER),
        "--stall",
        str(stall),
        "--every",
        str(every),
        "--first",
        str(every / 2),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if server.stdout is None:
        raise RuntimeError("no pipe from the server")
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
    finally:
        server.kill()
        server.communicate()


def run(given: argparse.Namespace, *options: object) -> dict[str, Any]:
    with stalling(given.stall, given.every) as url, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "live.jsonl"
        measure(
            [
                given.patched,
                "-t1",
                f"-c{given.connections}",
                f"-d{given.seconds}s",
                "--live",
                path,
                *options,
                url,
            ]
        )
        return final_line(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    add_programs(parser, stock=False)
    parser.add_argument("--rate", type=float, default=1000, help="requests/s (default 1000)")
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=40, help="a multiple of --every")
    parser.add_argument("--stall", type=float, default=1.0)
    parser.add_argument("--every", type=float, default=10.0)
    given = parser.parse_args()

    opened = run(given, "--rate", given.rate)
    closed = run(given)
    loop = opened["open_loop"]
    print(
        f"open loop: {loop['due']} due, {loop['sent']} sent, {opened['requests']} answered; "
        f"closed loop: {closed['requests']} answered; {given.seconds} s each"
    )
    print("quantile   arithmetic  open loop  closed loop  (ms)")
    for quantile in QUANTILES:
        expected = given.stall - (1 - quantile) * given.every
        print(
            f"{quantile:<10} {max(expected, 0) * 1e3:10.1f} "
            f"{quantile_seconds(opened['hist'], quantile) * 1e3:10.1f} "
            f"{quantile_seconds(closed['hist'], quantile) * 1e3:12.1f}"
        )
    print(
        f"max        {given.stall * 1e3:10.1f} {opened['hist']['max'] / 1e3:10.1f} "
        f"{closed['hist']['max'] / 1e3:12.1f}"
    )

    p99 = quantile_seconds(opened["hist"], 0.99) / (given.stall - 0.01 * given.every)
    top = opened["hist"]["max"] / 1e6 / given.stall
    holds = verdict("p99, open loop/arithmetic", p99, abs(p99 - 1) <= BAR, "1 within 5 %")
    return (
        0
        if verdict("max, open loop/arithmetic", top, abs(top - 1) <= BAR, "1 within 5 %") and holds
        else 1
    )


if __name__ == "__main__":
    sys.exit(main())
