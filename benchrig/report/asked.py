"""The answer of a run that asked one question: a comparison, a capacity, a ramp."""

from collections.abc import Callable

from benchrig.report.capacity import capacity_text
from benchrig.report.comparison import comparison_text
from benchrig.report.ramp import knee_text
from benchrig.store.run import StoredRun
from benchrig.suite.comparison import compared, of_cell
from benchrig.suite.judging import stored_judgement
from benchrig.suite.outcome import outcomes
from benchrig.suite.ramp import moments
from benchrig.suite.record import RunPlan
from benchrig.suite.slo import known_of


def answer(run: StoredRun, plan: RunPlan) -> str:
    """The answer as its command told it; empty for a run that asked something else, or ended early.

    Raises:
        BenchrigError: the rig's calibration can not be read.
    """
    asked = ANSWERS.get(plan.kind)
    return asked(run, plan) if asked else ""


def _comparison(run: StoredRun, plan: RunPlan) -> str:
    found = outcomes(plan, run.numbered)
    both = compared(of_cell(found, 0), of_cell(found, 1), stored_judgement(run, plan))
    baseline, contender = (cell.case.partition(": ")[2] for cell in plan.cells)
    return comparison_text(contender, baseline, both)


def _capacity(run: StoredRun, plan: RunPlan) -> str:
    known = known_of(plan, outcomes(plan, run.numbered))
    return f"{plan.name}: {capacity_text(known)}." if known else ""


def _ramp(run: StoredRun, plan: RunPlan) -> str:
    found = outcomes(plan, run.numbered)
    if not found or found[0].refused or not (seen := moments(run.trials[0])):
        return ""
    return f"{plan.name}: {knee_text(seen)}."


ANSWERS: dict[str, Callable[[StoredRun, RunPlan], str]] = {
    "comparison": _comparison,
    "capacity": _capacity,
    "ramp": _ramp,
}
