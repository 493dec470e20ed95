"""``fab history`` and ``fab gate``: a cell over time, and whether a run is slower than another."""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from rich.console import Console

from benchrig.commands import context
from benchrig.errors import BenchrigError, nearest
from benchrig.history.gate import OUTCOMES, Judgement, Outcome, judge
from benchrig.history.junit import to_junit
from benchrig.history.series import Point, Series, series_of
from benchrig.report.terminal import simple_table
from benchrig.store.atomic import write_whole
from benchrig.store.derived import derived_of
from benchrig.store.index import Index
from benchrig.store.run import find_run, read_spec
from benchrig.units import format_count, format_seconds, parse_share

DEFAULT_FLOOR = 0.05
CAN_NOT_TELL, SLOWER = 3, 4


@dataclass(frozen=True)
class GateOptions:
    """The task's options as typed; empty means the default."""

    run: str
    against: str
    outcome: str
    floor: str
    junit: str


def history(cell: str, outcome: str, floor: str) -> None:
    """Show every run of one cell, and where its level changed."""
    console = context.make_console()
    chosen, noise = _outcome(outcome), read_floor(floor)
    with Index(context.results_directory()) as index:
        found = index.history(_cell(cell, index.cells()))
    for series in series_of(found, chosen, noise):
        _show(console, series, chosen, noise)


def gate(options: GateOptions) -> int:
    """Judge each cell of a run against another run; the exit code tells the worst."""
    console = context.make_console()
    outcome, noise = _outcome(options.outcome), read_floor(options.floor)
    results = context.results_directory()
    base, run = find_run(results, options.against), find_run(results, options.run)
    _require_one_rig(base, run)
    found = judge(derived_of(base).trials, derived_of(run).trials, outcome, noise)
    if not found:
        raise BenchrigError("has no trials to judge against", where=base.name)
    rows = [[j.cell, j.word, j.reason] for j in found]
    console.print(simple_table(["cell", "finding", "why"], rows))
    if options.junit:
        text = to_junit(f"{run.name} against {base.name}", found)
        write_whole(Path(options.junit), text.encode())
    return _exit_code(console, found)


def _exit_code(console: Console, found: list[Judgement]) -> int:
    words = [judgement.word for judgement in found]
    if "slower" in words:
        console.print(f"slower in {words.count('slower')} of {len(words)} cells")
        return SLOWER
    if "not-enough-data" in words:
        console.print("no slowdown was found, but not every cell could be judged")
        return CAN_NOT_TELL
    console.print("no cell is slower")
    return 0


def _require_one_rig(base: Path, run: Path) -> None:
    ours, theirs = read_spec(run), read_spec(base)
    if (ours.lab, ours.origin) != (theirs.lab, theirs.origin):
        names = [
            s.origin or (f"lab {s.lab}" if s.lab else "hosts of their own") for s in (theirs, ours)
        ]
        raise BenchrigError(
            f"the runs are of different rigs: {names[0]} and {names[1]}",
            where="--against",
            way_out="judge runs of one rig",
        )


def _show(console: Console, series: Series, outcome: Outcome, floor: float) -> None:
    console.print(f"\n{series.rig}, {OUTCOMES[outcome]}", highlight=False, markup=False)
    at = {change.index: change for change in series.changes}
    rows = []
    for number, point in enumerate(series.points):
        change = at.get(number)
        told = f"{math.expm1(change.log_ratio):+.1%} from here on" if change else ""
        rows.append(_row(point, outcome, told))
    console.print(simple_table(["run", "when", ">trials", ">median", "changed"], rows))
    count = len(series.changes)
    told = f"{count} change{'' if count == 1 else 's'} of level by more than {floor:.1%}"
    console.print(told, highlight=False)


def _row(point: Point, outcome: Outcome, told: str) -> list[str]:
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(point.begin_unix))
    value = format_count(point.value) if outcome == "throughput" else format_seconds(point.value)
    return [point.run.run_id, when, f"{point.counted} of {point.trials}", value, told]


def _cell(name: str, cells: list[str]) -> str:
    fitting = [cell for cell in cells if cell == name] or [cell for cell in cells if name in cell]
    if len(fitting) != 1 or not name:
        fault = f"{len(fitting)} cells fit '{name}'" if fitting else f"no stored cell fits '{name}'"
        hint = ", ".join(fitting[:5]) if fitting else nearest(name, cells[:50])
        raise BenchrigError(fault, where="--cell", way_out=hint)
    return fitting[0]


def _outcome(text: str) -> Outcome:
    for known in get_args(Outcome):
        if text == known:
            outcome: Outcome = known
            return outcome
    raise BenchrigError(f"'{text}' is unknown", where="--of", way_out=nearest(text, OUTCOMES))


def read_floor(text: str) -> float:
    """The noise floor as a log-ratio."""
    return math.log1p(parse_share(text, "--floor") if text else DEFAULT_FLOOR)
