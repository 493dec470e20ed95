"""Whether the rate moved within the window: a rate that moves has no mean.

The first and the last third of the window are compared. Seconds scatter even where nothing moves,
on shared cores by ten per cent, so what lies between the thirds must be more than that scatter
makes: Welch's t test of the two means (Biometrika 34, 1947), at which three of a thousand windows
that stand still are called. Two or three seconds tell little of their own scatter, so there the
test asks for many standard errors. A window whose thirds have less than two whole seconds is too
short to tell.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from benchrig.drivers import live
from benchrig.drivers.base import UnreadableOutput
from benchrig.trial.raw import RawTrial
from benchrig.units import format_count
from benchrig.verdict.reason import Reason

DRIFT_MAX = 0.05
CONFIDENCE = 0.997  # two-sided; three standard errors, where there are many seconds
SECONDS_LEAST = 2  # whole ones in a third
SECOND = 0.95  # ticks are a little early or late
STOPPING_SECONDS = 0.15  # a driver's threads go on until they notice that the time is over


@dataclass(frozen=True)
class Drift:
    """Rates of the first and the last third, in requests/s, and what scatter leaves of them.

    Attributes:
        standard_error: of ``last - first``, from the rates of their whole seconds.
        degrees_of_freedom: of that error (Welch and Satterthwaite); 0 where nothing scatters.
    """

    first: float
    last: float
    standard_error: float
    degrees_of_freedom: float

    @property
    def share(self) -> float:
        """Of the first third's rate, signed."""
        return self.last / self.first - 1

    @property
    def by_scatter(self) -> float:
        """What the seconds' scatter alone may put between the thirds, in requests/s."""
        if not self.degrees_of_freedom:
            return 0.0
        from scipy import special  # noqa: PLC0415 - slow, and hardly a window needs it

        quantile = special.stdtrit(self.degrees_of_freedom, (1 + CONFIDENCE) / 2)
        return float(quantile) * self.standard_error

    @property
    def told(self) -> bool:
        """Whether it is more than may be, and more than the seconds' scatter makes."""
        return abs(self.share) > DRIFT_MAX and abs(self.last - self.first) > self.by_scatter


def reasons(raw: RawTrial) -> Iterator[Reason]:
    """One for each load generator whose rate drifted; a ramp, of rate or users, is meant to."""
    if raw.plan.level.rate_to_per_second or raw.plan.level.spawn_rate_per_second:
        return
    for run in raw.driver_runs:
        if run.phase != "measure" or live.LIVE_FILE not in run.files:
            continue
        try:
            found = drift_of(run.files[live.LIVE_FILE], raw.plan.level.duration_seconds)
        except UnreadableOutput:
            continue  # the figures say so
        if found and found.told:
            text = f"{run.host}: {format_count(found.first)} requests/s in the first third of the "
            text += f"window, {format_count(found.last)} in the last ({found.share:+.0%}): at most "
            text += f"{DRIFT_MAX:.0%} may lie between them, and the seconds' scatter makes "
            text += f"{found.by_scatter / found.first:.0%}"
            yield Reason("suspect", text)


def drift_of(record: str, seconds: float) -> Drift | None:
    """The drift in a live record; None where it is too short or nothing was answered.

    Args:
        record: lines of JSON.
        seconds: how long load was asked for: what is answered after that is the end of a queue.

    Raises:
        UnreadableOutput: a line that is no JSON or of another version.
    """
    lines = list(live.read_lines(record))
    # The first tick comes some time after the start, when nothing was answered yet.
    ticks = [(float(line["t_unix"]), 0) for line in lines[:1] if line["type"] == "start"]
    ticks += [(c.unix, c.requests) for c in map(live.counters, lines[len(ticks) :])]
    end = ticks[0][0] + seconds + STOPPING_SECONDS if ticks else 0.0
    rates = _per_second([tick for tick in ticks if tick[0] <= end])
    third = len(rates) // 3
    if third < SECONDS_LEAST or not fmean(rates[:third]):
        return None
    return drift_between(rates[:third], rates[-third:])


def drift_between(first: Sequence[float], last: Sequence[float]) -> Drift:
    """The drift from the rates of two equally many seconds, two or more, in requests/s."""
    count, variances = len(first), (variance(first), variance(last))
    squares = sum(each**2 for each in variances)
    freedom = (count - 1) * sum(variances) ** 2 / squares if squares else 0.0
    return Drift(fmean(first), fmean(last), math.sqrt(sum(variances) / count), freedom)


def _per_second(ticks: list[tuple[float, int]]) -> list[float]:
    """Rates in requests/s of whole seconds, each from its own first to its last tick."""
    rates, begin = [], ticks[0] if ticks else (0.0, 0)
    for tick in ticks[1:]:
        seconds = tick[0] - begin[0]
        if seconds >= SECOND:
            rates.append((tick[1] - begin[1]) / seconds)
            begin = tick
    return rates
