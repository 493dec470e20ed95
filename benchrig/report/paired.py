"""What blocks of a run say of two of its cells: paired, so that drift hits both alike."""

import math
from collections.abc import Mapping

from benchrig.report.cells import Cell
from benchrig.report.comparison import comparison_text
from benchrig.stats.interval import Estimate, estimate, log_ratios
from benchrig.store.run import StoredRun
from benchrig.suite.comparison import compared, of_cell
from benchrig.suite.judging import stored_judgement
from benchrig.suite.outcome import outcomes
from benchrig.suite.record import FILE, RunPlan, read_plan

Blocks = Mapping[int, int]  # number of a trial to its block


def plan_of(run: StoredRun) -> RunPlan | None:
    """The run's plan; ``None`` for a run of one cell, or of another tool.

    Raises:
        BenchrigError: it can not be read.
    """
    return read_plan(run.path) if (run.path / FILE).exists() else None


def comparison_finding(run: StoredRun, plan: RunPlan) -> str:
    """The finding of a comparison's run, as `fab compare` told it; empty for every other run.

    Raises:
        BenchrigError: the rig's calibration can not be read.
    """
    if plan.kind != "comparison" or len(plan.cells) != 2:
        return ""
    found = outcomes(plan, run.numbered)
    both = compared(of_cell(found, 0), of_cell(found, 1), stored_judgement(run, plan))
    baseline, contender = (cell.case.partition(": ")[2] for cell in plan.cells)
    return comparison_text(contender, baseline, both)


def blocks_of(plan: RunPlan | None) -> Blocks:
    """The block of each trial; empty without a plan."""
    return {number: slot.block for number, slot in enumerate(plan.order, 1)} if plan else {}


def ratio(ours: Cell, theirs: Cell, blocks: Blocks) -> Estimate | None:
    """How many times more requests, as a logarithm; ``None`` where no block has both."""
    mine, other = _by_block(ours, blocks), _by_block(theirs, blocks)
    common = sorted(mine.keys() & other.keys())
    if not common:
        return None
    return estimate(log_ratios([mine[b] for b in common], [other[b] for b in common]))


def ratio_text(found: Estimate) -> str:
    """A ratio in words: 1.24 times (95 % 1.20 to 1.28 in 10 paired blocks)."""
    said = f"{math.exp(found.centre):.2f} times"
    blocks = f"{found.count} paired block{'s' if found.count > 1 else ''}"
    if found.interval is None:
        return f"{said} ({blocks}: no interval)" if found.count > 1 else said
    low, high = math.exp(found.interval.low), math.exp(found.interval.high)
    return f"{said} (95 % {low:.2f} to {high:.2f} in {blocks})"


def _by_block(cell: Cell, blocks: Blocks) -> dict[int, float]:
    return {
        blocks[trial.trial]: rate
        for trial in cell.counting
        if trial.trial in blocks and (rate := trial.requests_per_second)
    }
