"""How throughput grows along a sweep: the scalability law fitted, what it foretells, how well."""

from collections.abc import Sequence

from benchrig.report.cells import Sweep
from benchrig.report.charts import Axis, Chart, Line
from benchrig.report.document import Section, Table
from benchrig.units import format_count

SWEPT = ("connections", "workers")
TITLE = "How it scales"
TEXT = (
    "The Universal Scalability Law fitted to the medians of the levels. Contention is the share of "
    "work that waits its turn; coherency is what it costs to keep each other up to date, and what "
    "makes throughput fall. Held-out error: how far off the law is at a level that it was not "
    "fitted to, the median over all levels.",
)
HEADERS = (
    "variant", "over", ">levels", ">contention", ">coherency", ">peak foretold at",
    ">requests/s there", ">held-out error",
)  # fmt: skip


def scaling_section(sweeps: Sequence[Sweep]) -> Section:
    """One row and one chart for each closed-loop sweep of connections or workers."""
    swept = [s for s in sweeps if s.parameter in SWEPT and not s.points[0][1].first.rate_per_second]
    if not swept:
        return Section("scaling", TITLE)
    from benchrig.stats.scalability import POINTS_LEAST  # noqa: PLC0415 - SciPy, for sweeps only

    rows, charts, short = [], [], []
    for sweep in swept:
        points = _points(sweep)
        if len(points) < POINTS_LEAST:
            told = f"{sweep.variant}, {sweep.title}: {len(points)} levels of {sweep.parameter}"
            short.append(f"{told}; a fit of three figures needs {POINTS_LEAST}.")
            continue
        row, chart = _fitted(sweep, points)
        rows.append(row)
        charts.append(chart)
    tables = (Table("", HEADERS, tuple(rows)),) if rows else ()
    return Section("scaling", TITLE, (*(TEXT if rows else ()), *short), tables, tuple(charts))


def _points(sweep: Sweep) -> list[tuple[float, float]]:
    found = [(load, cell.median("requests_per_second")) for load, cell in sweep.points]
    return [(load, rate) for load, rate in found if rate]


def _fitted(sweep: Sweep, points: Sequence[tuple[float, float]]) -> tuple[tuple[str, ...], Chart]:
    from benchrig.stats.scalability import fit  # noqa: PLC0415 - likewise

    loads, rates = zip(*points, strict=True)
    found = fit(loads, rates)
    peak, there = "none: it only grows", "-"
    if found.peak is not None:
        beyond = "" if found.peak <= max(loads) else ", beyond what was measured"
        peak, there = (
            f"{found.peak:.0f} {sweep.parameter}{beyond}",
            format_count(found.at(found.peak)),
        )
    row = (
        f"{sweep.variant}, {sweep.title}",
        sweep.parameter,
        str(len(points)),
        f"{found.contention:.3f}",
        f"{found.coherency:.2g}",
        peak,
        there,
        f"{found.held_out_error:.1%}",
    )
    lines = (Line("measured", rates), Line("law", tuple(found.at(load) for load in loads)))
    title = f"{sweep.variant}, {sweep.title}: measured and fitted"
    return row, Chart(title, Axis(sweep.parameter), loads, Axis("requests/s"), lines)
