"""Looks at queues while a load runs: of sockets on every host, of backends in PostgreSQL."""

import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from pydantic import TypeAdapter

from benchrig.remote.rig import Rig
from benchrig.remote.session import Session
from benchrig.tiers import APP
from benchrig.trial.database import DATABASE
from benchrig.trial.plan import APP_PORT
from benchrig.trial.raw import Fault, RawTrial
from benchrig.trial.raw_counters import Activity, Census

LOOKS = 100  # of a phase, at most
SOCKETS_SECONDS, DATABASE_SECONDS = 0.1, 0.2  # between two looks, at least
CENSUS = TypeAdapter(Census)
ACTIVITY = TypeAdapter(list[Activity])


@contextmanager
def looked(rig: Rig, raw: RawTrial, duration_seconds: float) -> Iterator[None]:
    """Look while the context lasts; what was seen goes into the record."""
    asks = {name: ask for name in rig.sessions if (ask := _ports(rig, raw, name))}
    interval = max(SOCKETS_SECONDS, duration_seconds / LOOKS)
    with ExitStack() as looks:  # which ends all of them, also after one that fails
        for name, ask in asks.items():
            message = {"ask": "census_begin", "interval_seconds": interval, **ask}
            rig.sessions[name].ask(message)
            looks.callback(_end_census, rig.sessions[name], raw)
        if raw.plan.workload.tables:
            database = rig.sessions[rig.inventory.one("postgres").name]
            message = {"ask": "activity_begin", "database": DATABASE}
            database.ask(message | {"interval_seconds": max(DATABASE_SECONDS, interval)})
            looks.callback(_end_activity, database, raw)
        yield


def _end_census(session: Session, raw: RawTrial) -> None:
    raw.census[session.name] = CENSUS.validate_python(session.ask({"ask": "census_end"}))


def _end_activity(database: Session, raw: RawTrial) -> None:
    told = database.ask({"ask": "activity_end"})
    raw.activity += ACTIVITY.validate_python(told["samples"])
    if not told["samples"]:
        what = f"PostgreSQL's backends could not be watched: {told['stderr']}"
        raw.faults.append(Fault(f"host '{database.name}'", what, fatal=False))


def _ports(rig: Rig, raw: RawTrial, name: str) -> dict[str, Any]:
    """Which ports matter on a host; empty for one that no request passes."""
    groups = rig.inventory.hosts[name].groups
    front = urllib.parse.urlsplit(raw.plan.base_url).port
    app = list(range(APP_PORT, APP_PORT + raw.plan.launch.processes))
    proxied = raw.plan.via == "nginx"
    local = [front] if proxied and "nginx" in groups else []
    remote: list[int | None] = [front] if "load_generators" in groups else []
    if "app_servers" in groups:
        return {"local_ports": app, "remote_ports": [], "unit": APP.unit}
    if proxied and "nginx" in groups:
        remote += app
    return {"local_ports": local, "remote_ports": remote} if local or remote else {}
