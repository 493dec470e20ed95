"""The runtime sampler's figures as metrics."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from benchrig.exporter.runtime import RuntimeFigures

COUNTERS = {
    "loop_lag_seconds": "How late the event loop's timer was, summed over its ticks",
    "loop_ticks": "Ticks of the event loop's timer",
    "gc_seconds": "Time spent in full garbage collections",
}
GAUGES = {
    "loop_lag_max_seconds": "The latest of the event loop's ticks in the last second",
    "tasks": "Tasks of the event loop",
    "requests_in_flight": "Requests that are inside the app's own code",
    "pool_waiting": "Requests that wait for a database connection",
    "threads": "Threads of the process",
    "threads_busy": "Threads that are inside the app's own code",
}


def runtime_metrics(tier: str, workers: Mapping[int, RuntimeFigures]) -> Iterator[Metric]:
    """Metrics of all processes that have a sampler; none where none has."""
    if not workers:
        return
    for name, text in COUNTERS.items():
        counter = CounterMetricFamily(f"benchrig_runtime_{name}", text, labels=["tier", "worker"])
        yield _filled(counter, name, tier, workers)
    for name, text in GAUGES.items():
        gauge = GaugeMetricFamily(f"benchrig_runtime_{name}", text, labels=["tier", "worker"])
        yield _filled(gauge, name, tier, workers)
    collections = CounterMetricFamily(
        "benchrig_runtime_gc_collections",
        "Garbage collections",
        labels=["tier", "worker", "generation"],
    )
    for number, figures in sorted(workers.items()):
        for generation, count in enumerate(figures.collections):
            collections.add_metric([tier, str(number), str(generation)], count)
    yield collections


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily,
    name: str,
    tier: str,
    workers: Mapping[int, RuntimeFigures],
) -> Metric:
    for number, figures in sorted(workers.items()):
        if name in figures.values:
            family.add_metric([tier, str(number)], figures.values[name])
    return family
