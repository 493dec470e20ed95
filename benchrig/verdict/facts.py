"""What the rules read: shares of time and of requests, computed once from a raw trial. Pure.

Shares of time are taken between the snapshots ``first`` and ``last`` (``begin`` and ``end`` where a
phase has none). Numbers of requests are means over the looks of the census in that window.
"""

from dataclasses import dataclass

ACK_DELAY_SECONDS = 0.05  # TCP_DELACK_MIN of include/net/tcp.h is 40 ms, and a tick goes on top


@dataclass(frozen=True)
class Running:
    """One process over the window; all four are shares of it or counts of CPUs.

    Attributes:
        cpu_cores: CPU seconds per second, all threads.
        thread_cores: the busiest thread's.
        delay: share of the window in which that thread was ready to run and had no CPU.
        asleep: share in which it waited for something else than a CPU.
        all_asleep: the least share in which all of its threads did.
    """

    host: str
    pid: int
    cpu_cores: float
    thread_cores: float
    delay: float
    asleep: float
    all_asleep: float
    command: str = ""

    @property
    def busy(self) -> float:
        """How far it is from doing all it can, 0 to 1, whatever else ran on its CPU.

        Time in the run queue is neither work nor rest, so it is left out: CPU time over CPU time
        and sleep. A thread that hardly ever sleeps is busy even where it hardly gets a CPU, and one
        that waits for a CPU far longer than it sleeps is so while it is awake.
        """
        return max(self._crowded(self.asleep), busy(self.thread_cores, self.asleep))

    @property
    def python_busy(self) -> float:
        """The same for a Python process, of whose threads one runs at a time, each in its turn."""
        of_its_time = busy(min(1.0, self.cpu_cores), self.all_asleep)
        return max(self._crowded(self.all_asleep), of_its_time)

    def _crowded(self, asleep: float) -> float:
        return 1 - asleep if self.delay > 2 * asleep else 0.0


def busy(cores: float, asleep: float) -> float:
    """CPU time over CPU time and sleep; and hardly any sleep is busy, however little CPU it got."""
    of_its_time = cores / (cores + asleep) if cores + asleep > 0 else 1.0
    return min(1.0, max(of_its_time, 1 - 2 * asleep))


@dataclass(frozen=True)
class Worker:
    """One worker of the app.

    Attributes:
        connections: established, in the middle of the window; ``None`` where not counted.
        unread: requests that waited on its connections to be read, mean.
        pressed: share of looks that found one waiting.
        blocked: share of its sleep in which it waited for one thing and not for events; ``None``
            where the host could not tell.
    """

    running: Running
    connections: int | None
    unread: float
    pressed: float
    blocked: float | None = None

    @property
    def held_up(self) -> float:
        """Share of its sleep in which nobody else could run, 0 to 1: seen, else inferred."""
        if self.blocked is not None:
            return self.blocked * ramp(self.running.all_asleep)
        return asleep_while(self.pressed, self.running.all_asleep)

    @property
    def busy(self) -> float:
        """How far it is from doing all it can, 0 to 1."""
        return self.running.python_busy

    @property
    def occupied(self) -> float:
        """How far it is from taking no more, 0 to 1: at work, or held up by a wait."""
        return max(self.busy, self.held_up)


@dataclass(frozen=True)
class Queued:
    """Where requests waited, mean over the looks: the places they pass, in order.

    Attributes:
        seen: looks at the app's sockets; 0 in older records.
        client_unread: answers that the driver had not read yet.
        proxy_unread: requests and answers that nginx had not read yet.
        backlog: connections that no worker had accepted.
        unread: requests that no worker had read.
        unsent: answers that the client's host had not acknowledged.
        pressed: share of looks with a request in backlog or unread.
        executing: statements under way in PostgreSQL.
    """

    seen: int
    client_unread: float
    proxy_unread: float
    backlog: float
    unread: float
    unsent: float
    pressed: float
    executing: float


@dataclass(frozen=True)
class Database:
    """PostgreSQL over the window.

    Attributes:
        wanted_cores: backends that ran or waited for a CPU, mean.
        connected, active, waiting_for_lock, waiting_otherwise: backends, mean over the looks.
        executing: statements under way, mean: the highest of three ways to count them.
    """

    cpu_cores: float
    cpus: int
    wanted_cores: float
    connected: float
    active: float
    waiting_for_lock: float
    waiting_otherwise: float
    executing: float
    statements_per_second: float


@dataclass(frozen=True)
class Link:
    """One direction of one interface; ``capacity`` is 0 where nobody knows it."""

    host: str
    name: str
    direction: str
    bits_per_second: float
    capacity_bits_per_second: float

    @property
    def used(self) -> float:
        """Share of the capacity, 0 where that is unknown."""
        capacity = self.capacity_bits_per_second
        return self.bits_per_second / capacity if capacity else 0.0


@dataclass(frozen=True)
class Facts:
    """Everything the rules of one trial read.

    Attributes:
        in_flight: requests under way at a time: the connections of a closed loop, rate times
            latency in an open one (Little's law).
        slots: requests that all workers answer at a time; 0 for many.
        delayed_acks: of the host that receives the app's answers, per request.
        mode_40_ms: share of answers that took 35 to 60 ms.
        retransmits: share of the segments that the app servers sent.
        rate_kept: an open loop's requests were answered as fast as they fell due.
        idle_clients: connections of a closed loop with no request under way: the driver has not
            come to send the next one.
        neighbours: other tiers that ran on the app's own CPUs, and the cores they used; known
            where hosts share one kernel.
    """

    open_loop: bool
    requests_per_second: float
    in_flight: float
    error_share: float
    errors: str
    drivers: tuple[Running, ...]
    proxies: tuple[Running, ...]
    workers: tuple[Worker, ...]
    slots: int
    processes: int
    app_cores: float
    app_cpus: int
    queued: Queued
    database: Database | None
    links: tuple[Link, ...]
    delayed_acks: float
    mode_40_ms: float
    retransmits: float
    via_proxy: bool
    idle_clients: float = 0.0
    rate_kept: bool = False
    neighbours: tuple[tuple[str, float], ...] = ()

    @property
    def unsent(self) -> float:
        """Answers that wait to be sent.

        Where a connection rests after its answer, in an open loop or because the driver is slow,
        nothing takes the acknowledgement along, which the client's kernel then delays: those do
        not wait.
        """
        resting = ACK_DELAY_SECONDS * self.requests_per_second
        return max(0.0, self.queued.unsent - (resting if self.open_loop else self.idle_clients))

    @property
    def inside(self) -> float:
        """Requests that the app has read and not answered, and that PostgreSQL does not work on."""
        q = self.queued
        known = q.client_unread + q.proxy_unread + q.backlog + q.unread + self.unsent + q.executing
        return max(0.0, self.in_flight - self.idle_clients - known)

    @property
    def app_full(self) -> float:
        """Share of the CPUs that the app may use and does."""
        return self.app_cores / self.app_cpus if self.app_cpus else 0.0

    @property
    def kept_from_cpu(self) -> float:
        """Share of the time in which an app's worker wanted a CPU that nothing of the app used."""
        waited = max((worker.running.delay for worker in self.workers), default=0.0)
        return max(0.0, min(waited, 1 - self.app_full))

    def share(self, requests: float) -> float:
        """A number of requests as a share of those in flight."""
        return min(1.0, requests / self.in_flight) if self.in_flight > 0 else 0.0


def ramp(asleep: float) -> float:
    """From 0 to 1 as sleep becomes enough to draw conclusions from it."""
    return min(1.0, max(0.0, (asleep - 0.1) / 0.2))


def asleep_while(pressed: float, asleep: float) -> float:
    """Share of a sleep in which requests waited, 0 to 1; 0 for one who hardly sleeps.

    ``pressed`` is a share of all looks: the worst case is taken, that each look while the process
    was awake found requests, and only what remains fell into its sleep.
    """
    if asleep <= 0.1:
        return 0.0
    return ramp(asleep) * min(1.0, max(0.0, (pressed - (1 - asleep)) / asleep))
