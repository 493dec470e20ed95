"""What open-loop trials say of the capacity at a limit of the 99th percentile. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchrig.drivers.histogram import Histogram
from benchrig.figures import ClientFigures
from benchrig.stats.capacity import Search, Tried
from benchrig.suite.cells import RATE
from benchrig.suite.outcome import Outcome
from benchrig.suite.record import ASKED_P99, RunPlan
from benchrig.units import parse_seconds

QUANTILE = 0.99


@dataclass(frozen=True)
class Kept:
    """One trial against the limit.

    Attributes:
        p99_seconds: over all that fell due; infinite where so many were not answered.
        fastest_seconds: the fastest answer.
        failed: why it keeps no limit, whatever its latencies are; empty otherwise.
        says_nothing: why it tells nothing of the rate; empty otherwise.
        tried: for the search.
    """

    rate: float
    p99_seconds: float
    fastest_seconds: float
    failed: str
    says_nothing: str
    limit_seconds: float

    @property
    def tried(self) -> Tried:
        """What the search learns from it."""
        return Tried(self.rate, math.inf if self.failed else self.p99_seconds / self.limit_seconds)

    @property
    def not_one(self) -> bool:
        """Whether not one request kept the limit: less load would not help then."""
        return not self.failed and self.fastest_seconds > self.limit_seconds


@dataclass
class Known:
    """What the trials of a search say together.

    Attributes:
        best: of the trials that kept the limit, the one at the highest rate.
        hopeless: the first trial in which not one request kept it.
    """

    search: Search
    limit_seconds: float
    best: Kept | None = None
    hopeless: Kept | None = None

    def learn(self, found: Kept) -> None:
        """Take in a trial that says something."""
        self.search.add(found.tried)
        if found.tried.of_limit <= 1 and (self.best is None or found.rate > self.best.rate):
            self.best = found
        if found.not_one:
            self.hopeless = found


def known_of(plan: RunPlan, found: Sequence[Outcome]) -> Known | None:
    """What a stored search came to; ``None`` where it ended early or does not tell its limit.

    The first trial is the closed loop that gave the ceiling.
    """
    ceiling = found[0].values.get("requests_per_second") if found else None
    limit = plan.asked.get(ASKED_P99)
    if not ceiling or not limit or len(found) < 2:
        return None
    known = Known(Search(ceiling), parse_seconds(limit, "plan"))
    for each in found[1:]:
        kept = judged(each, plan.cells[each.cell].axes[RATE], known.limit_seconds)
        if not kept.says_nothing:
            known.learn(kept)
    return known


def judged(found: Outcome, rate: float, limit_seconds: float) -> Kept:
    """The trial against the limit.

    A rate that the server fell behind, or at which a request failed, keeps no limit. A trial that
    is refused for anything else (a generator at its limit, an app that somebody restarted) says
    nothing of the rate.
    """
    client = found.figures.client
    if client is None or (found.refused and not found.overload):
        return Kept(rate, math.nan, math.nan, "", found.refused, limit_seconds)
    failed = found.refused
    if client.errors.total and not failed:
        failed = f"{client.errors.total} requests failed"
    latency = client.latency
    if latency is None or not latency.carries(QUANTILE):
        many = math.ceil(1 / (1 - QUANTILE) / rate)
        text = f"{client.requests} answers carry no 99th percentile; --duration {many}s would do"
        return Kept(rate, math.nan, math.nan, failed, "" if failed else text, limit_seconds)
    p99 = _p99_of_all_due(client, latency)
    return Kept(rate, p99, latency.min_us / 1e6, failed, "", limit_seconds)


def _p99_of_all_due(client: ClientFigures, latency: Histogram) -> float:
    """Requests that were not answered are later than all that were."""
    loop = client.open_loop
    missing = loop.unsent + loop.unanswered if loop else 0
    quantile = QUANTILE * (latency.count + missing) / latency.count
    return latency.quantile_seconds(quantile) if quantile <= 1 else math.inf
