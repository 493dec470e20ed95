"""Counters of every tier around the measure phase, read on their own hosts at exact moments.

``begin`` and ``end`` enclose all that the driver did, so totals are compared between them.
Shares of time are taken between ``first`` and ``last``, in which the load is all there: what a
driver takes to start and to end does not thin them out.

Reading costs CPU time, which a 99th percentile shows. So ``begin`` is over when the load begins,
and under load hosts are read one after the other: those of a lab share CPUs.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from pydantic import TypeAdapter

from benchrig.drivers.base import LoadRequest
from benchrig.remote.rig import Rig
from benchrig.tiers import TIERS
from benchrig.trial.load import SETTLE_SECONDS
from benchrig.trial.plan import APP_PORT
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import Snapshot

EARLY_SECONDS = 0.3  # the middle of a phase, where nobody knows how long it will take
LAST_SECONDS = 0.05  # before the end of a timed phase
BEFORE_SECONDS = 0.1  # the begin of a timed phase
SPREAD_SECONDS, SPREAD_SHARE = 0.15, 0.05  # of the phase, at most
FIRST_SECONDS, FIRST_SHARE = 0.3, 0.15  # after its begin, but no more than this share of it
NGINX_STATUS_PORT = 8099
SNAPSHOT = TypeAdapter(Snapshot)


@contextmanager
def watched(rig: Rig, raw: RawTrial, begin: float, request: LoadRequest) -> Iterator[None]:
    """Read the counters around and within a phase.

    Args:
        rig: the open rig.
        raw: where the snapshots go.
        begin: when the phase starts, of our clock.
        request: its load, which says when its middle is.
    """
    moments = _moments(begin, request)
    spread = _spread(request)
    ahead = rig.lead_seconds + SETTLE_SECONDS
    over = threading.Event()

    def watch() -> None:
        for moment, at in moments.items():
            if moment != "begin" and over.wait(at - ahead - time.time()):
                return
            _snapshot(rig, raw, moment, at, spread)

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            over.set()
        watching.result()
    _snapshot(rig, raw, "end", time.time(), 0.0)


def _moments(begin: float, request: LoadRequest) -> dict[str, float]:
    """When to read what, of our clock; the end is when the driver has ended."""
    if request.requests:
        return {"begin": begin, "middle": begin + EARLY_SECONDS}
    seconds = request.duration_seconds
    after = {"begin": -BEFORE_SECONDS, "first": min(FIRST_SECONDS, FIRST_SHARE * seconds)}
    after |= {"middle": seconds / 2, "last": seconds - LAST_SECONDS - _spread(request)}
    return {moment: begin + at for moment, at in after.items()}


def _spread(request: LoadRequest) -> float:
    """From the first host's reading to the last one's; 0 where nobody knows how long it takes."""
    if request.requests:
        return 0.0
    return min(SPREAD_SECONDS, SPREAD_SHARE * request.duration_seconds)


def _snapshot(rig: Rig, raw: RawTrial, moment: str, at: float, spread: float) -> None:
    """Read every tier's counters from ``at`` of our clock, on the last host ``spread`` later."""

    def ask(number: int, name: str) -> dict[str, Any]:
        groups = rig.inventory.hosts[name].groups
        units = [tier.unit for tier in TIERS if tier.group in groups]
        message: dict[str, Any] = {"ask": "counters", "units": units}
        # Dear to read: who holds which connection, only while they are open, and memory, under load
        # only of what grows with it. PostgreSQL has as much after it, in many processes.
        grows = not {"load_generators", "app_servers"}.isdisjoint(groups)
        message["memory"] = moment in ("begin", "end") or (moment == "middle" and grows)
        message["limits"] = moment == "begin"
        late = spread * number / len(rig.sessions) if moment != "begin" else 0.0
        message["at"] = at + late + rig.clock_offsets[name]
        if "app_servers" in groups and moment == "middle":
            message["ports"] = [APP_PORT, APP_PORT + raw.plan.launch.processes]
        if "nginx" in groups:
            message["nginx_port"] = NGINX_STATUS_PORT
        return rig.sessions[name].ask(message)

    with ThreadPoolExecutor(len(rig.sessions)) as pool:
        pending = {name: pool.submit(ask, n, name) for n, name in enumerate(rig.sessions)}
        for name, future in pending.items():
            raw.snapshots.setdefault(name, {})[moment] = SNAPSHOT.validate_python(future.result())
