"""Connections lie unevenly on the workers: some are full, others have nothing to do."""

from benchrig.verdict.balance import UNEVEN, balance, told
from benchrig.verdict.cause import Cause, Evidence
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """One worker full, the others not, and it holds more than its part of the connections.

    Where each process has a port of its own nginx shares requests out, and uneven connections are
    an effect of a slow process.
    """
    found = balance(facts)
    if found is None or facts.processes > 1:
        return None
    score = found.lonely * min(1.0, max(0.0, found.uneven - 1) / (UNEVEN - 1))
    advice = "Let workers listen on sockets of their own (SO_REUSEPORT), or reconnect more often."
    return Evidence(score, told(facts, found), advice)


CAUSE = Cause("accept-imbalance", 60, look)
