"""Which of several trials count: what is averaged, compared and put into a history.

Invalid trials never do. A suspect one does where there is nothing better: its figures then stand
for the cell, which is suspect itself, and are never mixed with those of valid trials.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Graded(Protocol):
    """A judged trial; results of other tools have a grade of their own, and count."""

    @property
    def grade(self) -> str:
        """valid, suspect or invalid."""


T = TypeVar("T", bound=Graded)


def counting(trials: Iterable[T]) -> list[T]:
    """Those that count, in their order."""
    kept = [trial for trial in trials if trial.grade != "invalid"]
    return [trial for trial in kept if trial.grade != "suspect"] or kept
