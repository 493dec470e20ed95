"""A conversation with the control node about this host, for as long as its SSH channel lives.

The control node keeps one ``benchrig-host session`` per host open and writes requests to it, one
JSON object a line; answers come back the same way, in milliseconds. When the channel is cut the
session ends, and with it the app it started and the rig's lock: nothing of it is left on the host.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchrig.contract.session import ALIVE, FAILED, LEASE_SECONDS, QUESTION
from benchrig.host import (
    activity,
    census,
    counters,
    database,
    deployed,
    environment,
    health,
    lock,
    units,
    verify,
)
from benchrig.host.lines import Closed, Lines

PRIORITY = -15  # as nice(1) counts


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host session``."""
    parser = commands.add_parser("session", help="answer requests on standard input")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Answer until the control node ends the session or is gone."""
    go_first()
    lines = Lines()
    try:
        while request := lines.receive(LEASE_SECONDS):
            if request["ask"] != ALIVE:
                number = request.pop(QUESTION, None)
                lines.send(answered(request) | {QUESTION: number})
    except (Closed, BrokenPipeError):
        pass  # what this session held ends with its process, but for the app
    finally:
        units.stop_started()
    return 0


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """The answer, or why there is none: one that fails must not end a session of many trials."""
    try:
        return HANDLERS[request["ask"]](request)
    except Exception as error:  # noqa: BLE001 - whatever it is, the asker is told
        return {FAILED: f"{type(error).__name__}: {error}"}


def go_first() -> None:
    """Run before the load: counters that queue for a CPU behind what they count are late.

    Nice alone orders processes within a session only, where the kernel groups them (sched(7)).
    A logged-in user may have more CPUs than the host's services, as in a lab, where the others are
    another host's: this program takes none of those.
    """
    if shared := os.sched_getaffinity(0) & os.sched_getaffinity(1):
        os.sched_setaffinity(0, shared)
    os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    group = Path("/proc/self/autogroup")
    if group.exists():
        group.write_text(str(PRIORITY))


def clock(_: dict[str, Any]) -> dict[str, float]:
    """This host's wall clock, for the measurement of its offset."""
    return {"unix": time.time()}


HANDLERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "activity_begin": activity.begin,
    "activity_end": activity.end,
    "census_begin": census.begin,
    "census_end": census.end,
    "changed": verify.changed,
    "clock": clock,
    "counters": counters.counters,
    "crowd": verify.crowd,
    "deployed": deployed.deployed,
    "environment": environment.environment,
    "fetch": verify.fetch,
    "in_flight_begin": verify.in_flight_begin,
    "in_flight_end": verify.in_flight_end,
    "lock": lock.lock,
    "port_holders": units.port_holders,
    "sql": database.sql,
    "unit_journal": units.journal,
    "unit_kill": units.kill,
    "unit_start": units.start,
    "unit_state": units.state,
    "unit_stop": units.stop,
    "upload": verify.upload,
    "verify": verify.verify,
    "wait": health.wait,
}
