"""The load of a trial: one session per load generator host, phases started together."""

import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter

from benchrig.contract.session import FAILED
from benchrig.drivers.base import LoadRequest, Tool
from benchrig.drivers.catalogue import all_drivers, find_driver
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.remote.rig import Rig
from benchrig.remote.session import Session
from benchrig.remote.transient import transient
from benchrig.tiers import LOAD_UNIT
from benchrig.trial.generators import Generator, shared_out
from benchrig.trial.raw import DriverRun

LOAD_PROGRAM = "/opt/benchrig/lib/benchrig/load/benchrig-load"
LOAD_METRICS_PORT = 9101
# Before a phase that is watched: the app closes the connections of the phase before, and then
# counters are read.
SETTLE_SECONDS = 0.2
OVERTIME_SECONDS = 30.0  # a driver that runs this much longer than asked is stopped
SILENT_SECONDS = 15.0  # a load generator that is this late after the longest run is taken for gone
STOPPING_SECONDS = 5.0  # a driver that is told to stop tells what it has by then
GENERATOR = TypeAdapter(Generator)


class LoadSessions:
    """Open with ``with``: on every load generator a unit of its own that runs drivers.

    They start while the caller goes on; who asks for `generators` waits for them.
    """

    def __init__(self, rig: Rig, drivers: Iterable[str] | None = None) -> None:
        """Of ``drivers``, or of all, the tools are looked at; each takes a tenth of a second."""
        self._rig = rig
        self._drivers = sorted(all_drivers() if drivers is None else drivers)
        self._sessions: dict[str, Session] = {}

    def __enter__(self) -> Self:
        for host in self._rig.inventory.group("load_generators"):
            argv = [LOAD_PROGRAM, f"--address={host.address}", f"--port={LOAD_METRICS_PORT}"]
            argv = transient(LOAD_UNIT, argv, "LimitNOFILE=infinity")
            self._sessions[host.name] = Session(self._rig.remote(host), argv)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            session.close()

    @cached_property
    def generators(self) -> dict[str, Generator]:
        """Host to what it can carry, and its tools.

        Raises:
            BenchrigError: a load generator is gone, or does not answer.
        """
        found = {}
        for name, session in self._sessions.items():
            tools = session.ask({"ask": "tools", "drivers": self._drivers})
            told = session.ask({"ask": "host"}) | {"tools": tools}
            found[name] = GENERATOR.validate_python(told)
        return found

    @property
    def tools(self) -> dict[str, dict[str, Tool]]:
        """Host to driver to its tool there."""
        return {name: generator.tools for name, generator in self.generators.items()}

    def start_time(self, *, watched: bool = True) -> float:
        """A moment of our clock at which every load generator can begin."""
        return time.time() + self._rig.lead_seconds + (SETTLE_SECONDS if watched else 0.0)

    def run(
        self,
        phase: str,
        driver: str,
        request: LoadRequest,
        begin: float,
        labels: dict[str, str],
        runs: list[DriverRun],
    ) -> None:
        """Run one phase on all load generators from ``begin`` (our clock) to its end.

        Connections and rate are shared out over the hosts. Each host's run is added to ``runs``,
        also when this is interrupted: the drivers are then stopped and what they have is kept.

        Raises:
            BenchrigError: a load generator is gone, or could not do it.
        """
        shares = split(request, list(self._sessions))
        with ThreadPoolExecutor(len(shares)) as pool:
            pending = [
                pool.submit(self._run_one, name, phase, driver, share, begin, labels)
                for name, share in shares.items()
            ]
            try:
                wait(pending)
            except BaseException:
                self._stop(dict(zip(shares, pending, strict=True)))
                raise
            finally:
                runs += [f.result() for f in pending if not f.exception()]
        for future in pending:
            future.result()

    def _stop(self, pending: dict[str, "Future[DriverRun]"]) -> None:
        """End every driver; a host that does not tell in time what it has is cut off."""
        for session in self._sessions.values():
            with suppress(BenchrigError):
                session.send({"ask": "stop"})
        wait(pending.values(), STOPPING_SECONDS)
        for name, future in pending.items():
            if not future.done():
                self._sessions[name].close()

    def _run_one(
        self,
        name: str,
        phase: str,
        driver: str,
        request: LoadRequest,
        begin: float,
        labels: dict[str, str],
    ) -> DriverRun:
        session = self._sessions[name]
        chosen = find_driver(driver)
        asked = replace(request, live=self.generators[name].tools[driver].live)
        argv = chosen.argv(asked)
        max_seconds = request.duration_seconds + OVERTIME_SECONDS
        session.send(
            {
                "ask": "phase",
                "phase": phase,
                "driver": driver,
                "argv": argv,
                "setup": chosen.setup(asked),
                "at": begin + self._rig.clock_offsets[name],
                "max_seconds": max_seconds,
                "labels": labels,
                "live": asked.live,
            }
        )
        try:
            event = session.receive(begin - time.time() + max_seconds + SILENT_SECONDS)
        except TimeoutError as error:
            raise BenchrigError(
                f"the driver's end is {SILENT_SECONDS:.0f} s overdue", where=f"host '{name}'"
            ) from error
        if FAILED in event:
            raise BenchrigError(f"{phase}: {event[FAILED]}", where=f"host '{name}'")
        return DriverRun(host=name, phase=phase, driver=driver, argv=tuple(argv), **event)


def survey(rig: Rig) -> dict[str, Generator]:
    """Every load generator, as a driver on it would find it."""
    with LoadSessions(rig) as sessions:
        return sessions.generators


def split(request: LoadRequest, hosts: list[str]) -> dict[str, LoadRequest]:
    """Each host's share of connections, rate and requests; whole numbers differ by one at most.

    A primer of few connections leaves out hosts that would have none.
    """
    hosts = hosts[: max(1, request.connections)]
    count = len(hosts)
    connections = shared_out(request.connections, count)
    requests = shared_out(request.requests, count)
    return {
        host: replace(
            request,
            connections=connections[index],
            requests=requests[index],
            rate_per_second=request.rate_per_second / count,
            rate_to_per_second=request.rate_to_per_second / count,
            spawn_rate_per_second=request.spawn_rate_per_second / count,
        )
        for index, host in enumerate(hosts)
    }


def refuse_what_the_driver_can_not(inventory: Inventory, driver: str, request: LoadRequest) -> None:
    """Check a request against the driver's abilities and the number of hosts.

    Raises:
        BenchrigError: everything that can not be done, at once.
    """
    hosts = [host.name for host in inventory.group("load_generators")]
    chosen = find_driver(driver)
    said = []
    if len(hosts) > 1 and not chosen.abilities.several_hosts:
        said.append(f"it measures from one load generator, and there are {len(hosts)}")
    if request.connections < len(hosts):
        said.append(f"{request.connections} connections are too few for {len(hosts)} hosts")
    if 0 < request.requests < len(hosts):
        said.append(f"{request.requests} requests are too few for {len(hosts)} hosts")
    for share in split(request, hosts).values():
        said += [text for text in chosen.refusals(share) if text not in said]
    if said:
        raise BenchrigError(
            "; ".join(said), where=f"driver '{driver}'", way_out="`fab drivers` tells what each can"
        )
