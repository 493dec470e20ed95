"""Counters of this host, read at exact moments that the control node names.

The control node keeps one ``benchrig-host record`` per host open over SSH and writes requests to
it, one JSON object a line; answers come back the same way. When the line is cut the recorder ends:
nothing of it is left on the host.
"""

import argparse
import fcntl
import subprocess
import time
from pathlib import Path
from typing import Any, TextIO

from benchrig.host import cgroups, sockets
from benchrig.host.lines import Closed, Lines

IDLE_SECONDS = 3600.0
LOCK = Path("/run/benchrig/lock")
_held: list[TextIO] = []  # an open file keeps its lock


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host record``."""
    parser = commands.add_parser("record", help="answer requests for counters on standard input")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Answer until the control node ends the session or is gone."""
    lines = Lines()
    try:
        while request := lines.receive(IDLE_SECONDS):
            lines.send(HANDLERS[request["ask"]](request))
    except Closed:
        pass  # nothing to clean up: the recorder only reads
    return 0


def clock(_: dict[str, Any]) -> dict[str, float]:
    """This host's wall clock, for the measurement of its offset."""
    return {"unix": time.time()}


def counters(request: dict[str, Any]) -> dict[str, Any]:
    """Figures of the named units, at the wall-clock second ``at`` of this host (or now).

    Connections are counted on ``ports`` where given.
    """
    delay = request.get("at", 0) - time.time()
    if delay > 0:
        time.sleep(delay)
    begin = time.time()
    units = {unit: cgroups.unit_figures(unit) for unit in request["units"]}
    ports = range(*request.get("ports", [0, 0]))
    held = {
        unit: sockets.connections([p["pid"] for p in figures["processes"]], ports)
        for unit, figures in units.items()
        if figures and ports
    }
    return {
        "unix": begin,
        "took_seconds": time.time() - begin,
        "units": units,
        "connections": held,
        "tcp": tcp_counters(),
    }


def tcp_counters() -> dict[str, int]:
    """Counters of this host's TCP stack that tell of trouble on the way."""
    wanted = {"ListenOverflows", "ListenDrops", "RetransSegs", "TCPTimeouts"}
    found: dict[str, int] = {}
    for table in ("/proc/net/netstat", "/proc/net/snmp"):
        lines = Path(table).read_text().splitlines()
        for names, values in zip(lines[::2], lines[1::2], strict=True):
            pairs = zip(names.split()[1:], values.split()[1:], strict=True)
            found |= {name: int(value) for name, value in pairs if name in wanted}
    return found


def unit_state(request: dict[str, Any]) -> dict[str, str]:
    """What systemd says of one unit."""
    keys = "ActiveState,SubState,Result,NRestarts,MainPID,ExecMainStatus,InvocationID"
    argv = ["systemctl", "show", request["unit"], f"--property={keys}"]
    shown = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in shown.splitlines())


def port_holders(request: dict[str, Any]) -> dict[str, Any]:
    """Who listens on a port: PID, command and systemd unit of each process."""
    holders = []
    for pid in sockets.listeners(request["port"]):
        cgroup = Path(f"/proc/{pid}/cgroup").read_text().strip().splitlines()[-1]
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        holders.append({"pid": pid, "unit": cgroup.rsplit("/", 1)[-1], "command": command.strip()})
    return {"holders": holders}


def lock(request: dict[str, Any]) -> dict[str, str]:
    """Lock the rig for one operator while this recorder lives; else tell who holds it."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    file = LOCK.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        return {"holder": file.read().strip() or "somebody"}
    file.truncate(0)
    file.write(request["who"])
    file.flush()
    _held.append(file)
    return {"holder": ""}


HANDLERS = {
    "clock": clock,
    "counters": counters,
    "lock": lock,
    "port_holders": port_holders,
    "unit_state": unit_state,
}
