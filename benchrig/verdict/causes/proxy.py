"""nginx can do no more."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """A worker of nginx that never rests, while requests wait for it and not for the app."""
    if not facts.via_proxy or not facts.proxies:
        return None
    worker, queued = facts.proxies[0], facts.queued
    waiting = queued.proxy_unread + queued.unread + queued.backlog + queued.executing
    mine = min(1.0, 2 * queued.proxy_unread / waiting) if queued.seen and waiting > 0.5 else 1.0
    because = (
        f"nginx's busiest worker used {worker.thread_cores:.2f} core and waited "
        f"{percent(worker.delay)} of the time for one, {number(queued.proxy_unread)} requests "
        f"waited for it, {number(queued.unread + queued.backlog)} for the app"
    )
    advice = "Give nginx more workers (nginx_workers) and cores, or less to do per request."
    return Evidence(worker.busy * mine, because, advice)


CAUSE = Cause("proxy", 35, look)
