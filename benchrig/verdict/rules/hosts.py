"""Were the hosts left alone: nothing replaced, killed or stolen, nobody else at work on them."""

from collections.abc import Iterator

from benchrig.tiers import APP, LOAD
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import MachineCounters, Snapshot
from benchrig.verdict import window
from benchrig.verdict.reason import Reason

STOLEN_MAX = 0.02
OTHER_MAX = 0.05  # of a core, one process


def reasons(raw: RawTrial) -> list[Reason]:
    """What these rules have against the trial."""
    found: list[Reason] = []
    for host, first, last in window.windows(raw):
        # Shares are taken while the load was all there; what may not happen at all, from before its
        # first connection to after its last.
        begin = raw.snapshots[host].get("begin", first)
        end = raw.snapshots[host].get("end", last)
        found += _replaced(host, begin, end)
        found += _memory(host, begin, end)
        found += _stolen(host, first, last)
        found += _others(host, first, last)
        found += _overflows(host, begin, end)
    return [*found, *_same_cpus(raw), *_looked(raw)]


def _replaced(host: str, first: Snapshot, last: Snapshot) -> Iterator[Reason]:
    """A worker that ended or was started in the window took its connections with it."""
    before, after = first.units.get(APP.unit), last.units.get(APP.unit)
    if before is None or after is None:
        return
    old = {(p.pid, p.started_ticks) for p in before.processes}
    new = {(p.pid, p.started_ticks) for p in after.processes}
    if old != new:
        text = f"{host}: {len(old - new)} of the app's {len(old)} processes ended and "
        yield Reason("invalid", f"{text}{len(new - old)} were started while the load ran")


def _memory(host: str, first: Snapshot, last: Snapshot) -> Iterator[Reason]:
    """A host that swaps or kills for want of memory measures that."""
    if first.machine is None or last.machine is None:
        return
    killed = last.machine.oom_kills - first.machine.oom_kills
    swapped = last.machine.swapped_pages - first.machine.swapped_pages
    if killed:
        yield Reason("invalid", f"{host}: {killed} processes killed for want of memory")
    if swapped:
        yield Reason("invalid", f"{host}: {swapped} pages swapped")


def _stolen(host: str, first: Snapshot, last: Snapshot) -> Iterator[Reason]:
    """Time that a hypervisor gave to other guests."""
    if first.machine is None or last.machine is None:
        return
    stolen = last.machine.stolen_seconds - first.machine.stolen_seconds
    every = last.machine.cpu_seconds - first.machine.cpu_seconds
    if every > 0 and stolen / every > STOLEN_MAX:
        text = f"{host}: {stolen / every:.1%} of CPU time was stolen"
        yield Reason("suspect", f"{text}; at most {STOLEN_MAX:.0%} may be")


def _others(host: str, first: Snapshot, last: Snapshot) -> Iterator[Reason]:
    """What else runs on an app server takes from the app."""
    seconds = last.unix - first.unix
    if APP.unit not in first.units or seconds <= 0:
        return
    # Who is not there had not used a clock tick yet, or was started in the window.
    before = {p.pid: p.cpu_seconds for p in first.others}
    for process in last.others:
        used = (process.cpu_seconds - before.get(process.pid, 0.0)) / seconds
        # A clock tick is 10 ms: below three of them a short window can not tell.
        if used > max(OTHER_MAX, 0.03 / seconds):
            text = f"{host}: '{process.name}' (PID {process.pid}) used {used:.2g} of a core"
            yield Reason("suspect", f"{text} beside the app; at most {OTHER_MAX} may be")


def _overflows(host: str, first: Snapshot, last: Snapshot) -> Iterator[Reason]:
    """Connections dropped for a full accept queue come back a second later, or never."""
    dropped = window.tcp_delta(first, last, "ListenOverflows")
    if dropped:
        yield Reason("suspect", f"{host}: {dropped} connections met a full accept queue")


def _same_cpus(raw: RawTrial) -> Iterator[Reason]:
    """Load generator and app on the same CPUs of the same machine take from each other."""
    apps, loads = _places(raw, APP.unit), _places(raw, LOAD.unit)
    shared = {
        cpus
        for app, cpus in apps
        for load, others in loads
        if cpus and cpus == others and app.shares_kernel_with(load)
    }
    for cpus in sorted(shared):
        text = f"load generator and app run on the same CPUs ({cpus}) of one machine"
        yield Reason("suspect", text)


def _places(raw: RawTrial, unit: str) -> list[tuple[MachineCounters, str]]:
    """Machine and CPUs of every process of the unit."""
    found = []
    for _, first, _ in window.windows(raw):
        counters = first.units.get(unit)
        if counters and first.machine:
            found += [(first.machine, process.cpu_set) for process in counters.processes]
    return found


def _looked(raw: RawTrial) -> Iterator[Reason]:
    """Without looks at the queues nobody can say where requests waited."""
    recorded = any(first.machine for _, first, _ in window.windows(raw))
    if recorded and not any(census.samples for census in raw.census.values()):
        yield Reason("suspect", "no look at the queues of sockets was recorded")
