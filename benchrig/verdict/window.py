"""From two snapshots of one host to what its processes, links and counters did between them."""

from collections.abc import Iterable, Iterator

from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import (
    LinkCounters,
    ProcessCounters,
    Snapshot,
    load_window,
)
from benchrig.verdict.facts import Link, Running


def windows(raw: RawTrial) -> Iterator[tuple[str, Snapshot, Snapshot]]:
    """Host, first and last snapshot of the window in which shares of time are taken."""
    for host, moments in raw.snapshots.items():
        found = load_window(moments)
        if found:
            yield host, *found


def running(host: str, unit: str, first: Snapshot, last: Snapshot) -> list[Running]:
    """Every process of the unit that was there at the end of the window."""
    seconds = last.unix - first.unix
    before, after = first.units.get(unit), last.units.get(unit)
    if not before or not after or seconds <= 0:
        return []
    earlier = {(p.pid, p.started_ticks): p for p in before.processes}
    pairs = [(earlier.get((p.pid, p.started_ticks)), p) for p in after.processes]
    return [_running(host, old, new, seconds) for old, new in pairs]


def _running(
    host: str, old: ProcessCounters | None, new: ProcessCounters, seconds: float
) -> Running:
    """``old`` is ``None`` for a process that was started within the window."""
    cores = (new.cpu_seconds - (old.cpu_seconds if old else 0.0)) / seconds
    began = {t.tid: t for t in (old.busiest_threads if old else ())}
    threads = []
    for thread in new.busiest_threads:
        first = began.get(thread.tid)
        ran = thread.cpu_seconds - (first.cpu_seconds if first else 0.0)
        waited = thread.delay_seconds - (first.delay_seconds if first else 0.0)
        threads.append((ran / seconds, waited / seconds))
    # Older records tell no threads: the process stands for its only busy one.
    thread_cores, delay = max(threads, key=sum, default=(min(1.0, cores), 0.0))
    asleep = max(0.0, 1 - thread_cores - delay)
    cores = sum(ran for ran, _ in threads) if threads else cores
    awake = min(1.0, sum(map(sum, threads))) if threads else min(1.0, cores)
    return Running(host, new.pid, cores, thread_cores, delay, asleep, 1 - awake, new.command)


def leaves(last: Snapshot, unit: str) -> set[int]:
    """Processes of the unit that do the work: those without children, and no helpers' helpers."""
    counters = last.units.get(unit)
    processes = counters.processes if counters else ()
    processes = tuple(p for p in processes if "resource_tracker" not in p.command)
    parents = {p.parent for p in processes}
    return {p.pid for p in processes if p.pid not in parents}


def links(host: str, first: Snapshot, last: Snapshot) -> list[Link]:
    """Both directions of every interface; a shaper limits what is sent."""
    seconds = last.unix - first.unix
    pairs = [(n, first.links[n], last.links[n]) for n in first.links if n in last.links]
    return [link for name, a, b in pairs for link in _directions(host, name, a, b, seconds)]


def _directions(
    host: str, name: str, a: LinkCounters, b: LinkCounters, seconds: float
) -> Iterable[Link]:
    speed = b.speed_bits_per_second
    yield Link(host, name, "received", (b.rx_bytes - a.rx_bytes) * 8 / seconds, speed)
    limit = b.limit_bits_per_second or speed
    yield Link(host, name, "sent", (b.tx_bytes - a.tx_bytes) * 8 / seconds, limit)


def tcp_delta(first: Snapshot, last: Snapshot, name: str) -> int:
    """How much a counter of the TCP stack grew; 0 where older records do not have it."""
    return last.tcp.get(name, 0) - first.tcp.get(name, 0)
