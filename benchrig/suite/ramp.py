"""The live record of a ramp, cut into moments. Pure."""

import itertools
from collections import Counter
from collections.abc import Iterable

from benchrig.drivers.histogram import HIGHEST_US, Histogram
from benchrig.drivers.live import LIVE_FILE, SUCCESS, Counters, counters, read_lines
from benchrig.stats.knee import Moment
from benchrig.trial.raw import RawTrial

MOMENT_SECONDS = 1.0
QUANTILE = 0.99


def moments(raw: RawTrial) -> list[Moment]:
    """One moment for each second of the measure phase, all load generators together.

    Empty where the driver left no live record.
    """
    records = []
    for run in raw.driver_runs:
        if run.phase == "measure" and LIVE_FILE in run.files:
            lines = [x for x in read_lines(run.files[LIVE_FILE]) if x["type"] in ("tick", "final")]
            offset = raw.clock_offsets[run.host]
            records.append((offset, [counters(line) for line in lines]))
    if not records or not all(ticks for _, ticks in records):
        return []
    begin = min(ticks[0].unix - offset for offset, ticks in records)
    slices: dict[int, list[tuple[float, Counters, Counters]]] = {}
    for offset, ticks in records:
        for before, after in itertools.pairwise(ticks):
            index = int((after.unix - offset - begin) / MOMENT_SECONDS)
            slices.setdefault(index, []).append((after.unix - before.unix, before, after))
    return [_moment(index, slices[index], len(records)) for index in sorted(slices)]


def _moment(index: int, steps: Iterable[tuple[float, Counters, Counters]], hosts: int) -> Moment:
    seconds, due, answered = 0.0, 0, 0
    slots: Counter[int] = Counter()
    for took, before, after in steps:
        seconds += took / hosts
        due += after.due - before.due
        answered += after.status.get(SUCCESS, 0) - before.status.get(SUCCESS, 0)
        for slot, count in after.slots:
            slots[slot] += count
    latency = Histogram(tuple(sorted(slots.items())), 0, HIGHEST_US, 0.0)
    p99 = latency.quantile_seconds(QUANTILE) if latency.carries(QUANTILE) else None
    per_second = 1 / seconds if seconds > 0 else 0.0
    at = (index + 0.5) * MOMENT_SECONDS
    return Moment(at, due * per_second, answered * per_second, p99)
