"""A reason that a rule gives for doubting a trial's number."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["valid", "suspect", "invalid"]


@dataclass(frozen=True)
class Reason:
    """Why a trial is not valid; with the grade ``valid``, what should stand beside its number.

    Attributes:
        overload: more load than the server takes brings this about by itself: it says something of
            the load, and nothing against the measurement.
    """

    grade: Grade
    text: str
    overload: bool = False
