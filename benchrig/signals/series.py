"""Series of signals on a common clock, as they are kept with a trial and drawn.

Prometheus evaluates all signals at one moment, from samples that are up to a second old, each
exporter's by another part of it. `on_grid` moves every series back by the age of its samples
(the signal ``scrape_age_seconds``), so that client and servers are seen at the same moment.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

STEP_SECONDS = 1.0
RATE_SECONDS = 5.0  # rates are means over so long a time before their moment
GAP_SECONDS = 2.5  # samples further apart than this have nothing between them
STEADY = ("count", "flag", "bytes")  # units whose values between two samples do not exist
Samples = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Series:
    """One signal's values on the grid of its `Telemetry`; ``None`` is unknown, never zero."""

    labels: dict[str, str]
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Telemetry:
    """What was seen of a trial from the hosts' side, in the control node's clock.

    Attributes:
        begin_unix: moment of the first values; the others follow each ``step_seconds``.
        signals: name of a signal to its series; a signal nobody told is not in it.
        missing: what should be there and is not, for people.
    """

    begin_unix: float
    step_seconds: float
    signals: dict[str, tuple[Series, ...]]
    missing: tuple[str, ...] = ()

    def find(self, signal: str, **labels: str) -> list[Series]:
        """Series of a signal that have these labels."""
        return [
            series
            for series in self.signals.get(signal, ())
            if labels.items() <= series.labels.items()
        ]

    def within(self, series: Series, begin_unix: float, end_unix: float) -> list[float]:
        """The known values from ``begin_unix`` to ``end_unix``, both in the control node's clock.

        Begin `RATE_SECONDS` after a phase did to see nothing of the one before it in a rate.
        """
        first = max(0, math.ceil((begin_unix - self.begin_unix) / self.step_seconds))
        last = math.floor((end_unix - self.begin_unix) / self.step_seconds)
        return [v for v in series.values[first : max(first, last + 1)] if v is not None]


def on_grid(
    samples: Samples, ages: Samples, begin_unix: float, count: int, *, steady: bool
) -> tuple[float | None, ...]:
    """Values at ``count`` moments from ``begin_unix``, one each `STEP_SECONDS`.

    Args:
        samples: (moment of the evaluation, value), in order.
        ages: (moment of the evaluation, seconds since the exporter was read), in order.
        begin_unix: first moment, in the clock of the samples.
        count: how many.
        steady: the nearest value is taken; otherwise the line between two neighbours.
    """
    age_at = dict(ages)
    moved = sorted((t - age_at[t], v) for t, v in samples if t in age_at and math.isfinite(v))
    times = [t for t, _ in moved]
    moments = (begin_unix + number * STEP_SECONDS for number in range(count))
    return tuple(_value_at(moved, times, moment, steady) for moment in moments)


def _value_at(
    samples: Samples, times: Sequence[float], moment: float, steady: bool
) -> float | None:
    after = bisect_right(times, moment)
    if after == 0 or after == len(times):
        nearest = samples[0 if after == 0 else -1] if samples else (math.inf, 0.0)
        return nearest[1] if abs(nearest[0] - moment) <= STEP_SECONDS else None
    (t0, v0), (t1, v1) = samples[after - 1], samples[after]
    if t1 - t0 > GAP_SECONDS:
        return v0 if moment - t0 <= STEP_SECONDS else None
    if steady:
        return v0 if moment - t0 <= t1 - moment else v1
    return float(f"{v0 + (v1 - v0) * (moment - t0) / (t1 - t0):.6g}")
