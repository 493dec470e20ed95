"""The driver itself can do no more: the number says nothing about the app."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts, ramp

MOST = 0.8  # of the requests: where so many wait for the driver, it is no matter who else is slow


def look(facts: Facts) -> Evidence | None:
    """A driver's thread that never rests, while requests wait for it, or the app has time to rest.

    A closed loop's driver is at work as long as answers come; it limits only where they wait.
    """
    if not facts.drivers:
        return None
    driver, queued = facts.drivers[0], facts.queued
    for_it = queued.client_unread + facts.idle_clients
    others = queued.unread + queued.backlog + queued.proxy_unread + queued.executing
    waiting = for_it + others
    mine = min(1.0, 2 * for_it / waiting) if queued.seen and waiting > 0.5 else 1.0
    because = (
        f"the driver's busiest thread used {driver.thread_cores:.2f} core and waited "
        f"{percent(driver.delay)} of the time for one, "
        f"{number(queued.client_unread)} answers waited for it, {number(others)} requests elsewhere"
    )
    if facts.idle_clients >= 1:
        because += f", {number(facts.idle_clients)} connections for their next request"
    advice = "Give the driver more threads or hosts, or take a cheaper driver (`fab drivers`)."
    by_queue = min(1.0, facts.share(for_it) / MOST) * (1 - driver.asleep) if queued.seen else 0.0
    score = max(by_queue, driver.busy * max(mine, _app_rests(facts)))
    return Evidence(score, because, advice)


def _app_rests(facts: Facts) -> float:
    """Of driver and app, in a closed loop, the one that never rests is what the other waits for."""
    if facts.open_loop or not facts.workers or not facts.queued.seen:
        return 0.0
    return ramp(min(worker.running.all_asleep for worker in facts.workers))


CAUSE = Cause("load-generator", 30, look)
