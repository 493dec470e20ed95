"""One worker is full and the others are not, though each has its part of the connections."""

from benchrig.verdict.balance import balance, told
from benchrig.verdict.cause import Cause, Evidence
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """One worker full while the middle one of the others has time."""
    found = balance(facts)
    if found is None:
        return None
    advice = "Look at what that worker does alone: a job, a lock, a cache, a slower core."
    return Evidence(found.lonely, told(facts, found), advice)


CAUSE = Cause("app-one-worker", 65, look)
