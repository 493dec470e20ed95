"""Whether an open loop's server kept up: requests that fell due must not pile up.

What piles up in the window may still be answered after it, so that none is missing in the end. The
server was slower than the rate all the same, and its latencies are those of a longer and longer
queue: they say how long the window was.
"""

from statistics import median

from benchrig.drivers import live
from benchrig.drivers.base import UnreadableOutput
from benchrig.trial.raw import RawTrial
from benchrig.units import format_count
from benchrig.verdict.reason import Reason

GROWTH_MAX = 0.01  # of the rate
TICKS_LEAST = 6
# A queue sways. So much more in the last third than twice the first third's is no swaying.
SWAY_FACTOR, SWAY_REQUESTS = 2, 5


def reasons(raw: RawTrial) -> list[Reason]:
    """A constant rate that the server fell behind; a ramp has a knee instead."""
    level = raw.plan.level
    if not level.rate_per_second or level.rate_to_per_second:
        return []
    runs = [run for run in raw.driver_runs if run.phase == "measure"]
    records = [run.files[live.LIVE_FILE] for run in runs if live.LIVE_FILE in run.files]
    try:
        found = [_thirds(text, level.duration_seconds) for text in records]
    except UnreadableOutput:
        return []  # the figures say so
    if not found or not all(found):
        return []
    first, last = (sum(third[end] for third in found if third) for end in (0, 1))
    growth = (last - first) / (level.duration_seconds * 2 / 3) / level.rate_per_second
    if growth <= GROWTH_MAX or last <= SWAY_FACTOR * first + SWAY_REQUESTS:
        return []
    text = f"the server fell {growth:.1%} of the rate behind: {format_count(first)} requests were "
    text += f"open in the first third of the window, {format_count(last)} in the last"
    return [Reason("invalid", f"{text}; at most {GROWTH_MAX:.0%} may be", overload=True)]


def _thirds(record: str, seconds: float) -> tuple[float, float] | None:
    """Requests due and not answered, middle of the first and the last third of the window."""
    lines = [line for line in live.read_lines(record) if line["type"] == "tick"]
    ticks = [t for t in map(live.counters, lines) if t.due]
    ticks = [t for t in ticks if t.unix - ticks[0].unix <= seconds]
    third = len(ticks) // 3
    if len(ticks) < TICKS_LEAST:
        return None
    return median(map(_open, ticks[:third])), median(map(_open, ticks[-third:]))


def _open(tick: live.Counters) -> int:
    kinds = tick.errors
    return tick.due - tick.requests - kinds.connect - kinds.read - kinds.write - kinds.timeout
