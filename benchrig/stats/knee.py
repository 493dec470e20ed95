"""Where a rising load stops being answered: the knee of a ramp. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

KEPT_SHARE = 0.98  # of the offered rate: below, the server falls behind
KEPT_LEAST = 3.0  # requests per second: fewer are those that are under way when a moment ends
LATENCY_FACTOR = 3.0  # over its calm value: from here on requests queue
CALM_SHARE = 0.2  # of the ramp, at its begin
LASTING_SHARE = 0.75  # of the moments beyond a knee


@dataclass(frozen=True)
class Moment:
    """A slice of a ramp.

    Attributes:
        at_seconds: its middle, since the ramp began.
        offered, achieved: requests per second that fell due, and that were answered.
        p99_seconds, median_seconds: from the due time; ``None`` where too few were answered.
        drain: the ramp is over; late answers are still awaited, and nothing more falls due.
    """

    at_seconds: float
    offered: float
    achieved: float
    p99_seconds: float | None
    median_seconds: float | None = None
    drain: bool = False


@dataclass(frozen=True)
class Knee:
    """Where it bends.

    Attributes:
        offered: the highest offered rate that was still kept; 0 where none was.
        reason: what was seen beyond it.
    """

    offered: float
    reason: str


def knee(moments: Sequence[Moment]) -> Knee | None:
    """The last rate before the server falls behind or its latency multiplies, for good.

    The bend is put where fewest moments are on the wrong side of it: so neither one slow moment
    early in the ramp is a knee, nor one that was kept by chance late in it the end of one. ``None``
    where the ramp ends before any of it.

    What is answered in a moment fell due a latency earlier, when the rate was lower: that much is
    under way at any server, and none falls behind by it.
    """
    ramp = [moment for moment in moments if not moment.drain]
    calm, under_way = _calm(ramp), _slope(ramp) * _least_latency(ramp)
    beyond = [_beyond(moment, calm, under_way) for moment in ramp]
    bends = [n for n in range(len(ramp)) if beyond[n] and _lasts(beyond[n:])]
    if not bends:
        return None
    bend = min(bends, key=lambda n: _misplaced(beyond, n))
    return Knee(ramp[bend - 1].offered if bend else 0.0, beyond[bend])


def _lasts(rest: Sequence[str]) -> bool:
    return len(rest) > 1 and sum(map(bool, rest)) >= LASTING_SHARE * len(rest)


def _misplaced(beyond: Sequence[str], bend: int) -> int:
    """Moments beyond the limits before a bend, and within them after it."""
    return sum(map(bool, beyond[:bend])) + sum(not each for each in beyond[bend:])


def _begin(moments: Sequence[Moment]) -> Sequence[Moment]:
    return moments[: max(3, int(CALM_SHARE * len(moments)))]


def _calm(moments: Sequence[Moment]) -> float | None:
    found = [m.p99_seconds for m in _begin(moments) if m.p99_seconds is not None]
    return statistics.median(found) if found else None


def _least_latency(moments: Sequence[Moment]) -> float:
    """Seconds; not the middle of the moments, in which a queue may have grown already."""
    found = [m.median_seconds for m in _begin(moments) if m.median_seconds is not None]
    return min(found, default=0.0)


def _slope(moments: Sequence[Moment]) -> float:
    """Requests per second that each second brings more."""
    if len(moments) < 2:
        return 0.0
    first, last = moments[0], moments[-1]
    return (last.offered - first.offered) / (last.at_seconds - first.at_seconds)


def _beyond(moment: Moment, calm: float | None, under_way: float) -> str:
    behind = moment.offered - moment.achieved - under_way
    if behind > max(KEPT_LEAST, (1 - KEPT_SHARE) * moment.offered):
        return f"{moment.achieved / moment.offered:.0%} of what fell due was answered"
    late = moment.p99_seconds
    if late is not None and calm is not None and late > LATENCY_FACTOR * calm:
        return f"p99 is {late / calm:.1f} times what it was at the begin"
    return ""
