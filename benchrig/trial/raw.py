"""What a trial leaves behind, as it was read off the hosts: nothing computed, nothing left out."""

from dataclasses import dataclass, field

from benchrig.drivers.base import Output, Tool
from benchrig.drivers.ceiling import Ceiling
from benchrig.signals.series import Telemetry
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw_counters import Activity, Census, Snapshot


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
        run_id: run it belongs to; empty in records of before this was kept.
        number: its place in the run, from 1.
        telemetry: signals of the trial's time; ``None`` in records of before this was kept.
        samples_gz: every sample behind them, OpenMetrics text in gzip; not read back.
        app_units: app server to the unit's invocation at begin and end; another one means that it
            was restarted.
        census: host to looks at its sockets during the measure phase; empty in older records,
            as is ``activity``.
        activity: looks at PostgreSQL's backends, for workloads that use it.
    """

    plan: TrialPlan
    begin_unix: float
    clock_offsets: dict[str, float]
    run_id: str = ""
    number: int = 0
    start_seconds: float = 0.0
    ceiling: Ceiling | None = None
    tools: dict[str, dict[str, Tool]] = field(default_factory=dict)
    phases: list[Phase] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    sampled: Sampled | None = None
    driver_runs: list[DriverRun] = field(default_factory=list)
    snapshots: dict[str, dict[str, Snapshot]] = field(default_factory=dict)
    census: dict[str, Census] = field(default_factory=dict)
    activity: list[Activity] = field(default_factory=list)
    app_units: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    journal: dict[str, str] = field(default_factory=dict)
    telemetry: Telemetry | None = None
    samples_gz: bytes = b""
