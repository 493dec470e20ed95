"""A search for the capacity in words."""

from benchrig.stats.capacity import Capacity
from benchrig.suite.slo import Kept
from benchrig.units import format_count, format_seconds

VAGUE = 0.1  # half the interval, as a share: from here on the middle of it is no figure to quote


def trial_text(found: Kept, limit_seconds: float, now: Capacity) -> str:
    """One trial and what is known after it, in a line."""
    if found.failed:
        seen = f"not kept: {found.failed}"
    else:
        word = "kept" if found.p99_seconds <= limit_seconds else "not kept"
        seen = f"{word}: p99 {format_seconds(found.p99_seconds)}"
    return f"  {format_count(found.rate)}/s {seen}; capacity so far {_range(now)}"


def capacity_text(
    found: Capacity, limit_seconds: float, best: Kept | None, hopeless: Kept | None
) -> str:
    """The result in a sentence."""
    what = f"p99 ≤ {format_seconds(limit_seconds)} and no error"
    if hopeless:
        return (
            f"no rate keeps {what}: at {format_count(hopeless.rate)}/s even the fastest answer "
            f"took {format_seconds(hopeless.fastest_seconds)}"
        )
    if best is None:
        return f"no rate that was tried keeps {what}; the capacity is below {_count(found.high)}"
    if found.half_width > VAGUE:
        return (
            f"capacity with {what}: not known better than {_range(found)} after "
            f"{found.trials} open-loop trials; {format_count(best.rate)}/s was kept"
        )
    return (
        f"capacity with {what}: {_count(found.rate_per_second)} (95 % from {_range(found)}), "
        f"{found.trials} open-loop trials"
    )


def precision_text(found: Capacity, wanted: float) -> str:
    """What to do about an interval that is wider than wanted; empty where it is not."""
    if found.half_width <= wanted:
        return ""
    return (
        f"the interval is ±{found.half_width:.1%}, not ±{wanted:.1%}: trials at about the same "
        "rate came out far apart; a longer --duration or a quieter host would tell more"
    )


def _range(found: Capacity) -> str:
    return f"{format_count(found.low)} to {_count(found.high)}"


def _count(rate: float) -> str:
    return f"{format_count(rate)} requests/s"
