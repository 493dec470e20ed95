"""Nothing is busy: more clients, or a higher rate, would get more answers."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts

FREE, FULL = 0.3, 0.7  # of the requests in flight that wait in queues: few, and most


def look(facts: Facts) -> Evidence | None:
    """Requests hardly wait anywhere, and no part is near its limit."""
    q = facts.queued
    if not q.seen or not facts.workers:
        return None
    queue = q.client_unread + q.proxy_unread + q.backlog + q.unread + facts.unsent
    waiting = max(facts.share(queue), 0.0) if facts.in_flight > 1.5 else 0.0
    busiest = max([w.busy for w in facts.workers] + [facts.app_full])
    free = min(1.0, max(0.0, (FULL - waiting) / (FULL - FREE)))
    # Whatever waits: who answers all that falls due, and has time left, would answer more.
    free = 1.0 if facts.rate_kept else free
    offered = "rate" if facts.open_loop else "number of clients"
    because = (
        f"the busiest worker is busy {percent(busiest)} of its time, and {number(queue)} "
        f"requests wait in a queue where {number(facts.in_flight)} are in flight on average"
    )
    advice = f"Offer more: a higher {offered} would get more answers from this app."
    return Evidence(free * min(1.0, (1 - busiest) / 0.15), because, advice)


CAUSE = Cause("offered-load", 90, look)
