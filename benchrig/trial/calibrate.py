"""The load generators against an nginx that answers from memory: how much they can at most."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchrig.drivers.base import LoadRequest, LoadResult, UnreadableOutput
from benchrig.drivers.catalogue import find_driver
from benchrig.drivers.ceiling import Ceiling
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.trial.generators import default_threads, refuse_what_the_hosts_can_not
from benchrig.trial.load import LoadSessions, refuse_what_the_driver_can_not, split
from benchrig.trial.plan import Route
from benchrig.trial.raw import DriverRun

MEMORY_PORT = 8070  # nginx answers there from memory, and on the next one through itself
HEADERS = {"Accept": "text/plain", "Connection": "keep-alive"}
LABELS = {"variant": "nginx", "workload": "memory"}


@dataclass(frozen=True)
class Cell:
    """One thing to find the ceiling of."""

    driver: str
    route: Route
    connections: int


@dataclass(frozen=True)
class Loaded:
    """What one run came to; CPU time is the drivers', their start included."""

    requests: int
    seconds: float
    cpu_seconds: float


def cells(drivers: list[str], connections: list[int]) -> list[Cell]:
    """Every driver with every number of connections, direct and through the proxy."""
    routes: tuple[Route, ...] = ("direct", "nginx")
    return [Cell(d, route, c) for d in drivers for route in routes for c in connections]


def request_of(
    cell: Cell, inventory: Inventory, sessions: LoadSessions, seconds: float
) -> LoadRequest:
    """The load of one cell.

    Raises:
        BenchrigError: the driver or the hosts can not carry it.
    """
    port = MEMORY_PORT + (cell.route == "nginx")
    request = LoadRequest(
        url=f"http://{inventory.one('nginx').address}:{port}/",
        connections=cell.connections,
        threads=default_threads(cell.driver, cell.connections, sessions.generators),
        duration_seconds=seconds,
        headers=HEADERS,
    )
    refuse_what_the_driver_can_not(inventory, cell.driver, request)
    shares = split(request, list(sessions.generators))
    refuse_what_the_hosts_can_not(sessions.generators, shares)
    return request


def load_once(sessions: LoadSessions, cell: Cell, request: LoadRequest) -> Loaded:
    """Load nginx once on all load generators together.

    Raises:
        BenchrigError: a driver failed, printed what can not be read, or met an error.
    """
    runs: list[DriverRun] = []
    sessions.run("calibrate", cell.driver, request, sessions.start_time(), LABELS, runs)
    results = list(_results(runs))
    return Loaded(
        requests=sum(result.requests for result in results),
        seconds=max(result.duration_seconds for result in results),
        cpu_seconds=sum(run.cpu_seconds for run in runs),
    )


def measure(sessions: LoadSessions, cell: Cell, request: LoadRequest, version: str) -> Ceiling:
    """The ceiling of one cell, by one run.

    Raises:
        BenchrigError: as `load_once`.
    """
    loaded = load_once(sessions, cell, request)
    return Ceiling(
        driver=cell.driver,
        version=version,
        route=cell.route,
        connections=cell.connections,
        requests_per_second=loaded.requests / loaded.seconds,
        cpu_seconds_per_request=loaded.cpu_seconds / loaded.requests,
        measured_unix=time.time(),
    )


def _results(runs: list[DriverRun]) -> Iterator[LoadResult]:
    for run in runs:
        where = f"{run.driver} on {run.host}"
        if run.exit or run.stopped:
            raise BenchrigError(run.stopped or f"exit code {run.exit}: {run.stderr}", where=where)
        try:
            result = find_driver(run.driver).parse(run.output)
        except UnreadableOutput as error:
            raise BenchrigError(f"printed: {error}", where=where) from error
        if not result.requests or result.errors.total:
            what = f"{result.requests} answers and {result.errors.total} errors from nginx's memory"
            way_out = "`ansible-playbook site.yml --tags nginx` sets nginx up"
            raise BenchrigError(what, where=where, way_out=way_out)
        yield result
