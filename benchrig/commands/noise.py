"""``fab calibrate``: a variant against itself; what comes out is the rig's noise."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchrig.commands import context
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import SEED_MAX, load_cpus, running, say_where
from benchrig.compare.pairs import Outcome as Kind
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.report.comparison import show_calibration
from benchrig.report.suite import show_cells
from benchrig.stats.floor import CALIBRATION_BLOCKS_LEAST
from benchrig.stats.noise import COMPARISON_BLOCKS, calibrate
from benchrig.store.noise import (
    SCHEMA,
    OutcomeNoise,
    StoredCalibration,
    store_calibration,
)
from benchrig.suite.cells import planned
from benchrig.suite.comparison import of_cell, pairs_of
from benchrig.suite.execute import Execution
from benchrig.suite.order import ordered
from benchrig.suite.outcome import by_cell
from benchrig.suite.record import SCHEMA as PLAN_SCHEMA
from benchrig.suite.record import RunPlan, phase_seconds, trial_seconds
from benchrig.units import format_span, parse_count

BLOCKS_MAX = 500


@dataclass(frozen=True)
class NoiseOptions:
    """The task's options as typed."""

    variant: str
    load: LoadOptions
    blocks: str
    seed: str


def noise(variant: str, load: tuple[Any, ...], *typed: str) -> int:
    """Run the variant against itself, keep the noise with the rig's fingerprint, show it."""
    options = NoiseOptions(variant, LoadOptions(*load), *typed)
    console = context.make_console()
    blocks = parse_count(options.blocks, "--blocks", BLOCKS_MAX)
    if blocks < COMPARISON_BLOCKS:
        raise BenchrigError(
            f"{blocks} blocks are less than one comparison",
            where="--blocks",
            way_out=f"give {CALIBRATION_BLOCKS_LEAST} or more",
        )
    seed = parse_count(options.seed, "--seed", SEED_MAX)
    cases = {
        f"{side}: {options.variant}": typed_case(options.variant, options.load, "--variant")
        for side in ("one", "the same")
    }
    catalogue, found = typed_drafts("calibrate", typed_part(cases, options.load))
    with Rig(context.inventory()) as rig:
        cells = planned(catalogue, rig.inventory, context.APPS, found, load_cpus(rig))
        order = ordered(seed, [blocks] * len(cells))
        plan = RunPlan(PLAN_SCHEMA, "calibration", options.variant, seed, cells, order)
        span = format_span(blocks * sum(trial_seconds(cell.plan) for cell in cells))
        console.print(f"{blocks} blocks, {span}", highlight=False)
        with running(console, rig, plan) as execution:
            execution.run()
        kept = _kept(rig, execution)
    show_cells(console, by_cell(plan, execution.outcomes))
    show_calibration(console, kept)
    console.print(stored_text(context.results_directory(), kept), highlight=False, soft_wrap=True)
    say_where(console, rig.inventory, execution.store.path)
    return 0


def stored_text(results: Path, kept: StoredCalibration) -> str:
    """Keep it for the rig, and say where, or why not."""
    path = store_calibration(results, kept)
    if path:
        return f"noise of this rig stored in {path}"
    return (
        "not stored: this rig's calibration from more blocks is kept; one in which "
        f"{CALIBRATION_BLOCKS_LEAST} blocks count replaces it"
    )


def _kept(rig: Rig, execution: Execution) -> StoredCalibration:
    plan = execution.plan.cells[0].plan
    overheads = execution.overheads
    seconds = phase_seconds(plan) + sum(overheads) / len(overheads)
    return StoredCalibration(
        schema=SCHEMA,
        rig=rig.inventory.fingerprint,
        run_id=execution.store.spec.run_id,
        unix=time.time(),
        variant=plan.variant.name,
        workload=plan.workload.name,
        trial_seconds=seconds,
        outcomes=tuple(_noise_of(kind, execution) for kind in Kind),
    )


def _noise_of(kind: Kind, execution: Execution) -> OutcomeNoise:
    gains = pairs_of(kind, of_cell(execution.outcomes, 0), of_cell(execution.outcomes, 1)).log_gains
    if len(gains) < COMPARISON_BLOCKS:
        raise BenchrigError(
            f"only {len(gains)} blocks have both trials valid",
            where=f"calibration by {kind.value}",
            way_out=f"at least {COMPARISON_BLOCKS} are needed; `fab show last` tells why not",
        )
    return OutcomeNoise(kind, gains, calibrate(gains))
