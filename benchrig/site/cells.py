"""What the site shows of each cell: its newest figures, its history and its trend."""

import hashlib
import re
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchrig.history.series import Series, series_of
from benchrig.store.floors import Floors
from benchrig.store.index import IndexedTrial
from benchrig.store.names import HISTORY
from benchrig.store.summary import TrialSummary, usable

FIGURES: dict[str, Callable[[TrialSummary], float | None]] = {
    "rate": lambda s: s.requests_per_second,
    "p99": lambda s: s.client.quantiles_seconds.get("0.99") if s.client else None,
    "cpu": lambda s: s.app_cpu_seconds_per_request,
}


@dataclass(frozen=True)
class SiteCell:
    """One cell on one rig, measured for one time.

    Attributes:
        name: file name of its pages: readable, and unlike any other's.
        newest: the trials of its newest run that count; all of them when none does.
        series: its history.
    """

    name: str
    cell: str
    rig: str
    window: str
    trials: int
    newest: tuple[IndexedTrial, ...]
    series: Series

    @property
    def summary(self) -> TrialSummary:
        """Settings, which are the same in all trials."""
        return self.newest[0].summary

    @property
    def run_id(self) -> str:
        """The newest run."""
        return self.newest[0].run.run_id

    @property
    def begin_unix(self) -> float:
        """When the newest run measured it."""
        return self.summary.begin_unix

    def median(self, of: str) -> float | None:
        """The median of one figure over the newest trials that count."""
        kept = usable(t.summary for t in self.newest)
        values = [value for summary in kept if (value := FIGURES[of](summary)) is not None]
        return statistics.median(values) if values else None


def site_cells(trials: Iterable[IndexedTrial], floors: Floors) -> list[SiteCell]:
    """All cells that have a history, the most lately measured first."""
    groups: dict[tuple[str, str, str], list[IndexedTrial]] = {}
    for trial in trials:
        if trial.run.kind in HISTORY:
            key = (trial.summary.cell, trial.run.place, trial.summary.window)
            groups.setdefault(key, []).append(trial)
    made = [_cell(*key, found, floors) for key, found in groups.items()]
    return sorted(made, key=lambda cell: -cell.begin_unix)


def _cell(cell: str, rig: str, window: str, trials: list[IndexedTrial], floors: Floors) -> SiteCell:
    last = max(trials, key=lambda trial: trial.summary.begin_unix).run.run_id
    newest = tuple(trial for trial in trials if trial.run.run_id == last)
    (series,) = series_of(trials, "throughput", floors)
    name = file_name(cell, rig, window)
    return SiteCell(name, cell, rig, window, len(trials), newest, series)


def file_name(cell: str, rig: str, window: str) -> str:
    """A name of letters, digits and hyphens that two cells never share."""
    digest = hashlib.sha256(f"{cell}\n{rig}\n{window}".encode()).hexdigest()[:10]
    return f"{re.sub('[^A-Za-z0-9]+', '-', cell)[:60].strip('-')}-{digest}".lstrip("-")
