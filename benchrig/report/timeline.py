"""A trial over time: what the clients saw and what every tier used, on one clock."""

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace

from benchrig.drivers import live
from benchrig.drivers.base import UnreadableOutput
from benchrig.drivers.histogram import Histogram, merge, value_of
from benchrig.report.charts import Axis, Band, Chart, Line, Mark
from benchrig.signals.series import Series
from benchrig.tiers import TIERS
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import Snapshot

POINTS_MAX = 240
SECONDS = Axis("seconds from the begin of the measure phase")
PERCENTILES = Axis("ms", averaged=False)
SIGNALS = (
    ("tier_cpu_cores", "CPU of every tier", "cores", 1),
    ("tier_memory_bytes", "Memory of every tier", "MiB", 2**20),
)
MOMENTS = ("begin", "middle", "end")


@dataclass
class _Bin:
    """What the clients saw in one slice of time."""

    requests: int = 0
    errors: int = 0
    covered_seconds: float = 0.0
    slots: defaultdict[int, int] | None = None

    def per_second(self, count: int, hosts: int) -> float:
        """A rate over the part of the slice in which the load generators were at work."""
        return count * hosts / self.covered_seconds


def charts_of(raw: RawTrial, sync: str) -> tuple[Chart, ...]:
    """Throughput, latency, CPU and memory over time, on the same axis.

    The first two need a driver that tells its counters while it runs.
    """
    measured = next((p for p in raw.phases if p.name == "measure"), None)
    if measured is None:
        return ()
    zero = measured.begin_unix
    marks = tuple(Mark(p.begin_unix - zero, p.name) for p in raw.phases if p.name != "verify")
    tiers = _seen(raw, zero, sync, marks) or _tiers(raw, zero, sync, marks)
    made = [*_client(raw, zero, sync, marks), *tiers]
    xs = [x for chart in made for x in chart.x_values]
    bands = (Band(0.0, measured.end_unix - zero),)
    return tuple(replace(chart, x_range=(min(xs), max(xs)), bands=bands) for chart in made)


def _client(raw: RawTrial, zero: float, sync: str, marks: tuple[Mark, ...]) -> list[Chart]:
    bins, width = _bins(raw, zero)
    hosts = len({run.host for run in raw.driver_runs})
    if not bins:
        return []
    first, last = min(bins), max(bins)
    xs = tuple(round(i * width, 3) for i in range(first, last + 1))
    found = [bins.get(i) for i in range(first, last + 1)]
    rates = Line("answered", tuple(b.per_second(b.requests, hosts) if b else None for b in found))
    failed = Line("errors", tuple(b.per_second(b.errors, hosts) if b else None for b in found))
    latencies = [_histogram(b) for b in found]
    quantiles = [
        Line(
            f"p{q * 100:g}",
            tuple(h.quantile_seconds(q) * 1000 if h and h.carries(q) else None for h in latencies),
        )
        for q in (0.5, 0.99)
    ]
    lines = (rates, failed) if any(failed.values) else (rates,)
    return [
        Chart("Throughput of the clients", SECONDS, xs, Axis("requests/s"), lines, sync, marks),
        Chart("Latency", SECONDS, xs, PERCENTILES, tuple(quantiles), sync, marks),
    ]


def _bins(raw: RawTrial, zero: float) -> tuple[dict[int, _Bin], float]:
    """Live counters of all load generators, put together in slices of equal width."""
    ticks = [
        (run.host, line)
        for run in raw.driver_runs
        if live.LIVE_FILE in run.files
        for line in _steps(run.files[live.LIVE_FILE])
    ]
    if not ticks:
        return {}, 1.0
    offsets = raw.clock_offsets
    times = [line.middle - offsets.get(host, 0.0) - zero for host, line in ticks]
    width = max(1.0, (max(times) - min(times)) / POINTS_MAX)
    bins: dict[int, _Bin] = defaultdict(_Bin)
    for when, (_, line) in zip(times, ticks, strict=True):
        into = bins[int(when // width)]
        into.requests += line.requests
        into.errors += line.errors
        into.covered_seconds += line.seconds
        into.slots = into.slots or defaultdict(int)
        for slot, count in line.slots:
            into.slots[slot] += count
    return dict(bins), width


@dataclass(frozen=True)
class _Step:
    """What one line of the live record added to the line before."""

    middle: float
    seconds: float
    requests: int
    errors: int
    slots: tuple[tuple[int, int], ...]


def _steps(text: str) -> list[_Step]:
    """Each line's own part; a record cut short gives what it has."""
    steps: list[_Step] = []
    requests, errors, before = 0, 0, 0.0
    try:
        for parsed in live.read_lines(text):
            if parsed["type"] == "start":
                before = parsed["t_unix"]
                continue
            now = live.counters(parsed)
            good, bad = now.status.get(live.SUCCESS, 0), now.errors.total
            if (seconds := now.unix - before) > 0:
                middle = before + seconds / 2
                steps.append(_Step(middle, seconds, good - requests, bad - errors, now.slots))
                requests, errors, before = good, bad, now.unix
    except UnreadableOutput:
        pass  # the driver died in the middle of a line; its trial's verdict tells it
    return steps


def _histogram(found: _Bin | None) -> Histogram | None:
    if found is None or not found.slots:
        return None
    slots = tuple(sorted(found.slots.items()))
    return merge([Histogram(slots, value_of(slots[0][0]), value_of(slots[-1][0] + 1), 0.0)])


def _seen(raw: RawTrial, zero: float, sync: str, marks: tuple[Mark, ...]) -> list[Chart]:
    """CPU and memory of every tier each second, as Prometheus had them; none without it."""
    told = raw.telemetry
    if told is None:
        return []
    charts = []
    for signal, title, unit, scale in SIGNALS:
        found = {t.title: told.find(signal, tier=t.name) for t in TIERS}
        lines = [Line(name, _summed(series, scale)) for name, series in found.items() if series]
        lines = [line for line in lines if any(v is not None for v in line.values)]
        if lines:
            count = len(lines[0].values)
            xs = tuple(told.begin_unix - zero + i * told.step_seconds for i in range(count))
            charts.append(Chart(title, SECONDS, xs, Axis(unit), tuple(lines), sync, marks))
    return charts if len(charts) == len(SIGNALS) else []


def _summed(series: list[Series], scale: float) -> tuple[float | None, ...]:
    """All hosts of a tier together; unknown where one of them is."""
    moments = zip(*(one.values for one in series), strict=True)
    return tuple(
        None if None in values else sum(v or 0 for v in values) / scale for values in moments
    )


def _tiers(raw: RawTrial, zero: float, sync: str, marks: tuple[Mark, ...]) -> list[Chart]:
    """From the exact counters: mean CPU of each half of the phase, memory at three moments."""
    whole = {h: m for h, m in raw.snapshots.items() if all(name in m for name in MOMENTS)}
    if not whole:
        return []
    offset = raw.clock_offsets
    first = next(iter(whole))
    times = [whole[first][m].unix - offset.get(first, 0.0) - zero for m in MOMENTS]
    cpu, memory = [], []
    for tier in TIERS:
        hosts = [m for m in whole.values() if all(m[n].units.get(tier.unit) for n in MOMENTS)]
        if hosts:
            halves = [
                sum(_cores(m[a], m[b], tier.unit) for m in hosts)
                for a, b in itertools.pairwise(MOMENTS)
            ]
            cpu.append(Line(tier.title, (halves[0], halves[0], halves[1], halves[1])))
            held = [sum(_memory(m[name], tier.unit) for m in hosts) for name in MOMENTS]
            # Where it was not looked at under load, the line goes straight from begin to end.
            held[1] = held[1] or (held[0] + held[2]) // 2
            memory.append(Line(tier.title, tuple(value / 2**20 for value in held)))
    steps = (times[0], times[1] - 1e-3, times[1], times[2])
    return [
        Chart("CPU of every tier", SECONDS, steps, Axis("cores"), tuple(cpu), sync, marks),
        Chart(
            "Memory of every tier", SECONDS, tuple(times), Axis("MiB"), tuple(memory), sync, marks
        ),
    ]


def _cores(begin: Snapshot, end: Snapshot, unit: str) -> float:
    before, after = begin.units[unit], end.units[unit]
    used = (after.cpu_seconds.total - before.cpu_seconds.total) if before and after else 0.0
    return used / max(end.unix - begin.unix, 1e-6)


def _memory(snapshot: Snapshot, unit: str) -> int:
    counters = snapshot.units[unit]
    return sum(p.pss_bytes or 0 for p in counters.processes) if counters else 0
