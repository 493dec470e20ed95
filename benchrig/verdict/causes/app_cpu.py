"""All of the app's workers are at work: its CPU limits."""

from benchrig.verdict.cause import Cause, Evidence, percent
from benchrig.verdict.facts import Facts

KEPT = 0.25  # of the time: from here on others limit the app as much as it does itself


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
    if facts.kept_from_cpu > KEPT:
        others = ", ".join(f"{name} {cores:.2f} core" for name, cores in facts.neighbours)
        who = f" (of this rig: {others})" if others else ""
        return (
            f"Leave the app's CPU to it: others{who} had it {percent(facts.kept_from_cpu)} of the "
            "time, which neither more workers nor a cheaper handler would mend."
        )
    if len(facts.workers) < facts.app_cpus:
        more = f"{facts.app_cpus} cores for {len(facts.workers)} workers"
        return f"Add workers ({more}), or make the handler cheaper."
    return "More workers help only with more cores; make the handler cheaper, or add a host."


CAUSE = Cause("app-cpu", 80, look)
