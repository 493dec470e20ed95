"""A cell over time: one point a run, on one rig, measured for one time."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchrig.compare.pairs import Outcome as Kind
from benchrig.history.change_points import Change, changes
from benchrig.history.gate import Outcome, median_of
from benchrig.store.floors import Floor, Floors
from benchrig.store.index import IndexedRun, IndexedTrial
from benchrig.store.summary import usable

KINDS: dict[Outcome, Kind] = {"throughput": Kind.THROUGHPUT, "cpu": Kind.CPU}


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
    """One cell on one rig, and where its level changed.

    Attributes:
        place: the rig, by its lab or inventory.
        window: how long each trial measured.
        floor: what changes were held against.
        rate_given: throughput of an open loop is what was asked for, and no change is looked for.
    """

    place: str
    window: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]
    floor: Floor
    rate_given: bool = False


def series_of(trials: Iterable[IndexedTrial], outcome: Outcome, floors: Floors) -> list[Series]:
    """The history of one cell; runs without a figure are left out.

    Rigs are told apart, and so are windows: the first seconds of a server are not its later ones.
    """
    apart: dict[tuple[str, str], dict[str, list[IndexedTrial]]] = {}
    for trial in trials:
        runs = apart.setdefault((trial.run.place, trial.summary.window), {})
        runs.setdefault(trial.run.run_id, []).append(trial)
    return [_series(*key, runs, outcome, floors) for key, runs in apart.items()]


def _series(
    place: str,
    window: str,
    runs: dict[str, list[IndexedTrial]],
    outcome: Outcome,
    floors: Floors,
) -> Series:
    points = []
    for trials in runs.values():
        summaries = [trial.summary for trial in trials]
        value = median_of(summaries, outcome)
        if value:
            counted = len(usable(summaries))
            begin = min(summary.begin_unix for summary in summaries)
            points.append(Point(trials[0].run, begin, value, counted, len(trials)))
    points.sort(key=lambda point: point.begin_unix)
    rigs = [point.run.rig for point in points if point.run.rig]
    floor = floors.of(rigs[-1] if rigs else "", place, KINDS[outcome])
    given = outcome == "throughput" and any(
        trial.summary.rate_per_second for trials in runs.values() for trial in trials
    )
    found = [] if given else changes([point.value for point in points], floor.log_ratio)
    return Series(place, window, tuple(points), tuple(found), floor, given)
