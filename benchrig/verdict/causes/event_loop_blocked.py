"""An asynchronous worker waits for something and lets nobody else run meanwhile."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """A worker that sleeps in a call which waits for one thing; an event loop waits for all."""
    if facts.slots or not facts.workers:
        return None
    worker = max(facts.workers, key=lambda w: w.held_up)
    because = (
        f"a worker slept {percent(worker.running.asleep)} of the time, {percent(worker.held_up)} of"
        f" that in a call that blocks it, while {number(worker.unread)} requests waited to be read "
        f"(CPU {worker.running.cpu_cores:.2f} core)"
    )
    advice = "Find the blocking call in an async handler; await it, or move it to a thread."
    return Evidence(worker.held_up, because, advice)


CAUSE = Cause("event-loop-blocked", 70, look)
