"""From a suite's cases and sweeps to cells: one variant, workload and level each. Pure."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchrig.contract.spec import plain
from benchrig.drivers.catalogue import find_driver
from benchrig.errors import BenchrigError, nearest
from benchrig.inventory import Inventory
from benchrig.spec.catalogue import Catalogue
from benchrig.spec.locks import read_lock
from benchrig.spec.suite import Case, Part, Suite
from benchrig.spec.variant import Variant
from benchrig.spec.workload import Workload, find_workload
from benchrig.spec.yaml_file import raise_mistakes
from benchrig.trial.generators import threads_for
from benchrig.trial.load import refuse_what_the_driver_can_not
from benchrig.trial.plan import (
    Level,
    Route,
    TrialPlan,
    base_url,
    measured_load,
    plan_trial,
)
from benchrig.verdict.causes import all_causes

CONNECTIONS, RATE = "connections", "rate"


@dataclass(frozen=True)
class Draft:
    """A cell before the hosts are known: only the driver's threads are still open.

    Attributes:
        case: its name in the suite; cells of one case differ in their level.
        axes: name of each axis to the value here, swept or not.
        swept: names of the axes that have more than one value in its part.
    """

    part: str
    case: str
    axes: dict[str, float]
    swept: tuple[str, ...]
    variant: Variant
    workload: Workload
    driver: str
    via: Route
    level: Level
    blocks: int = 1


@dataclass(frozen=True)
class Cell:
    """What is measured once in each block.

    Attributes:
        blocks: it is measured in this many blocks, from the first on.
    """

    part: str
    case: str
    axes: dict[str, float]
    swept: tuple[str, ...]
    plan: TrialPlan
    blocks: int = 1

    @property
    def title(self) -> str:
        """Case and level in a few words."""
        told = [f"{name} {plain(self.axes[name])}" for name in self.swept]
        return ", ".join([*([self.part] if self.part else []), self.case, *told])


def drafts(catalogue: Catalogue, suite: Suite, where: str = "") -> list[Draft]:
    """All cells of a suite; ``where`` it was told, when not in a file of its name.

    Raises:
        BenchrigError: every name and value that does not fit the catalogue, at once.
    """
    found, mistakes = fitted(catalogue, suite.parts)
    causes = [cause.name for cause in all_causes()]
    mistakes += [
        f"expect {number}: '{each.cause}' is no cause; {nearest(each.cause, causes)}"
        for number, each in enumerate(suite.expect, 1)
        if each.cause and each.cause not in causes
    ]
    raise_mistakes(mistakes, where or f"{suite.name}.yml")
    return found


def fitted(catalogue: Catalogue, parts: Sequence[Part]) -> tuple[list[Draft], list[str]]:
    """The cells of some parts, and whatever does not fit the catalogue or a driver."""
    found: list[Draft] = []
    mistakes: list[str] = []
    for part in parts:
        for label, case in part.cases.items():
            where = f"{part.name + ': ' if part.name else ''}{label}"
            unknown = list(_unknown_names(catalogue, part, case))
            mistakes += [f"{where}: {each}" for each in unknown]
            if unknown:
                continue
            try:
                for draft in _case_drafts(catalogue, part, label, case):
                    _refuse_what_no_hosts_change(draft)
                    found.append(draft)
            except BenchrigError as error:
                mistakes.append(f"{where}: {error}")
    return found, list(dict.fromkeys(mistakes))


def _unknown_names(catalogue: Catalogue, part: Part, case: Case) -> Iterator[BenchrigError]:
    """Of a case's variant, workload and driver all that there are not, and not only the first."""
    looked: tuple[Callable[[], object], ...] = (
        lambda: catalogue.variant(case.variant),
        lambda: find_workload(catalogue.workloads, case.workload or part.workload),
        lambda: find_driver(case.driver or part.driver),
    )
    for look in looked:
        try:
            look()
        except BenchrigError as error:
            yield error


def _refuse_what_no_hosts_change(draft: Draft) -> None:
    said = find_driver(draft.driver).refusals(measured_load("", draft.workload, draft.level))
    if said:
        place = ", ".join(f"{name} {plain(value)}" for name, value in draft.axes.items())
        raise BenchrigError(
            "; ".join(said),
            where=f"driver '{draft.driver}' at {place}",
            way_out="`fab drivers` tells what each can",
        )


def _case_drafts(catalogue: Catalogue, part: Part, label: str, case: Case) -> Iterator[Draft]:
    variant = catalogue.variant(case.variant)
    variant = replace(variant, via=case.via or variant.via)  # by which settings are judged too
    variant = catalogue.override(variant, case.settings)
    workload = catalogue.workload(variant, case.workload or part.workload)
    driver = find_driver(case.driver or part.driver).name
    axes = _axes(part, workload)
    swept = tuple(name for name, values in axes.items() if len(values) > 1)
    for values in itertools.product(*axes.values()):
        at = dict(zip(axes, values, strict=True))
        level = _level(part, at)
        yield Draft(
            part.name, label, at, swept, variant, workload, driver, variant.via, level, part.blocks
        )


def _axes(part: Part, workload: Workload) -> dict[str, tuple[float, ...]]:
    connections = part.connections or (workload.connections,)
    axes: dict[str, tuple[float, ...]] = {CONNECTIONS: tuple(float(c) for c in connections)}
    if part.rates:
        axes[RATE] = part.rates
    for name, values in part.set.items():
        axes[name] = tuple(workload.value(name, plain(value)) for value in values)
    return axes


def _level(part: Part, at: dict[str, float]) -> Level:
    parameters = {name: value for name, value in at.items() if name in part.set}
    return Level(
        connections=int(at[CONNECTIONS]),
        threads=1,
        duration_seconds=part.duration,
        warmup_seconds=part.warmup,
        primer_seconds=part.primer,
        requests=part.requests,
        rate_per_second=at.get(RATE, 0.0),
        rate_to_per_second=part.rate_to,
        spawn_rate_per_second=part.spawn_rate,
        parameters=parameters,
    )


def planned(
    catalogue: Catalogue, hosts: Inventory, apps: Path, found: list[Draft], load_cpus: int
) -> tuple[Cell, ...]:
    """The cells on these hosts.

    Raises:
        BenchrigError: every cell that the hosts or its driver can not do, at once.
    """
    cells, mistakes = [], []
    for draft in found:
        try:
            cells.append(planned_cell(catalogue, hosts, apps, draft, load_cpus))
        except BenchrigError as error:
            mistakes.append(f"{draft.case}: {error}")
    raise_mistakes(list(dict.fromkeys(mistakes)), "this rig")
    return tuple(cells)


def planned_cell(
    catalogue: Catalogue, hosts: Inventory, apps: Path, draft: Draft, load_cpus: int
) -> Cell:
    """One cell on these hosts.

    Raises:
        BenchrigError: the route leads nowhere, or the driver can not do it.
    """
    base_url(hosts, draft.variant, draft.via)
    generators = len(hosts.group("load_generators"))
    threads = threads_for(draft.driver, draft.level.connections, generators, load_cpus)
    plan = plan_trial(
        catalogue,
        hosts,
        draft.variant,
        draft.workload,
        replace(draft.level, threads=threads),
        via=draft.via,
        driver=draft.driver,
        lock=read_lock(apps, draft.variant.app),
    )
    refuse_what_the_driver_can_not(hosts, draft.driver, plan.measured_load())
    return Cell(draft.part, draft.case, draft.axes, draft.swept, plan, draft.blocks)
