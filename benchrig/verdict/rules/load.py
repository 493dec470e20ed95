"""Was the load what it should have been: the driver at ease, nobody idle."""

import itertools
from collections.abc import Iterator

from benchrig.figures import ClientFigures, TrialFigures
from benchrig.trial.raw import RawTrial
from benchrig.verdict import little
from benchrig.verdict.causes.load_generator import look
from benchrig.verdict.facts import Facts
from benchrig.verdict.gather import gather
from benchrig.verdict.reason import Reason

THREAD_MAX = 0.9  # of a core
STARVED = 0.85  # score of the cause load-generator
LITTLE_MAX = 0.05
UNOPENED_MAX = 0.01
KEPT_MAX = 0.25


def reasons(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    """What these rules have against the trial."""
    client = figures.client
    if client is None or not client.requests:
        return []
    facts = gather(raw, figures)
    from_facts = [*_saturated(facts), *_kept(raw, facts)] if facts else []
    thread_cores = max((d.thread_cores for d in facts.drivers), default=0.0) if facts else 0.0
    return [*_unopened(raw, client), *from_facts, *_little(raw, client, thread_cores)]


def _unopened(raw: RawTrial, client: ClientFigures) -> Iterator[Reason]:
    """Fewer clients than the level is named after, as where a spawn rate outlasts the window."""
    asked, opened = raw.plan.level.connections, client.connections_opened
    if opened is not None and opened < (1 - UNOPENED_MAX) * asked:
        yield Reason("suspect", f"{opened} of {asked} connections were opened by the end")


def _saturated(facts: Facts) -> Iterator[Reason]:
    """A driver at its own limit measures itself."""
    if not facts.drivers:
        return
    used, evidence = max(d.thread_cores for d in facts.drivers), look(facts)
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


def _little(raw: RawTrial, client: ClientFigures, thread_cores: float) -> Iterator[Reason]:
    """In a closed loop requests in flight are rate times latency (Little's law), or time is lost.

    What the end of the window cut off is not held against it: of requests that take long, as where
    few workers wait, that is a large part of all time. Nor are answers that wait for the driver's
    thread, which many thousand a second keep at work.
    """
    if not little.is_told(raw.plan, client):
        return
    opened, busy = raw.plan.level.connections, little.under_way(client)
    explained = little.cut_off(raw.plan, client) + little.handled(raw.plan, thread_cores)
    at_most = busy + explained
    if at_most < (1 - LITTLE_MAX) * opened:
        text = f"rate times mean latency is {busy:.1f}, not the {opened} connections"
        yield Reason("suspect", f"{text}: the clients were idle or late part of the time")
    elif busy > (1 + LITTLE_MAX) * opened:
        text = f"rate times mean latency is {busy:.1f}, more than the {opened} connections can have"
        yield Reason("suspect", f"{text}: the driver's figures do not fit each other")
