"""One driver's run: started at its moment, watched, stopped when it must be, and collected."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchrig.drivers import live
from benchrig.drivers.base import Driver, UnreadableOutput
from benchrig.host.clock import wait_until
from benchrig.host.lines import Closed, Lines
from benchrig.load.metrics import LiveMetrics

LEASE_SECONDS = 10.0
STOP_SECONDS = 1.5
TICK_SECONDS = 0.2
NOT_RUN = 127  # what a shell exits with when there is no such command
STDOUT, STDERR = ".stdout", ".stderr"


@dataclass(frozen=True)
class Phase:
    """What to run; ``at_unix`` is of this host's clock."""

    name: str
    driver: Driver
    argv: list[str]
    setup: dict[str, str]
    at_unix: float
    max_seconds: float


def run_phase(phase: Phase, folder: str, lines: Lines, metrics: LiveMetrics) -> dict[str, Any]:
    """Run the driver in ``folder`` and return all it left.

    The answer says when it began and ended, how it exited, the CPU seconds it and its children
    used, and why it was stopped if it was.

    Raises:
        Closed: the control node is gone; the driver has been stopped.
        ClockStepped: it should begin at a moment that can not be meant.
        OSError: ``folder`` can not be written.
    """
    place = Path(folder)
    for name, text in phase.setup.items():
        (place / name).write_text(text)
    wait_until(phase.at_unix)
    begin, before = time.time(), os.times()
    exit_code, stopped = _run_driver(phase, place, lines, metrics)
    end, after = time.time(), os.times()
    stdout, stderr = ((place / name).read_text(errors="replace") for name in (STDOUT, STDERR))
    for name in (STDOUT, STDERR, *phase.setup):
        (place / name).unlink()
    return {
        "begin_unix": begin,
        "end_unix": end,
        "exit": exit_code,
        "stopped": stopped,
        "cpu_seconds": after[2] + after[3] - before[2] - before[3],
        "stdout": stdout,
        "stderr": stderr,
        "files": phase.driver.collect(place),
    }


def _run_driver(phase: Phase, place: Path, lines: Lines, metrics: LiveMetrics) -> tuple[int, str]:
    with (place / STDOUT).open("wb") as stdout, (place / STDERR).open("wb") as stderr:
        try:
            driver = subprocess.Popen(
                phase.argv, cwd=place, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
            )
        except OSError as error:
            stderr.write(f"{phase.argv[0]} can not be run: {error.strerror}".encode())
            return NOT_RUN, ""
        tail = LiveTail(place / live.LIVE_FILE, metrics)
        try:
            stopped = _watch(lines, driver, phase.max_seconds, tail)
        finally:
            _stop(driver)
            tail.read()
            tail.close()
        return driver.returncode, stopped


def _watch(
    lines: Lines, driver: "subprocess.Popen[bytes]", max_seconds: float, tail: "LiveTail"
) -> str:
    """Wait for the driver's end; else tell why it has to be stopped.

    Raises:
        Closed: the control node is gone.
    """
    deadline = time.monotonic() + max_seconds
    lease = time.monotonic() + LEASE_SECONDS
    ended = os.pidfd_open(driver.pid)
    try:
        while driver.poll() is None:
            now = time.monotonic()
            if now > deadline:
                return f"it ran longer than {max_seconds:.0f} s"
            if now > lease:
                raise Closed
            message = lines.receive(TICK_SECONDS, wake=ended)
            if message and message["ask"] == "stop":
                return "told to stop"
            if message:
                lease = time.monotonic() + LEASE_SECONDS
            tail.read()
    finally:
        os.close(ended)
    return ""


def _stop(driver: "subprocess.Popen[bytes]") -> None:
    """Interrupt a driver that still runs, so that it prints what it has; then kill it."""
    if driver.poll() is not None:
        return
    driver.send_signal(signal.SIGINT)
    try:
        driver.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        driver.kill()
        driver.wait()


class LiveTail:
    """Follows a live record as it grows and passes it on as metrics."""

    def __init__(self, path: Path, metrics: LiveMetrics) -> None:
        self._path = path
        self._metrics = metrics
        self._file: IO[str] | None = None
        self._rest = ""

    def read(self) -> None:
        """Pass on every whole line that came since the last time."""
        if self._file is None:
            if not self._path.exists():
                return
            self._file = self._path.open()
        *whole, self._rest = (self._rest + self._file.read()).split("\n")
        try:
            for line in live.read_lines("\n".join(whole)):
                if line["type"] != "start":
                    self._metrics.update(live.counters(line))
        except UnreadableOutput:
            # The control node reads the same record and says so there, with the line.
            self._metrics.end()

    def close(self) -> None:
        """Close the record."""
        if self._file:
            self._file.close()
