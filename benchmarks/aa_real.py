"""False findings on a rig's own noise: a variant compared with itself, for real and drawn.

    python benchmarks/aa_real.py [--blocks 6] [--floor-blocks 20] [--draws 1000] [FILE or RUN ...]

What is read is a long calibration, `fab calibrate --blocks 200`: its file in results/noise, or the
folder of its run, finished or not. Without one: every calibration in results/. Two looks at it:

Real: the first blocks give the noise floor. The others are cut, in the order they were measured,
into groups that share no block, and each group is judged as `fab compare` would have judged a
comparison of just these trials, with a coin for which of the two is called the contender. A
comparison that lost so many blocks that it can find nothing is told and not counted.

Drawn: the first half of the blocks gives the floor, comparisons of ten blocks are drawn from the
second half, which the floor has not seen: each drawn block with a coin of its own.

Both also with the contender made 3 % slower, and beside it the number of blocks and the time that
the rig says, from the first half, finding 3 % takes on this noise. Fails when more than 5 % of the
comparisons are called faster or slower, by either outcome or by the one that decides.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchrig.commands import context
from benchrig.compare.finding import DROPPED_SHARE_MAX, Bounds, Finding, find, percent
from benchrig.compare.pairs import Outcome as Kind
from benchrig.compare.pairs import Pairs
from benchrig.compare.primary import Comparison
from benchrig.stats.interval import share_interval
from benchrig.stats.noise import (
    BLOCKS_FEWEST,
    COMPARISON_BLOCKS,
    blocks_for_effect,
    budget_seconds,
    calibrate,
    least_effect,
)
from benchrig.store.noise import FOLDER, STORED, StoredCalibration
from benchrig.store.run import read_trial
from benchrig.store.spec import read_spec, trial_folders
from benchrig.suite.comparison import MARGIN, Judgement, compared, of_cell, pairs_of
from benchrig.suite.outcome import Outcome, outcome
from benchrig.suite.record import RunPlan, read_plan, trial_seconds
from benchrig.units import format_span

FALSE_MAX = 0.05
REAL_LEAST = 30
SLOWDOWN = math.log(0.97)
DECIDES = "the one that decides"


@dataclass(frozen=True)
class Measured:
    """A calibration.

    Attributes:
        trials: judged; empty where only the calibration's file is left.
        log_ratios: of the blocks that count, in the order they were measured.
        trial_seconds: what one trial takes.
    """

    name: str
    trials: tuple[Outcome, ...]
    log_ratios: dict[Kind, tuple[float, ...]]
    trial_seconds: float
    shared_machine: bool


def main() -> int:
    """Read, judge and count."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--blocks", type=int, default=6, help="of a real comparison")
    parser.add_argument("--floor-blocks", type=int, default=20, help="first ones, for the floor")
    parser.add_argument("--draws", type=int, default=1000, help="drawn comparisons")
    parser.add_argument("measured", nargs="*", type=Path)
    options = parser.parse_args()
    if options.blocks < BLOCKS_FEWEST or options.floor_blocks < COMPARISON_BLOCKS:
        few = f"--blocks {BLOCKS_FEWEST} and --floor-blocks {COMPARISON_BLOCKS}"
        sys.exit(f"fewer can find nothing: give {few} or more")
    folder = context.results_directory() / FOLDER
    paths = options.measured or sorted(folder.glob("*.json"))
    if not paths:
        sys.exit(f"no calibration in {folder}: `fab calibrate --blocks 200`")
    worst = 0.0
    for path in paths:
        found = read(path)
        print(f"{found.name}, a trial takes {format_span(found.trial_seconds)}")
        worst = max(worst, _tell_real(found, options.blocks, options.floor_blocks))
        worst = max(worst, _tell_drawn(found, options.draws))
    return int(worst > FALSE_MAX)


def read(path: Path) -> Measured:
    """A calibration by its file, or by the folder of its run."""
    if path.is_dir():
        return _of_run(path, None)
    kept = STORED.validate_json(path.read_bytes())
    run = path.parents[1] / kept.run_id
    if run.is_dir():
        return _of_run(run, kept)
    ratios = {each.outcome: each.log_ratios for each in kept.outcomes}
    return Measured(kept.run_id, (), ratios, kept.trial_seconds, shared_machine=False)


def _of_run(path: Path, kept: StoredCalibration | None) -> Measured:
    spec, plan = read_spec(path), read_plan(path)
    if plan.kind != "calibration":
        sys.exit(f"{path} is a {plan.kind}: only a calibration compares a variant with itself")
    trials = tuple(_judged(plan, number, folder) for number, folder in trial_folders(path))
    ratios = {
        kind: pairs_of(kind, of_cell(trials, 0), of_cell(trials, 1)).log_gains for kind in Kind
    }
    seconds = kept.trial_seconds if kept else trial_seconds(plan.cells[0].plan)
    return Measured(path.name, trials, ratios, seconds, bool(spec.lab))


def _judged(plan: RunPlan, number: int, folder: Path) -> Outcome:
    """One trial; the others' records need not be in memory beside it."""
    slot = plan.order[number - 1]
    return outcome(number, slot.block, slot.cell, read_trial(folder))


def floor_of(log_ratios: Sequence[float]) -> float:
    """The floor that so many blocks give, as `fab calibrate` takes it."""
    if len(log_ratios) < COMPARISON_BLOCKS:
        few = f"only {len(log_ratios)} blocks count where the floor is taken from"
        sys.exit(f"{few}, {COMPARISON_BLOCKS} are needed: calibrate longer")
    return calibrate(log_ratios).floor


def in_blocks(trials: Iterable[Outcome], first: int, last: int) -> list[Outcome]:
    """The trials of some blocks, both ends included."""
    return [trial for trial in trials if first <= trial.block <= last]


def real_comparisons(found: Measured, blocks: int, floor_blocks: int) -> list[Comparison]:
    """Each group of blocks after those of the floor, as a comparison of its own."""
    earlier = in_blocks(found.trials, 1, floor_blocks)
    sides = of_cell(earlier, 0), of_cell(earlier, 1)
    floors = {kind: floor_of(pairs_of(kind, *sides).log_gains) for kind in Kind}
    judgement = Judgement(floors, found.shared_machine)
    coin = np.random.default_rng(1)
    last = max(trial.block for trial in found.trials)
    comparisons = []
    for first in range(floor_blocks + 1, last - blocks + 2, blocks):
        group = in_blocks(found.trials, first, first + blocks - 1)
        sides = of_cell(group, 0), of_cell(group, 1)
        baseline, contender = sides if coin.random() < 0.5 else sides[::-1]
        comparisons.append(compared(baseline, contender, judgement))
    return comparisons


def by_outcome(comparisons: Sequence[Comparison]) -> dict[str, list[Finding]]:
    """The findings of each outcome, and those of the outcome that decides."""
    found = {kind.value: [_of(kind, each) for each in comparisons] for kind in Kind}
    return found | {DECIDES: [each.primary for each in comparisons]}


def _of(kind: Kind, found: Comparison) -> Finding:
    return found.primary if found.primary.outcome is kind else found.secondary


def can_find(found: Finding) -> bool:
    """Whether blocks enough are left for any finding."""
    lost = found.pairs.dropped_share > DROPPED_SHARE_MAX
    return not lost and found.estimate is not None and found.estimate.interval is not None


def slowed(found: Finding) -> str:
    """The word, had the contender been 3 % slower in each block."""
    pairs = Pairs(tuple(g + SLOWDOWN for g in found.pairs.log_gains), found.pairs.dropped)
    return find(found.outcome, pairs, found.bounds, found.confidence).word


def _tell_real(found: Measured, blocks: int, floor_blocks: int) -> float:
    """A row for each outcome; the worst share of false findings."""
    if not found.trials:
        print("  its run is not here any more: no real comparisons")
        return 0.0
    comparisons = real_comparisons(found, blocks, floor_blocks)
    print(f"  real: {len(comparisons)} comparisons of {blocks} blocks, floor from {floor_blocks}")
    if len(comparisons) < REAL_LEAST:
        longer = floor_blocks + REAL_LEAST * blocks
        print(f"    fewer than {REAL_LEAST}: `fab calibrate --blocks {longer}` gives as many")
    if not comparisons:
        return 0.0
    words = f"{'faster':>8}{'slower':>8}{'tie':>6}{'open':>6}{'lost':>6}"
    print(f"    {'outcome':<22}{'floor':>8}{words}{'false':>8}{'95 %':>16}{'3 % found':>12}")
    return max(_real_row(name, each) for name, each in by_outcome(comparisons).items())


def _real_row(name: str, every: Sequence[Finding]) -> float:
    told = [each for each in every if can_find(each)]
    if not told:
        print(f"    {name:<22} lost blocks in every comparison")
        return 0.0
    words = [each.word for each in told]
    counts = [words.count(word) for word in ("faster", "slower", "tie", "not-enough-data")]
    false = counts[0] + counts[1]
    span = share_interval(false, len(told))
    floor = "" if name == DECIDES else f"{told[0].bounds.floor:.2%}"
    row = "".join(f"{n:>{w}}" for n, w in zip(counts, (8, 8, 6, 6), strict=True))
    between = f"{span.low:.1%} to {span.high:.1%}"
    share = sum(slowed(each) == "slower" for each in told) / len(told)
    print(f"    {name:<22}{floor:>8}{row}{len(every) - len(told):>6}", end="")
    print(f"{false / len(told):>8.1%}{between:>16}{share:>12.0%}")
    return false / len(told)


def _tell_drawn(found: Measured, draws: int) -> float:
    print(f"  drawn: {draws} comparisons of {COMPARISON_BLOCKS} blocks, floor from the first half")
    print(f"    {'outcome':<22}{'floor':>8}{'false':>8}{'3 % found':>12}  the rig says of 3 %")
    return max(
        _drawn_row(kind, ratios, found.trial_seconds, draws)
        for kind, ratios in found.log_ratios.items()
    )


def _drawn_row(kind: Kind, log_ratios: Sequence[float], seconds: float, draws: int) -> float:
    half = len(log_ratios) // 2
    first, second = log_ratios[:half], np.asarray(log_ratios[half:])
    bounds = Bounds(floor_of(first), MARGIN)
    itself = drawn_words(kind, second, bounds, (draws, COMPARISON_BLOCKS), 0.0)
    slower = drawn_words(kind, second, bounds, (draws, COMPARISON_BLOCKS), SLOWDOWN)
    needed = blocks_for_effect(first, SLOWDOWN, bounds.floor)
    least = percent(least_effect(first, COMPARISON_BLOCKS, bounds.floor))
    said = f"not to be found on this noise; {COMPARISON_BLOCKS} blocks find {least:.1f} %"
    if needed is not None:
        later = drawn_words(kind, second, bounds, (draws, needed), SLOWDOWN)
        span = format_span(budget_seconds(needed, seconds))
        said = f"{needed} blocks, {span}; found then in {later.count('slower') / draws:.0%}"
    false = (itself.count("faster") + itself.count("slower")) / draws
    share = slower.count("slower") / draws
    print(f"    {kind.value:<22}{bounds.floor:>8.2%}{false:>8.1%}{share:>12.0%}  {said}")
    return false


def drawn_words(
    kind: Kind, blocks: NDArray[np.float64], bounds: Bounds, shape: tuple[int, int], effect: float
) -> list[str]:
    """What so many comparisons of so many blocks, drawn with replacement, are called."""
    rng = np.random.default_rng(1)
    drawn = rng.choice(blocks, shape) * np.where(rng.random(shape) < 0.5, 1.0, -1.0) + effect
    return [find(kind, Pairs(tuple(row), ()), bounds).word for row in drawn.tolist()]


if __name__ == "__main__":
    sys.exit(main())
