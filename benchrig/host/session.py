"""A conversation with the control node about this host, for as long as its SSH channel lives.

The control node keeps one ``benchrig-host session`` per host open and writes requests to it, one
JSON object a line; answers come back the same way, in milliseconds. When the channel is cut the
session ends, and with it the rig's lock: nothing of it is left on the host.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

from benchrig.host import counters, database, environment, lock, units, verify
from benchrig.host.lines import Closed, Lines

IDLE_SECONDS = 3600.0


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host session``."""
    parser = commands.add_parser("session", help="answer requests on standard input")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Answer until the control node ends the session or is gone."""
    lines = Lines()
    try:
        while request := lines.receive(IDLE_SECONDS):
            lines.send(HANDLERS[request["ask"]](request))
    except Closed:
        pass  # nothing to clean up: what this session held ends with its process
    return 0


def clock(_: dict[str, Any]) -> dict[str, float]:
    """This host's wall clock, for the measurement of its offset."""
    return {"unix": time.time()}


HANDLERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "clock": clock,
    "counters": counters.counters,
    "crowd": verify.crowd,
    "environment": environment.environment,
    "fetch": verify.fetch,
    "in_flight_begin": verify.in_flight_begin,
    "in_flight_end": verify.in_flight_end,
    "lock": lock.lock,
    "port_holders": units.port_holders,
    "sql": database.sql,
    "unit_journal": units.journal,
    "unit_start": units.start,
    "unit_state": units.state,
    "unit_stop": units.stop,
    "upload": verify.upload,
    "verify": verify.verify,
}
