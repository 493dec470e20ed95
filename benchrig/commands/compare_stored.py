"""``fab compare --runs``: a comparison of what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console

from benchrig.commands import context
from benchrig.compare.comparable import require_comparable
from benchrig.errors import BenchrigError, nearest
from benchrig.report.comparison import floors_text, show_comparison
from benchrig.store.run import StoredRun, find_run, read_run
from benchrig.suite.comparison import compared, labels
from benchrig.suite.judging import calibration_of, stored_judgement
from benchrig.suite.outcome import Outcome, outcome, outcomes
from benchrig.suite.record import FILE, SCHEMA, RunPlan, read_plan
from benchrig.trial.plan import TrialPlan

APART = (
    "the two were measured one after the other, not in blocks: drift between them can not be told "
    "from a difference"
)
NO_PLAN = RunPlan(SCHEMA, "", "", 0, (), ())


@dataclass(frozen=True)
class Side:
    """The trials of one cell of a stored run."""

    name: str
    run: StoredRun
    plan: TrialPlan
    trials: tuple[Outcome, ...]


def compare_stored(
    console: Console, names: Sequence[str], baseline: str, contender: str, margin: float | None
) -> int:
    """Compare two cells of one stored run, or one of each of two; without a margin by its own."""
    if not 1 <= len(names) <= 2:
        raise BenchrigError(
            f"{len(names)} runs are named", where="--runs", way_out="name one or two: R1,R2"
        )
    results = context.results_directory()
    runs = [read_run(find_run(results, name)) for name in names]
    ours = _side(runs[0], baseline, "--baseline", 0)
    theirs = _side(runs[-1], contender, "--contender", len(names) % 2)
    require_comparable(*(labels(s.plan, _rig(s.run), s.run.spec.schema) for s in (ours, theirs)))
    plan = read_plan(runs[0].path) if (runs[0].path / FILE).exists() else NO_PLAN
    judgement = stored_judgement(runs[0], plan)
    judgement = judgement if margin is None else replace(judgement, margin=margin)
    calibration = calibration_of(runs[0], plan)
    found = compared(ours.trials, theirs.trials, judgement)
    notes = [floors_text(calibration)] + ([APART] if len(names) == 2 else [])
    show_comparison(console, theirs.name, ours.name, found, notes)
    return 0 if found.primary.estimate else context.NOT_VALID


def _rig(run: StoredRun) -> str:
    return f"lab {run.spec.lab}" if run.spec.lab else run.spec.inventory


def _side(run: StoredRun, wanted: str, option: str, index: int) -> Side:
    """The trials of one case: by its name, or the only one there is, or the one in its place."""
    sides = _sides(run)
    if not wanted and len(sides) > index:
        return list(sides.values())[index] if len(sides) <= 2 else _unknown(wanted, sides, option)
    fitting = [s for name, s in sides.items() if name == wanted] or [
        s for name, s in sides.items() if wanted in name.split(": ")
    ]
    return fitting[0] if len(fitting) == 1 else _unknown(wanted, sides, option)


def _unknown(wanted: str, sides: dict[str, Side], option: str) -> Side:
    what = f"'{wanted}' names no cell of the run" if wanted else "the run has several cells"
    raise BenchrigError(what, where=option, way_out=nearest(wanted, sides))


def _sides(run: StoredRun) -> dict[str, Side]:
    """The run's cells by title; of a run without a plan, its one variant, a trial a block."""
    if (run.path / FILE).exists():
        plan = read_plan(run.path)
        found = outcomes(plan, run.numbered)
        return {
            cell.title: Side(cell.title, run, cell.plan, tuple(o for o in found if o.cell == index))
            for index, cell in enumerate(plan.cells)
        }
    sides: dict[str, Side] = {}
    for block, raw in run.numbered.items():
        name = raw.plan.variant.name
        before = sides.get(name, Side(name, run, raw.plan, ()))
        sides[name] = replace(before, trials=(*before.trials, outcome(block, block, 0, raw)))
    return sides
