"""Where a rising load stops being answered: the knee of a ramp. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

KEPT_SHARE = 0.98  # of the offered rate: below, the server falls behind
LATENCY_FACTOR = 3.0  # over its calm value: from here on requests queue
CALM_SHARE = 0.2  # of the ramp, at its begin


@dataclass(frozen=True)
class Moment:
    """A slice of a ramp.

    Attributes:
        offered, achieved: requests per second that fell due, and that were answered.
        p99_seconds: from the due time; ``None`` where too few were answered.
    """

    at_seconds: float
    offered: float
    achieved: float
    p99_seconds: float | None


@dataclass(frozen=True)
class Knee:
    """Where it bends.

    Attributes:
        offered: the highest offered rate that was still kept.
        reason: what was seen beyond it.
    """

    offered: float
    reason: str


def knee(moments: Sequence[Moment]) -> Knee | None:
    """The last rate before the server falls behind or its latency multiplies, for good.

    One slow moment is no knee: what follows must stay beyond the limit up to the ramp's end, one
    moment in four excepted. ``None`` where the ramp ends before any of it.
    """
    calm = _calm(moments)
    beyond = [_beyond(moment, calm) for moment in moments]
    for index in range(len(moments)):
        rest = beyond[index:]
        if beyond[index] and sum(1 for each in rest if each) >= 0.75 * len(rest) and len(rest) > 1:
            before = moments[index - 1].offered if index else 0.0
            return Knee(before, beyond[index])
    return None


def _calm(moments: Sequence[Moment]) -> float | None:
    few = moments[: max(3, int(CALM_SHARE * len(moments)))]
    found = [m.p99_seconds for m in few if m.p99_seconds is not None]
    return statistics.median(found) if found else None


def _beyond(moment: Moment, calm: float | None) -> str:
    if moment.achieved < KEPT_SHARE * moment.offered:
        return f"{moment.achieved / moment.offered:.0%} of what fell due was answered"
    late = moment.p99_seconds
    if late is not None and calm is not None and late > LATENCY_FACTOR * calm:
        return f"p99 is {late / calm:.1f} times what it was at the begin"
    return ""
