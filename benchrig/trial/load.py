"""The load of a trial: one session per load generator host, phases started together."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from benchrig.drivers import DRIVERS
from benchrig.drivers.base import LoadRequest
from benchrig.remote.rig import HOST_PROGRAM, Rig
from benchrig.remote.session import Session
from benchrig.tiers import LOAD_UNIT

LEAD_SECONDS = 0.15  # from the decision to the start: time for every host to be told
OVERTIME_SECONDS = 30.0  # a driver that runs this much longer than asked is stopped


class LoadSessions:
    """Open with ``with``: every load generator ready to run drivers in a unit of its own."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._sessions: dict[str, Session] = {}

    def __enter__(self) -> Self:
        for host in self._rig.inventory.group("load_generators"):
            argv = ["systemd-run", "--quiet", "--collect", "--pipe", f"--unit={LOAD_UNIT}"]
            argv += ["--property=LimitNOFILE=infinity", "--property=DynamicUser=yes"]
            argv += ["--property=KillMode=control-group", HOST_PROGRAM, "load"]
            self._sessions[host.name] = Session(self._rig.remote(host), argv)
        for session in self._sessions.values():
            session.ask({"ask": "clock"})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            session.close()

    def start_time(self) -> float:
        """A moment of our clock at which every load generator can begin."""
        return time.time() + LEAD_SECONDS

    def run(self, driver: str, request: LoadRequest, begin: float) -> dict[str, dict[str, Any]]:
        """Run one phase on all load generators from ``begin`` (our clock) to its end.

        The connections are shared out over the hosts. Returns what each host's driver printed.
        """
        shares = split(request, list(self._sessions))
        with ThreadPoolExecutor(len(shares)) as pool:
            pending = {
                name: pool.submit(self._run_one, name, driver, share, begin)
                for name, share in shares.items()
            }
            return {name: future.result() for name, future in pending.items()}

    def _run_one(
        self, name: str, driver: str, request: LoadRequest, begin: float
    ) -> dict[str, Any]:
        session = self._sessions[name]
        most = request.duration_seconds + OVERTIME_SECONDS
        message = {
            "ask": "phase",
            "argv": DRIVERS[driver].argv(request),
            "at": begin + self._rig.clock_offsets[name],
            "max_seconds": most,
        }
        session.send(message)
        # The session wants to hear from us, so that it knows we are there.
        while True:
            try:
                return session.receive(2.0)
            except TimeoutError:
                session.send({"ask": "alive"})


def split(request: LoadRequest, hosts: list[str]) -> dict[str, LoadRequest]:
    """Each host's share of the connections, differing by one at most."""
    each, more = divmod(request.connections, len(hosts))
    return {
        host: replace(request, connections=each + (index < more), threads=request.threads)
        for index, host in enumerate(hosts)
    }
