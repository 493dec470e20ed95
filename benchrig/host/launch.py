"""Start one variant: the program behind ``benchrig-app@VARIANT.service``."""

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

CATALOGUE = Path("/opt/benchrig/launch.json")
OF_THIS_RUN = Path("/run/benchrig/launch.json")


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host launch``."""
    parser = commands.add_parser("launch", help="start one variant and stay with it")
    parser.add_argument("variant")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Become the server, or stay above it where several processes share the work."""
    plan = find_plan(options.variant)
    if not Path(plan["directory"]).is_dir():
        way_out = "run `ansible-playbook site.yml --tags app_server`"
        sys.exit(f"{plan['directory']}: no such app on this host; {way_out}")
    os.chdir(plan["directory"])
    os.environ.update(plan["environment"])
    commands = [
        [argument.replace("{port}", str(plan["first_port"] + process)) for argument in plan["argv"]]
        for process in range(plan["processes"])
    ]
    if not Path(commands[0][0]).exists():
        sys.exit(
            f"{commands[0][0]}: no such program; name what brings it in the app's requirements.in, "
            "then `make lock` and `ansible-playbook site.yml --tags app_server`"
        )
    if len(commands) == 1:
        os.execv(commands[0][0], commands[0])
    return supervise(commands)


def find_plan(variant: str) -> dict[str, Any]:
    """How to start the variant: as this run says, else as the catalogue says."""
    for path in (OF_THIS_RUN, CATALOGUE):
        plans = json.loads(path.read_text()) if path.exists() else {}
        if variant in plans:
            found: dict[str, Any] = plans[variant]
            return found
    sys.exit(
        f"{CATALOGUE}: no variant '{variant}'; run `ansible-playbook site.yml --tags app_server`"
    )


def supervise(commands: list[list[str]]) -> int:
    """Run all commands; when one ends or the unit is stopped, end the others too.

    Ends as the first of them did: some servers end a clean stop by the signal that asked for it,
    which systemd takes for a good end of the unit's own process only.
    """
    children = [subprocess.Popen(command) for command in commands]

    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ended, status = os.wait()
    stop()
    for child in children:
        if child.pid != ended:
            child.wait()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGTERM:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code  # as shells tell a signal
