"""What each thread of a process got of the CPUs, and how long it had to wait for one.

``/proc/PID/task/TID/schedstat`` counts nanoseconds: on a CPU, and runnable in a queue. Both are
exact whatever else the machine does, which makes them better witnesses than a rate is.
"""

from pathlib import Path
from typing import Any

LISTED_MAX = 64  # of one process; those that ran most


def threads(pid: int) -> list[dict[str, Any]]:
    """Counters of every thread of a process since it started, the busiest first."""
    found = []
    for task in _entries(Path(f"/proc/{pid}/task")):
        try:
            ran, waited, _ = (task / "schedstat").read_text().split()
            switches = _switches((task / "status").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread has ended meanwhile; its unit's total still has its CPU time
        counted = {"cpu_seconds": int(ran) / 1e9, "delay_seconds": int(waited) / 1e9}
        found.append({"tid": int(task.name), **counted, **switches})
    found.sort(key=lambda thread: -float(thread["cpu_seconds"]))
    return found[:LISTED_MAX]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return []


def _switches(status: str) -> dict[str, int]:
    """Context switches: those the thread asked for by waiting, and those forced on it."""
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if "ctxt" in line)
    return {
        "switches_waiting": int(fields["voluntary_ctxt_switches"]),
        "switches_forced": int(fields["nonvoluntary_ctxt_switches"]),
    }
