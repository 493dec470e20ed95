"""The clients' counters as Prometheus metrics, made when they are asked for and not before."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from benchrig.drivers.histogram import slot_of, value_of
from benchrig.drivers.live import SUCCESS, Counters

# Seconds; close enough together that a quantile read off them is within a few per cent.
BUCKETS = tuple(
    round(mantissa * 10.0**exponent, 6)
    for exponent in range(-4, 2)
    for mantissa in (1, 1.5, 2, 3, 4, 5, 6.5, 8)
)
LABELS = ("run_id", "trial", "variant", "workload")
_BUCKET_SLOTS = tuple(slot_of(round(bucket * 1e6)) for bucket in BUCKETS)


class LiveMetrics(Collector):
    """What the running driver has told, added to what the phases before it told.

    Of a driver that tells nothing while it runs (hey, ab, h2load, a stock wrk) the clients are
    unknown, and not at rest: there are no client series until another driver runs. Of one that
    tells, the totals go on from its start, so that a short phase has a rate; how many connections
    it has is unknown until it says.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._labels: dict[str, str] = dict.fromkeys(LABELS, "")
        self._phase = ""
        self._silent = False
        self._now: Counters | None = None
        self._finished: Counter[str] = Counter()
        self._buckets: Counter[int] = Counter()
        self._latency_sum_seconds = 0.0

    def begin(self, phase: str, labels: dict[str, str], *, live: bool) -> None:
        """A phase begins; ``labels`` (`LABELS`) say of which trial it is.

        Args:
            phase: its name.
            labels: others than `LABELS` are left out.
            live: the driver tells its counters while it runs.
        """
        with self._lock:
            self._phase, self._silent = phase, not live
            self._labels = {name: labels.get(name, "") for name in LABELS}

    def update(self, counters: Counters) -> None:
        """The running driver's newest line."""
        with self._lock:
            self._now = counters
            for slot, count in counters.slots:
                self._buckets[_bucket(slot)] += count
                self._latency_sum_seconds += value_of(slot) / 1e6 * count

    def end(self) -> None:
        """The phase is over: keep its counts, so that totals never fall."""
        with self._lock:
            if self._now:
                self._finished += Counter(_counts(self._now))
            self._now, self._phase = None, ""

    def collect(self) -> Iterator[Metric]:
        """Everything, as one scrape sees it."""
        with self._lock:
            if not self._silent:
                counts = self._finished + Counter(_counts(self._now) if self._now else {})
                yield from _totals(counts)
                yield self._latency()
                if self._now or not self._phase:
                    yield from _gauges(self._now)
            yield from self._trial()

    def _latency(self) -> Metric:
        cumulative, seen = [], 0
        for number, bucket in enumerate(BUCKETS):
            seen += self._buckets[number]
            cumulative.append((str(bucket), float(seen)))
        cumulative.append(("+Inf", float(seen + self._buckets[len(BUCKETS)])))
        family = HistogramMetricFamily(
            "benchrig_client_latency_seconds",
            "Latency of every answer, in an open loop from when its request was due",
        )
        family.add_metric([], buckets=cumulative, sum_value=self._latency_sum_seconds)
        return family

    def _trial(self) -> Iterator[Metric]:
        """Which trial this is, from its first phase to the end of the session, and its phase."""
        values = list(self._labels.values())
        run = GaugeMetricFamily(
            "benchrig_run", "1 while a trial of this run is under way", labels=LABELS
        )
        if any(values):
            run.add_metric(values, 1.0)
        yield run
        phase = GaugeMetricFamily(
            "benchrig_phase", "1 while a phase of a trial sends load", labels=("phase", *LABELS)
        )
        if self._phase:
            phase.add_metric([self._phase, *values], 1.0)
        yield phase


def registry_of(metrics: LiveMetrics) -> CollectorRegistry:
    """A registry with these metrics and nothing else."""
    registry = CollectorRegistry()
    registry.register(metrics)
    return registry


def _bucket(slot: int) -> int:
    """Number of the first bucket that holds a slot; the last is for all above."""
    return bisect_left(_BUCKET_SLOTS, slot)


def _counts(c: Counters) -> dict[str, int]:
    errors = {f"error {kind}": getattr(c.errors, kind) for kind in ERROR_KINDS}
    statuses = {f"status {status}": count for status, count in c.status.items()}
    return {"bytes": c.bytes_read, "due": c.due, **errors, **statuses}


ERROR_KINDS = ("connect", "read", "write", "timeout")
STATUSES = ("1xx", SUCCESS, "3xx", "4xx", "5xx", "other")


def _totals(counts: "Counter[str]") -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "benchrig_client_requests", "Answers by status class", labels=["status"]
    )
    for status in STATUSES:
        requests.add_metric([status], float(counts[f"status {status}"]))
    yield requests
    errors = CounterMetricFamily(
        "benchrig_client_errors", "Requests without a usable answer", labels=["kind"]
    )
    for kind in ERROR_KINDS:
        errors.add_metric([kind], float(counts[f"error {kind}"]))
    yield errors
    name = "benchrig_client_received_bytes"
    yield CounterMetricFamily(name, "Bytes of all answers", value=float(counts["bytes"]))
    name = "benchrig_client_due_requests"
    yield CounterMetricFamily(name, "Open loop: requests due", value=float(counts["due"]))


def _gauges(now: Counters | None) -> Iterator[Metric]:
    values = {
        "connections_open": ("Connections established", now.connections_open if now else 0),
        "requests_in_flight": ("Requests sent and not answered", now.in_flight if now else 0),
        "oldest_request_age_seconds": (
            "Age of the oldest request in flight",
            now.oldest_in_flight_seconds if now else 0,
        ),
        "offered_requests_per_second": (
            "Open loop: the rate asked for now",
            now.offered_per_second if now else 0,
        ),
    }
    for name, (text, value) in values.items():
        if value is not None:
            yield GaugeMetricFamily(f"benchrig_client_{name}", text, value=float(value))
