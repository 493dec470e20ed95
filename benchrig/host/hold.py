"""Hold a change of this host for as long as the control node wants it, then take it back.

``{"do": [...], "undo": [...]}`` are lists of commands. What was done is undone when the control
node says ``end``, when its channel is cut, and when this program is told to stop: a control node
that is killed leaves no trace here.
"""

import argparse
import signal
import subprocess
from typing import Any

from benchrig.contract.session import LEASE_SECONDS
from benchrig.host.lines import Closed, Lines

COMMAND_SECONDS = 20.0


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host hold``."""
    parser = commands.add_parser("hold", help="change this host until the control node goes")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Do, wait, undo."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    lines = Lines()
    undo: list[list[str]] = []
    try:
        while (message := lines.receive(LEASE_SECONDS)) is not None:
            if message["ask"] == "do":
                undo = message["undo"] + undo
                lines.send(_all(message["do"]))
            elif message["ask"] == "end":
                lines.send(_all(undo))
                undo = []
    except Closed:
        pass  # what is left to undo is undone below
    finally:
        _all(undo)
    return 0


def _stop(*_: object) -> None:
    raise Closed


def _all(commands: list[list[str]]) -> dict[str, Any]:
    """Run every command, also after one that failed; tells what the first fault was."""
    faults = []
    for argv in commands:
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=COMMAND_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            faults.append(f"{argv[0]}: {error}")
            continue
        if done.returncode:
            faults.append(f"{' '.join(argv)[:120]}: {(done.stderr or done.stdout).strip()[:300]}")
    return {"fault": faults[0] if faults else ""}
