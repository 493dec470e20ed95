"""Put a case's injections in at their moments, and take them out whatever happens."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

from benchrig.errors import BenchrigError
from benchrig.inventory import Host
from benchrig.remote.rig import HOST_PROGRAM, Rig
from benchrig.remote.session import Session
from benchrig.selftest.case import Case, Moment
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import Progress

UNDO_SECONDS = 60.0
LOOK_SECONDS = 0.05


class Injector:
    """Open with ``with``; each host holds its changes itself, and undoes them when we are gone.

    It stands between the trial and the one who is told of its phases, since those are its moments.
    """

    def __init__(self, rig: Rig, case: Case, raw: RawTrial, told: Progress) -> None:
        self._rig = rig
        self._case = case
        self._raw = raw
        self._told = told
        self._held: dict[str, Session] = {}
        self._loaded = False

    def __enter__(self) -> Self:
        try:
            self._inject("start")
        except BaseException:
            self.undo()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.undo()

    @contextmanager
    def phase(self, name: str, seconds: float) -> Iterator[None]:
        """Inject what belongs to the phase, then tell of it."""
        told: AbstractContextManager[None] = self._told.phase(name, seconds)
        with told:
            if name in ("primer", "warm-up", "measure") and not self._loaded:
                self._loaded = True
                self._inject("load")
            if name == "measure":
                with self._in_the_middle():
                    yield
            else:
                yield

    def undo(self) -> None:
        """Take everything back.

        Raises:
            BenchrigError: a host could not; it says what is left there.
        """
        faults = []
        for host, session in self._held.items():
            try:
                fault = session.ask({"ask": "end"}, UNDO_SECONDS)["fault"]
            except BenchrigError as error:
                fault = str(error)
            session.close()
            faults += [f"{host}: {fault}"] if fault else []
        self._held = {}
        if faults:
            raise BenchrigError(
                f"could not be undone: {'; '.join(faults)}",
                where=f"selftest '{self._case.name}'",
                way_out="run `ansible-playbook site.yml`, which sets the hosts right",
            )

    @contextmanager
    def _in_the_middle(self) -> Iterator[None]:
        with ThreadPoolExecutor(1) as pool:
            over = threading.Event()
            pending = pool.submit(self._later, over)
            try:
                yield
            finally:
                over.set()
            pending.result()

    def _later(self, over: threading.Event) -> None:
        """Once the load is on and its first counters are read, which a busy host may delay."""
        while not over.wait(LOOK_SECONDS):
            if all("first" in self._raw.snapshots.get(h.name, {}) for h in self._app_servers()):
                self._inject("middle")
                return

    def _app_servers(self) -> Sequence[Host]:
        return self._rig.inventory.group("app_servers")

    def _inject(self, moment: Moment) -> None:
        client = self._rig.inventory.group("load_generators")[0].address
        for injection in self._case.injections:
            if injection.at != moment:
                continue
            for host in self._rig.inventory.group(injection.group):
                if host.name not in self._held:
                    remote = self._rig.remote(host)
                    self._held[host.name] = Session(remote, [HOST_PROGRAM, "hold"])
                message: dict[str, Any] = {"ask": "do"}
                for kind, commands in (("do", injection.do), ("undo", injection.undo)):
                    message[kind] = [[a.replace("{peer}", client) for a in c] for c in commands]
                fault = self._held[host.name].ask(message, UNDO_SECONDS)["fault"]
                if fault:
                    raise BenchrigError(
                        f"could not be put in: {fault}",
                        where=f"selftest '{self._case.name}', host '{host.name}'",
                    )
