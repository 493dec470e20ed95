"""The finding of one outcome: decided by the interval, never by the estimate alone.

    slower                     tie                     faster
    ---------[-----]-----|-floor-0-floor-|------[-----]--------
                      -margin         +margin

tie: the whole interval is within the margin: what difference there may be does not matter.
faster, slower: the whole interval is beyond the noise floor, on that side.
not-enough-data: anything else. The interval still holds values that mean different findings.

So a tie is an equivalence test and faster or slower a test against a least effect, both by the same
interval (S. Wellek, Testing Statistical Hypotheses of Equivalence and Noninferiority, 2nd edition
2010, chapter 1; J. L. Hodges and E. L. Lehmann, JRSS B 16, 1954).
"""

import math
from dataclasses import dataclass
from typing import Literal

from benchrig.compare.pairs import Outcome, Pairs
from benchrig.stats.interval import CONFIDENCE, Estimate, Interval, estimate
from benchrig.stats.signed_rank import least_count

Word = Literal["faster", "slower", "tie", "not-enough-data"]
DROPPED_SHARE_MAX = 1 / 3
BLOCKS_FORESEEN_MAX = 1000


@dataclass(frozen=True)
class Bounds:
    """Natural logarithms of the ratios that a finding is measured against, both above zero.

    Attributes:
        floor: what the rig shows between a variant and itself; a claim must clear it.
        margin: differences up to here do not matter to the reader; never below the floor.
    """

    floor: float
    margin: float

    def __post_init__(self) -> None:
        """Keep the margin at or above the floor."""
        if self.floor < 0 or self.margin <= 0:
            raise ValueError("floor and margin are sizes of a difference")
        object.__setattr__(self, "margin", max(self.margin, self.floor))


@dataclass(frozen=True)
class Finding:
    """What one outcome says.

    Attributes:
        estimate: of the logarithm of how many times better the contender is; ``None`` without a
            single pair.
        more_blocks: how many more would settle it if the noise stays as it is; 0 where it is
            settled, ``None`` where so many are not to be had.
        why_none: why this outcome can tell nothing, however many blocks there are; else empty.
    """

    outcome: Outcome
    word: Word
    estimate: Estimate | None
    bounds: Bounds
    pairs: Pairs
    more_blocks: int | None
    confidence: float
    why_none: str = ""

    @property
    def interval(self) -> Interval | None:
        """What the word rests on; ``None`` where too few blocks count for a finding."""
        if self.estimate is None or self.pairs.dropped_share > DROPPED_SHARE_MAX:
            return None
        return self.estimate.interval

    @property
    def p_value(self) -> float | None:
        """That the two do not differ, two-sided; ``None`` without an interval that it agrees with.

        It is that of a number of blocks fixed beforehand: an interval of another confidence pays
        for looks in between, which this does not.
        """
        if self.estimate is None or self.interval is None or self.confidence != CONFIDENCE:
            return None
        return self.estimate.p_value

    @property
    def reason(self) -> str:
        """The figures that the word rests on, in a sentence."""
        if self.estimate is None or self.interval is None:
            return self.why_none or self._too_few
        told = self._told(self.estimate, self.interval)
        if self.word == "tie":
            # A margin below the noise floor was raised to it: what the reader asked for is another.
            what = "margin" if self.bounds.margin > self.bounds.floor else "noise floor"
            return f"{told}: within the {what} of {percent(self.bounds.margin):.2g} %"
        if self.word != "not-enough-data":
            return f"{told}: beyond the noise floor of {percent(self.bounds.floor):.2g} %"
        if self.more_blocks is None:
            return f"{told}; no number of blocks at hand would settle it"
        return f"{told}; about {self.more_blocks} more would settle it"

    def _told(self, found: Estimate, interval: Interval) -> str:
        """Centre and interval as a change of the outcome itself, in percent."""
        sign, asked = self.outcome.sign, f"{100 * self.confidence:g} % interval "
        ends = sorted(percent(sign * end) for end in (interval.low, interval.high))
        held = f"{'' if self.confidence == CONFIDENCE else asked}{ends[0]:+.1f} to {ends[1]:+.1f}"
        centre = f"{self.outcome.value} {percent(sign * found.centre):+.1f} %"
        return f"{centre} ({held}), {found.count} blocks"

    @property
    def _too_few(self) -> str:
        count, lost = len(self.pairs.log_gains), len(self.pairs.dropped)
        if self.pairs.dropped_share > DROPPED_SHARE_MAX:
            return f"{lost} of {lost + count} blocks lost a trial"
        needed = least_count(self.confidence)
        return f"{count} blocks; an interval of {self.confidence:.0%} needs {needed}"


def find(outcome: Outcome, pairs: Pairs, bounds: Bounds, confidence: float = CONFIDENCE) -> Finding:
    """Decide one outcome.

    A block may be lost because of what a variant does: when more than a third of them are gone,
    those that are left were chosen by the result, and nothing is found.
    """
    found = estimate(pairs.log_gains, confidence) if pairs.log_gains else None
    word: Word = "not-enough-data"
    more: int | None = 0
    if pairs.dropped_share > DROPPED_SHARE_MAX:
        more = None
    elif found is None or found.interval is None:
        more = least_count(confidence) - len(pairs.log_gains)
    else:
        word = decide(found.interval, bounds)
        more = blocks_to_settle(found, found.interval, bounds) if word == "not-enough-data" else 0
    return Finding(outcome, word, found, bounds, pairs, more, confidence)


def decide(interval: Interval, bounds: Bounds) -> Word:
    """Where the interval lies."""
    if interval.low >= -bounds.margin and interval.high <= bounds.margin:
        return "tie"
    if interval.low > bounds.floor:
        return "faster"
    return "slower" if interval.high < -bounds.floor else "not-enough-data"


def blocks_to_settle(found: Estimate, interval: Interval, bounds: Bounds) -> int | None:
    """How many more blocks would settle it if estimate and noise stay as they are.

    The interval shrinks with the root of the number of blocks. It must become narrow enough to
    clear the floor on its side or to fit within the margin, whichever is nearer.
    """
    size = abs(found.centre)
    wanted = max(size - bounds.floor, bounds.margin - size)
    if wanted <= 0:
        return None
    total = math.ceil(found.count * (interval.half_width / wanted) ** 2)
    more = max(1, total - found.count)
    return more if more <= BLOCKS_FORESEEN_MAX else None


def percent(log_ratio: float) -> float:
    """A log-ratio as the change it is, in percent: log 1.1 is +10."""
    return 100 * math.expm1(log_ratio)
