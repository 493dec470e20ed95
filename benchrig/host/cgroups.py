"""CPU and processes of systemd units, as cgroups and /proc know them.

cgroup v2 files where they are; the unified part of a hybrid layout serves as well, since CPU time
is counted there even without the cpu controller. Memory is the proportional set size (PSS) summed
over the unit's processes: it counts shared pages once, and needs no memory controller.
"""

import os
from pathlib import Path
from typing import Any

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
CGROUPS = Path("/sys/fs/cgroup")


def find_cgroup(unit: str) -> Path | None:
    """The directory of a unit or slice; ``None`` while it does not run."""
    root = CGROUPS / "unified" if (CGROUPS / "unified").is_dir() else CGROUPS
    for directory, names, _ in os.walk(root):
        if unit in names:
            return Path(directory, unit)
    return None


def cpu_seconds(cgroup: Path) -> dict[str, float]:
    """CPU time of all that ever ran in the cgroup: total, user and system, in seconds."""
    lines = (cgroup / "cpu.stat").read_text().splitlines()
    values = dict(line.split() for line in lines)
    return {
        "total": int(values["usage_usec"]) / 1e6,
        "user": int(values["user_usec"]) / 1e6,
        "system": int(values["system_usec"]) / 1e6,
    }


def pids(cgroup: Path) -> list[int]:
    """Processes in the cgroup and those below it."""
    found = []
    for directory, _, _ in os.walk(cgroup):
        found += [int(pid) for pid in Path(directory, "cgroup.procs").read_text().split()]
    return sorted(found)


def process(pid: int, *, memory: bool = True) -> dict[str, Any] | None:
    """Figures of one process; ``None`` when it has gone meanwhile.

    PSS is dear to read, since the kernel walks the page tables; without ``memory`` it is ``None``.
    """
    proc = Path("/proc", str(pid))
    try:
        stat = (proc / "stat").read_text()
        cpus = os.sched_getaffinity(pid)
        rollup = (proc / "smaps_rollup").read_text() if memory else ""
        command = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name is in brackets and may hold blanks: count fields from behind it.
    fields = stat[stat.rindex(")") + 2 :].split()
    sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in rollup.splitlines()[1:]}
    return {
        "pid": pid,
        "parent": int(fields[1]),
        "started_ticks": int(fields[19]),
        "threads": int(fields[17]),
        "cpu_seconds": (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND,
        "pss_bytes": sizes.get("Pss:", 0) if memory else None,
        "rss_bytes": sizes.get("Rss:", 0) if memory else None,
        "cpus": len(cpus),
        "cpu_set": as_ranges(sorted(cpus)),
        "command": command.strip()[:200],
    }


def as_ranges(numbers: list[int]) -> str:
    """Sorted numbers as the kernel writes sets of CPUs: ``0-3,6``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


def unit_figures(unit: str, *, memory: bool = True) -> dict[str, Any] | None:
    """CPU time and processes of one unit; ``None`` while it does not run."""
    cgroup = find_cgroup(unit)
    if cgroup is None:
        return None
    processes = [figures for pid in pids(cgroup) if (figures := process(pid, memory=memory))]
    return {"cpu_seconds": cpu_seconds(cgroup), "processes": processes}
