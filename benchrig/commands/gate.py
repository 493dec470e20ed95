"""``fab gate``: whether a run is slower than another, for somebody's CI."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.floors import floors
from benchrig.commands.places import write_out
from benchrig.errors import BenchrigError
from benchrig.history.gate import Judgement, judge, outcome_of
from benchrig.history.junit import to_junit
from benchrig.history.series import KINDS
from benchrig.report.terminal import simple_table
from benchrig.store.derived import derived_of
from benchrig.store.purpose import purpose
from benchrig.store.run import RunSpec, find_run, read_spec

CAN_NOT_TELL, SLOWER = 3, 4
APART = (
    "the runs were measured one after the other: drift between them can not be told from a "
    "change; `fab compare` measures two variants in turns"
)


@dataclass(frozen=True)
class GateOptions:
    """The task's options as typed; empty means the default."""

    run: str
    against: str
    outcome: str
    floor: str
    junit: str


def gate(*typed: str) -> int:
    """Judge each cell of a run against another run; the exit code tells the worst."""
    options = GateOptions(*typed)
    console = context.make_console()
    outcome, results = outcome_of(options.outcome), context.results_directory()
    noise = floors(results, options.floor)
    base, run = find_run(results, options.against), find_run(results, options.run)
    if base == run:
        raise BenchrigError(
            f"it is the run that is judged: {run.name}",
            where="--against",
            way_out="name another; `fab runs` lists them",
        )
    spec = _one_rig(base, run)
    floor = noise.of(purpose(run, spec).rig, spec.place, KINDS[outcome])
    found = judge(derived_of(base).trials, derived_of(run).trials, outcome, floor.log_ratio)
    if not found:
        raise BenchrigError("has no trials to judge against", where=base.name)
    rows = [[j.cell, j.word.replace("-", " "), j.reason] for j in found]
    console.print(simple_table(["cell", "finding", "why"], rows))
    if options.junit:
        text = to_junit(f"{run.name} against {base.name}", found)
        write_out(Path(options.junit), text.encode(), "--junit")
    for note in (floor.told, APART):
        console.print(note, highlight=False, soft_wrap=True, markup=False)
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


def _one_rig(base: Path, run: Path) -> RunSpec:
    """The run's spec, of the rig that the base is of too."""
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
    return ours
