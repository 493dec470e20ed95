"""What the site shows of each cell: its newest figures, its history and its trend."""

import hashlib
import re
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchrig.history.series import Series, series_of
from benchrig.store.index import IndexedTrial
from benchrig.store.summary import TrialSummary

FIGURES: dict[str, Callable[[TrialSummary], float | None]] = {
    "rate": lambda s: s.requests_per_second,
    "p99": lambda s: s.client.quantiles_seconds.get("0.99") if s.client else None,
    "cpu": lambda s: s.app_cpu_seconds_per_request,
}


@dataclass(frozen=True)
class SiteCell:
    """One cell on one rig.

    Attributes:
        name: file name of its pages: readable, and unlike any other's.
        newest: the trials of its newest run that count; all of them when none does.
        series: its history.
    """

    name: str
    cell: str
    rig: str
    trials: int
    newest: tuple[IndexedTrial, ...]
    series: Series | None

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
        kept = [t.summary for t in self.newest if t.summary.counts]
        values = [value for summary in kept if (value := FIGURES[of](summary)) is not None]
        return statistics.median(values) if values else None


def site_cells(trials: Iterable[IndexedTrial], floor: float) -> list[SiteCell]:
    """All cells, the most lately measured first."""
    groups: dict[tuple[str, str], list[IndexedTrial]] = {}
    for trial in trials:
        groups.setdefault((trial.summary.cell, trial.run.rig), []).append(trial)
    made = [_cell(cell, rig, found, floor) for (cell, rig), found in groups.items()]
    return sorted(made, key=lambda cell: -cell.begin_unix)


def _cell(cell: str, rig: str, trials: list[IndexedTrial], floor: float) -> SiteCell:
    last = max(trials, key=lambda trial: trial.summary.begin_unix).run.run_id
    newest = tuple(trial for trial in trials if trial.run.run_id == last)
    series = series_of(trials, "throughput", floor)
    name = file_name(cell, rig)
    return SiteCell(name, cell, rig, len(trials), newest, series[0] if series else None)


def file_name(cell: str, rig: str) -> str:
    """A name of letters, digits and hyphens that two cells never share."""
    digest = hashlib.sha256(f"{cell}\n{rig}".encode()).hexdigest()[:10]
    return f"{re.sub('[^A-Za-z0-9]+', '-', cell)[:60].strip('-')}-{digest}".lstrip("-")
