"""Charts over cells: latency distributions and sweeps."""

import itertools
from collections.abc import Iterable, Sequence
from typing import TypeVar

from benchrig.report.cells import Cell, Sweep
from benchrig.report.charts import Axis, Chart, Line

QUANTILES = (
    0.0,
    0.25,
    0.5,
    0.75,
    0.9,
    0.95,
    0.98,
    0.99,
    0.995,
    0.998,
    0.999,
    0.9995,
    0.9999,
    0.99999,
)
LINES_MAX = 8
T = TypeVar("T")


def latency_charts(cells: Sequence[Cell]) -> tuple[Chart, ...]:
    """Latency against how rare it is: one request in 1, 10, 100, ... takes longer."""
    kept = [cell for cell in cells if cell.latency and cell.latency.slots]
    x = Axis("one request in so many takes longer", log=True)
    places = tuple(1 / (1 - quantile) for quantile in QUANTILES)
    charts = []
    for part in _batches(kept, LINES_MAX):
        lines = tuple(Line(cell.name, _distribution(cell)) for cell in part)
        charts.append(Chart("Latency distribution", x, places, Axis("ms", log=True), lines))
    return tuple(charts)


def _distribution(cell: Cell) -> tuple[float | None, ...]:
    found = [cell.quantile_seconds(quantile) for quantile in QUANTILES]
    return tuple(None if seconds is None else max(seconds, 1e-6) * 1000 for seconds in found)


def sweep_charts(sweeps: Sequence[Sweep]) -> tuple[Chart, ...]:
    """Requests/s, and latency, against the swept number; variants of one sweep together."""

    def alike(sweep: Sweep) -> tuple[str, str]:
        return sweep.title, sweep.parameter

    charts: list[Chart] = []
    for (title, parameter), group in itertools.groupby(sorted(sweeps, key=alike), key=alike):
        for part in _batches(list(group), LINES_MAX):
            charts += _sweep_pair(title, parameter, part)
    return tuple(charts)


def _sweep_pair(title: str, parameter: str, sweeps: Sequence[Sweep]) -> list[Chart]:
    xs = tuple(sorted({value for sweep in sweeps for value, _ in sweep.points}))
    rates = tuple(
        Line(
            sweep.variant,
            _along(sweep, xs, [c.median("requests_per_second") for _, c in sweep.points]),
        )
        for sweep in sweeps
    )
    wanted = (0.5, 0.99) if len(sweeps) <= LINES_MAX // 2 else (0.99,)
    latencies = tuple(
        Line(
            f"{sweep.variant} p{quantile * 100:g}",
            _along(sweep, xs, [_milliseconds(c, quantile) for _, c in sweep.points]),
        )
        for sweep in sweeps
        for quantile in wanted
    )
    x = Axis(parameter)
    return [
        Chart(f"{title}: throughput", x, xs, Axis("requests/s"), rates),
        Chart(f"{title}: latency", x, xs, Axis("ms"), latencies),
    ]


def _milliseconds(cell: Cell, quantile: float) -> float | None:
    seconds = cell.quantile_seconds(quantile)
    return None if seconds is None else seconds * 1000


def _along(
    sweep: Sweep, xs: Iterable[float], values: Iterable[float | None]
) -> tuple[float | None, ...]:
    known = {value: found for (value, _), found in zip(sweep.points, values, strict=True)}
    return tuple(known.get(x) for x in xs)


def _batches(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (items[i : i + size] for i in range(0, len(items), size))
