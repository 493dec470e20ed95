"""A session on a load generator host: phases in on standard input, their output back.

It runs as a transient systemd unit whose standard input is the control node's SSH channel. When the
channel ends, or no message came for `LEASE_SECONDS`, the running driver is stopped and the unit
ends: nothing goes on sending load that nobody watches.
"""

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchrig.host.lines import Closed, Lines

LEASE_SECONDS = 10.0
STOP_SECONDS = 2.0
NOT_RUN = 127  # what a shell exits with when there is no such command


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host load``."""
    parser = commands.add_parser("load", help="run load drivers as standard input says")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Serve until the control node ends the session or is gone."""
    lines = Lines()
    try:
        while (message := lines.receive(LEASE_SECONDS)) is not None:
            if message["ask"] == "clock":
                lines.send({"unix": time.time()})
            elif message["ask"] == "phase":
                lines.send(run_phase(lines, message))
    except Closed:
        pass  # a phase that was under way has been stopped on the way here
    return 0


def run_phase(lines: Lines, message: dict[str, Any]) -> dict[str, Any]:
    """Run one driver from ``at`` (this host's wall clock) and return all it printed.

    The event says when it began and ended, how it exited, the CPU seconds it used, and why it was
    stopped if it was.
    """
    time.sleep(max(0.0, message["at"] - time.time()))
    with TemporaryDirectory(prefix="benchrig-load-") as scratch:
        out, err = Path(scratch, "out"), Path(scratch, "err")
        begin, before = time.time(), os.times()
        exit_code, stopped = run_driver(lines, message, out, err)
        end, after = time.time(), os.times()
        return {
            "begin_unix": begin,
            "end_unix": end,
            "exit": exit_code,
            "stopped": stopped,
            "cpu_seconds": after[2] + after[3] - before[2] - before[3],
            "stdout": out.read_text(errors="replace"),
            "stderr": err.read_text(errors="replace"),
        }


def run_driver(lines: Lines, message: dict[str, Any], out: Path, err: Path) -> tuple[int, str]:
    """Run the driver to its end: its exit code, and why it was stopped if it was."""
    with out.open("wb") as stdout, err.open("wb") as stderr:
        try:
            driver = subprocess.Popen(
                message["argv"], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
            )
        except OSError as error:
            stderr.write(f"{message['argv'][0]} can not be run: {error.strerror}".encode())
            return NOT_RUN, ""
        try:
            stopped = watch(lines, driver, message["max_seconds"])
        finally:
            stop(driver)
        return driver.returncode, stopped


def watch(lines: Lines, driver: "subprocess.Popen[bytes]", max_seconds: float) -> str:
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
            message = lines.receive(min(deadline, lease) - now, wake=ended)
            if message and message["ask"] == "stop":
                return "told to stop"
            if message:
                lease = time.monotonic() + LEASE_SECONDS
    finally:
        os.close(ended)
    return ""


def stop(driver: "subprocess.Popen[bytes]") -> None:
    """Interrupt a driver that still runs, so that it prints what it has; then kill it."""
    if driver.poll() is not None:
        return
    driver.send_signal(signal.SIGINT)
    try:
        driver.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        driver.kill()
        driver.wait()
