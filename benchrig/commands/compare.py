"""``fab compare``: is one variant faster than another, on this rig, and how sure is that."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import SEED_MAX, load_cpus, running, say_where
from benchrig.compare.precision import FIRST_LOOK_BLOCKS, LOOK_CONFIDENCE, Goal, Stop, next_step
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.report.comparison import floors_text, show_comparison
from benchrig.report.suite import show_cells
from benchrig.stats.interval import CONFIDENCE
from benchrig.stats.noise import COMPARISON_BLOCKS
from benchrig.stats.signed_rank import least_count
from benchrig.store.run import read_run
from benchrig.suite.cells import Cell, planned
from benchrig.suite.comparison import MARGIN, compared, doubts_of, of_cell, pairs_of, primary_of
from benchrig.suite.execute import Execution
from benchrig.suite.judging import calibration_of, stored_judgement
from benchrig.suite.order import ordered
from benchrig.suite.outcome import by_cell
from benchrig.suite.record import (
    ASKED_CONFIDENCE,
    ASKED_MARGIN,
    SCHEMA,
    RunPlan,
    trial_seconds,
)
from benchrig.units import format_span, parse_count, parse_percent, parse_seconds

BLOCKS_MAX = 500


@dataclass(frozen=True)
class CompareOptions:
    """The task's options as typed; empty means the default."""

    baseline: str
    contender: str
    load: LoadOptions
    blocks: str
    precision: str
    budget: str
    margin: str
    seed: str


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        blocks: as many; with a goal, the most.
        half_width: of the interval that is looked for; 0 for a fixed number of blocks.
        budget_seconds: what may be spent; 0 for what the blocks take.
    """

    blocks: int
    half_width: float
    budget_seconds: float


def compare(baseline: str, contender: str, load: tuple[Any, ...], *typed: str) -> int:
    """Measure or read both, say the finding; the exit code tells whether there is one."""
    options = CompareOptions(baseline, contender, LoadOptions(*load), *typed)
    console = context.make_console()
    margin = math.log1p(parse_percent(options.margin, "--margin")) if options.margin else MARGIN
    seed, wanted = parse_count(options.seed, "--seed", SEED_MAX), wanted_of(options)
    cases = {
        f"{role}: {text}": typed_case(text, options.load, f"--{role}")
        for role, text in (("baseline", options.baseline), ("contender", options.contender))
    }
    catalogue, found = typed_drafts("compare", typed_part(cases, options.load))
    if len(found) != 2:
        raise BenchrigError(
            f"{len(found) // 2} levels are asked for",
            where="compare",
            way_out="compare at one level; `fab sweep` measures several",
        )
    with Rig(context.inventory()) as rig:
        cells = planned(catalogue, rig.inventory, context.APPS, found, load_cpus(rig))
        effort = effort_of(wanted, cells)
        name = f"{options.contender}-against-{options.baseline}".replace(":", "-")
        confidence = LOOK_CONFIDENCE if effort.half_width else CONFIDENCE
        asked = {ASKED_MARGIN: repr(margin), ASKED_CONFIDENCE: repr(confidence)}
        plan = RunPlan(SCHEMA, "comparison", _safe(name), seed, cells, (), asked)
        _announce(console, effort, cells)
        with running(console, rig, plan) as execution:
            execution.room = time_for(effort.budget_seconds)
            _measure(console, execution, effort)
        return _tell(console, rig, execution)


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in name)


def wanted_of(options: CompareOptions) -> Effort:
    """The effort as typed; 0 blocks where the budget or the default decides."""
    half_width = parse_percent(options.precision, "--precision") if options.precision else 0.0
    blocks = parse_count(options.blocks, "--blocks", BLOCKS_MAX) if options.blocks else 0
    budget = parse_seconds(options.budget, "--budget") if options.budget else 0.0
    return Effort(blocks, math.log1p(half_width), budget)


def effort_of(wanted: Effort, cells: tuple[Cell, ...]) -> Effort:
    """Blocks from a number, a budget, a precision; a budget is kept whatever else is asked."""
    seconds = sum(trial_seconds(cell.plan) for cell in cells)
    blocks = wanted.blocks
    if wanted.budget_seconds:
        blocks = min(blocks or BLOCKS_MAX, int(wanted.budget_seconds / seconds))
    elif not blocks:
        blocks = 4 * COMPARISON_BLOCKS if wanted.half_width else COMPARISON_BLOCKS
    if blocks < 1:
        raise BenchrigError(
            f"one block takes about {format_span(seconds)}",
            where="--budget",
            way_out="give more time, or a shorter --duration",
        )
    least = FIRST_LOOK_BLOCKS if wanted.half_width else least_count(CONFIDENCE)
    if blocks < least:
        needed = f"an interval of {CONFIDENCE:.0%}"
        needed = "a look at the precision" if wanted.half_width else needed
        raise BenchrigError(
            f"{blocks} blocks can decide nothing: {needed} needs {least}",
            where="--blocks" if blocks == wanted.blocks else "--budget",
            way_out=f"ask for {least} or more; {COMPARISON_BLOCKS} is the default",
        )
    return replace(wanted, blocks=blocks)


def _announce(console: Console, effort: Effort, cells: tuple[Cell, ...]) -> None:
    seconds = effort.blocks * sum(trial_seconds(cell.plan) for cell in cells)
    most = "at most " if effort.half_width else ""
    console.print(f"{most}{effort.blocks} blocks, {format_span(seconds)}", highlight=False)


def time_for(budget_seconds: float) -> Callable[[int], bool]:
    """Whether a block fits into what is left of a budget that begins now, by those before it.

    It goes by the clock and never by a figure, so that ending there favours no finding.
    """
    begin = time.monotonic()

    def room(block: int) -> bool:
        took = time.monotonic() - begin
        return not budget_seconds or block == 1 or took * block / (block - 1) <= budget_seconds

    return room


def _measure(console: Console, execution: Execution, effort: Effort) -> None:
    """Run the blocks; with a goal, look at the interval's width (never its place) in between."""
    shared = bool(execution.rig.inventory.lab)
    if not effort.half_width:
        _extend(console, execution, effort.blocks)
        return
    done, goal = 0, Goal(effort.half_width, effort.blocks)
    while True:
        ours, theirs = (of_cell(execution.outcomes, cell) for cell in (0, 1))
        kind = primary_of(ours, theirs, shared)
        step = next_step(pairs_of(kind, ours, theirs).log_gains, done, goal)
        if isinstance(step, Stop):
            console.print(step.reason, highlight=False)
            return
        done += step.blocks
        if not _extend(console, execution, done):
            return


def _extend(console: Console, execution: Execution, blocks: int) -> bool:
    """Measure up to so many blocks; whether there was time for all of them."""
    plan = execution.plan
    asked = ordered(plan.seed, [blocks] * len(plan.cells))
    execution.extend(plan.with_order(asked))
    if len(execution.plan.order) == len(asked):
        return True
    done = len(execution.plan.order) // len(plan.cells)
    console.print(f"the budget is spent after {done} of {blocks} blocks", highlight=False)
    return False


def _tell(console: Console, rig: Rig, execution: Execution) -> int:
    plan, run = execution.plan, read_run(execution.store.path)
    ours, theirs = (of_cell(execution.outcomes, cell) for cell in (0, 1))
    found = compared(ours, theirs, stored_judgement(run, plan))
    show_cells(console, by_cell(plan, execution.outcomes))
    baseline, contender = (cell.case.partition(": ")[2] for cell in plan.cells)
    notes = [floors_text(calibration_of(run, plan))]
    notes += [*doubts_of(contender, theirs), *doubts_of(baseline, ours)]
    show_comparison(console, contender, baseline, found, notes)
    say_where(console, rig.inventory, execution.store.path)
    return 0 if found.primary.interval else context.NOT_VALID
