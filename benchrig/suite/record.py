"""The plan of a run of many trials, kept beside its trials as ``plan.json``.

Trial number n of the run is slot n of the order. Runs of one cell (`fab bench`) and what was stored
before have no such file.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from benchrig.errors import BenchrigError
from benchrig.spec.expectation import Expectation
from benchrig.store.names import PLAN_FILE
from benchrig.store.run import write_whole
from benchrig.suite.cells import Cell
from benchrig.suite.order import Slot
from benchrig.trial.plan import TrialPlan

FILE = PLAN_FILE
SCHEMA = 1
# Names in what is asked.
RIG = "rig"  # fingerprint of the hosts it ran on
ASKED_P99 = "p99_seconds"  # of a capacity: the limit as it was typed
ASKED_MARGIN = "margin"  # of a comparison: log-ratios up to here do not matter
ASKED_CONFIDENCE = "confidence"  # of a comparison's interval, higher where it was looked at often
OVERHEAD_SECONDS = 3.0  # stop, start, verify and counters of one trial, until there are real ones


@dataclass(frozen=True)
class RunPlan:
    """Cells, order and seed of a run.

    Attributes:
        kind: suite, comparison, calibration, sweep, ramp, capacity or advice.
        name: of the suite, or what is asked in a few words.
        asked: what the analysis at the end must know, as text.
        expect: what a suite says must come out.
    """

    schema: int
    kind: str
    name: str
    seed: int
    cells: tuple[Cell, ...]
    order: tuple[Slot, ...]
    asked: dict[str, str] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()

    def with_order(self, order: tuple[Slot, ...]) -> "RunPlan":
        """The same plan with more, or other, trials to come."""
        return replace(self, order=order)


PLAN = TypeAdapter(RunPlan)


def write_plan(run: Path, plan: RunPlan) -> None:
    """Keep the plan; a reader sees the one before or this one."""
    write_whole(run / FILE, PLAN.dump_json(plan, indent=1))


def read_plan(run: Path) -> RunPlan:
    """The plan of a run.

    Raises:
        BenchrigError: the run has none, or it is damaged or of a newer schema.
    """
    path = run / FILE
    if not path.exists():
        raise BenchrigError(
            "it has no plan: it is not a run of many cells",
            where=run.name,
            way_out="`fab show` shows it",
        )
    try:
        plan = PLAN.validate_json(path.read_bytes())
    except ValidationError as error:
        what = f"can not be read: {error.errors()[0]['msg']}"
        raise BenchrigError(what, where=str(path)) from error
    if plan.schema > SCHEMA:
        what = f"its schema is {plan.schema}, this benchrig knows up to {SCHEMA}"
        raise BenchrigError(what, where=str(path), way_out="update benchrig")
    return plan


def phase_seconds(plan: TrialPlan) -> float:
    """How long a trial sends load: primer, warm-up and measure."""
    return sum(request.duration_seconds for _, _, request in plan.phases())


def trial_seconds(plan: TrialPlan) -> float:
    """About how long a trial takes, before one was run."""
    return phase_seconds(plan) + OVERHEAD_SECONDS


def time_left(plan: RunPlan, to_come: tuple[Slot, ...], overheads: list[float]) -> float:
    """Seconds that the slots to come will take, by what the finished ones took besides load."""
    overhead = sum(overheads) / len(overheads) if overheads else OVERHEAD_SECONDS
    return sum(phase_seconds(plan.cells[slot.cell].plan) + overhead for slot in to_come)
