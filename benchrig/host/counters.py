"""Counters of this host, read at exact moments that the control node names."""

import time
from pathlib import Path
from typing import Any

from benchrig.host import cgroups, clock, machine, proxy, sockets, threads

TCP_COUNTERS = {
    "ListenOverflows",
    "ListenDrops",
    "RetransSegs",
    "OutSegs",
    "TCPTimeouts",
    "DelayedACKs",
    "AttemptFails",
    "EstabResets",
}


def counters(request: dict[str, Any]) -> dict[str, Any]:
    """Figures of the named units, at the wall-clock second ``at`` of this host (or now).

    Connections are counted on ``ports`` where given; nginx is asked for its totals on
    ``nginx_port`` where given; ``memory`` and ``limits`` false leave out the dear parts.
    """
    clock.wait_until(request.get("at", 0))
    begin = time.time()
    totals = {
        "tcp": tcp_counters(),
        "links": machine.links(limits=request.get("limits", True)),
        "machine": machine.machine(),
        "nginx": proxy.totals(request["nginx_port"]) if "nginx_port" in request else None,
    }
    units = unit_counters(request["units"], memory=request.get("memory", True))
    pids = {unit: [p["pid"] for p in found["processes"]] for unit, found in units.items() if found}
    ports = range(*request.get("ports", [0, 0]))
    held = {unit: sockets.connections(each, ports) for unit, each in pids.items() if ports}
    return {
        "unix": begin,
        "units": units,
        "connections": held,
        "others": machine.others({pid for each in pids.values() for pid in each}),
        "took_seconds": time.time() - begin,
        **totals,
    }


def unit_counters(units: list[str], *, memory: bool) -> dict[str, dict[str, Any] | None]:
    """Processes and threads of each unit; ``None`` for one that does not run."""
    found = {unit: cgroups.unit_figures(unit, memory=memory) for unit in units}
    for figures in found.values():
        for process in figures["processes"] if figures else ():
            process["busiest_threads"] = threads.threads(process["pid"])
    return found


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
