"""Trials of two variants, paired block by block."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """What is compared; of throughput more is better, of CPU per request less."""

    THROUGHPUT = "requests per second"
    CPU = "CPU per request"

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self is Outcome.THROUGHPUT else -1


@dataclass(frozen=True)
class Figures:
    """What one trial contributes to a comparison.

    Attributes:
        cpu_seconds_per_request: of the app tier; ``None`` where its counters are missing.
        refused: why the trial does not count; empty for one that does.
    """

    block: int
    requests_per_second: float
    cpu_seconds_per_request: float | None
    refused: str = ""

    def value(self, outcome: Outcome) -> float | None:
        """The figure of one outcome."""
        if outcome is Outcome.THROUGHPUT:
            return self.requests_per_second
        return self.cpu_seconds_per_request


@dataclass(frozen=True)
class Dropped:
    """A block that does not count, and why."""

    block: int
    reason: str


@dataclass(frozen=True)
class Pairs:
    """The blocks of one outcome.

    Attributes:
        log_gains: per block, the logarithm of how many times better the contender was.
    """

    log_gains: tuple[float, ...]
    dropped: tuple[Dropped, ...]

    @property
    def dropped_share(self) -> float:
        """Share of all blocks that do not count."""
        every = len(self.log_gains) + len(self.dropped)
        return len(self.dropped) / every if every else 0.0


def pair(outcome: Outcome, baseline: Sequence[Figures], contender: Sequence[Figures]) -> Pairs:
    """Pair two variants' trials by their blocks.

    A block counts only with both of its trials: one that lost a trial is dropped whole, and told.
    """
    ours = {trial.block: trial for trial in baseline}
    theirs = {trial.block: trial for trial in contender}
    gains, dropped = [], []
    for block in sorted(ours.keys() | theirs.keys()):
        reasons = [
            f"{name}: {fault}"
            for name, trial in (("baseline", ours.get(block)), ("contender", theirs.get(block)))
            if (fault := _fault(outcome, trial))
        ]
        if reasons:
            dropped.append(Dropped(block, "; ".join(reasons)))
        else:
            gains.append(outcome.sign * _log_ratio(outcome, theirs[block], ours[block]))
    return Pairs(tuple(gains), tuple(dropped))


def _fault(outcome: Outcome, trial: Figures | None) -> str:
    if trial is None:
        return "no trial"
    value = trial.value(outcome)
    if trial.refused or value is None:
        return trial.refused or f"no figure for {outcome.value}"
    return "" if value > 0 else f"{outcome.value} is {value:g}"


def _log_ratio(outcome: Outcome, contender: Figures, baseline: Figures) -> float:
    return math.log((contender.value(outcome) or 0.0) / (baseline.value(outcome) or 0.0))
