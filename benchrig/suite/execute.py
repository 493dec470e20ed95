"""Run the trials of a plan one after the other; what is stored is never run again.

While one trial starts, the telemetry of the one before is fetched and its record stored: Prometheus
has the last second only some two seconds later. What is measured begins when that is done, so that
nothing is fetched under its load.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from benchrig.drivers.ceiling import Ceiling
from benchrig.remote.rig import Rig
from benchrig.store.run import RunDirectory
from benchrig.suite.order import Slot
from benchrig.suite.outcome import Outcome, outcome
from benchrig.suite.record import RunPlan, phase_seconds, time_left, write_plan
from benchrig.trial.behind import Behind
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import Progress, begin_trial, complete_trial, run_trial
from benchrig.units import format_span


class Teller(Progress, Protocol):
    """Who is told what goes on in a run."""

    def note(self, text: str) -> None:
        """One line."""


def always(block: int) -> bool:
    """There is time for every block."""
    del block
    return True


def no_ceiling(plan: TrialPlan) -> Ceiling | None:
    """Of a driver that was never calibrated."""
    del plan
    return None


@dataclass
class Execution:
    """A run in progress.

    Attributes:
        store: where trials go.
        outcomes: of all trials so far, those of an earlier sitting included.
        overheads: seconds that each trial of this sitting took besides its load.
        ceiling: what the driver of a plan can do, by which its trials are judged.
        measure: runs one trial; tests put another in its place.
        complete: adds what is known only some time after the trial.
        room: whether there is time for a block; the plan ends before the first that has none.
        most: trials that a search may take, which does not know yet how many it needs; 0 where
            the plan tells them all.
    """

    rig: Rig
    store: RunDirectory
    plan: RunPlan
    teller: Teller
    outcomes: list[Outcome] = field(default_factory=list)
    overheads: list[float] = field(default_factory=list)
    ceiling: Callable[[TrialPlan], Ceiling | None] = no_ceiling
    measure: Callable[[Rig, RawTrial, Progress, Callable[[], None]], None] = run_trial
    complete: Callable[[Rig, RawTrial], None] = complete_trial
    room: Callable[[int], bool] = always
    most: int = 0

    def run(self) -> None:
        """Run every slot of the order that has no stored trial yet.

        Raises:
            KeyboardInterrupt: after the trial at hand was stopped; it is not stored.
            BenchrigError: a trial could not be stored, or a host is gone; those before it are.
        """
        done = {found.number for found in self.outcomes}
        block = 0
        with Behind() as behind:
            for number, slot in enumerate(self.plan.order, 1):
                if number not in done:
                    if slot.block != block and not self.room(slot.block):
                        self._keep_plan(self.plan.with_order(self.plan.order[: number - 1]))
                        break
                    block = slot.block
                    raw = self._one(number, slot, behind.settle)
                    behind.begin(self._keep, number, slot, raw)
            behind.wait()

    def extend(self, plan: RunPlan) -> None:
        """Go on with a longer plan, kept before its first trial runs."""
        self._keep_plan(plan)
        self.run()

    def _keep_plan(self, plan: RunPlan) -> None:
        self.plan = plan
        write_plan(self.store.path, plan)

    def _one(self, number: int, slot: Slot, alone: Callable[[], None]) -> RawTrial:
        cell = self.plan.cells[slot.cell]
        self.teller.note(f"{self._place(number, slot)}: {cell.title}; {self._left(number)} left")
        begin = time.monotonic()
        run_id = self.store.spec.run_id
        raw = begin_trial(self.rig, cell.plan, run_id, number, self.ceiling(cell.plan))
        self.measure(self.rig, raw, self.teller, alone)
        self.rig.require_sessions()
        self.overheads.append(max(0.0, time.monotonic() - begin - phase_seconds(cell.plan)))
        return raw

    def _keep(self, number: int, slot: Slot, raw: RawTrial) -> None:
        """Not reached by a trial cut short: it is run again on resume."""
        self.complete(self.rig, raw)
        self.store.add(number, raw)
        found = outcome(number, slot.block, slot.cell, raw)
        self.outcomes.append(found)
        self.teller.note(f"  trial {number}: {told(found, raw.plan.counted)}")

    def _place(self, number: int, slot: Slot) -> str:
        if self.most:
            return f"trial {number} of at most {self.most}"
        return f"trial {number} of {len(self.plan.order)}, block {slot.block}"

    def _left(self, number: int) -> str:
        to_come = self.plan.order[number - 1 :]
        to_come += to_come[-1:] * (self.most - len(self.plan.order))
        left = format_span(time_left(self.plan, to_come, self.overheads))
        return f"at most {left}" if self.most else left


def told(found: Outcome, counted: str = "requests") -> str:
    """One trial in a line; a suspect one with its first reason."""
    rate = found.values.get("requests_per_second")
    cpu = found.values.get("cpu_seconds_per_request")
    parts = [f"{rate:,.1f} {counted}/s"] if rate is not None else []
    parts += [f"{cpu * 1e6:,.1f} µs CPU per {counted[:-1]}"] if cpu is not None else []
    why = found.refused or next(iter(found.doubts), "")
    parts += [f"{found.grade}: {why}" if why else found.grade]
    return ", ".join(parts)
