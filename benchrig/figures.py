"""From a raw trial to figures: pure arithmetic, to be repeated from what is stored at any time."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchrig.drivers import DRIVERS
from benchrig.drivers.base import LoadErrors, LoadResult, UnreadableOutput
from benchrig.tiers import APP, LOAD, TIERS, Tier
from benchrig.trial.raw import ProcessCounters, RawTrial, Snapshot, UnitCounters

WORKER_CORES = 0.005  # a process below this did no request: a master, a resource tracker


@dataclass(frozen=True)
class ClientFigures:
    """What the clients saw in the measure phase, all load generators together.

    ``requests_per_second`` counts answers with a 2xx code only.
    """

    requests: int
    seconds: float
    requests_per_second: float
    bytes_per_second: float
    errors: LoadErrors
    latency_seconds: dict[float, float]
    latency_mean_seconds: float
    latency_max_seconds: float

    @property
    def error_share(self) -> float:
        """Errors as a share of all that was asked, 0 to 1."""
        asked = self.requests + self.errors.total
        return self.errors.total / asked if asked else 1.0


@dataclass(frozen=True)
class ProcessFigures:
    """One process over the measure phase."""

    host: str
    pid: int
    cpu_cores: float
    memory_bytes: int
    connections: int | None
    command: str


@dataclass(frozen=True)
class TierFigures:
    """One tier over the measure phase, all its hosts together.

    Attributes:
        cpu_cores: CPU seconds used per second.
        cpus: CPUs its processes may use.
        memory_bytes: proportional set size (PSS), in the middle of the phase.
        requests_per_cpu_second: requests answered per CPU second of this tier.

    """

    tier: str
    cpu_cores: float
    cpus: int
    memory_bytes: int
    requests_per_cpu_second: float
    processes: tuple[ProcessFigures, ...]


@dataclass(frozen=True)
class TrialFigures:
    """All figures of one trial; ``None`` where the trial did not get that far."""

    client: ClientFigures | None
    tiers: dict[str, TierFigures]
    chain_requests_per_cpu_second: float | None
    unreadable: str = ""


def figures(raw: RawTrial) -> TrialFigures:
    """Compute a trial's figures from its raw record."""
    try:
        client = _client(raw)
    except UnreadableOutput as error:
        return TrialFigures(None, {}, None, f"{raw.plan.driver} printed: {error}")
    if client is None:
        return TrialFigures(None, {}, None)
    used = [t for t in TIERS if t is not LOAD or raw.snapshots]
    tiers = {t.name: f for t in used if (f := _tier(raw, t, client.requests))}
    chain = sum(f.cpu_cores for name, f in tiers.items() if name != LOAD.name)
    seconds = _window_seconds(raw)
    per_cpu = client.requests / (chain * seconds) if chain and seconds else None
    return TrialFigures(client, tiers, per_cpu)


def _client(raw: RawTrial) -> ClientFigures | None:
    runs = [run for run in raw.driver_runs if run.phase == "measure"]
    if not runs:
        return None
    results: list[LoadResult] = [DRIVERS[raw.plan.driver].parse(run.stdout) for run in runs]
    seconds = max(result.duration_seconds for result in results)
    requests = sum(result.requests for result in results)
    widest = max(results, key=lambda result: result.requests)
    return ClientFigures(
        requests=requests,
        seconds=seconds,
        requests_per_second=requests / seconds,
        bytes_per_second=sum(result.bytes_read for result in results) / seconds,
        errors=_summed(result.errors for result in results),
        latency_seconds=widest.latency_seconds,
        latency_mean_seconds=widest.latency_mean_seconds,
        latency_max_seconds=max(result.latency_max_seconds for result in results),
    )


def _summed(errors: Iterable[LoadErrors]) -> LoadErrors:
    rows = [(e.connect, e.read, e.write, e.timeout, e.status) for e in errors]
    return LoadErrors(*map(sum, zip(*rows, strict=True)))


def _tier(raw: RawTrial, tier: Tier, requests: int) -> TierFigures | None:
    processes: list[ProcessFigures] = []
    cpu_seconds, window, memory, cpus = 0.0, 0.0, 0, 0
    for host, moments in raw.snapshots.items():
        if not {"begin", "middle", "end"} <= moments.keys():
            continue
        units = [moments[m].units.get(tier.unit) for m in ("begin", "middle", "end")]
        if None in units:
            continue
        begin, middle, end = (unit for unit in units if unit)
        cpu_seconds += end.cpu_seconds.total - begin.cpu_seconds.total
        window = max(window, moments["end"].unix - moments["begin"].unix)
        memory += sum(p.pss_bytes for p in middle.processes)
        cpus += max((p.cpus for p in end.processes), default=0)
        processes += _processes(host, tier, begin, end, moments)
    if not window:
        return None
    per_cpu = requests / cpu_seconds if cpu_seconds else 0.0
    busiest = tuple(sorted(processes, key=lambda p: -p.cpu_cores))
    return TierFigures(tier.name, cpu_seconds / window, cpus, memory, per_cpu, busiest)


def _processes(
    host: str, tier: Tier, begin: UnitCounters, end: UnitCounters, moments: dict[str, Snapshot]
) -> list[ProcessFigures]:
    window = moments["end"].unix - moments["begin"].unix
    before: dict[tuple[int, int], ProcessCounters] = {
        (p.pid, p.started_ticks): p for p in begin.processes
    }
    held = moments["middle"].connections.get(tier.unit, {})
    found = []
    for p in end.processes:
        earlier = before.get((p.pid, p.started_ticks))
        used = p.cpu_seconds - (earlier.cpu_seconds if earlier else 0.0)
        connections = held.get(p.pid, 0) if tier is APP else None
        found.append(
            ProcessFigures(host, p.pid, used / window, p.pss_bytes, connections, p.command)
        )
    return found


def _window_seconds(raw: RawTrial) -> float:
    spans = [
        moments["end"].unix - moments["begin"].unix
        for moments in raw.snapshots.values()
        if {"begin", "end"} <= moments.keys()
    ]
    return max(spans, default=0.0)
