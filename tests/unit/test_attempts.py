"""`fab bench --attempts`: what is not valid is measured again, as often as asked and no oftener."""

from collections.abc import Callable

import pytest

from benchrig.commands.bench import measured, repeated
from benchrig.trial.raw import Fault
from benchrig.verdict.reason import Grade
from tests.factories import make_driver_run, make_raw


def told(*trials: tuple[Grade, bool]) -> tuple[Callable[[int, str], tuple[Grade, bool]], list[str]]:
    """Trials that end so, and the places they were run at."""
    left, places = list(trials), []

    def one(number: int, place: str) -> tuple[Grade, bool]:
        places.append(f"{number}{place}")
        return left.pop(0)

    return one, places


@pytest.mark.parametrize(
    ("trials", "usable", "places"),
    [
        ([("valid", True)], True, ["1"]),
        ([("suspect", True), ("valid", True)], True, ["1", "2, attempt 2 of 3"]),
        (
            [("invalid", True), ("suspect", True), ("invalid", True)],
            False,
            ["1", "2, attempt 2 of 3", "3, attempt 3 of 3"],
        ),
        ([("suspect", True)] * 3, True, ["1", "2, attempt 2 of 3", "3, attempt 3 of 3"]),
        ([("invalid", False)], False, ["1"]),
    ],
)
def test_attempts_end_with_the_first_valid_trial(
    trials: list[tuple[Grade, bool]], usable: bool, places: list[str]
) -> None:
    one, ran = told(*trials)
    assert repeated(1, 3, one) is usable
    assert ran == places


def test_each_trial_has_its_own_attempts_and_each_its_own_number() -> None:
    one, ran = told(("suspect", True), ("valid", True), ("valid", True))
    assert repeated(2, 2, one)
    assert ran == ["1, trial 1 of 2", "2, trial 1 of 2, attempt 2 of 2", "3, trial 2 of 2"]


def test_a_trial_that_could_not_be_measured_is_not_tried_again() -> None:
    whole = make_raw(driver_runs=[make_driver_run(phase="measure")], faults=[])
    assert measured(whole)
    assert not measured(make_raw(driver_runs=[make_driver_run(phase="warm-up")], faults=[]))
    died = [Fault("app", "it died", fatal=True)]
    assert not measured(make_raw(driver_runs=whole.driver_runs, faults=died))
