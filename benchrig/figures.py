"""From a raw trial to figures: pure arithmetic, to be repeated from what is stored at any time."""

from collections import Counter
from dataclasses import dataclass

from benchrig.drivers.base import LoadErrors, LoadResult, OpenLoop, UnreadableOutput
from benchrig.drivers.catalogue import find_driver
from benchrig.drivers.histogram import Histogram, merge
from benchrig.tiers import APP, LOAD, TIERS, Tier
from benchrig.trial.raw import DriverRun, RawTrial
from benchrig.trial.raw_counters import ProcessCounters, Snapshot, UnitCounters

QUANTILES = (0.5, 0.75, 0.9, 0.99, 0.999, 0.9999)


@dataclass(frozen=True)
class ClientFigures:
    """What the clients saw in the measure phase, all load generators together.

    Attributes:
        requests_per_second: answers with a 2xx code; errors are not throughput.
        latency: every answer's, merged exactly; ``None`` where a driver tells quantiles only.
        quantiles_seconds: quantile (0 to 1) to seconds; those that the sample carries.
        offered_per_second: open loop: requests that fell due per second; 0 in a closed loop.
        start_skew_seconds: between the first and the last load generator's start.
    """

    requests: int
    seconds: float
    requests_per_second: float
    bytes_per_second: float
    errors: LoadErrors
    latency: Histogram | None
    quantiles_seconds: dict[float, float]
    mean_seconds: float
    max_seconds: float
    open_loop: OpenLoop | None
    offered_per_second: float
    start_skew_seconds: float
    notes: tuple[str, ...]

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
    results = [find_driver(run.driver).parse(run.output) for run in runs]
    seconds = max(result.duration_seconds for result in results)
    requests = sum(result.requests for result in results)
    histograms = [result.latency for result in results]
    latency = merge(h for h in histograms if h) if all(histograms) else None
    alone = results[0] if len(results) == 1 else None
    open_loop = _open_loop(results)
    return ClientFigures(
        requests=requests,
        seconds=seconds,
        requests_per_second=requests / seconds,
        bytes_per_second=sum(result.bytes_read for result in results) / seconds,
        errors=_summed([result.errors for result in results]),
        latency=latency,
        quantiles_seconds=_quantiles(latency, alone),
        mean_seconds=latency.mean_seconds if latency else alone.mean_seconds if alone else 0.0,
        max_seconds=max(result.max_seconds for result in results),
        open_loop=open_loop,
        offered_per_second=open_loop.due / seconds if open_loop else 0.0,
        start_skew_seconds=_skew(raw, runs, results),
        notes=tuple(note for result in results for note in result.notes),
    )


def _quantiles(latency: Histogram | None, alone: LoadResult | None) -> dict[float, float]:
    """Quantiles of the merged histogram; one driver's own where it keeps none, never an average."""
    if latency:
        carried = [q for q in QUANTILES if latency.carries(q)]
        return {q: latency.quantile_seconds(q) for q in carried}
    return carried_quantiles(alone) if alone else {}


def carried_quantiles(result: LoadResult) -> dict[float, float]:
    """A driver's own quantiles, those that its sample carries.

    ab reads beyond its samples for the 99th percentile of fewer than 50 requests.
    """
    told, count = result.quantiles_seconds, result.requests
    return {q: told[q] for q in QUANTILES if q in told and count * (1 - q) >= 1 - 1e-9}


def _summed(errors: list[LoadErrors]) -> LoadErrors:
    detail: Counter[str] = Counter()
    for each in errors:
        detail.update(each.detail)
    return LoadErrors(
        connect=sum(e.connect for e in errors),
        read=sum(e.read for e in errors),
        write=sum(e.write for e in errors),
        timeout=sum(e.timeout for e in errors),
        status=sum(e.status for e in errors),
        detail=dict(detail),
    )


def _open_loop(results: list[LoadResult]) -> OpenLoop | None:
    loops = [result.open_loop for result in results if result.open_loop]
    if not loops:
        return None
    kinds = ("due", "sent", "unsent", "unanswered")
    return OpenLoop(*(sum(getattr(loop, kind) for loop in loops) for kind in kinds))


def _skew(raw: RawTrial, runs: list[DriverRun], results: list[LoadResult]) -> float:
    begins = [
        (result.begin_unix or run.begin_unix) - raw.clock_offsets[run.host]
        for run, result in zip(runs, results, strict=True)
    ]
    return max(begins) - min(begins)


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
        memory += sum(p.pss_bytes or 0 for p in middle.processes)
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
            ProcessFigures(host, p.pid, used / window, p.pss_bytes or 0, connections, p.command)
        )
    return found


def _window_seconds(raw: RawTrial) -> float:
    spans = [
        moments["end"].unix - moments["begin"].unix
        for moments in raw.snapshots.values()
        if {"begin", "end"} <= moments.keys()
    ]
    return max(spans, default=0.0)
