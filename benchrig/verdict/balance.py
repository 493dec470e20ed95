"""How evenly the work lies on the app's workers."""

from dataclasses import dataclass
from statistics import median

from benchrig.verdict.facts import Facts, Worker

UNEVEN = 1.5  # times the mean of connections
SPARE_CPU = 0.9  # of the CPUs: above it no other worker could take over


@dataclass(frozen=True)
class Balance:
    """The worker that has most to do beside the others.

    Attributes:
        lonely: 0 to 1: it is occupied and the middle one of the others is not.
        uneven: most connections that one worker holds, over the mean.
    """

    hottest: Worker
    others: float
    lonely: float
    uneven: float


def balance(facts: Facts) -> Balance | None:
    """The balance of two or more workers; ``None`` where the CPUs are full anyway."""
    if len(facts.workers) < 2 or facts.app_full >= SPARE_CPU:
        return None
    hottest = max(facts.workers, key=lambda worker: worker.occupied)
    others = median(w.occupied for w in facts.workers if w is not hottest)
    held = [w.connections or 0 for w in facts.workers]
    uneven = max(held) * len(held) / sum(held) if sum(held) else 1.0
    lonely = hottest.occupied * min(1.0, max(0.0, hottest.occupied - others) / 0.4)
    return Balance(hottest, others, lonely, uneven)


def told(facts: Facts, found: Balance) -> str:
    """The figures of a balance in words."""
    held = ", ".join(str(w.connections) for w in facts.workers)
    return (
        f"one of {len(facts.workers)} workers is occupied {found.hottest.occupied * 100:.0f} % of "
        f"the time, the others {found.others * 100:.0f} %; connections: {held}"
    )
