"""``fab compare --runs``: a comparison of stored trials; no others are read."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchrig.commands import context
from benchrig.compare.comparable import Comparable, require_comparable
from benchrig.errors import BenchrigError, nearest
from benchrig.report.comparison import floors_text, show_comparison
from benchrig.store.derived import derived_of
from benchrig.store.run import StoredRun, read_trial
from benchrig.store.spec import find_run, read_spec, read_status, trial_folders
from benchrig.suite.comparison import Judgement, Place, compared, doubts_of, labels
from benchrig.suite.judging import calibration_of, stored_judgement
from benchrig.suite.outcome import Outcome, outcome
from benchrig.suite.record import FILE, SCHEMA, RunPlan, read_plan
from benchrig.trial.raw import RawTrial
from benchrig.units import parse_percent

APART = (
    "the two were measured one after the other, not in blocks: drift between them can not be told "
    "from a difference"
)
NO_PLAN = RunPlan(SCHEMA, "", "", 0, (), ())
Slots = Mapping[int, int]  # number of a trial to its block


@dataclass(frozen=True)
class Side:
    """The trials of one cell of a stored run, by number."""

    name: str
    run: StoredRun
    slots: Slots
    trials: Mapping[int, RawTrial]

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The trials, judged."""
        return tuple(outcome(n, self.slots[n], 0, raw) for n, raw in self.trials.items())

    @property
    def blocks(self) -> int:
        """The last block that it has a trial of."""
        return max(self.slots[number] for number in self.trials)

    def up_to(self, block: int) -> "Side":
        """Its trials of the blocks up to this one."""
        kept = {n: raw for n, raw in self.trials.items() if self.slots[n] <= block}
        return replace(self, trials=kept)


def compare_stored(runs: str, baseline: str, contender: str, margin: str) -> int:
    """Compare two cells of one stored run, or one of each of two; without a margin by its own.

    The exit code tells whether there is a finding. Of two runs of unequal length, the first blocks
    of the longer one are compared, and what is left out is told.

    Args:
        runs: one name or two, with a comma between.
        baseline: cell of the first run; empty where it has only one, or two.
        contender: cell of the last, likewise.
        margin: as typed, in percent.
    """
    names = [name for name in runs.split(",") if name]
    if not 1 <= len(names) <= 2:
        raise BenchrigError(
            f"{len(names)} runs are named", where="--runs", way_out="name one or two: R1,R2"
        )
    results = context.results_directory()
    wanted = math.log1p(parse_percent(margin, "--margin")) if margin else None
    stored = [_run(find_run(results, name)) for name in names]
    ours = _side(stored[0], baseline, "--baseline", 0)
    theirs = _side(stored[-1], contender, "--contender", len(names) % 2)
    require_comparable(*_labels(ours, theirs))
    notes = [floors_text(calibration_of(stored[0], _plan(stored[0].path) or NO_PLAN))]
    if len(names) == 2:
        both = min(ours.blocks, theirs.blocks)
        notes += [APART, *(told for side in (ours, theirs) for told in _left_out(side, both))]
        ours, theirs = ours.up_to(both), theirs.up_to(both)
    before, after = ours.outcomes, theirs.outcomes
    notes += [*doubts_of(_shown(theirs), after), *doubts_of(_shown(ours), before)]
    found = compared(before, after, _judgement(stored, wanted))
    show_comparison(context.make_console(), _shown(theirs), _shown(ours), found, notes)
    return 0 if found.primary.interval else context.NOT_VALID


def _judgement(stored: Sequence[StoredRun], margin: float | None) -> Judgement:
    """The first run's, with the highest confidence of all: one was looked at while it ran."""
    each = [stored_judgement(run, _plan(run.path) or NO_PLAN) for run in stored]
    highest = max(judgement.confidence for judgement in each)
    wanted = each[0].margin if margin is None else margin
    return replace(each[0], margin=wanted, confidence=highest)


def _left_out(side: Side, blocks: int) -> list[str]:
    """That the other run ended earlier, where it did."""
    if side.blocks == blocks:
        return []
    name = side.run.spec.run_id
    return [f"{name} has {side.blocks} blocks; as the other run has {blocks}, so many are compared"]


def _shown(side: Side) -> str:
    """Cells of a comparison are named for the part they had in it, which the sentence says."""
    return side.name.removeprefix("baseline: ").removeprefix("contender: ")


def _run(path: Path) -> StoredRun:
    """The run without its trials."""
    return StoredRun(read_spec(path), {}, read_status(path), path)


def _plan(path: Path) -> RunPlan | None:
    return read_plan(path) if (path / FILE).exists() else None


def _labels(*sides: Side) -> list[Comparable]:
    """Of each side; what older records do not tell of their rig and dataset is not held against."""
    specs = [side.run.spec for side in sides]
    rigs = [f"lab {spec.lab}" if spec.lab else spec.inventory for spec in specs]
    if all(spec.rig for spec in specs):
        rigs = [f"{rig}, hosts {spec.rig}" for rig, spec in zip(rigs, specs, strict=True)]
    told = all(spec.dataset for spec in specs)
    places = [
        Place(rig, spec.dataset if told else "", spec.schema)
        for rig, spec in zip(rigs, specs, strict=True)
    ]
    plans = [next(iter(side.trials.values())).plan for side in sides]
    return [labels(plan, place) for plan, place in zip(plans, places, strict=True)]


def _side(run: StoredRun, wanted: str, option: str, index: int) -> Side:
    """The trials of one case: by its name, or the only one there is, or the one in its place."""
    cells = _cells(run.path)
    name = _chosen(cells, wanted, option, index)
    folders = dict(trial_folders(run.path))
    trials = {n: read_trial(folders[n]) for n in cells[name] if n in folders}
    if not trials:
        raise BenchrigError(f"no trial of '{name}' is stored", where=run.spec.run_id)
    return Side(name, run, cells[name], trials)


def _chosen(cells: Mapping[str, Slots], wanted: str, option: str, index: int) -> str:
    if not wanted and index < len(cells) <= 2:
        return list(cells)[index]
    fitting = [n for n in cells if n == wanted] or [n for n in cells if wanted in n.split(": ")]
    if len(fitting) != 1:
        if len(cells) == 1 and not wanted:
            what, way_out = "the run has one cell only", "name two runs: --runs R1,R2"
            raise BenchrigError(what, where="--runs", way_out=way_out)
        what = f"'{wanted}' names no cell of the run" if wanted else "the run has several cells"
        raise BenchrigError(what, where=option, way_out=nearest(wanted, cells))
    return fitting[0]


def _cells(path: Path) -> Mapping[str, Slots]:
    """The run's cells by title; of a run without a plan by variant or cell, a trial a block."""
    plan = _plan(path)
    if plan:
        order = list(enumerate(plan.order, 1))
        return {
            cell.title: {n: slot.block for n, slot in order if slot.cell == index}
            for index, cell in enumerate(plan.cells)
        }
    trials = derived_of(path).trials
    one_each = len({t.cell for t in trials}) == len({t.variant for t in trials})
    found: dict[str, dict[int, int]] = {}
    for trial in trials:
        slots = found.setdefault(trial.variant if one_each else trial.cell, {})
        slots[trial.trial] = len(slots) + 1
    return found
