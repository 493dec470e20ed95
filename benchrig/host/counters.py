"""Counters of this host, read at exact moments that the control node names."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchrig.host import cgroups, sockets

TCP_COUNTERS = {"DelayedACKs", "ListenDrops", "ListenOverflows", "RetransSegs", "TCPTimeouts"}
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
STEAL = 8  # column of the cpu line in /proc/stat, proc(5)


def counters(request: dict[str, Any]) -> dict[str, Any]:
    """Figures of the named units, at the wall-clock second ``at`` of this host (or now).

    Connections are counted on ``ports`` where given.
    """
    time.sleep(max(0.0, request.get("at", 0) - time.time()))
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
    found: dict[str, int] = {}
    for table in ("/proc/net/netstat", "/proc/net/snmp"):
        lines = Path(table).read_text().splitlines()
        for names, values in zip(lines[::2], lines[1::2], strict=True):
            if names.startswith(("TcpExt:", "Tcp:")):
                pairs = zip(names.split()[1:], values.split()[1:], strict=True)
                found |= {name: int(value) for name, value in pairs if name in TCP_COUNTERS}
    return found


@dataclass(frozen=True)
class Machine:
    """What the kernel counts for the machine as a whole, also when asked in a container of it.

    Attributes:
        steal_seconds: CPU time that a hypervisor gave to others, all CPUs together.
        cpus: CPUs that the steal is summed over.
    """

    steal_seconds: float
    cpus: int
    oom_kills: int


def machine() -> Machine:
    """The machine's counters."""
    lines = Path("/proc/stat").read_text().splitlines()
    cpus = sum(1 for line in lines if line.startswith("cpu") and line[3] != " ")
    memory = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    steal = int(lines[0].split()[STEAL]) / TICKS_PER_SECOND
    return Machine(steal, cpus, int(memory["oom_kill"]))
