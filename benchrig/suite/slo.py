"""What one open-loop trial says of its rate, against a limit of the 99th percentile. Pure."""

import math
from dataclasses import dataclass

from benchrig.drivers.histogram import Histogram
from benchrig.figures import ClientFigures
from benchrig.stats.capacity import Tried
from benchrig.suite.outcome import Outcome

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
