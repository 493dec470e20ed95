"""PostgreSQL is where requests wait: for its CPUs, for a lock, or for its disk."""

from benchrig.verdict.cause import Cause, Evidence, number, percent
from benchrig.verdict.facts import Database, Facts

CROWD = 4.0  # backends that run or wait for a CPU, for each CPU
IN_USE = 0.6  # of the connections that could be used: from here on PostgreSQL is always at work


def look(facts: Facts) -> Evidence | None:
    """Most connections have a statement under way, and PostgreSQL can not go faster."""
    database = facts.database
    if database is None or database.connected == 0:
        return None
    usable = min(facts.in_flight, database.connected) or 1.0
    in_use = min(1.0, max(database.executing / usable / IN_USE, _crowd(facts, database)))
    cpu = min(1.0, max(database.cpu_cores, database.wanted_cores / 2) / database.cpus)
    locked = min(1.0, 2 * database.waiting_for_lock / database.active) if database.active else 0.0
    enough = facts.in_flight <= database.connected * 1.1 and database.executing >= 0.8 * usable
    other = min(1.0, database.waiting_otherwise / usable) if enough else 0.0
    score = in_use * max(cpu, locked, other)
    because = (
        f"{number(database.executing)} statements under way on {number(database.connected)} "
        f"connections, PostgreSQL used {database.cpu_cores:.2f} of {database.cpus} core"
        f"{'s' if database.cpus > 1 else ''}, {number(database.waiting_for_lock)} waited for a lock"
    )
    return Evidence(score, because, _advice(database, cpu, locked))


def _crowd(facts: Facts, database: Database) -> float:
    """Backends that queue for PostgreSQL's CPUs, where it uses more of its own than the app does.

    An app that is slow too leaves connections unused for a while; they are no sign then.
    """
    if database.cpu_cores / database.cpus <= facts.app_full:
        return 0.0
    return min(1.0, database.wanted_cores / database.cpus / CROWD)


def _advice(database: Database, cpu: float, locked: float) -> str:
    if locked >= cpu:
        share = percent(database.waiting_for_lock / database.active) if database.active else "0 %"
        return f"Shorten the transactions that hold the lock: {share} of backends wait for one."
    return "Look at the slowest statements (pg_stat_statements, EXPLAIN), or give it more cores."


CAUSE = Cause("database", 40, look)
