"""All of the app's workers are at work: its CPU limits."""

from benchrig.verdict.cause import Cause, Evidence, percent
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """The CPUs are full, or the least busy worker is."""
    if not facts.workers:
        return None
    least = min(worker.busy for worker in facts.workers)
    # Where most requests wait at the app's door, a worker that is awake is what they wait for.
    at_the_door = min(1.0, 2 * facts.share(facts.queued.unread + facts.queued.backlog))
    awake = 1 - max(worker.running.all_asleep for worker in facts.workers)
    score = min(1.0, max(least, facts.app_full, at_the_door * awake))
    busy = sum(worker.busy >= 0.8 for worker in facts.workers)
    delay = max(worker.running.delay for worker in facts.workers)
    because = (
        f"{busy} of {len(facts.workers)} workers never rest, the app used {facts.app_cores:.2f} of "
        f"{facts.app_cpus} core{'s' if facts.app_cpus > 1 else ''}"
    )
    if delay > 0.1:
        because += f", and waited {percent(delay)} of the time for one"
    return Evidence(score, because, _advice(facts))


def _advice(facts: Facts) -> str:
    if len(facts.workers) < facts.app_cpus:
        more = f"{facts.app_cpus} cores for {len(facts.workers)} workers"
        return f"Add workers ({more}), or make the handler cheaper."
    return "More workers help only with more cores; make the handler cheaper, or add a host."


CAUSE = Cause("app-cpu", 80, look)
