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
from benchrig.report.simple import simple_table
from benchrig.store.index import Index, IndexedRun
from benchrig.store.spec import find_run, read_spec

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


def gate(options: GateOptions) -> int:
    """Judge each cell of a run against another run; the exit code tells the worst."""
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
    with Index(results) as index:
        runs = {known.run_id: known for known in index.runs()}
        trials = {p.name: [t.summary for t in index.trials([p.name])] for p in (base, run)}
    ours = _one_rig(runs[base.name], runs[run.name])
    floor = noise.of(ours.rig, ours.place, KINDS[outcome])
    found = judge(trials[base.name], trials[run.name], outcome, floor.log_ratio)
    if not found:
        raise BenchrigError("has no trials to judge against", where=base.name)
    rows = [[j.cell, j.word.replace("-", " "), j.reason] for j in found]
    console.print(simple_table(["cell", "finding", "why"], rows))
    if options.junit:
        text = to_junit(f"{run.name} against {base.name}", found)
        place = Path(options.junit).absolute()
        write_out(place, text.encode(), "--junit")
        console.print(f"written: {place}", highlight=False, soft_wrap=True)
    for note in (floor.told, APART, *_dataset_note(base, run)):
        console.print(note, highlight=False, soft_wrap=True, markup=False)
    return _exit_code(console, found)


def _dataset_note(base: Path, run: Path) -> list[str]:
    """What rows the two were loaded with, where that differs and both records tell it."""
    there, here = read_spec(base).dataset, read_spec(run).dataset
    if not there or not here or there == here:
        return []
    return [f"the datasets differ ({there} and {here}): cells that read it are not the same work"]


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


def _one_rig(theirs: IndexedRun, ours: IndexedRun) -> IndexedRun:
    """The run, of the rig that the base is of too.

    Raises:
        BenchrigError: they are of different rigs, or one can not be read.
    """
    for run in (theirs, ours):
        if run.fault:
            raise BenchrigError("can not be read", where=run.run_id, way_out=run.fault)
    if theirs.place != ours.place or (theirs.rig and ours.rig and theirs.rig != ours.rig):
        raise BenchrigError(
            f"the runs are of different rigs: {_rig(theirs)} and {_rig(ours)}",
            where="--against",
            way_out="judge runs of one rig",
        )
    return ours


def _rig(run: IndexedRun) -> str:
    return f"{run.place} ({run.rig[:6]})" if run.rig else run.place
