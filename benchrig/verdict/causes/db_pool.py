"""Requests wait inside the app for a connection to PostgreSQL, which itself has time."""

from benchrig.verdict.cause import Cause, Evidence, number
from benchrig.verdict.facts import Facts

CROWD = 1.5  # requests per connection from which on some must wait


def look(facts: Facts) -> Evidence | None:
    """Many more requests than connections sit in the app, and nothing has its CPU full."""
    database = facts.database
    if database is None or facts.slots or database.connected == 0:
        return None
    per_request = database.statements_per_second / (facts.requests_per_second or 1.0)
    waiting = facts.share(facts.inside)
    crowded = min(1.0, facts.in_flight / database.connected / CROWD)
    cpu = max([w.busy for w in facts.workers] + [facts.app_full], default=0.0)
    idle = min(1.0, (1 - min(1.0, cpu)) / 0.3)
    score = min(1.0, waiting / 0.5) * crowded * idle * min(1.0, per_request)
    because = (
        f"{number(facts.inside)} of {number(facts.in_flight)} requests wait inside the app for "
        f"{number(database.connected)} connections, {number(database.executing)} of them executing,"
        f" PostgreSQL used {database.cpu_cores:.2f} of {database.cpus} cores"
    )
    return Evidence(score, because, "Give the pool more connections (--set pool_size=N).")


CAUSE = Cause("db-pool", 50, look)
