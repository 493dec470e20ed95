"""Did the servers see what the clients claim: requests, bytes and statements against each other."""

import urllib.parse
from collections.abc import Iterator

from benchrig.figures import ClientFigures, TrialFigures
from benchrig.tiers import APP, LOAD, NGINX, POSTGRESQL
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import Snapshot
from benchrig.units import format_count
from benchrig.verdict.reason import Reason

DIFFERENCE_MAX = 0.01
LATE_SECONDS = 0.3
SLACK_REQUESTS = 20  # under way between our question and the driver's begin or end
SCRAPES_PER_SECOND = 1.0  # of nginx' exporter, which asks nginx
FRAME_BYTES = 54  # Ethernet, IPv4 and TCP headers without options: the least a packet carries
HTTP_1_DRIVERS = ("wrk", "hey", "ab", "locust")  # whose requests are plain text of a known size


def reasons(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    """What these rules have against the trial."""
    client = figures.client
    if client is None or not client.requests or raw.plan.workload.protocol == "websocket":
        return []
    return [*_nginx(raw, client), *_bytes(raw, client), *_statements(raw, client)]


def _around(raw: RawTrial, unit: str) -> list[tuple[Snapshot, Snapshot]]:
    """Snapshots that enclose all that the driver did, on all hosts with that unit, or none at all.

    One that a busy host took too long over encloses nothing for sure, and what only some of several
    hosts counted is no total.
    """
    having = [m for m in raw.snapshots.values() if any(unit in s.units for s in m.values())]
    spans = [(m["begin"], m["end"]) for m in having if {"begin", "end"} <= set(m)]
    spans = [(a, b) for a, b in spans if unit in a.units and a.took_seconds <= LATE_SECONDS]
    hosts = len(raw.app_units) if unit == APP.unit else 0
    return spans if len(spans) >= max(hosts, len(having)) else []


def _nginx(raw: RawTrial, client: ClientFigures) -> Iterator[Reason]:
    """Every answer that the clients counted passed nginx, and what the rig itself asked."""
    if raw.plan.via != "nginx":
        return
    ours = raw.sampled.asked if raw.sampled else 0
    for first, last in _around(raw, NGINX.unit):
        if first.nginx is None or last.nginx is None:
            continue
        counted = last.nginx.requests - first.nginx.requests - ours
        claimed = client.requests + client.errors.status
        slack = SLACK_REQUESTS + raw.plan.level.connections + DIFFERENCE_MAX * claimed
        slack += SCRAPES_PER_SECOND * (last.unix - first.unix)
        if abs(counted - claimed) > slack:
            text = f"the clients count {claimed:,} answers, nginx {counted:,} requests"
            yield Reason("invalid", f"{text}; at most {DIFFERENCE_MAX:.0%} may lie between them")


def _bytes(raw: RawTrial, client: ClientFigures) -> Iterator[Reason]:
    """So many requests of at least that size must have come in on the app servers' links.

    What a host sends to itself passes none.
    """
    spans = _around(raw, APP.unit)
    if any(LOAD.unit in first.units for first, _ in spans):
        return
    if raw.plan.driver not in HTTP_1_DRIVERS or not spans or not spans[0][0].links:
        return
    received = sum(
        link.rx_bytes - old.rx_bytes - FRAME_BYTES * (link.rx_packets - old.rx_packets)
        for first, last in spans
        for name, link in last.links.items()
        if (old := first.links.get(name))
    )
    size = _least_request_bytes(raw)
    if received < client.requests * size * (1 - DIFFERENCE_MAX):
        text = f"{client.requests:,} requests of at least {size} bytes are "
        text += f"{format_count(client.requests * size)} bytes; the app servers received "
        yield Reason("invalid", f"{text}{format_count(received)}: not all reached them")


def _least_request_bytes(raw: RawTrial) -> int:
    """The request line and an end of head; every driver adds headers of its own."""
    parts = urllib.parse.urlsplit(raw.plan.url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    line = f"{raw.plan.workload.method} {target} HTTP/1.1\r\nHost: {parts.hostname}\r\n\r\n"
    accept = f"Accept: {raw.plan.workload.accept}\r\n" if raw.plan.driver == "wrk" else ""
    return len(line) + len(accept)


def _statements(raw: RawTrial, client: ClientFigures) -> Iterator[Reason]:
    """Each answer of a workload that reads PostgreSQL took a statement, or one for each row."""
    workload = raw.plan.workload
    if not workload.tables or "cached" in workload.name or len(raw.activity) < 2:
        return
    ran = raw.activity[-1].statements - raw.activity[0].statements
    each = {**workload.defaults, **raw.plan.level.parameters}.get("queries", 1.0)
    # The first look may come a little after the first request.
    late = raw.activity[0].unix - _database_offset(raw) - _begin(raw)
    missed = client.requests_per_second * max(0.0, late)
    if ran / each + missed < client.requests * (1 - DIFFERENCE_MAX) - SLACK_REQUESTS:
        text = f"{client.requests:,} answers took {ran:,} statements in PostgreSQL"
        text += f", at least {each:g} each are wanted" if each > 1 else ""
        yield Reason("invalid", f"{text}: not every answer is what the workload asks for")


def _begin(raw: RawTrial) -> float:
    """When the load began, of our clock."""
    measured = [run for run in raw.driver_runs if run.phase == "measure"]
    return min(run.begin_unix - raw.clock_offsets[run.host] for run in measured)


def _database_offset(raw: RawTrial) -> float:
    """PostgreSQL's host's clock minus ours, in seconds; 0 where no snapshot tells which host."""
    having = (
        host
        for host, moments in raw.snapshots.items()
        if any(POSTGRESQL.unit in snapshot.units for snapshot in moments.values())
    )
    return next((raw.clock_offsets[host] for host in having), 0.0)
