"""Counters of a raw trial: what was read of hosts, units, processes and threads at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ThreadCounters:
    """One thread since its start.

    Attributes:
        delay_seconds: time it was ready to run and no CPU was free for it.
        switches_waiting: context switches because it waited for something.
        switches_forced: context switches that were forced on it.
    """

    tid: int
    cpu_seconds: float
    delay_seconds: float
    switches_waiting: int
    switches_forced: int


@dataclass(frozen=True)
class ProcessCounters:
    """One process of a unit; CPU time since its start.

    Attributes:
        pss_bytes, rss_bytes: ``None`` at the moments that leave memory out.
        cpu_set: the CPUs it may use, as ``0-3,6``; empty in older records.
        busiest_threads: those with the most CPU time first; empty in older records.
    """

    pid: int
    parent: int
    started_ticks: int
    threads: int
    cpu_seconds: float
    pss_bytes: int | None
    rss_bytes: int | None
    cpus: int
    command: str
    cpu_set: str = ""
    busiest_threads: tuple[ThreadCounters, ...] = ()


@dataclass(frozen=True)
class CpuSeconds:
    """CPU time of everything that ever ran in a unit."""

    total: float
    user: float
    system: float


@dataclass(frozen=True)
class UnitCounters:
    """One unit's counters at one moment."""

    cpu_seconds: CpuSeconds
    processes: tuple[ProcessCounters, ...]


@dataclass(frozen=True)
class MachineCounters:
    """A host since it booted; in a lab some of it is of the whole box.

    Attributes:
        cpu_seconds: of all CPUs, idle or not.
        stolen_seconds: time that a hypervisor gave to others.
        pressure_seconds: time in which something waited for a CPU; ``None`` where not counted.
        booted_unix: when its kernel started; 0 in older records.
        context_switches: of all CPUs since then.
    """

    cpu_seconds: float
    stolen_seconds: float
    swapped_pages: int
    oom_kills: int
    pressure_seconds: float | None
    booted_unix: int = 0
    context_switches: int = 0

    def shares_kernel_with(self, other: "MachineCounters") -> bool:
        """Whether both are of one kernel, read at about the same time, as in a lab.

        Containers have boot IDs of their own, but the same start and the same count of switches.
        """
        most = max(self.context_switches, other.context_switches)
        near = abs(self.context_switches - other.context_switches) <= 0.005 * most
        return bool(self.booted_unix) and self.booted_unix == other.booted_unix and near


@dataclass(frozen=True)
class LinkCounters:
    """One network interface since it came up.

    Attributes:
        speed_bits_per_second: as the hardware says; 0 where it does not know.
        limit_bits_per_second: what a traffic shaper lets it send; 0 for no shaper.
    """

    rx_bytes: int
    tx_bytes: int
    rx_packets: int
    tx_packets: int
    rx_dropped: int
    tx_dropped: int
    speed_bits_per_second: int
    limit_bits_per_second: int


@dataclass(frozen=True)
class OtherProcess:
    """A process of the host that belongs to none of the rig's tiers."""

    pid: int
    name: str
    cpu_seconds: float


@dataclass(frozen=True)
class NginxTotals:
    """Nginx's totals since it started, and what its connections do now."""

    active: int
    accepted: int
    handled: int
    requests: int
    reading: int
    writing: int
    waiting: int


@dataclass(frozen=True)
class Snapshot:
    """One host's counters at one moment of its own clock.

    Attributes:
        units: systemd unit to its counters; ``None`` when it did not run.
        connections: unit to PID to established connections on the app's ports, looked at in the
            middle of the phase; empty at other moments.
        links: network interface to its counters; empty in older records, as are ``others``.
        machine: ``None`` in older records.
        nginx: ``None`` on other hosts, and where nginx did not answer.
    """

    unix: float
    took_seconds: float
    units: dict[str, UnitCounters | None]
    connections: dict[str, dict[int, int]]
    tcp: dict[str, int]
    machine: MachineCounters | None = None
    links: dict[str, LinkCounters] = field(default_factory=dict)
    others: tuple[OtherProcess, ...] = ()
    nginx: NginxTotals | None = None


@dataclass(frozen=True)
class Queues:
    """Sockets of one side at one moment: where requests wait.

    Attributes:
        unread: connections with bytes that came and were not read.
        unsent: connections with bytes that the other side did not acknowledge.
        backlog: connections that nobody accepted yet.
    """

    established: int
    unread: int
    unsent: int
    backlog: int


@dataclass(frozen=True)
class Look:
    """One look at a host's sockets.

    Attributes:
        local: those on a port that the host serves.
        remote: those that the host opened to a port of the next tier.
        unread_of: PID to its connections with unread bytes, on the app servers.
        waits_for: PID to ``running``, ``events`` or ``blocked``: what it did, or slept for.
    """

    unix: float
    local: Queues
    remote: Queues
    unread_of: dict[int, int] = field(default_factory=dict)
    waits_for: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Census:
    """Looks at one host's sockets while the load ran, and the CPU time that looking took."""

    cpu_seconds: float
    samples: tuple[Look, ...]


@dataclass(frozen=True)
class Activity:
    """What PostgreSQL's backends did at one moment, and statements since the start.

    Attributes:
        connected: backends that worked for the app within 5 s; those of a pool that the workload
            leaves alone are no use to it.
    """

    unix: float
    connected: int
    active: int
    waiting_for_lock: int
    waiting_otherwise: int
    idle_in_transaction: int
    statements: int
    statement_seconds: float


def load_window(moments: Mapping[str, Snapshot]) -> tuple[Snapshot, Snapshot] | None:
    """A host's snapshots between which the load was all there; ``None`` where one is missing.

    They lie within the phase where its end was planned, so that what the driver takes to start and
    to end thins out no share of time; else they enclose it.
    """
    first = moments.get("first") or moments.get("begin")
    last = moments.get("last") or moments.get("end")
    return (first, last) if first and last and last.unix > first.unix else None
