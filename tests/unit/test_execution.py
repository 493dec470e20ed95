"""Runs executed: interrupted, gone on with, told, stored behind the next trial."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from benchrig.commands import compare
from benchrig.commands.running import stored
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.store.run import RunDirectory, read_run
from benchrig.suite.execute import Execution
from benchrig.suite.outcome import by_cell
from benchrig.suite.record import read_plan, time_left
from benchrig.trial.behind import Behind
from benchrig.trial.raw import Fault, RawTrial
from tests.small_runs import RIG, Controller, Quiet, begin, complete, fill, plan_of


@pytest.mark.parametrize("lives", [0, 1, 4, 5])
def test_an_interrupted_run_goes_on_and_repeats_no_finished_trial(
    tmp_path: Path, lives: int
) -> None:
    plan = plan_of()
    store = begin(tmp_path, plan)
    first, second = Controller(lives), Controller()
    with pytest.raises(KeyboardInterrupt):
        Execution(RIG, store, plan, Quiet(), measure=first, complete=complete).run()
    kept, done = stored(store.path)
    assert kept == plan
    assert len(done) == lives
    store.release()  # as the end of the killed process does
    Execution(
        RIG, RunDirectory.again(store.path), kept, Quiet(), done, measure=second, complete=complete
    ).run()
    wanted = [plan.cells[slot.cell].plan.level.connections for slot in plan.order]
    assert first.measured + second.measured == wanted
    kept, done = stored(store.path)
    assert [(o.number, o.block, o.cell) for o in done] == [
        (n, slot.block, slot.cell) for n, slot in enumerate(plan.order, 1)
    ]


def test_a_trial_is_completed_while_the_next_one_runs(tmp_path: Path) -> None:
    plan, started = plan_of(1), [Event(), Event()]

    def measure(_: Rig, raw: RawTrial, *__: object) -> None:
        started[raw.number - 1].set()
        fill(raw)

    def late(rig: Rig, raw: RawTrial) -> None:
        assert started[-1].wait(5)
        complete(rig, raw)

    store = begin(tmp_path, plan)
    Execution(RIG, store, plan, Quiet(), measure=measure, complete=late).run()
    kept = read_run(store.path)
    assert [(n, raw.run_id, raw.number) for n, raw in kept.numbered.items()] == [
        (1, "run-1", 1),
        (2, "run-1", 2),
    ]
    assert all(raw.telemetry for raw in kept.numbered.values())


def test_a_trial_starts_at_once_and_measures_when_the_one_before_is_stored(tmp_path: Path) -> None:
    plan, started = plan_of(1), Event()
    done: list[str] = []

    def measure(_: Rig, raw: RawTrial, __: object, alone: Callable[[], None]) -> None:
        done.append(f"start {raw.number}")
        if raw.number == 2:
            started.set()
        alone()
        done.append(f"measure {raw.number}")
        fill(raw)

    def late(rig: Rig, raw: RawTrial) -> None:
        if raw.number == 1:
            assert started.wait(5)
        complete(rig, raw)
        done.append(f"complete {raw.number}")

    store = begin(tmp_path, plan)
    Execution(RIG, store, plan, Quiet(), measure=measure, complete=late).run()
    assert done == ["start 1", "measure 1", "start 2", "complete 1", "measure 2", "complete 2"]


def test_a_host_that_is_gone_ends_the_run_which_can_be_gone_on_with(tmp_path: Path) -> None:
    plan, first, second = plan_of(2), Controller(), Controller()

    def gone() -> None:
        if len(first.measured) == 2:
            raise BenchrigError("the connection ended", where="host 'db'")

    rig: Any = SimpleNamespace(clock_offsets={}, require_sessions=gone)
    store = begin(tmp_path, plan)
    with pytest.raises(BenchrigError, match="the connection ended"):
        Execution(rig, store, plan, Quiet(), measure=first, complete=complete).run()
    kept, done = stored(store.path)
    assert [found.number for found in done] == [1]
    store.release()
    again = RunDirectory.again(store.path)
    Execution(RIG, again, kept, Quiet(), done, measure=second, complete=complete).run()
    assert len(second.measured) == len(plan.order) - 1


def test_what_failed_behind_an_interrupted_trial_is_told() -> None:
    def full() -> None:
        raise BenchrigError("the disk is full")

    def interrupted() -> None:
        with Behind() as behind:
            behind.begin(full)
            raise KeyboardInterrupt

    with pytest.raises(BenchrigError, match="the disk is full"):
        interrupted()


def test_a_trial_that_can_not_be_stored_ends_the_run_and_keeps_those_before(tmp_path: Path) -> None:
    plan = plan_of(2)

    def full(rig: Rig, raw: RawTrial) -> None:
        complete(rig, raw)
        if raw.number == 2:
            raise BenchrigError("the disk is full")

    store, first, second = begin(tmp_path, plan), Controller(), Controller()
    with pytest.raises(BenchrigError, match="the disk is full"):
        Execution(RIG, store, plan, Quiet(), measure=first, complete=full).run()
    assert len(first.measured) == 3  # the third was under way
    kept, done = stored(store.path)
    assert [found.number for found in done] == [1]
    store.release()
    again = RunDirectory.again(store.path)
    Execution(RIG, again, kept, Quiet(), done, measure=second, complete=complete).run()
    assert len(second.measured) == 3


def test_what_goes_on_is_told_with_the_time_left(tmp_path: Path) -> None:
    plan = plan_of(1)
    teller = Quiet()
    Execution(
        RIG, begin(tmp_path, plan), plan, teller, measure=Controller(), complete=complete
    ).run()
    first, second = (slot.cell for slot in plan.order)
    assert teller.notes[0] == f"trial 1 of 2, block 1: case {first}; 40 s left"
    assert f"trial 2 of 2, block 1: case {second}; 17 s left" in teller.notes
    assert [note[:11] for note in teller.notes if note.endswith("CPU per request, valid")] == [
        "  trial 1: ",
        "  trial 2: ",
    ]
    assert time_left(plan, plan.order, [1.0, 2.0]) == 2 * (17.0 + 1.5)


def test_a_search_tells_how_many_trials_it_may_take(tmp_path: Path) -> None:
    plan = plan_of(1)
    teller = Quiet()
    Execution(
        RIG, begin(tmp_path, plan), plan, teller, measure=Controller(), complete=complete, most=5
    ).run()
    cases = [slot.cell for slot in plan.order]
    assert teller.notes[0] == f"trial 1 of at most 5: case {cases[0]}; at most 2 min left"
    (second,) = (note for note in teller.notes if note.startswith("trial 2"))
    assert second.startswith(f"trial 2 of at most 5: case {cases[1]}; at most ")


def test_one_failing_trial_does_not_end_the_run_and_is_not_averaged(tmp_path: Path) -> None:
    plan = plan_of(2)

    def measure(_: Rig, raw: RawTrial, *__: object) -> None:
        fails = raw.plan.level.connections == 8 and not failed
        failed.extend([True] if fails else [])
        fill(raw, faults=[Fault("app", "it died", fatal=True)] if fails else [])

    failed: list[bool] = []
    execution = Execution(
        RIG, begin(tmp_path, plan), plan, Quiet(), measure=measure, complete=complete
    )
    execution.run()
    cells = by_cell(plan, execution.outcomes)
    assert [(len(c.counted), len(c.trials)) for c in cells] == [(1, 2), (2, 2)]
    assert [t.refused for t in cells[0].trials if t.refused] == ["app: it died"]


def test_a_plan_ends_before_the_first_block_that_there_is_no_time_for(tmp_path: Path) -> None:
    plan = plan_of(blocks=4)
    store, measure = begin(tmp_path, plan), Controller()
    asked: list[int] = []

    def room(block: int) -> bool:
        asked.append(block)
        return block < 3

    made = Execution(RIG, store, plan, Quiet(), measure=measure, complete=complete, room=room)
    made.run()
    assert asked == [1, 2, 3]
    assert [slot.block for slot in made.plan.order] == [1, 1, 2, 2]
    assert read_plan(store.path).order == made.plan.order
    assert len(made.outcomes) == 4


def test_a_budget_goes_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 100.0, 110.0, 145.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    room = compare.time_for(60.0)
    assert [room(block) for block in (1, 2, 4)] == [True, True, True]
    monkeypatch.setattr(time, "monotonic", lambda: 146.0)
    assert not room(4)
    assert compare.time_for(0.0)(10**6)
