"""CPU, pressure and processes of systemd units, as cgroups know them.

cgroup v2 files where they are; the unified part of a hybrid layout serves as well, since CPU time
and pressure are counted there even without the cpu controller.
"""

import errno
import os
from pathlib import Path
from typing import Any

from benchrig.host import processes

CGROUPS = Path("/sys/fs/cgroup")
SLICE = ".slice"
# What reading a cgroup's file fails with when its unit stops: before it is opened, and after.
STOPPED = (errno.ENOENT, errno.ENODEV)
PRESSURES = ("cpu", "io", "memory")


def root() -> Path:
    """Where the unified hierarchy is mounted; its own files are the whole host's."""
    return CGROUPS / "unified" if (CGROUPS / "unified").is_dir() else CGROUPS


def find_cgroup(unit: str) -> Path | None:
    """The directory of a unit or slice; ``None`` while it does not run.

    Slices nest as their names say (systemd.slice(5)): ``a-b.slice`` is in ``a.slice``. A slice
    named by an instance (``system-postgresql.slice``) is in ``system.slice`` by the same rule.
    Services are looked for in ``system.slice`` first and then everywhere.
    """
    if unit.endswith(SLICE):
        parts = unit.removesuffix(SLICE).split("-")
        above = ["-".join(parts[: n + 1]) + SLICE for n in range(len(parts))]
        found = root().joinpath(*above)
        return found if found.is_dir() else None
    usual = root() / "system.slice" / unit
    if usual.is_dir():
        return usual
    for directory, names, _ in os.walk(root()):
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


def pressure_seconds(cgroup: Path) -> dict[tuple[str, str], float]:
    """Seconds in which ``some`` or ``full`` (all) of the cgroup's tasks waited, by resource.

    Empty where the kernel keeps no pressure figures (PSI).
    """
    found = {}
    for resource in PRESSURES:
        try:
            lines = (cgroup / f"{resource}.pressure").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            kind, *_, total = line.split()
            found[resource, kind] = int(total.removeprefix("total=")) / 1e6
    return found


def memory_bytes(cgroup: Path) -> int | None:
    """Memory charged to the cgroup; ``None`` without the memory controller."""
    return _whole_number(cgroup / "memory.current")


def oom_kills(cgroup: Path) -> int | None:
    """Processes killed for lack of memory; ``None`` without the memory controller."""
    try:
        lines = (cgroup / "memory.events").read_text().splitlines()
    except FileNotFoundError:
        return None
    return int(dict(line.split() for line in lines)["oom_kill"])


def pids(cgroup: Path) -> list[int]:
    """Processes in the cgroup and those below it."""
    return _members(cgroup, "cgroup.procs")


def tids(cgroup: Path) -> list[int]:
    """Threads in the cgroup and those below it."""
    return _members(cgroup, "cgroup.threads")


def services(cgroup: Path) -> list[str]:
    """Names of the services in the cgroup: itself, or those below a slice."""
    if not cgroup.name.endswith(SLICE):
        return [cgroup.name]
    return sorted(p.name for p in cgroup.glob("**/*.service"))


def unit_figures(unit: str, *, memory: bool = True) -> dict[str, Any] | None:
    """CPU time and processes of one unit; ``None`` while it does not run."""
    cgroup = find_cgroup(unit)
    if cgroup is None:
        return None
    listed = [f for pid in pids(cgroup) if (f := processes.process(pid, memory=memory))]
    return {"cpu_seconds": cpu_seconds(cgroup), "processes": listed}


def _members(cgroup: Path, file: str) -> list[int]:
    found: list[int] = []
    for directory, _, _ in os.walk(cgroup):
        try:
            found += [int(number) for number in Path(directory, file).read_text().split()]
        except OSError:
            continue  # a unit that stopped meanwhile, or a cgroup that may not be asked
    return sorted(found)


def _whole_number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except FileNotFoundError:
        return None
