"""What a request costs: CPU of each tier, memory, and money where hosts have a price. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchrig.suite.outcome import CellOutcome, Outcome
from benchrig.tiers import APP, NGINX, POSTGRESQL, TIERS, Tier

REQUESTS = 1_000_000
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Efficiency:
    """One cell, medians over the trials that count.

    Attributes:
        requests_per_cpu_second: tier to requests answered for each second of its CPU.
        memory_per_connection_bytes: of the app tier, for each connection of the load.
        memory_per_worker_bytes: of the app tier, for each of its processes; both ``None`` where no
            host told it.
        price_per_million: of a million requests at this rate on these hosts, in the inventory's
            currency; ``None`` where a host that takes part has no price.
    """

    requests_per_cpu_second: dict[str, float]
    memory_per_connection_bytes: float | None
    memory_per_worker_bytes: float | None
    price_per_million: float | None


def efficiency(
    cell: CellOutcome, prices_per_hour: Mapping[str, Mapping[str, float]]
) -> Efficiency | None:
    """The cost of one cell; ``None`` without a trial that counts.

    Args:
        cell: its trials.
        prices_per_hour: tier to its hosts and their prices; 0 where the inventory has none. A host
            of several tiers is paid for once.
    """
    trials = [t for t in cell.counted if APP.name in t.figures.tiers]
    if not trials:
        return None
    per_cpu = {
        tier.name: statistics.median(found)
        for tier in TIERS
        if (found := [_per_cpu(t, tier) for t in trials if _per_cpu(t, tier)])
    }
    memory = cell.median("app_memory_bytes")
    workers = statistics.median(len(t.figures.tiers[APP.name].processes) for t in trials)
    plan = cell.cell.plan
    used = [APP] + ([NGINX] if plan.via == "nginx" else [])
    used += [POSTGRESQL] if plan.workload.tables else []
    rate = statistics.median(t.values["requests_per_second"] for t in trials)
    return Efficiency(
        requests_per_cpu_second=per_cpu,
        memory_per_connection_bytes=memory / plan.level.connections if memory else None,
        memory_per_worker_bytes=memory / max(1, workers) if memory else None,
        price_per_million=_price(used, prices_per_hour, rate),
    )


def _per_cpu(trial: Outcome, tier: Tier) -> float:
    found = trial.figures.tiers.get(tier.name)
    return found.requests_per_cpu_second if found and found.cpu_cores >= 0.01 else 0.0


def _price(
    used: Sequence[Tier], prices_per_hour: Mapping[str, Mapping[str, float]], rate: float
) -> float | None:
    prices: dict[str, float] = {}
    for tier in used:
        prices |= prices_per_hour.get(tier.name, {})
    if not prices or not all(prices.values()) or not rate:
        return None
    return sum(prices.values()) / SECONDS_PER_HOUR / rate * REQUESTS
