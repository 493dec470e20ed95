"""The driver itself can do no more: the number says nothing about the app."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """A driver's thread that never rests, while answers wait for it and not requests for the app.

    A closed loop's driver is at work as long as answers come; it limits only where they wait.
    """
    if not facts.drivers:
        return None
    driver = facts.drivers[0]
    queued = facts.queued
    others = queued.unread + queued.backlog + queued.proxy_unread + queued.executing
    waiting = queued.client_unread + others
    mine = min(1.0, 2 * queued.client_unread / waiting) if queued.seen and waiting > 0.5 else 1.0
    because = (
        f"the driver's busiest thread used {driver.thread_cores:.2f} core and waited "
        f"{percent(driver.delay)} of the time for one, "
        f"{number(queued.client_unread)} answers waited for it, {number(others)} requests elsewhere"
    )
    advice = "Give the driver more threads or hosts, or take a cheaper driver (`fab drivers`)."
    return Evidence(driver.busy * mine, because, advice)


CAUSE = Cause("load-generator", 30, look)
