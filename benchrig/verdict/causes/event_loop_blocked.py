"""An asynchronous worker waits for something and lets nobody else run meanwhile."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """Requests wait to be read by a worker that sleeps; an event loop would have woken up."""
    if facts.slots or not facts.workers:
        return None
    worker = max(facts.workers, key=lambda w: w.held_up)
    because = (
        f"{number(worker.unread)} requests waited to be read by a worker that slept "
        f"{percent(worker.running.asleep)} of the time (CPU {worker.running.cpu_cores:.2f} core)"
    )
    advice = "Find the blocking call in an async handler; await it, or move it to a thread."
    return Evidence(worker.held_up, because, advice)


CAUSE = Cause("event-loop-blocked", 70, look)
