#!/usr/bin/env python3
"""Throughput and CPU per request of patched wrk with --live against stock wrk, same nginx.

Each block runs stock twice and patched once, in a random order; the figures are medians of the
ratios within a block. Stock against stock shows what the machine's own noise makes of nothing; a
block in which other processes were busy is run again.
wrk and nginx are kept on a CPU each where there are two, so that writing lines takes time from
sending requests. The sum of the lines' histogram deltas is checked against the final total.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wrk_rig import (
    Nginx,
    Run,
    add_programs,
    machine_busy_seconds,
    measure,
    nginx,
    spread,
    verdict,
)

THROUGHPUT_BAR = 0.99
CPU_BAR = 1.02


def check_sums(path: Path) -> None:
    """Deltas of all lines, slot by slot, must be the final histogram."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    sums: dict[int, int] = {}
    for line in lines:
        for slot, count in line.get("hist_delta", []):
            sums[slot] = sums.get(slot, 0) + count
    final = lines[-1]
    if sums != dict(final["hist"]["slots"]) or sum(sums.values()) != final["requests"]:
        raise ValueError(f"{path}: the deltas do not add up to the final total")


@dataclass(frozen=True)
class Block:
    """One run of each kind, close together in time."""

    runs: dict[str, Run]
    others_share: float  # of the machine, taken by other processes


def run_kinds(
    order: list[str], options: Sequence[object], given: argparse.Namespace
) -> dict[str, Run]:
    runs = {}
    for name in order:
        if name != "live":
            runs[name] = measure([given.stock, *options])
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "live.jsonl"
            runs[name] = measure([given.patched, "--live", path, "--tick", given.tick, *options])
            check_sums(path)
    return runs


def run_block(
    order: list[str], options: Sequence[object], given: argparse.Namespace, server: Nginx
) -> Block:
    """Run a block and find out what others took of the machine meanwhile."""
    begun, busy, served = time.monotonic(), machine_busy_seconds(), server.cpu_seconds()
    runs = run_kinds(order, options, given)
    own = sum(run.cpu_seconds for run in runs.values()) + server.cpu_seconds() - served
    others = machine_busy_seconds() - busy - own
    cpus = os.cpu_count() or 1
    return Block(runs, others / (cpus * (time.monotonic() - begun)))


def quiet_blocks(given: argparse.Namespace, server: Nginx) -> list[dict[str, Run]]:
    """Run blocks until enough of them were left alone, or three times as many were tried."""
    options = [f"-t{given.threads}", f"-c{given.connections}", f"-d{given.seconds}s", server.url]
    rng = random.Random(given.seed)  # noqa: S311 - an order of runs, no secret
    blocks: list[Block] = []
    quiet: list[dict[str, Run]] = []
    while len(quiet) < given.pairs and len(blocks) < 3 * given.pairs:
        order = rng.sample(["stock", "again", "live"], 3)
        blocks.append(run_block(order, options, given, server))
        if blocks[-1].others_share <= given.others:
            quiet.append(blocks[-1].runs)
    print(
        f"{len(blocks)} blocks run, {len(quiet)} kept; in the others other processes took more "
        f"than {given.others:.0%} of the machine"
    )
    return quiet


def report(blocks: list[dict[str, Run]]) -> bool:
    rates = {
        name: spread([runs[name].per_second / runs["stock"].per_second for runs in blocks])
        for name in ("again", "live")
    }
    cpu = {
        name: spread(
            [runs[name].cpu_us_per_request / runs["stock"].cpu_us_per_request for runs in blocks]
        )
        for name in ("again", "live")
    }
    print(
        f"throughput       stock/stock {rates['again']}\n"
        f"               patched/stock {rates['live']}\n"
        f"CPU per request  stock/stock {cpu['again']}\n"
        f"               patched/stock {cpu['live']}"
    )
    holds = verdict(
        "throughput, patched/stock",
        rates["live"].median,
        rates["live"].median >= THROUGHPUT_BAR,
        f"at least {THROUGHPUT_BAR}",
    )
    return (
        verdict(
            "CPU per request, patched/stock",
            cpu["live"].median,
            cpu["live"].median <= CPU_BAR,
            f"at most {CPU_BAR}",
        )
        and holds
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    add_programs(parser)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=2, help="of each run (default 2)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--tick", type=int, default=100, help="ms between lines (default 100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--others",
        type=float,
        default=0.15,
        help="a block is repeated when other processes took more of the machine (default 0.15)",
    )
    given = parser.parse_args()

    print(
        f"{given.pairs} blocks of 3 runs, {given.pairs * 3 * given.seconds} s and at most three "
        f"times that, -t{given.threads} -c{given.connections} --tick {given.tick}, "
        f"seed {given.seed}",
        flush=True,
    )
    with nginx() as server:
        quiet = quiet_blocks(given, server)
    if len(quiet) < given.pairs:
        print(f"only {len(quiet)} of {given.pairs} blocks were quiet: no verdict")
        return 1
    return 0 if report(quiet) else 1


if __name__ == "__main__":
    sys.exit(main())
