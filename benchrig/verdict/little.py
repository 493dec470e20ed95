"""Little's law in a closed loop: requests under way are rate times latency, the rest are idle.

Only where each answer was timed, one request at a time on connections that are kept open, and as
many connections all the time.
"""

from benchrig.figures import ClientFigures
from benchrig.trial.plan import TrialPlan

LONG = 0.9  # quantile of the latency


def is_told(plan: TrialPlan, client: ClientFigures) -> bool:
    """Whether the law says anything of this load."""
    level, workload = plan.level, plan.workload
    paced = level.rate_per_second or level.requests or level.spawn_rate_per_second
    if client.latency is None or not client.latency.count:
        return False
    if paced or "kept-alive" in plan.variant.known:
        return False
    return workload.pipeline == 1 and workload.protocol != "websocket"


def under_way(client: ClientFigures) -> float:
    """Connections with a request under way that was answered later, mean."""
    return client.requests_per_second * client.mean_seconds


def cut_off(plan: TrialPlan, client: ClientFigures) -> float:
    """Connections with a request under way that the window's end cut off, at most, mean.

    Each connection has one then: it took part of its time, or hung through all of it, and no answer
    tells of it. Where the driver does not tell, each is as old as nine in ten answers were at most.
    """
    opened = plan.level.connections
    seconds = client.cut_off_seconds
    if seconds is None:
        took = client.latency.quantile_seconds(LONG) if client.latency else 0.0
        seconds = opened * took
    return min(opened, seconds / client.seconds)


def handled(plan: TrialPlan, thread_cores: float) -> float:
    """Connections whose answer has come while the driver's thread is at others', at most, mean.

    A thread reads what has come on all its connections before it sends again, so a connection may
    wait as large a part of the time as the thread works: ``thread_cores``, of the busiest. What
    such work costs is judged by itself.
    """
    return plan.level.connections * thread_cores


def idle(plan: TrialPlan, client: ClientFigures) -> float:
    """Connections between an answer and the next request, mean; 0 where the law tells nothing."""
    if not is_told(plan, client):
        return 0.0
    busy = under_way(client) + cut_off(plan, client)
    return max(0.0, plan.level.connections - busy)
