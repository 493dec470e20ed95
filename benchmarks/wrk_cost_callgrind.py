#!/usr/bin/env python3
"""User instructions per request of patched wrk with --live against stock wrk, by callgrind.

callgrind counts instructions, so a noisy machine does not matter. Under it wrk is some twenty times
slower while a line is still written every tick: a line's cost (record_tick with all it calls) is
therefore taken by itself and shared out over as many requests as one busy core makes in the time of
a line at native speed. The cost of an answer is that of the worker thread, with one connection,
where it repeats exactly.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from wrk_rig import add_programs, measure, nginx, read_summary, verdict

BAR = 1.005
TICK_MS = 200
WORKER = "02"  # callgrind numbers threads from 01, the main thread


@dataclass(frozen=True)
class Profile:
    """Instructions of one run under callgrind."""

    requests: int
    worker: int
    lines: int
    in_lines: int

    @property
    def per_request(self) -> float:
        return self.worker / self.requests

    @property
    def per_line(self) -> float:
        return self.in_lines / self.lines if self.lines else 0.0


def total(path: Path) -> int:
    found = re.search(r"^totals: (\d+)", path.read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{path}: no totals")
    return int(found[1])


def inclusive(path: Path, function: str) -> int:
    """Instructions of a function and all it calls; 0 where it was never called."""
    text = subprocess.run(
        ["callgrind_annotate", "--inclusive=yes", "--threshold=100", str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(rf"^ *([\d,]+) .*:{function} ", text, re.MULTILINE)
    return int(found[1].replace(",", "")) if found else 0


def profile(program: Path, seconds: int, url: str, live: bool) -> Profile:
    with tempfile.TemporaryDirectory() as name:
        out, record = Path(name) / "callgrind", Path(name) / "live.jsonl"
        more = ["--live", str(record), "--tick", str(TICK_MS)] if live else []
        done = subprocess.run(
            [
                "valgrind",
                "--tool=callgrind",
                "--separate-threads=yes",
                f"--callgrind-out-file={out}",
                str(program),
                "-t1",
                "-c1",
                f"-d{seconds}s",
                *more,
                url,
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        lines = record.read_text().count('"type":"tick"') if live else 0
        return Profile(
            requests=read_summary(done.stdout)[0],
            worker=total(out.with_name(f"{out.name}-{WORKER}")),
            lines=lines,
            in_lines=inclusive(out.with_name(f"{out.name}-01"), "record_tick") if live else 0,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    add_programs(parser)
    parser.add_argument("--seconds", type=int, default=10, help="of each run (default 10)")
    parser.add_argument("--connections", type=int, default=16, help="of the native run")
    given = parser.parse_args()

    with nginx() as server:
        url = server.url
        # Per CPU second, not per second: others on the machine take from the one only.
        run = measure([given.stock, "-t1", f"-c{given.connections}", "-d3s", url])
        native = run.requests / run.cpu_seconds
        stock = profile(given.stock, given.seconds, url, live=False)
        off = profile(given.patched, given.seconds, url, live=False)
        live = profile(given.patched, given.seconds, url, live=True)

    print(
        f"instructions per request, worker thread: stock {stock.per_request:.1f}, "
        f"patched without --live {off.per_request:.1f}, with --live {live.per_request:.1f}"
    )
    print(
        f"instructions per line {live.per_line:.0f}; "
        f"native speed {native:.0f} requests/s of one core"
    )
    holds = True
    for lines_per_second in (5, 10):
        shared = live.per_line * lines_per_second / native
        ratio = (live.per_request + shared) / stock.per_request
        holds &= verdict(
            f"instructions per request at {lines_per_second} lines/s, patched/stock",
            ratio,
            ratio <= BAR,
            f"at most {BAR}",
        )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
