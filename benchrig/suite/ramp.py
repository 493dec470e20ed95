"""The live record of a ramp, cut into moments, and what each tier used then. Pure."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from benchrig.drivers.histogram import HIGHEST_US, Histogram
from benchrig.drivers.live import LIVE_FILE, SUCCESS, Counters, counters, read_lines
from benchrig.stats.knee import Moment
from benchrig.tiers import Tier
from benchrig.trial.raw import RawTrial

MOMENT_SECONDS = 1.0
QUANTILE = 0.99


def moments(raw: RawTrial) -> list[Moment]:
    """One moment for each second of the measure phase, all load generators together.

    Empty where the driver left no live record.
    """
    records = _records(raw)
    if not records:
        return []
    begin = min(ticks[0].unix - offset for offset, ticks in records)
    slices: dict[int, list[tuple[float, Counters, Counters]]] = {}
    for offset, ticks in records:
        for before, after in itertools.pairwise(ticks):
            index = int((after.unix - offset - begin) / MOMENT_SECONDS)
            slices.setdefault(index, []).append((after.unix - before.unix, before, after))
    over = raw.plan.level.duration_seconds
    return [
        replace(
            _moment(index, slices[index], len(records)), drain=(index + 0.5) * MOMENT_SECONDS > over
        )
        for index in sorted(slices)
    ]


def tier_values(
    raw: RawTrial, signal: str, tier: Tier, found: Sequence[Moment]
) -> list[float | None]:
    """A signal of one tier, all its hosts together, at each moment; ``None`` where nobody knows."""
    seen, records = raw.telemetry, _records(raw)
    if seen is None or not records:
        return [None] * len(found)
    begin = min(ticks[0].unix - offset for offset, ticks in records)
    series = seen.find(signal, tier=tier.name)
    values = []
    for moment in found:
        place = round((begin + moment.at_seconds - seen.begin_unix) / seen.step_seconds)
        each = [s.values[place] for s in series if 0 <= place < len(s.values)]
        known = [value for value in each if value is not None]
        # Of some of its hosts only, the sum would be somebody else's.
        values.append(sum(known) if each and len(known) == len(each) else None)
    return values


def _records(raw: RawTrial) -> list[tuple[float, list[Counters]]]:
    """Clock offset and counters of each load generator; empty where one has none."""
    records = []
    for run in raw.driver_runs:
        if run.phase == "measure" and LIVE_FILE in run.files:
            lines = [x for x in read_lines(run.files[LIVE_FILE]) if x["type"] in ("tick", "final")]
            offset = raw.clock_offsets[run.host]
            records.append((offset, [counters(line) for line in lines]))
    return records if all(ticks for _, ticks in records) else []


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
    p99, median = (
        latency.quantile_seconds(q) if latency.carries(q) else None for q in (QUANTILE, 0.5)
    )
    per_second = 1 / seconds if seconds > 0 else 0.0
    at = (index + 0.5) * MOMENT_SECONDS
    return Moment(at, due * per_second, answered * per_second, p99, median)
