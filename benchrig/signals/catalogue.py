"""Reading the catalogue."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict

from benchrig.errors import BenchrigError, nearest
from benchrig.signals.promql import metric_names
from benchrig.spec.yaml_file import parse_entries, raise_mistakes, read_mapping

FOLDER = Path(__file__).with_name("catalogue")
PREFIX = "benchrig:"
STRICT = ConfigDict(extra="forbid")
Job = Literal["load", "rig", "node", "process", "postgres", "nginx"]
UnitName = Literal[
    "bytes",
    "bytes_per_second",
    "cores",
    "count",
    "errors_per_second",
    "flag",
    "per_second",
    "requests_per_second",
    "seconds",
    "share",
]


@dataclass(frozen=True)
class Limit:
    """What is too much (``above``) or too little (``below``), in the signal's unit."""

    __pydantic_config__ = STRICT

    above: float | None = None
    below: float | None = None

    def broken_by(self, value: float) -> bool:
        """Whether a value is beyond the limit."""
        too_much = self.above is not None and value > self.above
        return too_much or (self.below is not None and value < self.below)


@dataclass(frozen=True)
class Signal:
    """One thing worth looking at.

    Attributes:
        name: with `PREFIX` the name of its recorded series.
        unit: SI; shares are 0 to 1.
        job: the exporter it comes from, which says when its samples were taken.
        by: labels that tell its series apart; none for a single one.
        expr: PromQL over raw metrics, and over the signals before it in the catalogue.
        meaning: what it is, for a person who sees it for the first time.
        bad: what is too much, and what it means then.
        when: where it is known only sometimes, the condition; empty for what is always there.
    """

    __pydantic_config__ = STRICT

    name: str
    title: str
    unit: UnitName
    job: Job
    expr: str
    meaning: str
    bad: str
    by: tuple[str, ...] = ()
    limit: Limit = field(default_factory=Limit)
    when: str = ""

    @property
    def recorded(self) -> str:
        """Name of the series that Prometheus keeps of it."""
        return PREFIX + self.name


@cache
def load_signals() -> dict[str, Signal]:
    """All signals by name, in the order in which their rules are evaluated.

    Raises:
        BenchrigError: every mistake of a file at once.
    """
    found: dict[str, Signal] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        signals, mistakes = parse_entries(Signal, read_mapping(path))
        mistakes += [f"{name}: is in an earlier file too" for name in signals.keys() & found.keys()]
        for signal in signals.values():
            mistakes += _unknown(signal, found)
            found[signal.name] = signal
        raise_mistakes(mistakes, path.name)
    return found


def find_signal(name: str) -> Signal:
    """The signal of that name.

    Raises:
        BenchrigError: there is none; the nearest name is suggested.
    """
    known = load_signals()
    if name not in known:
        raise BenchrigError(f"'{name}' is no signal", way_out=nearest(name, known))
    return known[name]


def _unknown(signal: Signal, before: dict[str, Signal]) -> list[str]:
    used = {n.removeprefix(PREFIX) for n in metric_names(signal.expr) if n.startswith(PREFIX)}
    return [
        f"{signal.name}: expr: {PREFIX}{name} is not defined before it"
        for name in sorted(used - before.keys())
    ]
