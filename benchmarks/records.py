"""How long lists, histories, comparisons, the index and the site take with many stored trials.

    python benchmarks/records.py [--trials 10000] [--folder DIR]

Makes a run of 100 cells and 5 repeats, true to the schema and each trial with a live record, and
stores it again for other days until there are that many trials. Then runs the commands as a person
would, each in a process of its own. Wall time is what a person waits; CPU time beside it is what
other work on the machine does not change. The folder is kept and used again when it is named.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchrig.store.index import NAME
from tests.factories import BEGIN
from tests.synthetic import Made, make_run

PROJECT = Path(__file__).parents[1]
FAB = Path(sys.executable).with_name("fab")
VARIANTS = ("aiohttp", "quart-uvloop", "starlette-uvicorn", "flask-sync", "django-granian")
CONNECTIONS = tuple(range(8, 168, 8))
REPEATS = 5
SECONDS = 2.0
DAY_SECONDS = 86_400
FIRST_PAGE = (
    "index.html",
    "data/cells-0.js",
    "assets/page.css",
    "assets/site.js",
)
FIRST_PAGE_BYTES = 500_000


@dataclass(frozen=True)
class Bar:
    """What a command may take, in seconds of wall time."""

    name: str
    arguments: tuple[str, ...]
    most_seconds: float
    before: Callable[[Path], None] = lambda _: None


def main() -> int:
    """Measure, print a table, and fail when something takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="benchrig-records-"))
    try:
        runs = make(folder, options.trials)
        worst = measure(folder, runs)
    finally:
        if not options.folder:
            shutil.rmtree(folder)
    return worst


def make(folder: Path, trials: int) -> list[str]:
    """Make the runs that are missing; names of all, the oldest first."""
    cells = [
        Made(variant, 40.0 * (1 + number) * connections**0.5, 1e-4, connections)
        for number, variant in enumerate(VARIANTS)
        for connections in CONNECTIONS
    ]
    wanted = -(-trials // (len(cells) * REPEATS))
    known = sorted(p.parent for p in folder.glob("*/run.json"))
    first = known[0] if known else make_run(folder, cells, repeats=REPEATS, seconds=SECONDS)
    for day in range(max(1, len(known)), wanted):
        again(first, day)
        print(f"made run {day + 1} of {wanted}", file=sys.stderr, flush=True)
    return sorted(p.parent.name for p in folder.glob("*/run.json"))


def again(first: Path, day: int) -> None:
    """The same run some days later; the drivers' output is shared by hard links."""
    moved = time.strftime("%Y%m%d", time.gmtime(BEGIN + day * DAY_SECONDS))
    run_id = moved + first.name[8:]
    path = first.with_name(run_id)
    shutil.copytree(first, path, copy_function=os.link)

    def later(found: "re.Match[str]") -> str:
        return f"{found.group(1)}{float(found.group(2)) + day * DAY_SECONDS}"

    files = [path / "run.json", *path.glob("trials/*/raw.json"), path / "derived.json"]
    for file in files:
        text = file.read_text().replace(first.name, run_id)
        file.unlink()  # and not written into, which would change the first run's
        file.write_text(re.sub(r'("begin_unix": ?)([0-9.]+)', later, text))


def measure(folder: Path, runs: list[str]) -> int:
    """Run every command; 1 when one took longer than it may."""
    cell = f"aiohttp/json/c{CONNECTIONS[3]}"
    pair = ("--baseline", cell, "--contender", cell)
    bars = [
        Bar("index rebuilt, fab runs", ("runs",), 60, lambda f: (f / NAME).unlink(missing_ok=True)),
        Bar("fab runs", ("runs",), 2),
        Bar("fab history", ("history", "--cell", cell), 2),
        Bar("fab gate", ("gate", "--run", runs[-1], "--against", runs[0]), 2),
        Bar("fab compare", ("compare", "--runs", f"{runs[0]},{runs[-1]}", *pair), 2),
        Bar("fab site", ("site", "--output", str(folder / "site")), 60),
    ]
    failed = 0
    print(f"{'command':<26}{'wall s':>8}{'CPU s':>8}{'may':>6}")
    for bar in bars:
        bar.before(folder)
        wall, cpu = timed(folder, bar.arguments)
        failed |= wall > bar.most_seconds
        print(f"{bar.name:<26}{wall:>8.2f}{cpu:>8.2f}{bar.most_seconds:>6.0f}", flush=True)
    page = sum((folder / "site" / name).stat().st_size for name in FIRST_PAGE)
    print(f"first page of the site {page:,} bytes, at most {FIRST_PAGE_BYTES:,} may be")
    return int(failed or page > FIRST_PAGE_BYTES)


def timed(folder: Path, arguments: tuple[str, ...]) -> tuple[float, float]:
    """Wall and CPU seconds of one command.

    Raises:
        SystemExit: it failed; a gate may find something.
    """
    environment = {**os.environ, "BENCHRIG_RESULTS": str(folder)}
    before, begin = os.times(), time.monotonic()
    argv = [str(FAB), *arguments]
    done = subprocess.run(
        argv, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    wall, after = time.monotonic() - begin, os.times()
    if done.returncode not in (0, 3, 4):
        raise SystemExit(f"fab {' '.join(arguments)}: {done.stderr}")
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


if __name__ == "__main__":
    sys.exit(main())
