"""A cell over time: one point a run, on one rig."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchrig.history.change_points import Change, changes
from benchrig.history.gate import Outcome, median_of
from benchrig.store.index import IndexedRun, IndexedTrial


@dataclass(frozen=True)
class Point:
    """One run's median of the trials that count."""

    run: IndexedRun
    begin_unix: float
    value: float
    counted: int
    trials: int


@dataclass(frozen=True)
class Series:
    """One cell on one rig, and where its level changed."""

    rig: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]


def series_of(trials: Iterable[IndexedTrial], outcome: Outcome, floor: float) -> list[Series]:
    """The history of one cell: rigs are told apart, and runs without a figure left out."""
    by_rig: dict[str, dict[str, list[IndexedTrial]]] = {}
    for trial in trials:
        by_rig.setdefault(trial.run.rig, {}).setdefault(trial.run.run_id, []).append(trial)
    return [_series(rig, runs, outcome, floor) for rig, runs in by_rig.items()]


def _series(
    rig: str, runs: dict[str, list[IndexedTrial]], outcome: Outcome, floor: float
) -> Series:
    points = []
    for trials in runs.values():
        summaries = [trial.summary for trial in trials]
        value = median_of(summaries, outcome)
        if value:
            counted = sum(summary.counts for summary in summaries)
            begin = min(summary.begin_unix for summary in summaries)
            points.append(Point(trials[0].run, begin, value, counted, len(trials)))
    points.sort(key=lambda point: point.begin_unix)
    found = changes([point.value for point in points], floor)
    return Series(rig, tuple(points), tuple(found))
