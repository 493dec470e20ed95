"""What a case of the selftest is: one file under ``cases/`` with a `CASE`, found by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from benchrig.trial.raw import RawTrial

Moment = Literal["start", "load", "middle"]
Kind = Literal["injected", "clean", "bad"]


@dataclass(frozen=True)
class Injection:
    """A change of the hosts of one group, and how it is taken back.

    Attributes:
        at: before the app starts, when the load begins, or in the middle of it: once the measure
            phase is on and its first counters are read.
        do, undo: commands, each a list of arguments; ``{peer}`` is the address of the first load
            generator.
    """

    group: str
    at: Moment
    do: tuple[tuple[str, ...], ...]
    undo: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Case:
    """One labelled trial.

    Attributes:
        expects: causes that are right; empty for a bad result, which must be refused.
        faulty: options of `benchrig.host.faulty`, where that is the server.
        parameters: of the workload.
        settings: of the variant.
        spoil: makes a bad result of a good record.
    """

    name: str
    kind: Kind
    summary: str
    expects: frozenset[str] = frozenset()
    variant: str = "asgi-uvicorn"
    workload: str = "json"
    connections: int = 32
    rate_per_second: float = 0.0
    driver: str = "wrk"
    via: Literal["direct", "nginx"] = "direct"
    seconds: float = 2.0
    settings: Mapping[str, str | int] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    faulty: tuple[str, ...] = ()
    processes: int = 1
    injections: tuple[Injection, ...] = ()
    spoil: Callable[[RawTrial], RawTrial] | None = None


def shell(text: str) -> tuple[str, ...]:
    """A command line for the host's shell."""
    return ("/bin/sh", "-ec", text)
