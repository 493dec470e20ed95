"""Start, stop and question systemd units of this host."""

import json
import subprocess
from pathlib import Path
from typing import Any

from benchrig.host import sockets
from benchrig.host.launch import OF_THIS_RUN

APPS = "benchrig-app@*.service"
STATE = "ActiveState,SubState,Result,NRestarts,MainPID,ExecMainStatus,InvocationID"
_started: set[str] = set()  # by this session, and not stopped


def start(request: dict[str, Any]) -> dict[str, Any]:
    """Start the unit of a variant with this run's launch; tells what systemd said."""
    _started.add(request["unit"])
    OF_THIS_RUN.parent.mkdir(parents=True, exist_ok=True)
    OF_THIS_RUN.write_text(json.dumps({request["variant"]: request["launch"]}))
    return _systemctl("start", request["unit"])


def stop(_: dict[str, Any]) -> dict[str, Any]:
    """Stop the unit of every variant as its server likes, and forget this run's launch."""
    OF_THIS_RUN.unlink(missing_ok=True)
    _started.clear()
    return _systemctl("stop", APPS)


def kill(request: dict[str, Any]) -> dict[str, Any]:
    """Stop the unit of every variant at once; none is left marked as failed."""
    _systemctl("kill", "--signal=KILL", APPS)
    done = stop(request)  # which waits until systemd has seen the end
    _systemctl("reset-failed", APPS)
    return done


def stop_started() -> None:
    """Stop what was started and, since the control node is gone, nobody has stopped."""
    if _started:
        stop({})


def state(request: dict[str, Any]) -> dict[str, str]:
    """What systemd says of one unit."""
    shown = _systemctl("show", request["unit"], f"--property={STATE}")["stdout"]
    return dict(line.split("=", 1) for line in shown.splitlines())


def journal(request: dict[str, Any]) -> dict[str, str]:
    """The last lines that a unit wrote since a moment of this host's clock."""
    argv = ["journalctl", "--unit", request["unit"], "--lines", str(request["lines"])]
    argv += ["--since", f"@{request['since']:.0f}"]
    options = ["--output", "cat", "--no-pager", "--quiet"]
    done = subprocess.run([*argv, *options], capture_output=True, text=True, check=False)
    return {"text": done.stdout.rstrip()}


def port_holders(request: dict[str, Any]) -> dict[str, Any]:
    """Who listens on a port: PID, command and systemd unit of each process."""
    holders = []
    for pid in sockets.listeners(request["port"]):
        cgroup = Path(f"/proc/{pid}/cgroup").read_text().strip().splitlines()[-1]
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        holders.append({"pid": pid, "unit": cgroup.rsplit("/", 1)[-1], "command": command.strip()})
    return {"holders": holders}


def _systemctl(*arguments: str) -> dict[str, Any]:
    argv = ["systemctl", "--no-pager", *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return {"exit": done.returncode, "stdout": done.stdout, "stderr": done.stderr.strip()}
