"""``fab calibrate.driver``: how much the load generators can at most, kept for later trials."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

from benchrig.commands import context
from benchrig.commands.bench_options import CONNECTIONS_MAX
from benchrig.drivers.catalogue import all_drivers, find_driver
from benchrig.drivers.ceiling import Ceiling
from benchrig.errors import BenchrigError
from benchrig.progress import Reporter
from benchrig.remote.rig import Rig
from benchrig.report.terminal import simple_table
from benchrig.store.ceilings import add_ceilings, driver_version, rig_hosts
from benchrig.trial.calibrate import Cell, cells, measure, request_of
from benchrig.trial.load import LoadSessions
from benchrig.units import format_count, parse_count, parse_seconds

REPEATS_MAX = 100


@dataclass(frozen=True)
class CalibrateOptions:
    """The task's options as typed."""

    drivers: tuple[str, ...]
    connections: tuple[str, ...]
    duration: str
    repeats: str


def driver(options: CalibrateOptions) -> None:
    """Find, store and show the ceiling of drivers, direct and through the proxy.

    Of each cell's repeats the highest counts: whatever else runs on the hosts only takes from it.
    """
    console = context.make_console()
    drivers = chosen_drivers(options.drivers)
    connections = [parse_count(c, "--connections", CONNECTIONS_MAX) for c in options.connections]
    seconds = parse_seconds(options.duration, "--duration")
    repeats = parse_count(options.repeats, "--repeats", REPEATS_MAX)
    planned, hosts, reporter = cells(drivers, connections), context.inventory(), Reporter(console)
    found: list[Ceiling] = []
    reporter.note(f"about {len(planned) * repeats * (seconds + 0.5):.0f} s")
    with Rig(hosts) as rig, LoadSessions(rig) as sessions:
        fingerprint = rig_hosts(hosts, sessions.generators)
        requests = {cell: request_of(cell, hosts, sessions, seconds) for cell in planned}
        for cell, request in requests.items():
            version = driver_version(cell.driver, sessions.generators)
            with reporter.phase(title(cell), repeats * seconds):
                best = max(
                    (measure(sessions, cell, request, version) for _ in range(repeats)),
                    key=lambda ceiling: ceiling.requests_per_second,
                )
            path = add_ceilings(context.results_directory(), fingerprint, [best])
            found.append(best)
    console.print(ceilings_table(found))
    console.print(f"stored in {path}", highlight=False, soft_wrap=True)


def chosen_drivers(names: Iterable[str]) -> list[str]:
    """The drivers asked for, or all that speak HTTP.

    Raises:
        BenchrigError: an unknown name, or one that nginx can not answer.
    """
    http = [name for name, d in all_drivers().items() if d.abilities.protocols != ("WebSocket",)]
    found = [find_driver(name).name for name in names] or http
    for name in found:
        if name not in http:
            raise BenchrigError(
                f"nginx does not answer '{name}' from memory",
                where="--driver",
                way_out=f"use {', '.join(http)}",
            )
    return found


def title(cell: Cell) -> str:
    """What is measured, for the line of progress."""
    return f"{cell.driver}, {cell.connections} connections, {cell.route}"


def ceilings_table(ceilings: Iterable[Ceiling]) -> Table:
    """Ceilings as a table: the rate, what a request costs, and what one core could at most."""
    headers = ["driver", "route", ">connections", ">requests/s", ">CPU s per million"]
    headers += [">requests/s of one core"]
    rows = [
        [
            c.driver,
            c.route,
            str(c.connections),
            format_count(c.requests_per_second),
            f"{c.cpu_seconds_per_request * 1e6:.1f}",
            format_count(1 / c.cpu_seconds_per_request),
        ]
        for c in ceilings
    ]
    return simple_table(headers, rows)
