"""What one trial of a run came to, and what the trials of a cell came to together. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchrig.compare.pairs import Figures
from benchrig.figures import TrialFigures, figures
from benchrig.spec.expectation import Figure
from benchrig.suite.cells import Cell
from benchrig.suite.record import RunPlan
from benchrig.tiers import APP, LOAD
from benchrig.trial.raw import RawTrial
from benchrig.verdict.bottleneck import find_bottleneck
from benchrig.verdict.counting import counting
from benchrig.verdict.validity import Validity, judge


@dataclass(frozen=True)
class Outcome:
    """One trial, judged.

    Attributes:
        number: of the trial in its run, from 1.
        refused: why it does not count; empty for a trial that does.
        limit: what limited it, by name; empty where nothing was measured.
        overload: it does not count only because the load was more than the server takes.
        doubts: why it is suspect; empty for a trial that is not.
        rate_given: its load came at a rate that was asked for, whoever answers.
    """

    number: int
    block: int
    cell: int
    grade: str
    refused: str
    values: dict[Figure, float]
    figures: TrialFigures
    limit: str = ""
    overload: bool = False
    doubts: tuple[str, ...] = ()
    rate_given: bool = False

    def compared(self, why_not: str) -> Figures:
        """What it contributes to a comparison, or why it does not."""
        return Figures(
            self.block,
            self.values.get("requests_per_second", 0.0),
            self.values.get("cpu_seconds_per_request"),
            why_not,
        )


@dataclass(frozen=True)
class CellOutcome:
    """All trials of one cell; those that do not count (`counting`) are told, never averaged in."""

    cell: Cell
    trials: tuple[Outcome, ...]

    @property
    def counted(self) -> tuple[Outcome, ...]:
        """Trials that count."""
        return tuple(counting(self.trials))

    @property
    def limit(self) -> str:
        """What limited most of the trials that count; with its share where they disagree."""
        found = [trial.limit for trial in self.counted if trial.limit]
        if not found:
            return ""
        cause = statistics.mode(found)
        hits = found.count(cause)
        return cause if hits == len(found) else f"{cause} ({hits} of {len(found)})"

    def values(self, figure: Figure) -> list[float]:
        """One figure of every trial that counts and has it."""
        return [t.values[figure] for t in self.counted if figure in t.values]

    def median(self, figure: Figure) -> float | None:
        """Middle of one figure; ``None`` without a single value."""
        found = self.values(figure)
        return statistics.median(found) if found else None


def outcome(number: int, block: int, cell: int, raw: RawTrial) -> Outcome:
    """Judge one trial."""
    derived = figures(raw)
    validity = judge(raw, derived)
    found = find_bottleneck(raw, derived)
    return Outcome(
        number,
        block,
        cell,
        validity.grade,
        _refused(validity),
        values_of(derived),
        derived,
        found.limit.cause if found else "",
        validity.overload,
        tuple(_line(r.text) for r in validity.reasons if r.grade == "suspect"),
        raw.plan.level.rate_per_second > 0,
    )


def outcomes(plan: RunPlan, trials: Mapping[int, RawTrial]) -> list[Outcome]:
    """Judge the trials of a run by their numbers."""
    return [
        outcome(number, plan.order[number - 1].block, plan.order[number - 1].cell, raw)
        for number, raw in trials.items()
    ]


def by_cell(plan: RunPlan, found: Sequence[Outcome]) -> list[CellOutcome]:
    """The trials of each cell, in the order of the cells."""
    return [
        CellOutcome(cell, tuple(o for o in found if o.cell == index))
        for index, cell in enumerate(plan.cells)
    ]


def values_of(derived: TrialFigures) -> dict[Figure, float]:
    """The figures that findings are about; those that there are."""
    client, app = derived.client, derived.tiers.get(APP.name)
    if client is None:
        return {}
    values: dict[Figure, float] = {
        "requests_per_second": client.requests_per_second,
        "mean_seconds": client.mean_seconds,
    }
    if app is not None:
        if app.memory_bytes:  # none where the hosts did not tell it
            values["app_memory_bytes"] = app.memory_bytes
        if app.requests_per_cpu_second:
            values["requests_per_app_cpu_second"] = app.requests_per_cpu_second
            values["cpu_seconds_per_request"] = 1 / app.requests_per_cpu_second
    return values


def chain_cores(derived: TrialFigures) -> float:
    """CPU cores of everything but the load generators."""
    return sum(tier.cpu_cores for name, tier in derived.tiers.items() if name != LOAD.name)


def _refused(validity: Validity) -> str:
    if validity.grade != "invalid":
        return ""
    return _line(next(r.text for r in validity.reasons if r.grade == "invalid"))


def _line(text: str) -> str:
    return " ".join(text.split())  # whatever the host printed
