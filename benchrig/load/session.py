"""A session on a load generator host: phases in on standard input, what they left behind back.

When the control node's channel ends, or it sent no word for `LEASE_SECONDS`, the running driver is
stopped and the session ends: nothing goes on sending load that nobody watches.
"""

import subprocess
import time
from collections.abc import Iterable
from dataclasses import asdict
from tempfile import TemporaryDirectory
from typing import Any

from benchrig.contract.session import FAILED
from benchrig.drivers.catalogue import all_drivers
from benchrig.host.clock import ClockStepped
from benchrig.host.lines import Closed, Lines
from benchrig.load.host import describe
from benchrig.load.metrics import LiveMetrics
from benchrig.load.phase import LEASE_SECONDS, Phase, run_phase

PROBE_SECONDS = 5


class Session:
    """Answers the control node, one message after the other."""

    def __init__(self, lines: Lines, metrics: LiveMetrics) -> None:
        self._lines = lines
        self._metrics = metrics

    def serve(self) -> None:
        """Answer until the control node ends the session, falls silent, or is gone."""
        try:
            while (message := self._lines.receive(LEASE_SECONDS)) is not None:
                try:
                    self._answer(message)
                except (ClockStepped, OSError) as error:
                    self._lines.send({FAILED: str(error)})
        except (Closed, BrokenPipeError):
            return  # the driver that was under way has been stopped on the way here

    def _answer(self, message: dict[str, Any]) -> None:
        if message["ask"] == "clock":
            self._lines.send({"unix": time.time()})
        elif message["ask"] == "tools":
            self._lines.send(tools(message["drivers"]))
        elif message["ask"] == "host":
            self._lines.send(describe())
        elif message["ask"] == "phase":
            self._lines.send(self._phase(message))

    def _phase(self, message: dict[str, Any]) -> dict[str, Any]:
        phase = Phase(
            name=message["phase"],
            driver=all_drivers()[message["driver"]],
            argv=message["argv"],
            setup=message["setup"],
            at_unix=message["at"],
            max_seconds=message["max_seconds"],
        )
        self._metrics.begin(phase.name, message["labels"], live=message["live"])
        try:
            with TemporaryDirectory(prefix="benchrig-load-") as folder:
                return run_phase(phase, folder, self._lines, self._metrics)
        finally:
            self._metrics.end()


def tools(names: Iterable[str]) -> dict[str, Any]:
    """Version of each driver's tool on this host; an empty one where it is not installed."""
    found = {name: all_drivers()[name].probe(printed) for name in names}
    return {name: asdict(tool) for name, tool in found.items()}


def printed(argv: list[str]) -> str:
    """What a command prints; nothing when it is not there."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr
