"""The verdict on what limited a trial, as it is stored and read back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """One cause and what it says; ``score`` from 0 to 1."""

    cause: str
    score: float
    because: str
    advice: str


@dataclass(frozen=True)
class Bottleneck:
    """The verdict: ``second`` is ``None`` where nothing else comes near."""

    limit: Candidate
    second: Candidate | None
