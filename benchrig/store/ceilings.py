"""Ceilings of the drivers, kept beside the runs: one file for each set of load generators.

``results/calibration/drivers-FINGERPRINT.json``; the fingerprint is of the hosts' names, CPU models
and CPUs. Drivers' versions stand with each figure, so that another build is never judged by it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from benchrig.drivers.base import Tool
from benchrig.drivers.ceiling import Ceiling, nearest
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.store.atomic import write_whole
from benchrig.trial.generators import Generator
from benchrig.trial.plan import TrialPlan

SCHEMA = 1


@dataclass(frozen=True)
class RigHost:
    """A host that a ceiling depends on."""

    name: str
    role: str
    cpu_model: str
    cpus: int


@dataclass(frozen=True)
class Calibration:
    """What was measured on one set of hosts."""

    schema: int
    hosts: tuple[RigHost, ...]
    ceilings: tuple[Ceiling, ...]


CALIBRATION = TypeAdapter(Calibration)
HOSTS = TypeAdapter(tuple[RigHost, ...])


def rig_hosts(inventory: Inventory, generators: Mapping[str, Generator]) -> tuple[RigHost, ...]:
    """The fingerprint in words: the load generators, and the proxy by its name."""
    loads = [RigHost(n, "load generator", g.cpu_model, g.cpus) for n, g in generators.items()]
    return (*loads, RigHost(inventory.one("nginx").name, "proxy", "", 0))


def version_of(tools: Iterable[Tool]) -> str:
    """Version and build of a driver on all hosts; several where they differ."""
    told = {f"{tool.version} {tool.build}".strip() for tool in tools}
    return ", ".join(sorted(told))


def driver_version(driver: str, generators: Mapping[str, Generator]) -> str:
    """A driver's version and build on these load generators."""
    return version_of(generator.tools[driver] for generator in generators.values())


def add_ceilings(results: Path, hosts: tuple[RigHost, ...], new: Iterable[Ceiling]) -> Path:
    """Store ceilings; each takes the place of an older one of the same cell.

    Raises:
        BenchrigError: the file that is there can not be read.
    """
    kept = {c.cell: c for c in read_ceilings(results, hosts)} | {c.cell: c for c in new}
    path = _path(results, hosts)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = Calibration(SCHEMA, hosts, tuple(kept[cell] for cell in sorted(kept)))
    write_whole(path, CALIBRATION.dump_json(whole, indent=1))
    return path


def read_ceilings(results: Path, hosts: tuple[RigHost, ...]) -> tuple[Ceiling, ...]:
    """Everything that was measured on these hosts; nothing when there was no calibration.

    Raises:
        BenchrigError: the file can not be read, or is of a newer schema.
    """
    path = _path(results, hosts)
    if not path.exists():
        return ()
    try:
        found: Calibration = CALIBRATION.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        way_out = "remove it and calibrate again"
        raise BenchrigError("can not be read", where=str(path), way_out=way_out) from error
    if found.schema > SCHEMA:
        what = f"its schema is {found.schema}, this benchrig knows up to {SCHEMA}"
        raise BenchrigError(what, where=str(path), way_out="update benchrig")
    return found.ceilings


def ceiling_of(
    results: Path, inventory: Inventory, generators: Mapping[str, Generator], plan: TrialPlan
) -> Ceiling | None:
    """The ceiling that a trial is judged against; ``None`` when none fits it.

    A pipelined batch costs the generator less per request, so no ceiling fits it.
    """
    if plan.workload.pipeline > 1:
        return None
    version = driver_version(plan.driver, generators)
    fitting = [
        ceiling
        for ceiling in read_ceilings(results, rig_hosts(inventory, generators))
        if (ceiling.driver, ceiling.version, ceiling.route) == (plan.driver, version, plan.via)
    ]
    return nearest(fitting, plan.level.connections)


def _path(results: Path, hosts: tuple[RigHost, ...]) -> Path:
    digest = hashlib.sha256(HOSTS.dump_json(hosts)).hexdigest()[:12]
    return results / "calibration" / f"drivers-{digest}.json"
