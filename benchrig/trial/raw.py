"""What a trial leaves behind, as it was read off the hosts: nothing computed, nothing left out."""

from dataclasses import dataclass, field

from benchrig.drivers.base import Output, Tool
from benchrig.drivers.ceiling import Ceiling
from benchrig.trial.plan import TrialPlan


@dataclass(frozen=True)
class Phase:
    """When a phase ran, in our clock."""

    name: str
    begin_unix: float
    end_unix: float


@dataclass(frozen=True)
class DriverRun:
    """One driver's run on one load generator host; times are of that host's clock.

    Attributes:
        stopped: why the driver was stopped; empty when it ended by itself.
        cpu_seconds: user and system time of the driver and its children.
        files: what it wrote beside its output, by name.
    """

    host: str
    phase: str
    driver: str
    argv: tuple[str, ...]
    begin_unix: float
    end_unix: float
    exit: int
    stopped: str
    cpu_seconds: float
    stdout: str
    stderr: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Output:
        """What the driver's parser reads."""
        return Output(self.stdout, self.stderr, self.files)


@dataclass(frozen=True)
class ProcessCounters:
    """One process of a unit; CPU time since its start."""

    pid: int
    parent: int
    started_ticks: int
    threads: int
    cpu_seconds: float
    pss_bytes: int
    rss_bytes: int
    cpus: int
    command: str


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
class Snapshot:
    """One host's counters at one moment of its own clock.

    Attributes:
        units: systemd unit to its counters; ``None`` when it did not run.
        connections: unit to PID to established connections on the app's ports.
    """

    unix: float
    took_seconds: float
    units: dict[str, UnitCounters | None]
    connections: dict[str, dict[int, int]]
    tcp: dict[str, int]


@dataclass(frozen=True)
class Check:
    """One check of the contract, made before the load.

    Attributes:
        detail: what is wrong, where it did not pass.
        known: why this stack fails it by its nature; empty where it should pass.
    """

    name: str
    passed: bool
    detail: str = ""
    known: str = ""


@dataclass(frozen=True)
class Sampled:
    """What the second client saw that went on checking answers while the load ran.

    Attributes:
        unanswered: requests that got no answer at all, as a full server leaves them.
    """

    asked: int
    wrong: int
    unanswered: int
    first_wrong: str


@dataclass(frozen=True)
class Fault:
    """Something that went wrong or is missing; the trial went on or ended with it."""

    where: str
    what: str
    fatal: bool


@dataclass
class RawTrial:
    """Filled step by step while the trial runs, so that a trial cut short keeps what it has.

    Attributes:
        ceiling: what the driver can at most on these load generators; ``None`` when not measured.
        tools: load generator to driver to the version of its tool there.
        snapshots: host to moment (begin, middle, end of the measure phase) to counters.
        app_units: app server to the unit's invocation at begin and end; another one means that it
            was restarted.
    """

    plan: TrialPlan
    begin_unix: float
    clock_offsets: dict[str, float]
    start_seconds: float = 0.0
    ceiling: Ceiling | None = None
    tools: dict[str, dict[str, Tool]] = field(default_factory=dict)
    phases: list[Phase] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    sampled: Sampled | None = None
    driver_runs: list[DriverRun] = field(default_factory=list)
    snapshots: dict[str, dict[str, Snapshot]] = field(default_factory=dict)
    app_units: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    journal: dict[str, str] = field(default_factory=dict)
