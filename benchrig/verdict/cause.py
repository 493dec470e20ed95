"""What a cause is: one file under ``causes/`` with a `CAUSE`, found by the judge by itself.

A cause looks at the facts of a trial and says how far this part is from its limit, from 0 (far) to
1 (at it), with the evidence in numbers and one sentence of advice. It knows nothing of the others.
"""

from collections.abc import Callable
from dataclasses import dataclass

from benchrig.verdict.facts import Facts

AT_LIMIT = 0.8  # from this score on a part is at its limit


@dataclass(frozen=True)
class Evidence:
    """What one cause says of one trial.

    Attributes:
        score: 0 to 1; from `AT_LIMIT` on it is at its limit.
        because: the figures, as part of a sentence.
        advice: what to do about it, one sentence.
    """

    score: float
    because: str
    advice: str


@dataclass(frozen=True)
class Cause:
    """One thing that may limit a trial.

    Attributes:
        depth: among several at their limit the one with the lowest wins: what it keeps waiting
            looks full too, but only because of it.
        look: facts to evidence; ``None`` where the cause can not apply.
    """

    name: str
    depth: int
    look: Callable[[Facts], Evidence | None]


NOTHING = Evidence(0.0, "", "")


def percent(share: float) -> str:
    """A share for people: 97 %."""
    return f"{share * 100:.0f} %"


def number(value: float) -> str:
    """A mean count for people: 3, 0.4, 61."""
    return f"{value:.0f}" if value >= 9.5 or value == round(value) else f"{value:.1f}"
