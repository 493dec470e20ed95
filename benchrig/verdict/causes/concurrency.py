"""Every worker and thread waits, and requests wait for a free one."""

from statistics import fmean

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts, asleep_while


def look(facts: Facts) -> Evidence | None:
    """More requests than the workers can take up at once, and workers that sleep over them."""
    if not facts.slots or not facts.workers:
        return None
    asleep = fmean(worker.running.all_asleep for worker in facts.workers)
    at_the_door = asleep_while(facts.queued.pressed, asleep) * _by_choice(facts)
    # Some servers read requests before they have a thread for them.
    crowd = min(1.0, max(0.0, facts.inside / facts.slots - 1) / 0.25)
    score = max(at_the_door, crowd * asleep * _by_choice(facts))
    waiting = facts.queued.backlog + facts.queued.unread
    because = (
        f"all {facts.slots} places of the workers taken, {number(waiting)} requests wait at the "
        f"door, and workers sleep {percent(asleep)} of the time (app {facts.app_cores:.2f} of "
        f"{facts.app_cpus} cores)"
    )
    return Evidence(score, because, "Add workers or threads, or take an asynchronous stack.")


def _by_choice(facts: Facts) -> float:
    """Of the time without a CPU the share in which workers did not want one.

    More workers would help those that wait for something; for a CPU they would only queue longer.
    """
    running = [worker.running for worker in facts.workers]
    asleep, delay = (fmean(getattr(r, name) for r in running) for name in ("all_asleep", "delay"))
    return min(1.0, 2 * asleep / (asleep + delay)) if asleep + delay else 0.0


CAUSE = Cause("concurrency", 85, look)
