"""Whether a run is slower than another by more than noise, cell by cell."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from benchrig.compare.primary import RATE_GIVEN
from benchrig.errors import BenchrigError, nearest
from benchrig.history.shift import Shift, shift
from benchrig.store.summary import TrialSummary, usable

Word = Literal["slower", "faster", "tie", "not-enough-data"]
Outcome = Literal["throughput", "cpu"]
OUTCOMES = {"throughput": "requests per second", "cpu": "app CPU per request"}
TRIALS_LEAST = 4
Sides = tuple[Sequence[TrialSummary], Sequence[TrialSummary]]  # of the run that sets the mark first


def outcome_of(text: str) -> Outcome:
    """The outcome that was typed.

    Raises:
        BenchrigError: there is none of that name.
    """
    for known in get_args(Outcome):
        if text == known:
            outcome: Outcome = known
            return outcome
    raise BenchrigError(f"'{text}' is unknown", where="--of", way_out=nearest(text, OUTCOMES))


@dataclass(frozen=True)
class Judgement:
    """One cell.

    Attributes:
        shift: natural logarithm of how many times better it became; ``None`` without an interval.
        reason: the figures that the word rests on.
    """

    cell: str
    word: Word
    shift: Shift | None
    reason: str


def judge(
    baseline: Sequence[TrialSummary],
    contender: Sequence[TrialSummary],
    outcome: Outcome,
    floor: float,
) -> list[Judgement]:
    """Every cell of the baseline, in its order; cells of different windows are never judged.

    Args:
        baseline: trials of the run that sets the mark.
        contender: trials of the run that is judged.
        outcome: what is compared.
        floor: log-ratio that the rig shows between a variant and itself.
    """
    before, after = _by_window(baseline), _by_window(contender)
    windows = dict(after.keys())
    return [
        _other_window(cell, window, windows[cell])
        if cell in windows and (cell, window) not in after
        else _cell(cell, (kept, after.get((cell, window), [])), outcome, floor)
        for (cell, window), kept in before.items()
    ]


def _other_window(cell: str, there: str, here: str) -> Judgement:
    told = f"measured for {there} there and for {here} here, which are not comparable"
    return Judgement(cell, "not-enough-data", None, told)


def _by_window(trials: Sequence[TrialSummary]) -> Mapping[tuple[str, str], list[TrialSummary]]:
    """Trials by cell and window."""
    found: dict[tuple[str, str], list[TrialSummary]] = {}
    for trial in trials:
        found.setdefault((trial.cell, trial.window), []).append(trial)
    return found


def _cell(cell: str, sides: Sides, outcome: Outcome, floor: float) -> Judgement:
    why_not = _why_not(sides, outcome)
    if why_not:
        return Judgement(cell, "not-enough-data", None, why_not)
    before, after = (_values(side, outcome) for side in sides)
    better = 1 if outcome == "throughput" else -1
    found = shift([better * math.log(v) for v in before], [better * math.log(v) for v in after])
    if found is None:
        raise ValueError("samples of this size have an interval")
    told = _told(found, better, outcome)
    if found.high < -floor:
        return Judgement(cell, "slower", found, f"{told}: beyond the noise floor of {floor:.1%}")
    if found.low > floor:
        return Judgement(cell, "faster", found, f"{told}: beyond the noise floor of {floor:.1%}")
    if found.low >= -floor and found.high <= floor:
        return Judgement(cell, "tie", found, f"{told}: within the noise floor of {floor:.1%}")
    return Judgement(cell, "not-enough-data", found, f"{told}: the interval holds both")


def _why_not(sides: Sides, outcome: Outcome) -> str:
    """Why the trials of a cell are not to be compared; empty where they are."""
    if outcome == "throughput" and sides[0][0].rate_per_second:
        return f"{RATE_GIVEN}: --of cpu compares what it cost"
    doubted = [
        where
        for where, side in zip(("there", "here"), sides, strict=True)
        if {trial.grade for trial in usable(side)} == {"suspect"}
    ]
    if doubted:
        return f"every trial {' and '.join(doubted)} is suspect; valid ones are needed"
    before, after = (len(_values(side, outcome)) for side in sides)
    if min(before, after) < TRIALS_LEAST:
        return f"{before} valid trials there and {after} here; {TRIALS_LEAST} are needed"
    return ""


def _values(trials: Sequence[TrialSummary], outcome: Outcome) -> list[float]:
    """Figures of the trials that count."""
    return [value for trial in usable(trials) if (value := figure(trial, outcome))]


def figure(trial: TrialSummary, outcome: Outcome) -> float | None:
    """The figure of one outcome."""
    if outcome == "throughput":
        return trial.requests_per_second
    return trial.app_cpu_seconds_per_request


def median_of(trials: Sequence[TrialSummary], outcome: Outcome) -> float | None:
    """Median of the trials that count."""
    values = _values(trials, outcome)
    return statistics.median(values) if values else None


def _told(found: Shift, better: int, outcome: Outcome) -> str:
    centre = math.expm1(better * found.centre)
    low, high = sorted(math.expm1(better * end) for end in (found.low, found.high))
    return f"{OUTCOMES[outcome]} {centre:+.1%} (95 % interval {low:+.1%} to {high:+.1%})"
