"""One trial in a page: what lists, comparisons, histories and exports need without its raw data."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchrig.contract.spec import plain
from benchrig.verdict.counting import counting
from benchrig.verdict.limit import Bottleneck

THEIRS = "theirs"  # the grade of what was measured elsewhere: not judged here
NAME_MAX = 120


@dataclass(frozen=True)
class TierSummary:
    """One tier over the measure phase, as `benchrig.figures.TierFigures`.

    Attributes:
        busiest_cores: CPU of its busiest single process.
    """

    cpu_cores: float
    cpus: int
    memory_bytes: int
    requests_per_cpu_second: float
    busiest_cores: float = 0.0


@dataclass(frozen=True)
class ClientSummary:
    """What the clients saw, as `benchrig.figures.ClientFigures`.

    Attributes:
        errors: by kind: connect, read, write, timeout, status; those that occurred.
        quantiles_seconds: quantile (``0.99``) to seconds; those that the sample carries.
    """

    requests: int
    errors: dict[str, int]
    requests_per_second: float
    bytes_per_second: float
    quantiles_seconds: dict[str, float]
    mean_seconds: float
    max_seconds: float


@dataclass(frozen=True)
class Reason:
    """Why a trial is not valid, or what should stand beside its number."""

    grade: str
    text: str


@dataclass(frozen=True)
class TrialSummary:
    """One trial's settings, client figures, cost and grade.

    Attributes:
        cell: variant, workload and level in one name; trials of one cell are repeats.
        origin: empty for a trial of ours, else the tool that measured it.
        grade: valid, suspect, invalid, or `THEIRS`.
        client: ``None`` where nothing was measured.
        chain_requests_per_cpu_second: of app, proxy and database together.
        bottleneck: what limited it; ``None`` where nothing was measured.
    """

    trial: int
    begin_unix: float
    cell: str
    variant: str
    app: str
    server: str
    workload: str
    via: str
    driver: str
    connections: int
    duration_seconds: float
    origin: str = ""
    workers: int = 0
    rate_per_second: float = 0.0
    parameters: dict[str, float] = field(default_factory=dict)
    lock_sha256: str = ""
    grade: str = THEIRS
    reasons: tuple[Reason, ...] = ()
    client: ClientSummary | None = None
    tiers: dict[str, TierSummary] = field(default_factory=dict)
    chain_requests_per_cpu_second: float | None = None
    bottleneck: Bottleneck | None = None

    @property
    def usable(self) -> bool:
        """Whether it has figures that are not refused; `counting` tells which of several count."""
        return self.grade != "invalid" and self.client is not None

    @property
    def window(self) -> str:
        """How long it was measured, as asked; figures of one cell differ by it and never mix."""
        return (
            f"{plain(self.duration_seconds)} s" if self.duration_seconds else "as long as it took"
        )

    @property
    def requests_per_second(self) -> float | None:
        """The clients' rate; ``None`` where nothing was measured."""
        return self.client.requests_per_second if self.client else None

    @property
    def app_cpu_seconds_per_request(self) -> float | None:
        """CPU time of the app tier for each request."""
        app = self.tiers.get("app")
        per_second = app.requests_per_cpu_second if app else 0.0
        return 1 / per_second if per_second else None


def printable(name: str) -> str:
    """Somebody else's name as plain text of one line and a bearable length."""
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return shown[:NAME_MAX] or "?"


def usable(trials: Iterable[TrialSummary]) -> list[TrialSummary]:
    """The trials of one cell that count and have figures."""
    return counting(trial for trial in trials if trial.usable)
