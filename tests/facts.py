"""Facts of a trial made up for tests of verdicts."""

from typing import Any

from benchrig.verdict.bottleneck import judge
from benchrig.verdict.facts import Database, Facts, Queued, Running, Worker


def make_running(cpu: float, delay: float = 0.0) -> Running:
    """A process with one thread that sleeps when it neither runs nor waits for a CPU."""
    asleep = 1 - cpu - delay
    return Running("app", 7, cpu, cpu, delay, asleep, asleep)


def make_worker(cpu: float, **changes: Any) -> Worker:
    """A worker with one thread and 16 connections."""
    values = {"connections": 16, "unread": 0.0, "pressed": 0.0, "blocked": 0.0}
    return Worker(make_running(cpu, changes.pop("delay", 0.0)), **(values | changes))


def make_facts(**changes: Any) -> Facts:
    """An asynchronous app that waits, for 32 clients in a closed loop, on a host with two CPUs."""
    values: dict[str, Any] = {
        "open_loop": False,
        "requests_per_second": 320.0,
        "in_flight": 32.0,
        "error_share": 0.0,
        "errors": "",
        "drivers": (make_running(0.1),),
        "proxies": (),
        "workers": (make_worker(0.1),),
        "slots": 0,
        "processes": 1,
        "app_cores": 0.1,
        "app_cpus": 2,
        "queued": make_queued(),
        "database": None,
        "links": (),
        "delayed_acks": 0.0,
        "mode_40_ms": 0.0,
        "retransmits": 0.0,
        "via_proxy": False,
    }
    return Facts(**(values | changes))


def make_queued(**changes: Any) -> Queued:
    """Nothing waits."""
    places = ("client_unread", "proxy_unread", "backlog", "unread", "unsent", "pressed")
    values = {"seen": 50, "executing": 0.0, **dict.fromkeys(places, 0.0)}
    return Queued(**(values | changes))


def make_database(**changes: Any) -> Database:
    """A PostgreSQL of one CPU that has time."""
    values = {
        "cpu_cores": 0.1,
        "cpus": 1,
        "wanted_cores": 0.1,
        "connected": 32.0,
        "active": 0.2,
        "waiting_for_lock": 0.0,
        "waiting_otherwise": 0.0,
        "executing": 0.2,
        "statements_per_second": 320.0,
    }
    return Database(**(values | changes))


def limit(**changes: Any) -> str:
    """The cause that is named."""
    return judge(make_facts(**changes)).limit.cause
