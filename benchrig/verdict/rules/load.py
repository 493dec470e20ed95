"""Was the load what it should have been: the driver at ease, nobody idle."""

import itertools
from collections.abc import Iterator

from benchrig.figures import ClientFigures, TrialFigures
from benchrig.trial.raw import RawTrial
from benchrig.verdict.causes.load_generator import look
from benchrig.verdict.facts import Facts
from benchrig.verdict.gather import gather
from benchrig.verdict.reason import Reason

THREAD_MAX = 0.9  # of a core
STARVED = 0.85  # score of the cause load-generator
LITTLE_MAX = 0.05
KEPT_MAX = 0.25


def reasons(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    """What these rules have against the trial."""
    client = figures.client
    if client is None or not client.requests:
        return []
    facts = gather(raw, figures)
    from_facts = [*_saturated(facts), *_kept(raw, facts)] if facts else []
    return [*from_facts, *_little(raw, client)]


def _saturated(facts: Facts) -> Iterator[Reason]:
    """A driver at its own limit measures itself."""
    if not facts.drivers:
        return
    used, evidence = facts.drivers[0].thread_cores, look(facts)
    if used >= THREAD_MAX:
        text = f"a thread of the load generator used {used:.2f} of a core; at most {THREAD_MAX} may"
        yield Reason("invalid", text)
    elif evidence and evidence.score >= STARVED:
        yield Reason("invalid", f"the load generator was at its limit: {evidence.because}")


def _kept(raw: RawTrial, facts: Facts) -> Iterator[Reason]:
    """An app that others keep from its CPU. In a lab, where machines share, it is only told."""
    kept = facts.kept_from_cpu
    if kept <= KEPT_MAX:
        return
    found = [m["begin"].machine for m in raw.snapshots.values() if "begin" in m]
    machines = [machine for machine in found if machine]
    pairs = itertools.combinations(machines, 2)
    shared = len(machines) > 1 and all(one.shares_kernel_with(other) for one, other in pairs)
    text = f"the app was kept from its CPU {kept:.0%} of the time by others on its machine"
    yield Reason("valid" if shared else "suspect", text)


def _little(raw: RawTrial, client: ClientFigures) -> Iterator[Reason]:
    """In a closed loop requests in flight are rate times latency (Little's law), or time is lost.

    Only where each answer was timed, one request at a time on connections that are kept open.
    """
    level, workload = raw.plan.level, raw.plan.workload
    reconnects = "kept-alive" in raw.plan.variant.known
    if client.latency is None or level.rate_per_second or level.requests or reconnects:
        return
    if workload.pipeline > 1 or workload.protocol == "websocket" or level.spawn_rate_per_second:
        return
    busy = client.requests_per_second * client.latency.mean_seconds
    if abs(busy / level.connections - 1) > LITTLE_MAX:
        text = f"rate times mean latency is {busy:.1f}, not the {level.connections} connections"
        yield Reason("suspect", f"{text}: the clients were idle or late part of the time")
