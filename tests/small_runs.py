"""Runs of a few trials that measure nothing real."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchrig.remote.rig import Rig
from benchrig.signals.series import Telemetry
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec
from benchrig.suite.cells import Cell
from benchrig.suite.order import ordered
from benchrig.suite.record import SCHEMA as PLAN_SCHEMA
from benchrig.suite.record import RunPlan, write_plan
from benchrig.trial.raw import RawTrial
from tests.factories import BEGIN, make_plan, make_raw

RIG: Any = SimpleNamespace(clock_offsets={}, require_sessions=lambda: None)


class Quiet:
    """Hears what goes on and keeps it."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """One line."""
        self.notes.append(text)

    @contextmanager
    def phase(self, name: str, seconds: float) -> Iterator[None]:
        """Nothing to show."""
        del name, seconds
        yield


def plan_of(blocks: int = 3, cells: int = 2) -> RunPlan:
    """Two cells, three blocks."""
    made = tuple(
        Cell("", f"case {n}", {"connections": 64.0}, (), make_plan(connections=8 * (n + 1)), blocks)
        for n in range(cells)
    )
    return RunPlan(PLAN_SCHEMA, "suite", "small", 7, made, ordered(7, [blocks] * cells))


def begin(results: Path, plan: RunPlan) -> RunDirectory:
    """An empty stored run with its plan."""
    store = RunDirectory(results, RunSpec(SCHEMA, "run-1", BEGIN, "fab suite", "lab", "lab"))
    write_plan(store.path, plan)
    return store


class Controller:
    """Measures nothing real, and is killed after so many trials."""

    def __init__(self, lives: int = 10**6) -> None:
        self.lives = lives
        self.measured: list[int] = []

    def __call__(self, rig: Rig, raw: RawTrial, *beside: object) -> None:
        """One trial."""
        del rig, beside
        if len(self.measured) == self.lives:
            raise KeyboardInterrupt
        self.measured.append(raw.plan.level.connections)
        fill(raw)


def fill(raw: RawTrial, **shown: Any) -> None:
    """What a trial shows, of which only its telemetry is missing."""
    made = make_raw(plan=raw.plan, run_id=raw.run_id, number=raw.number, **shown)
    vars(raw).update(vars(made) | {"telemetry": None})


def complete(rig: Rig, raw: RawTrial) -> None:
    """The telemetry."""
    del rig
    raw.telemetry = Telemetry(BEGIN, 1.0, {})
