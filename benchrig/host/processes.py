"""Figures of single processes and threads, as /proc knows them.

Memory is the proportional set size (PSS), which counts shared pages once. The kernel walks the page
tables for it, some milliseconds for a large process: ask for it seldom.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
GONE = (FileNotFoundError, ProcessLookupError)


@dataclass(frozen=True)
class Task:
    """One process, or one thread of one; ``started_ticks`` tells a reused number from the old."""

    pid: int
    parent: int
    started_ticks: int
    threads: int
    cpu_seconds: float


def task(pid: int, tid: int = 0) -> Task | None:
    """A process, or with ``tid`` one of its threads; ``None`` when it has gone."""
    path = f"/proc/{pid}/task/{tid}/stat" if tid else f"/proc/{pid}/stat"
    try:
        stat = Path(path).read_text()
    except GONE:
        return None
    # The command's name is in brackets and may hold blanks: count fields from behind it.
    fields = stat[stat.rindex(")") + 2 :].split()
    return Task(
        pid=tid or pid,
        parent=int(fields[1]),
        started_ticks=int(fields[19]),
        threads=int(fields[17]),
        cpu_seconds=(int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND,
    )


def memory_bytes(pid: int) -> dict[str, int] | None:
    """``Pss`` and ``Rss`` of a process, in bytes; ``None`` when it has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except GONE:
        return None
    sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines}
    # A process that is being torn down still has the file, and nothing in it.
    return {"Pss": sizes.get("Pss:", 0), "Rss": sizes.get("Rss:", 0)}


def command(pid: int) -> str | None:
    """The command line of a process; ``None`` when it has gone."""
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes()
    except GONE:
        return None
    return text.replace(b"\0", b" ").decode(errors="replace").strip()


def process(pid: int, *, memory: bool = True) -> dict[str, Any] | None:
    """All figures of one process; ``None`` when it has gone meanwhile.

    PSS is dear to read, since the kernel walks the page tables; without ``memory`` it is ``None``.
    """
    found, argv = task(pid), command(pid)
    sizes = memory_bytes(pid) if memory else {}
    if found is None or sizes is None or argv is None:
        return None
    try:
        cpus = os.sched_getaffinity(pid)
    except ProcessLookupError:
        return None
    return {
        "pid": pid,
        "parent": found.parent,
        "started_ticks": found.started_ticks,
        "threads": found.threads,
        "cpu_seconds": found.cpu_seconds,
        "pss_bytes": sizes.get("Pss"),
        "rss_bytes": sizes.get("Rss"),
        "cpus": len(cpus),
        "cpu_set": as_ranges(sorted(cpus)),
        "command": argv[:200],
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
