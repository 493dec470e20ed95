"""A second client beside the load that goes on checking a few answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from benchrig.remote.rig import HOST_PROGRAM, Rig
from benchrig.remote.session import Session
from benchrig.remote.transient import transient
from benchrig.trial.raw import RawTrial, Sampled
from benchrig.trial.verify import target

SAMPLE_UNIT = "benchrig-sample.service"


class Sampler:
    """Open with ``with`` before it is needed: it starts meanwhile.

    It runs in a unit of its own on the first load generator, so that its CPU time is told apart
    from the driver's and it stays on that host's CPUs.
    """

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    def __enter__(self) -> Self:
        host = self._rig.inventory.group("load_generators")[0]
        argv = transient(SAMPLE_UNIT, [HOST_PROGRAM, "sample"])
        self._session = Session(self._rig.remote(host), argv)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    @contextmanager
    def sampled(self, raw: RawTrial) -> Iterator[None]:
        """Check answers while the context lasts; what was seen goes into the record.

        Raises:
            BenchrigError: the host is gone.
        """
        self._session.ask({"ask": "begin", **target(self._rig, raw.plan)})
        yield
        raw.sampled = Sampled(**self._session.ask({"ask": "end"}))
