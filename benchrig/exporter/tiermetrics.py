"""A tier's figures as metrics."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from benchrig.exporter.tiers import TierFigures

Read = Callable[[TierFigures], float | None]
GAUGES: dict[str, tuple[str, Read]] = {
    "processes": ("Processes of the tier", lambda f: f.processes),
    "threads": ("Threads of the tier", lambda f: f.threads),
    "memory_pss_bytes": (
        "Memory, shared pages counted once, read every 5 s or more seldom",
        lambda f: f.memory_pss_bytes,
    ),
    "memory_charged_bytes": (
        "Memory charged to the tier's cgroup, its page cache with it",
        lambda f: f.memory_charged_bytes,
    ),
}
COUNTERS: dict[str, tuple[str, Read]] = {
    "starts": ("Starts of the tier's services that were seen", lambda f: f.starts),
    "oom_kills": ("Processes of the tier killed for lack of memory", lambda f: f.oom_kills),
}


def tier_metrics(tiers: Mapping[str, TierFigures]) -> Iterator[Metric]:
    """Metrics of all tiers that run on this host."""
    yield _cpu(tiers)
    yield _pressure(tiers)
    yield _workers(tiers)
    for name, (text, read) in GAUGES.items():
        gauge = GaugeMetricFamily(f"benchrig_tier_{name}", text, labels=["tier"])
        yield _filled(gauge, tiers, read)
    for name, (text, read) in COUNTERS.items():
        counter = CounterMetricFamily(f"benchrig_tier_{name}", text, labels=["tier"])
        yield _filled(counter, tiers, read)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, tiers: Mapping[str, TierFigures], read: Read
) -> Metric:
    for tier, figures in tiers.items():
        value = read(figures)
        if value is not None:
            family.add_metric([tier], value)
    return family


def _cpu(tiers: Mapping[str, TierFigures]) -> Metric:
    family = CounterMetricFamily(
        "benchrig_tier_cpu_seconds", "CPU time of the tier's unit", labels=["tier", "mode"]
    )
    for tier, figures in tiers.items():
        for mode, seconds in figures.cpu_seconds.items():
            family.add_metric([tier, mode], seconds)
    return family


def _pressure(tiers: Mapping[str, TierFigures]) -> Metric:
    family = CounterMetricFamily(
        "benchrig_tier_pressure_seconds",
        "Time in which some or all of the tier's tasks waited for a resource",
        labels=["tier", "resource", "kind"],
    )
    for tier, figures in tiers.items():
        for (resource, kind), seconds in figures.pressure_seconds.items():
            family.add_metric([tier, resource, kind], seconds)
    return family


def _workers(tiers: Mapping[str, TierFigures]) -> Metric:
    family = CounterMetricFamily(
        "benchrig_worker_cpu_seconds",
        "CPU time of single processes (of the load generator: threads), numbered by their start",
        labels=["tier", "worker"],
    )
    for tier, figures in tiers.items():
        for number, seconds in sorted(figures.workers.items()):
            family.add_metric([tier, str(number)], seconds)
    return family
