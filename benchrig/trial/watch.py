"""Counters of every tier around the measure phase, read on their own hosts at exact moments."""

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
from benchrig.trial.load import LEAD_SECONDS
from benchrig.trial.plan import APP_PORT
from benchrig.trial.raw import RawTrial, Snapshot

EARLY_SECONDS = 0.3  # the middle of a phase, where nobody knows how long it will take
SNAPSHOT = TypeAdapter(Snapshot)


@contextmanager
def watched(rig: Rig, raw: RawTrial, begin: float, request: LoadRequest) -> Iterator[None]:
    """Read the counters at the begin, in the middle and at the end of a phase.

    Args:
        rig: the open rig.
        raw: where the snapshots go.
        begin: when the phase starts, of our clock.
        request: its load, which says when its middle is.
    """
    middle = begin + (EARLY_SECONDS if request.requests else request.duration_seconds / 2)
    over = threading.Event()

    def watch() -> None:
        _snapshot(rig, raw, "begin", begin)
        if not over.wait(middle - LEAD_SECONDS - time.time()):
            _snapshot(rig, raw, "middle", middle)

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            over.set()
        watching.result()
    _snapshot(rig, raw, "end", time.time())


def _snapshot(rig: Rig, raw: RawTrial, moment: str, at: float) -> None:
    """Read every tier's counters on all hosts at once, at ``at`` of our clock."""

    def ask(name: str) -> dict[str, Any]:
        groups = rig.inventory.hosts[name].groups
        units = [tier.unit for tier in TIERS if tier.group in groups]
        message: dict[str, Any] = {"ask": "counters", "units": units}
        message["at"] = at + rig.clock_offsets[name]
        if "app_servers" in groups:
            message["ports"] = [APP_PORT, APP_PORT + raw.plan.launch.processes]
        return rig.sessions[name].ask(message)

    with ThreadPoolExecutor(len(rig.sessions)) as pool:
        pending = {name: pool.submit(ask, name) for name in rig.sessions}
        for name, future in pending.items():
            raw.snapshots.setdefault(name, {})[moment] = SNAPSHOT.validate_python(future.result())
