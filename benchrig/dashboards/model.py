"""What a dashboard shows: panels of signals, read from dashboards/definitions."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from benchrig.errors import BenchrigError
from benchrig.signals.catalogue import PREFIX, Signal, UnitName, find_signal
from benchrig.spec.yaml_file import mistake, raise_mistakes, read_mapping

FOLDER = Path(__file__).parents[2] / "dashboards" / "definitions"
STRICT = ConfigDict(extra="forbid")
EXTREME = re.compile(r"_p\d+_|_max_")
LABEL = re.compile(r"\{(\w+)\}")
PANELS_MAX = 14
COLUMNS = 24
STAT_ROWS, CHART_ROWS = 4, 8


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        signals: names in the catalogue; all of one unit, or each axis would lie.
        legend: what a series is called, its labels in braces; else the signal's title.
        only: labels a series must have.
        title: where the first signal's own title does not do.
        width: of `COLUMNS`.
    """

    __pydantic_config__ = STRICT

    kind: Literal["stat", "lines", "heatmap"]
    signals: tuple[str, ...]
    legend: str = ""
    only: dict[str, str] = field(default_factory=dict)
    title: str = ""
    width: int = 12

    @property
    def catalogued(self) -> list[Signal]:
        """The signals themselves."""
        return [find_signal(name) for name in self.signals]

    @property
    def heading(self) -> str:
        """What stands over the panel."""
        return self.title or self.catalogued[0].title

    @property
    def unit(self) -> UnitName:
        """The unit of its axis."""
        return self.catalogued[0].unit

    @property
    def averaged(self) -> bool:
        """Whether a mean over time says anything: that of percentiles and maxima does not."""
        return not any(EXTREME.search(name) for name in self.signals)

    @property
    def when(self) -> str:
        """The condition under which anything is known of it; empty where something always is."""
        conditions = dict.fromkeys(signal.when for signal in self.catalogued)
        return "" if "" in conditions else "; ".join(conditions)

    @property
    def rows(self) -> int:
        """Its height on the grid."""
        return STAT_ROWS if self.kind == "stat" else CHART_ROWS

    @property
    def description(self) -> str:
        """What each signal is, what is bad, and when it is known only sometimes."""
        return "\n\n".join(_described(signal, len(self.signals) > 1) for signal in self.catalogued)

    def name_of(self, signal: Signal) -> str:
        """Legend of one signal's series, labels in braces."""
        if len(self.signals) == 1:
            return self.legend or signal.title
        told = LABEL.findall(self.legend)
        return f"{signal.title}, {self.legend}" if set(told) & set(signal.by) else signal.title


@dataclass(frozen=True)
class Dashboard:
    """One page of panels.

    Attributes:
        compare: shows replayed runs beside each other, and not the run that is on.
    """

    __pydantic_config__ = STRICT

    uid: str
    title: str
    description: str
    panels: tuple[Panel, ...]
    compare: bool = False

    def expression(self, panel: Panel, signal: Signal) -> str:
        """The query of one signal, with ``$run``, ``$variant``, ``$host`` and ``$replay`` open.

        A dashboard that compares has ``$runs``, several replayed ones, and no ``$replay``: links
        between dashboards carry variables by name, and several runs would fit nowhere else.

        A run is cut out by the signal ``run``, which is always there: while nothing runs it has
        no labels and fits every run.
        """
        labels = [f'{name}="{value}"' for name, value in sorted(panel.only.items())]
        if "host" in signal.by:
            labels.append('host=~"$host"')
        if self.compare:
            return f"{signal.recorded}{{{','.join([*labels, REPLAYED])}}}"
        cut = f'{PREFIX}run{{run_id=~"$run",variant=~"$variant",{SOURCE}}}'
        return f"{signal.recorded}{{{','.join([*labels, SOURCE])}}} and on () {cut}"


SOURCE = 'replay="$replay"'
REPLAYED = 'replay=~"$runs",replay!=""'
ADAPTER = TypeAdapter(Dashboard)


@cache
def load_dashboards() -> tuple[Dashboard, ...]:
    """All dashboards in the order of their files.

    Raises:
        BenchrigError: every mistake of a file at once.
    """
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yml")))


def _read(path: Path) -> Dashboard:
    try:
        dashboard = ADAPTER.validate_python(read_mapping(path))
    except ValidationError as error:
        raise_mistakes([mistake(e) for e in error.errors()], path.name)
        raise
    raise_mistakes(_mistakes(dashboard), path.name)
    return dashboard


def _mistakes(dashboard: Dashboard) -> list[str]:
    found = []
    if len(dashboard.panels) > PANELS_MAX:
        found.append(f"{len(dashboard.panels)} panels; more than {PANELS_MAX} nobody reads")
    for number, panel in enumerate(dashboard.panels, 1):
        try:
            units = {signal.unit for signal in panel.catalogued}
        except BenchrigError as error:
            found.append(f"panel {number}: {error}")
            continue
        if len(units) > 1:
            found.append(f"panel {number}: its signals have the units {', '.join(sorted(units))}")
    return found


def _described(signal: Signal, several: bool) -> str:
    text = f"{signal.meaning}. Bad: {signal.bad}."
    text = text[0].upper() + text[1:] if not several else f"{signal.title}: {text}"
    return f"{text} Known only in: {signal.when}." if signal.when else text


@dataclass(frozen=True)
class Placed:
    """A panel and its place on the grid."""

    panel: Panel
    x: int
    y: int


def place(panels: tuple[Panel, ...]) -> list[Placed]:
    """Fill rows from the left; a row is as high as its highest panel."""
    placed: list[Placed] = []
    x = y = height = 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y, height = 0, y + height, 0
        placed.append(Placed(panel, x, y))
        x, height = x + panel.width, max(height, panel.rows)
    return placed
