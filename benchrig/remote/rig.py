"""All hosts of the rig at once: connections, one session each, and the rig's lock."""

import getpass
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from benchrig.errors import BenchrigError
from benchrig.inventory import Host, Inventory
from benchrig.remote.connection import Remote
from benchrig.remote.programs import require_same_programs
from benchrig.remote.session import Session

T = TypeVar("T")
HOST_PROGRAM = "/opt/benchrig/lib/benchrig/host/benchrig-host"
LEAD_SECONDS = 0.05


class Rig:
    """Open with ``with``: every host connected and answering, the rig locked for this operator."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.remotes = {name: Remote(host) for name, host in inventory.hosts.items()}
        self.sessions: dict[str, Session] = {}
        self.clock_offsets: dict[str, float] = {}
        self._round_trip_seconds = 0.0  # to the host that is furthest away

    def __enter__(self) -> Self:
        try:
            self.everywhere(lambda remote: remote.open())
            self.sessions = self.everywhere(lambda r: Session(r, [HOST_PROGRAM, "session"]))
            self._lock()
            self.everywhere(require_same_programs)
            self._compare_clocks()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def everywhere(self, work: Callable[[Remote], T]) -> dict[str, T]:
        """Do the same on every host at once; the first error is raised."""
        with ThreadPoolExecutor(len(self.remotes)) as pool:
            pending = {name: pool.submit(work, r) for name, r in self.remotes.items()}
            return {name: future.result() for name, future in pending.items()}

    def ask_all(self, work: Callable[[Session], T]) -> dict[str, T]:
        """Ask every host's session at once; the first error is raised."""
        with ThreadPoolExecutor(len(self.sessions)) as pool:
            pending = {name: pool.submit(work, s) for name, s in self.sessions.items()}
            return {name: future.result() for name, future in pending.items()}

    def require_sessions(self) -> None:
        """Refuse to go on without a host, every later trial would fail; compare all clocks anew.

        Raises:
            BenchrigError: the connection to a host has ended, or it does not answer.
        """
        try:
            self._compare_clocks()
        except BenchrigError as error:
            raise BenchrigError(
                f"{error.what}; trials before this one are stored",
                where=error.where,
                way_out="`fab suite --resume RUN` goes on with a suite where it stopped",
            ) from error

    @property
    def lead_seconds(self) -> float:
        """From saying a moment to that moment, so that every host is told before it comes."""
        return LEAD_SECONDS + 2 * self._round_trip_seconds

    def remote(self, host: Host) -> Remote:
        """The connection to one host."""
        return self.remotes[host.name]

    def ask(self, host: Host, message: dict[str, Any]) -> dict[str, Any]:
        """Ask one host's session."""
        return self.sessions[host.name].ask(message)

    def close(self) -> None:
        """End the sessions, which frees the lock, and the connections."""
        for session in self.sessions.values():
            session.close()
        for remote in self.remotes.values():
            remote.close()

    def _compare_clocks(self) -> None:
        measured = self.ask_all(lambda session: session.clock_offset())
        self.clock_offsets = {name: offset for name, (offset, _) in measured.items()}
        self._round_trip_seconds = max(2 * half for _, half in measured.values())

    def _lock(self) -> None:
        host = self.inventory.group("load_generators")[0]
        me = f"{getpass.getuser()}@{socket.gethostname()}"
        answer = self.ask(host, {"ask": "lock", "who": me})
        if answer["holder"]:
            raise BenchrigError(
                f"the rig is in use by {answer['holder']}",
                where=self.inventory.path,
                way_out="wait for that run to end: two at once would spoil both",
            )
