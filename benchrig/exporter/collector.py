"""All figures of a host as Prometheus metrics, read when they are asked for.

What this host can not tell is left out: a missing series is unknown, a zero is a measured zero.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from benchrig.exporter.errorlog import ErrorLog
from benchrig.exporter.runtime import RuntimeFiles
from benchrig.exporter.runtimemetrics import runtime_metrics
from benchrig.exporter.tiermetrics import tier_metrics
from benchrig.exporter.tiers import TierReader
from benchrig.host import cgroups, diag, machine
from benchrig.host.counters import tcp_counters

TCP_EVENTS = {
    "ListenOverflows": "accept_overflow",
    "ListenDrops": "accept_drop",
    "RetransSegs": "retransmit",
    "TCPTimeouts": "timeout",
    "DelayedACKs": "delayed_ack",
}


class HostFigures(Collector):
    """One host: its tiers, itself, and what measuring costs it."""

    def __init__(
        self,
        tiers: list[TierReader],
        observers: list[str],
        ports: Iterable[int],
        error_log: ErrorLog | None,
        runtime: RuntimeFiles,
    ) -> None:
        self._tiers = tiers
        self._observers = observers
        self._ports = frozenset(ports)
        self._error_log = error_log
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """Everything; counters first, so that they are of the moment of the scrape."""
        begin = time.monotonic()
        read = {reader.name: reader.read() for reader in self._tiers}
        yield from tier_metrics({name: found for name, found in read.items() if found})
        yield from self._host()
        yield from _machine()
        yield _tcp()
        yield from self._listeners()
        yield self._observers_cpu()
        for reader in self._tiers:
            yield from runtime_metrics(reader.name, self._runtime.read(reader.numbers))
        yield from self._upstream_errors()
        name = "benchrig_exporter_read_seconds"
        took = time.monotonic() - begin
        yield GaugeMetricFamily(name, "How long this reading took", value=took)

    def _host(self) -> Iterator[Metric]:
        cpus = len(os.sched_getaffinity(0))
        yield GaugeMetricFamily("benchrig_host_cpus", "CPUs that services here may use", value=cpus)
        used = cgroups.cpu_seconds(cgroups.root())
        cpu = CounterMetricFamily(
            "benchrig_host_cpu_seconds", "CPU time of all that ran on this host", labels=["mode"]
        )
        for mode in ("user", "system"):
            cpu.add_metric([mode], used[mode])
        yield cpu
        pressure = CounterMetricFamily(
            "benchrig_host_pressure_seconds",
            "Time in which some or all tasks of this host waited for a resource",
            labels=["resource", "kind"],
        )
        for labels, seconds in cgroups.pressure_seconds(cgroups.root()).items():
            pressure.add_metric(labels, seconds)
        yield pressure

    def _listeners(self) -> Iterator[Metric]:
        try:
            found_now = diag.listeners()
        except OSError:
            return  # a kernel without inet_diag: the queues are unknown, all else is told
        waiting: Counter[int] = Counter()
        fullest: dict[int, float] = {}
        for found in found_now:
            if found.port in self._ports:
                waiting[found.port] += found.waiting
                share = found.waiting / found.backlog if found.backlog else float(found.waiting > 0)
                fullest[found.port] = max(share, fullest.get(found.port, 0.0))
        queue = GaugeMetricFamily(
            "benchrig_listen_queue_connections", "Connections not yet accepted", labels=["port"]
        )
        # Workers that share a port (SO_REUSEPORT) have a queue each: one full, the others empty.
        share_of = GaugeMetricFamily(
            "benchrig_listen_queue_share",
            "How full the fullest accept queue of the port is, 0 to 1",
            labels=["port"],
        )
        for port in sorted(fullest):
            queue.add_metric([str(port)], waiting[port])
            share_of.add_metric([str(port)], fullest[port])
        yield queue
        yield share_of

    def _observers_cpu(self) -> Metric:
        family = CounterMetricFamily(
            "benchrig_observer_cpu_seconds", "CPU time of what measures", labels=["unit"]
        )
        for unit in self._observers:
            cgroup = cgroups.find_cgroup(unit)
            if cgroup:
                family.add_metric([unit], cgroups.cpu_seconds(cgroup)["total"])
        return family

    def _upstream_errors(self) -> Iterator[Metric]:
        errors = self._error_log.upstream_errors() if self._error_log else None
        if errors is not None:
            name = "benchrig_nginx_upstream_errors"
            yield CounterMetricFamily(name, "Lines of the error log about upstreams", value=errors)


def _machine() -> Iterator[Metric]:
    found = machine.machine()
    name = "benchrig_machine_steal_seconds"
    yield CounterMetricFamily(name, "CPU time given to other guests", value=found["stolen_seconds"])
    name = "benchrig_machine_cpus"
    cpus = os.cpu_count() or 1
    yield GaugeMetricFamily(name, "CPUs of the machine, containers or not", value=cpus)
    name = "benchrig_machine_oom_kills"
    yield CounterMetricFamily(name, "Processes killed for lack of memory", value=found["oom_kills"])


def _tcp() -> Metric:
    family = CounterMetricFamily(
        "benchrig_tcp_events", "Trouble in this host's TCP, by kind", labels=["event"]
    )
    counted = tcp_counters()
    for name, event in TCP_EVENTS.items():
        if name in counted:
            family.add_metric([event], counted[name])
    return family
