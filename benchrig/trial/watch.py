"""Counters of every tier around the measure phase, read on their own hosts at exact moments.

``begin`` and ``end`` enclose all that the driver did, so totals are compared between them.
Shares of time are taken between ``first`` and ``last``, in which the load is all there: what a
driver takes to start and to end does not thin them out.
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
    ahead = rig.lead_seconds + SETTLE_SECONDS
    over = threading.Event()

    def watch() -> None:
        for moment, at in moments.items():
            if moment != "begin" and over.wait(at - ahead - time.time()):
                return
            _snapshot(rig, raw, moment, at)

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            over.set()
        watching.result()
    _snapshot(rig, raw, "end", time.time())


def _moments(begin: float, request: LoadRequest) -> dict[str, float]:
    """When to read what, of our clock; the end is when the driver has ended."""
    if request.requests:
        return {"begin": begin, "middle": begin + EARLY_SECONDS}
    seconds = request.duration_seconds
    after = {"begin": 0.0, "first": min(FIRST_SECONDS, FIRST_SHARE * seconds)}
    after |= {"middle": seconds / 2, "last": seconds - LAST_SECONDS}
    return {moment: begin + at for moment, at in after.items()}


def _snapshot(rig: Rig, raw: RawTrial, moment: str, at: float) -> None:
    """Read every tier's counters on all hosts at once, at ``at`` of our clock."""

    def ask(name: str) -> dict[str, Any]:
        groups = rig.inventory.hosts[name].groups
        units = [tier.unit for tier in TIERS if tier.group in groups]
        message: dict[str, Any] = {"ask": "counters", "units": units}
        # Dear to read: not at the edges of the window in which shares of time are taken.
        message["memory"] = moment not in ("first", "last")
        message["at"] = at + rig.clock_offsets[name]
        if "app_servers" in groups:
            message["ports"] = [APP_PORT, APP_PORT + raw.plan.launch.processes]
        if "nginx" in groups:
            message["nginx_port"] = NGINX_STATUS_PORT
        return rig.sessions[name].ask(message)

    with ThreadPoolExecutor(len(rig.sessions)) as pool:
        pending = {name: pool.submit(ask, name) for name in rig.sessions}
        for name, future in pending.items():
            raw.snapshots.setdefault(name, {})[moment] = SNAPSHOT.validate_python(future.result())
