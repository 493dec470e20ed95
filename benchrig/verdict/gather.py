"""From a raw trial and its figures to the facts that the rules read."""

from statistics import fmean

from benchrig.figures import ClientFigures, TrialFigures
from benchrig.tiers import APP, LOAD, NGINX, POSTGRESQL
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import Activity, Look, UnitCounters
from benchrig.verdict import window
from benchrig.verdict.facts import Database, Facts, Queued, Running, Worker
from benchrig.verdict.little import idle
from benchrig.verdict.neighbours import neighbours
from benchrig.verdict.rules import backlog

MISSED_MAX = 0.01  # of what fell due; the same as the validity rule's
MODE_FROM_SECONDS, MODE_TO_SECONDS = 0.035, 0.060


def gather(raw: RawTrial, figures: TrialFigures) -> Facts | None:
    """The facts of a trial; ``None`` where it has no measured window."""
    client, spans = figures.client, list(window.windows(raw))
    if client is None or not spans:
        return None
    plan = raw.plan
    app = _processes(raw, APP.unit)
    workers = _workers(raw)
    looks = {host: _in_window(raw, host) for host in raw.census}
    database = _database(raw)
    return Facts(
        open_loop=bool(plan.level.rate_per_second),
        requests_per_second=client.requests_per_second,
        in_flight=_in_flight(plan, client),
        error_share=client.error_share,
        errors=client.errors.told,
        drivers=tuple(_processes(raw, LOAD.unit)),
        proxies=tuple(_processes(raw, NGINX.unit)),
        workers=workers,
        slots=plan.answers_at_once * len(workers),
        processes=plan.launch.processes,
        app_cores=_cores(figures, app),
        app_cpus=sum(_cpus(last.units.get(APP.unit)) for _, _, last in spans),
        queued=_queued(looks, database.executing if database else 0.0),
        database=database,
        links=tuple(link for h, a, b in spans for link in window.links(h, a, b)),
        delayed_acks=_delayed_acks(raw, client.requests),
        mode_40_ms=_mode(client),
        retransmits=_retransmits(raw),
        via_proxy=plan.via == "nginx",
        idle_clients=idle(plan, client),
        rate_kept=_rate_kept(raw, client),
        neighbours=neighbours(raw, figures),
    )


def _cores(figures: TrialFigures, app: list[Running]) -> float:
    """What the tables show, so that the two never differ; older records have no tiers."""
    tier = figures.tiers.get(APP.name)
    return tier.cpu_cores if tier else sum(process.cpu_cores for process in app)


def _in_flight(plan: TrialPlan, client: ClientFigures) -> float:
    """A closed loop's connections; in an open one rate times latency (Little's law)."""
    if plan.level.rate_per_second:
        return client.requests_per_second * client.mean_seconds
    return float(plan.level.connections * max(1, plan.workload.pipeline))


def _rate_kept(raw: RawTrial, client: ClientFigures) -> bool:
    loop = client.open_loop
    if loop is None or not loop.due:
        return False
    missed = (loop.unsent + loop.unanswered) / loop.due
    return missed <= MISSED_MAX and not backlog.reasons(raw)


def _cpus(unit: UnitCounters | None) -> int:
    return max((process.cpus for process in unit.processes), default=0) if unit else 0


def _processes(raw: RawTrial, unit: str) -> list[Running]:
    spans = window.windows(raw)
    found = [p for host, a, b in spans for p in window.running(host, unit, a, b)]
    return sorted(found, key=lambda process: -process.busy)


def _workers(raw: RawTrial) -> tuple[Worker, ...]:
    found = []
    for host, first, last in window.windows(raw):
        working = window.leaves(last, APP.unit)
        looks = _in_window(raw, host)
        middle = raw.snapshots[host].get("middle", last)
        held = middle.connections.get(APP.unit, {})
        for process in window.running(host, APP.unit, first, last):
            if process.pid in working:
                waiting = [look.unread_of.get(process.pid, 0) for look in looks]
                unread = fmean(waiting) if waiting else 0.0
                pressed = fmean(w > 0 for w in waiting) if waiting else 0.0
                blocked = _blocked(looks, process.pid)
                found.append(Worker(process, held.get(process.pid), unread, pressed, blocked))
    return tuple(found)


def _blocked(looks: list[Look], pid: int) -> float | None:
    """Share of its sleep in which a process waited for one thing and not for events."""
    seen = [look.waits_for.get(pid) for look in looks]
    asleep = [what for what in seen if what in ("blocked", "events")]
    if not any(seen):
        return None
    return sum(what == "blocked" for what in asleep) / len(asleep) if asleep else 0.0


def _in_window(raw: RawTrial, host: str) -> list[Look]:
    """Looks between the first and the last snapshot."""
    spans = {h: (first.unix, last.unix) for h, first, last in window.windows(raw)}
    if host not in spans or host not in raw.census:
        return []
    begin, end = spans[host]
    return [look for look in raw.census[host].samples if begin <= look.unix <= end]


def _queued(looks: dict[str, list[Look]], executing: float) -> Queued:
    app = {h: found for h, found in looks.items() if any(look.local.established for look in found)}
    fronts = {h for h, found in looks.items() if any(x.remote.established for x in found)}
    proxies = set(app) & fronts
    clients, servers = fronts - proxies, set(app) - proxies

    def mean(hosts: set[str], side: str, what: str) -> float:
        each = [[getattr(getattr(x, side), what) for x in looks[h]] for h in hosts]
        return sum(fmean(values) for values in each if values)

    counted = [(x.local.backlog + x.local.unread) > 0 for h in servers for x in looks[h]]
    return Queued(
        seen=len(counted),
        client_unread=mean(clients, "remote", "unread"),
        proxy_unread=mean(proxies, "local", "unread") + mean(proxies, "remote", "unread"),
        backlog=mean(servers, "local", "backlog"),
        unread=mean(servers, "local", "unread"),
        unsent=mean(servers, "local", "unsent") + mean(proxies, "local", "unsent"),
        pressed=fmean(counted) if counted else 0.0,
        executing=executing,
    )


def _database(raw: RawTrial) -> Database | None:
    spans = [(h, a, b) for h, a, b in window.windows(raw) if POSTGRESQL.unit in a.units]
    if not raw.plan.workload.tables or not spans:
        return None
    host, first, last = spans[0]
    processes = window.running(host, POSTGRESQL.unit, first, last)
    unit = last.units[POSTGRESQL.unit]
    seen = [a for a in raw.activity if first.unix <= a.unix <= last.unix]
    if len(seen) < 2 or unit is None:
        return None
    statements, statement_seconds = _statements(seen)
    wanted = sum(1 - p.asleep for p in processes)
    active = fmean(a.active for a in seen)
    return Database(
        cpu_cores=sum(p.cpu_cores for p in processes),
        cpus=max((p.cpus for p in unit.processes), default=1),
        wanted_cores=wanted,
        connected=fmean(a.connected for a in seen),
        active=active,
        waiting_for_lock=fmean(a.waiting_for_lock for a in seen),
        waiting_otherwise=fmean(a.waiting_otherwise for a in seen),
        # PostgreSQL's clock of a statement leaves out its parsing and its protocol; a look finds
        # fewer at work than there are where looking takes the CPU they share.
        executing=max(statement_seconds, active, wanted),
        statements_per_second=statements,
    )


def _statements(seen: list[Activity]) -> tuple[float, float]:
    """Statements and seconds of execution, each per second."""
    seconds = seen[-1].unix - seen[0].unix
    count = seen[-1].statements - seen[0].statements
    took = seen[-1].statement_seconds - seen[0].statement_seconds
    return count / seconds, took / seconds


def _delayed_acks(raw: RawTrial, requests: int) -> float:
    """Delayed acknowledgements of the host that talks to the app, per request."""
    unit = NGINX.unit if raw.plan.via == "nginx" else LOAD.unit
    grown = [
        window.tcp_delta(first, last, "DelayedACKs")
        for _, first, last in window.windows(raw)
        if unit in first.units
    ]
    return sum(grown) / requests if requests else 0.0


def _retransmits(raw: RawTrial) -> float:
    spans = [(a, b) for _, a, b in window.windows(raw) if APP.unit in a.units]
    sent = sum(window.tcp_delta(a, b, "OutSegs") for a, b in spans)
    again = sum(window.tcp_delta(a, b, "RetransSegs") for a, b in spans)
    return again / sent if sent else 0.0


def _mode(client: ClientFigures) -> float:
    if not client.latency or not client.latency.count:
        told = client.quantiles_seconds.items()  # each stands for the part below it
        fit = [q for q, value in told if MODE_FROM_SECONDS <= value <= MODE_TO_SECONDS]
        low = [q for q, value in told if value < MODE_FROM_SECONDS]
        return max(fit, default=0.0) - max(low, default=0.0)
    share = client.latency.share_at_most
    return share(MODE_TO_SECONDS) - share(MODE_FROM_SECONDS)
