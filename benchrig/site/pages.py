"""The site's pages from its cells."""

import math
import time
from functools import cache

import jinja2

from benchrig.dashboards.assets import SCRIPTS
from benchrig.report import html
from benchrig.report.charts import Axis, Chart, Line, Mark
from benchrig.report.document import Table
from benchrig.site.cells import SiteCell
from benchrig.store.index import IndexedRun
from benchrig.store.summary import TrialSummary
from benchrig.units import format_count, format_seconds

NONE = "-"
HISTORY = ("run", "when", ">trials", ">requests/s")


def first_page(cells: list[SiteCell], runs: int, trials: int, parts: list[str]) -> str:
    """The table of all cells; ``parts`` are the scripts that hold it."""
    values = {"count": len(cells), "runs": runs, "trials": trials, "parts": parts}
    return _page("index.html.j2", root="", title="Results", **values)


def cell_page(cell: SiteCell) -> str:
    """One cell: its history and every run of it."""
    charts = (history_chart(cell),) if len(cell.series.points) > 1 else ()
    return _page(
        "cell.html.j2",
        root="../",
        title=cell.cell,
        cell=cell,
        charts=charts,
        scripts=SCRIPTS,
        table=_history_table(cell),
        changes=_changes(cell),
    )


def run_page(run: IndexedRun, table: Table, *, report: bool) -> str:
    """One run: its trials; ``report`` tells whether its report stands beside it."""
    when = _when(run.begin_unix)
    values = {"run": run, "when": when, "table": table, "report": report}
    return _page("run.html.j2", root="../../", title=run.run_id, **values)


def history_chart(cell: SiteCell) -> Chart:
    """The medians of all runs over the days since the first."""
    points = cell.series.points
    zero = points[0].begin_unix
    days = tuple((point.begin_unix - zero) / 86400 for point in points)
    marks = tuple(
        Mark(days[c.index], f"{math.expm1(c.log_ratio):+.1%}") for c in cell.series.changes
    )
    line = Line("median of a run", tuple(point.value for point in points))
    x = Axis(f"days since {_when(zero)}")
    return Chart("Throughput over time", x, days, Axis("requests/s"), (line,), marks=marks)


def _history_table(cell: SiteCell) -> Table:
    points = cell.series.points
    rows = [
        (p.run.run_id, _when(p.begin_unix), f"{p.counted} of {p.trials}", format_count(p.value))
        for p in reversed(points)
    ]
    return Table("Every run of this cell, the newest first", HISTORY, tuple(rows))


def _changes(cell: SiteCell) -> list[str]:
    return [
        f"{cell.series.points[c.index].run.run_id}: {math.expm1(c.log_ratio):+.1%} from there on"
        for c in cell.series.changes
    ]


def trial_table(cells: list[tuple[str, ...]]) -> Table:
    """The trials of a run."""
    headers = (">trial", "cell", ">requests/s", ">p99", ">app CPU/request", "grade")
    return Table("Trials", headers, tuple(cells))


def trial_row(summary: TrialSummary) -> tuple[str, ...]:
    """One trial of a run's table."""
    client = summary.client
    p99 = client.quantiles_seconds.get("0.99") if client else None
    cpu = summary.app_cpu_seconds_per_request
    return (
        str(summary.trial),
        summary.cell,
        format_count(client.requests_per_second) if client else NONE,
        format_seconds(p99) if p99 is not None else NONE,
        format_seconds(cpu) if cpu is not None else NONE,
        summary.grade,
    )


def _page(template: str, **values: object) -> str:
    return _environment().get_template(template).render(classes=html.classes, **values)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("benchrig.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _when(unix: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(unix))
