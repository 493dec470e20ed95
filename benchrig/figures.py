"""From a raw trial to figures: pure arithmetic, to be repeated from what is stored at any time."""

from collections import Counter
from dataclasses import dataclass

from benchrig.drivers.base import LoadErrors, LoadResult, OpenLoop, UnreadableOutput
from benchrig.drivers.catalogue import find_driver
from benchrig.drivers.histogram import Histogram, merge
from benchrig.tiers import APP, LOAD, TIERS, Tier
from benchrig.trial.raw import DriverRun, RawTrial
from benchrig.trial.raw_counters import ProcessCounters, Snapshot, UnitCounters, load_window

QUANTILES = (0.5, 0.75, 0.9, 0.99, 0.999, 0.9999)


@dataclass(frozen=True)
class ClientFigures:
    """What the clients saw in the measure phase, all load generators together.

    Attributes:
        seconds: how long it was measured; in an open loop how long requests fell due.
        requests_per_second: answers with a 2xx code; errors are not throughput. In an open loop
            answers, early or late, to what fell due in ``seconds``: below ``offered_per_second``
            is what was never answered.
        latency: every answer's, merged exactly; ``None`` where a driver tells quantiles only.
        quantiles_seconds: quantile (0 to 1) to seconds; those that the sample carries.
        offered_per_second: open loop: requests that fell due per second; 0 in a closed loop.
        start_skew_seconds: between the first and the last load generator's start.
        connections_opened: how many really were; ``None`` where a driver does not tell.
        cut_off_seconds: time that requests under way at the end had taken, all together, at most;
            ``None`` where a driver does not tell.
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
    connections_opened: int | None = None
    cut_off_seconds: float | None = None

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
        cpu_cores: CPU seconds used per second while the load was all there, as in the verdict.
        cpus: CPUs its processes may use.
        memory_bytes: proportional set size (PSS), in the middle of the phase.
        requests_per_cpu_second: requests answered per CPU second of this tier, from the first
            request to the last.
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
    costs = [t.requests_per_cpu_second for name, t in tiers.items() if name != LOAD.name]
    of_all = sum(1 / cost for cost in costs if cost)  # CPU seconds for each request
    return TrialFigures(client, tiers, 1 / of_all if of_all else None)


def _client(raw: RawTrial) -> ClientFigures | None:
    runs = [run for run in raw.driver_runs if run.phase == "measure"]
    if not runs:
        return None
    results = [find_driver(run.driver).parse(run.output) for run in runs]
    seconds = max(result.duration_seconds for result in results)
    if seconds <= 0:
        raise UnreadableOutput("it ended before its clock moved: ask for more requests")
    requests = sum(result.requests for result in results)
    histograms = [result.latency for result in results]
    latency = merge(h for h in histograms if h) if all(histograms) else None
    alone = results[0] if len(results) == 1 else None
    open_loop = _open_loop(results)
    cut_off = [result.cut_off_seconds for result in results]
    opened = [result.connections_opened for result in results]
    return ClientFigures(
        requests=requests,
        seconds=seconds,
        requests_per_second=requests / seconds,
        bytes_per_second=sum(result.bytes_read for result in results) / seconds,
        errors=_summed([result.errors for result in results]),
        latency=latency,
        quantiles_seconds=_quantiles(latency, alone),
        mean_seconds=latency.mean_seconds if latency else _mean_seconds(results),
        max_seconds=max(result.max_seconds for result in results),
        open_loop=open_loop,
        offered_per_second=open_loop.due / seconds if open_loop else 0.0,
        start_skew_seconds=_skew(raw, runs, results),
        connections_opened=sum(opened) if all(opened) else None,
        cut_off_seconds=None if None in cut_off else sum(filter(None, cut_off)),
    )


def _mean_seconds(results: list[LoadResult]) -> float:
    """Mean of all answers; means, unlike quantiles, add up by their counts."""
    answers = [r.requests + r.errors.status for r in results]
    total = sum(answers)
    if not total:
        return 0.0
    return sum(r.mean_seconds * n for r, n in zip(results, answers, strict=True)) / total


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
    found = [
        part
        for host, moments in raw.snapshots.items()
        if (part := _tier_of_host(host, tier, moments)) is not None
    ]
    if not found:
        return None
    used = sum(part.cpu_seconds for part in found)
    busiest = sorted((p for part in found for p in part.processes), key=lambda p: -p.cpu_cores)
    return TierFigures(
        tier=tier.name,
        cpu_cores=sum(part.cpu_cores for part in found),
        cpus=sum(part.cpus for part in found),
        memory_bytes=sum(part.memory_bytes for part in found),
        requests_per_cpu_second=requests / used if used else 0.0,
        processes=tuple(busiest),
    )


@dataclass(frozen=True)
class _HostPart:
    """A tier's part on one host; ``cpu_seconds`` from before the first request to the last."""

    cpu_seconds: float
    cpu_cores: float
    cpus: int
    memory_bytes: int
    processes: tuple[ProcessFigures, ...]


def _tier_of_host(host: str, tier: Tier, moments: dict[str, Snapshot]) -> _HostPart | None:
    window = load_window(moments)
    if window is None or not {"begin", "middle", "end"} <= moments.keys():
        return None
    begin, middle, end, first, last = (
        snapshot.units.get(tier.unit)
        for snapshot in (*(moments[name] for name in ("begin", "middle", "end")), *window)
    )
    if not (begin and middle and end and first and last):
        return None
    seconds = window[1].unix - window[0].unix
    held = moments["middle"].connections.get(tier.unit, {}) if tier is APP else None
    weighed = middle if any(p.pss_bytes is not None for p in middle.processes) else end
    return _HostPart(
        end.cpu_seconds.total - begin.cpu_seconds.total,
        (last.cpu_seconds.total - first.cpu_seconds.total) / seconds,
        max((p.cpus for p in end.processes), default=0),
        sum(p.pss_bytes or 0 for p in weighed.processes),
        tuple(_process(host, p, first, seconds, (weighed, held)) for p in last.processes),
    )


def _process(
    host: str,
    now: ProcessCounters,
    first: UnitCounters,
    seconds: float,
    midway: tuple[UnitCounters, dict[int, int] | None],
) -> ProcessFigures:
    """CPU since ``first``, or its start; memory and connections as they were when looked at."""
    began = [p.cpu_seconds for p in first.processes if _same(p, now)]
    weighed, held = midway
    memory = next((p.pss_bytes for p in weighed.processes if _same(p, now)), now.pss_bytes)
    return ProcessFigures(
        host=host,
        pid=now.pid,
        cpu_cores=(now.cpu_seconds - sum(began)) / seconds,
        memory_bytes=memory or 0,
        connections=held.get(now.pid, 0) if held is not None else None,
        command=now.command,
    )


def _same(one: ProcessCounters, other: ProcessCounters) -> bool:
    return (one.pid, one.started_ticks) == (other.pid, other.started_ticks)
