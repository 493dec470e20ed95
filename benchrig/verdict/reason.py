"""A reason that a rule gives for doubting a trial's number."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["valid", "suspect", "invalid"]


@dataclass(frozen=True)
class Reason:
    """Why a trial is not valid; with the grade ``valid``, what should stand beside its number."""

    grade: Grade
    text: str
