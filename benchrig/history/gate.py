"""Whether a run is slower than another by more than noise, cell by cell."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from benchrig.errors import BenchrigError, nearest
from benchrig.history.shift import Shift, shift
from benchrig.store.summary import TrialSummary, usable

Word = Literal["slower", "faster", "tie", "not-enough-data"]
Outcome = Literal["throughput", "cpu"]
OUTCOMES = {"throughput": "requests per second", "cpu": "app CPU per request"}
TRIALS_LEAST = 4


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
    before, after = _values(baseline, outcome), _values(contender, outcome)
    windows = dict(after.keys())
    return [
        _other_window(cell, window, windows[cell])
        if cell in windows and (cell, window) not in after
        else _cell(cell, values, after.get((cell, window), []), outcome, floor)
        for (cell, window), values in before.items()
    ]


def _other_window(cell: str, there: str, here: str) -> Judgement:
    told = f"measured for {there} there and for {here} here, which are not comparable"
    return Judgement(cell, "not-enough-data", None, told)


def _cell(
    cell: str, before: list[float], after: list[float], outcome: Outcome, floor: float
) -> Judgement:
    if min(len(before), len(after)) < TRIALS_LEAST:
        told = f"{len(before)} valid trials there and {len(after)} here; {TRIALS_LEAST} are needed"
        return Judgement(cell, "not-enough-data", None, told)
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


def _values(
    trials: Sequence[TrialSummary], outcome: Outcome
) -> Mapping[tuple[str, str], list[float]]:
    """Figures of the trials that count, by cell and window."""
    cells: dict[tuple[str, str], list[TrialSummary]] = {}
    for trial in trials:
        cells.setdefault((trial.cell, trial.window), []).append(trial)
    return {
        key: [value for trial in usable(kept) if (value := figure(trial, outcome))]
        for key, kept in cells.items()
    }


def figure(trial: TrialSummary, outcome: Outcome) -> float | None:
    """The figure of one outcome."""
    if outcome == "throughput":
        return trial.requests_per_second
    return trial.app_cpu_seconds_per_request


def median_of(trials: Sequence[TrialSummary], outcome: Outcome) -> float | None:
    """Median of the trials that count."""
    values = [v for t in usable(trials) if (v := figure(t, outcome))]
    return statistics.median(values) if values else None


def _told(found: Shift, better: int, outcome: Outcome) -> str:
    centre = math.expm1(better * found.centre)
    low, high = sorted(math.expm1(better * end) for end in (found.low, found.high))
    return f"{OUTCOMES[outcome]} {centre:+.1%} (95 % interval {low:+.1%} to {high:+.1%})"
