"""One tier's unit from scrape to scrape: its cgroup, its starts, its workers, its memory."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from benchrig.host import cgroups, processes
from benchrig.host.processes import Task

WORKERS_MAX = 64  # series per tier; cgroups count the CPU of all, however many there are
INVOCATIONS = Path("/run/systemd/units")
MEMORY_SECONDS = 5.0
MEMORY_SHARE = 1 / 200  # of the time that reading PSS may take; large units are read less often


@dataclass(frozen=True)
class TierFigures:
    """A tier at one moment; ``None`` is what this host can not tell.

    Attributes:
        pressure_seconds: (resource, kind) to seconds.
        workers: worker number to CPU seconds. Numbers go by the order of start; the number of one
            that has gone is given to the next that starts.
        starts: how often a service of the unit was seen to start, since this exporter did.
    """

    cpu_seconds: dict[str, float]
    pressure_seconds: dict[tuple[str, str], float]
    processes: int
    threads: int
    workers: dict[int, float]
    starts: int
    memory_pss_bytes: int | None
    memory_charged_bytes: int | None
    oom_kills: int | None


@dataclass
class TierReader:
    """Reads one tier.

    Attributes:
        threads: the workers are threads and not processes.
        numbers: process (or thread) to its worker number, as of the newest reading.
    """

    name: str
    unit: str
    threads: bool = False
    numbers: dict[int, int] = field(default_factory=dict)
    _workers: dict[tuple[int, int], int] = field(default_factory=dict)
    _invocations: dict[str, str] = field(default_factory=dict)
    _starts: int = 0
    _pss_bytes: int | None = None
    _pss_due: float = 0.0

    def read(self) -> TierFigures | None:
        """The tier now; ``None`` while its unit does not run."""
        cgroup = cgroups.find_cgroup(self.unit)
        if cgroup is None:
            self.numbers, self._workers, self._pss_bytes, self._pss_due = {}, {}, None, 0.0
            return None
        try:
            return self._read(cgroup)
        except OSError as error:
            if error.errno not in cgroups.STOPPED:
                raise
            return None  # it stopped while it was read

    def _read(self, cgroup: Path) -> TierFigures:
        cpu = cgroups.cpu_seconds(cgroup)
        pids = cgroups.pids(cgroup)
        tids = cgroups.tids(cgroup)
        return TierFigures(
            cpu_seconds={"user": cpu["user"], "system": cpu["system"]},
            pressure_seconds=cgroups.pressure_seconds(cgroup),
            processes=len(pids),
            threads=len(tids),
            workers=self._number(tids if self.threads else pids),
            starts=self._count_starts(cgroup),
            memory_pss_bytes=self._memory(pids),
            memory_charged_bytes=cgroups.memory_bytes(cgroup),
            oom_kills=cgroups.oom_kills(cgroup),
        )

    def _number(self, members: list[int]) -> dict[int, float]:
        # A thread's own file is below task/; /proc/TID/stat tells of its whole process.
        asked = [(one, one if self.threads else 0) for one in members[:WORKERS_MAX]]
        tasks = [found for pid, tid in asked if (found := processes.task(pid, tid))]
        alive = {(t.pid, t.started_ticks) for t in tasks}
        kept = {key: number for key, number in self._workers.items() if key in alive}
        free = iter(sorted(set(range(WORKERS_MAX)) - set(kept.values())))
        for one in sorted(tasks, key=_by_start):
            key = (one.pid, one.started_ticks)
            if key not in kept:
                kept[key] = next(free)
        self._workers = kept
        self.numbers = {pid: number for (pid, _), number in kept.items()}
        return {kept[t.pid, t.started_ticks]: t.cpu_seconds for t in tasks}

    def _count_starts(self, cgroup: Path) -> int:
        """Systemd gives each start of a service an identity, and tells it in a symbolic link."""
        for service in cgroups.services(cgroup):
            try:
                invocation = str((INVOCATIONS / f"invocation:{service}").readlink())
            except FileNotFoundError:
                continue
            if self._invocations.get(service) != invocation:
                self._invocations[service] = invocation
                self._starts += 1
        return self._starts

    def _memory(self, pids: list[int]) -> int | None:
        begin = time.monotonic()
        if begin >= self._pss_due:
            sizes = [size["Pss"] for pid in pids if (size := processes.memory_bytes(pid))]
            self._pss_bytes = sum(sizes)
            took = time.monotonic() - begin
            self._pss_due = begin + max(MEMORY_SECONDS, took / MEMORY_SHARE) - 0.5
        return self._pss_bytes


def _by_start(task: Task) -> tuple[int, int]:
    return task.started_ticks, task.pid
