"""A second client beside the load that goes on checking a few answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchrig.remote.rig import HOST_PROGRAM, Rig
from benchrig.remote.session import Session
from benchrig.trial.raw import RawTrial, Sampled
from benchrig.trial.verify import target

SAMPLE_UNIT = "benchrig-sample.service"


@contextmanager
def sampled(rig: Rig, raw: RawTrial) -> Iterator[None]:
    """Check answers while the context lasts; what was seen goes into the record.

    It runs in a unit of its own on the first load generator, so that its CPU time is told apart
    from the driver's and it stays on that host's CPUs.

    Raises:
        BenchrigError: the host is gone.
    """
    host = rig.inventory.group("load_generators")[0]
    argv = ["systemd-run", "--quiet", "--collect", "--pipe", f"--unit={SAMPLE_UNIT}"]
    argv += ["--property=DynamicUser=yes", HOST_PROGRAM, "sample"]
    session = Session(rig.remote(host), argv)
    try:
        session.ask({"ask": "begin", **target(rig, raw.plan)})
        yield
        raw.sampled = Sampled(**session.ask({"ask": "end"}))
    finally:
        session.close()
