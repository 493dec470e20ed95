"""The trials of each cell taken together, and the sweeps that cells are points of."""

import itertools
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from benchrig.drivers.histogram import Histogram, merge
from benchrig.store.summary import TrialSummary, usable


@dataclass(frozen=True)
class Cell:
    """All trials of one variant, workload and level; those that do not count are never averaged in.

    Attributes:
        latency: of all trials that count, merged exactly; ``None`` where a driver keeps none.
    """

    name: str
    trials: tuple[TrialSummary, ...]
    latency: Histogram | None = None

    @property
    def counting(self) -> list[TrialSummary]:
        """Trials whose figures count."""
        return usable(self.trials)

    @property
    def first(self) -> TrialSummary:
        """Any trial: the settings are the same in all."""
        return self.trials[0]

    @property
    def counted(self) -> str:
        """What its rate counts."""
        return "messages" if self.first.driver == "websocket" else "requests"

    def values(self, of: str) -> list[float]:
        """One figure of every trial that counts, where it has it."""
        found = [FIGURES[of](trial) for trial in self.counting]
        return [value for value in found if value is not None]

    def median(self, of: str) -> float | None:
        """The median of one figure over the trials that count."""
        values = self.values(of)
        return statistics.median(values) if values else None

    def quantile_seconds(self, quantile: float) -> float | None:
        """Of the merged histogram; a driver's own only where the cell has one trial."""
        if self.latency and self.latency.slots:
            carried = self.latency.carries(quantile)
            return self.latency.quantile_seconds(quantile) if carried else None
        if len(self.counting) != 1:
            return None
        client = self.counting[0].client
        told = client.quantiles_seconds if client else {}
        return told.get(f"{quantile:g}")


@dataclass(frozen=True)
class Sweep:
    """Cells that differ in one number only, in its order."""

    variant: str
    title: str
    parameter: str
    points: tuple[tuple[float, Cell], ...]


FIGURES: dict[str, Callable[[TrialSummary], float | None]] = {
    "requests_per_second": lambda t: t.requests_per_second,
    "errors": lambda t: float(sum(t.client.errors.values())) if t.client else None,
    "chain": lambda t: t.chain_requests_per_cpu_second,
    "app_cpu": lambda t: t.app_cpu_seconds_per_request,
    "app_cores": lambda t: t.tiers["app"].cpu_cores if "app" in t.tiers else None,
    "app_memory": lambda t: float(t.tiers["app"].memory_bytes) if "app" in t.tiers else None,
}


def cells_of(
    trials: Iterable[TrialSummary], latencies: Mapping[int, Histogram | None]
) -> list[Cell]:
    """Cells in the order of their first trial; ``latencies`` are by trial number."""
    by_name: dict[str, list[TrialSummary]] = {}
    for trial in trials:
        by_name.setdefault(trial.cell, []).append(trial)
    return [Cell(name, tuple(found), _merged(found, latencies)) for name, found in by_name.items()]


def in_order(cells: Iterable[Cell]) -> list[Cell]:
    """Cells for a reader: workloads together, the fastest variant first, levels as they rise."""
    kept = list(cells)
    best: dict[tuple[str, ...], float] = {}
    for cell in kept:
        key = _variant_key(cell)
        best[key] = max(best.get(key, 0.0), cell.median("requests_per_second") or 0.0)

    def place(cell: Cell) -> tuple[str, float, tuple[str, ...], list[tuple[str, float]]]:
        key = _variant_key(cell)
        return cell.first.workload, -best[key], key, sorted(_numbers(cell.first).items())

    return sorted(kept, key=place)


def _merged(
    trials: list[TrialSummary], latencies: Mapping[int, Histogram | None]
) -> Histogram | None:
    found = [latencies.get(trial.trial) for trial in usable(trials)]
    return merge(h for h in found if h) if found and all(found) else None


def counted_in(cells: Iterable[Cell]) -> str:
    """What the rates of several cells count."""
    return " or ".join(dict.fromkeys(cell.counted for cell in cells)) or "requests"


def sweeps_of(cells: Iterable[Cell]) -> list[Sweep]:
    """Every set of three or more cells of one variant and workload that one number tells apart."""
    found: list[Sweep] = []
    groups = itertools.groupby(sorted(cells, key=_variant_key), key=_variant_key)
    for (variant, workload, *_), group in groups:
        members = list(group)
        numbers = {cell.name: _numbers(cell.first) for cell in members}
        for name in sorted({key for told in numbers.values() for key in told}):
            found += _along(variant, workload, name, members, numbers)
    return found


def _along(
    variant: str,
    workload: str,
    name: str,
    cells: list[Cell],
    numbers: Mapping[str, Mapping[str, float]],
) -> list[Sweep]:
    """Sweeps along one number: one for each setting of all the others."""
    groups: dict[tuple[tuple[str, float], ...], list[tuple[float, Cell]]] = {}
    for cell in cells:
        others = tuple(sorted((k, v) for k, v in numbers[cell.name].items() if k != name))
        groups.setdefault(others, []).append((numbers[cell.name].get(name, 0.0), cell))
    return [
        Sweep(variant, workload, name, tuple(sorted(points, key=lambda point: point[0])))
        for points in groups.values()
        if len({value for value, _ in points}) >= 3
    ]


def _variant_key(cell: Cell) -> tuple[str, ...]:
    trial = cell.first
    return trial.variant, trial.workload, trial.via, trial.driver, trial.origin


def _numbers(trial: TrialSummary) -> dict[str, float]:
    named = {"connections": float(trial.connections), "workers": float(trial.workers)}
    return named | {"rate per second": trial.rate_per_second} | trial.parameters
