"""When a rate moved within the window, and when its seconds only scatter."""

import json
import math
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from benchrig.trial.raw import RawTrial
from benchrig.verdict.rules.drift import drift_between, drift_of, reasons
from tests.factories import BEGIN, make_driver_run, make_plan, make_raw, make_tick

TICKS_A_SECOND = 5


def record(rates: list[float]) -> str:
    """A live record of so many requests/s in each second, whose last line is a little late."""
    added = [0.0, *(rate / TICKS_A_SECOND for rate in rates for _ in range(TICKS_A_SECOND))]
    totals = [round(total) for total in accumulate(added)]
    start = json.dumps({"v": 1, "type": "start", "t_unix": BEGIN})
    times = [n / TICKS_A_SECOND for n in range(1, len(totals))]
    times[-1] += 0.001
    ticks = zip(times, totals[1:], strict=True)
    return "\n".join([start, *(make_tick(at, t, t, 1000, 1) for at, t in ticks)])


def trial(rates: list[float], **level: Any) -> RawTrial:
    """A trial whose load generator wrote that record."""
    run = make_driver_run(files={"live.jsonl": record(rates)})
    return make_raw(plan=make_plan(**level), driver_runs=[run])


def test_the_thirds_are_means_of_whole_seconds() -> None:
    found = drift_of(record([1000, 1010, 5000, 5000, 1100, 1130]), 6.0)
    assert found is not None
    late = 1130 / 1.001  # the last second took so much longer
    spread = (1100 - late) ** 2 / 2
    freedom = (50 + spread) ** 2 / (50**2 + spread**2)
    assert found.first == pytest.approx(1005)
    assert found.last == pytest.approx((1100 + late) / 2)
    assert found.standard_error == pytest.approx(math.sqrt((50 + spread) / 2), rel=1e-4)
    assert found.degrees_of_freedom == pytest.approx(freedom, rel=1e-4)


def share_called(third: int, scatter: float, apart: float) -> float:
    """How many of simulated windows are told as drift.

    Args:
        third: seconds.
        scatter: standard deviation of a second's rate, as a share of it.
        apart: how far the last third's mean rate lies above the first's; it rises evenly.
    """
    rng, windows = np.random.default_rng(third), 1000
    seconds = 1000 * (1 + 1.5 * apart * np.linspace(0, 1, 3 * third))
    rates = seconds * rng.normal(1, scatter, (windows, 3 * third))
    found = [drift_between(row[:third], row[-third:]) for row in rates.tolist()]
    return sum(each.told for each in found) / windows


@pytest.mark.parametrize("third", [2, 3, 5, 10])
@pytest.mark.parametrize("scatter", [0.05, 0.1, 0.2])
def test_windows_that_stand_still_are_hardly_ever_called(third: int, scatter: float) -> None:
    assert share_called(third, scatter, apart=0.0) < 0.01


def test_a_real_drift_is_found_through_the_scatter() -> None:
    assert share_called(5, 0.05, apart=0.3) > 0.85
    assert share_called(10, 0.05, apart=0.3) > 0.99


def test_seconds_that_do_not_scatter_leave_nothing_to_chance() -> None:
    assert drift_between([1000.0] * 3, [1100.0] * 3).told
    assert not drift_between([1000.0] * 3, [1040.0] * 3).told


def test_a_rate_that_moves_makes_the_trial_suspect() -> None:
    (found,) = reasons(trial([1000, 1010, 990, 1000, 1000, 1000, 1100, 1110, 1090]))
    assert (found.grade, found.text) == (
        "suspect",
        "loadgen: 1,000 requests/s in the first third of the window, 1,100 in the last (+10%): "
        "at most 5% may lie between them, and the seconds' scatter makes 5%",
    )


def test_a_rate_that_falls_does_so_too() -> None:
    (found,) = reasons(trial([1000, 1010, 990, 1000, 1000, 1000, 900, 910, 890]))
    assert "(-10%)" in found.text


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param([1000, 900, 1100, 1000, 1000, 1000, 1160, 960, 1060], id="seconds scatter"),
        pytest.param([1000, 1001, 999, 1000, 1000, 1000, 1040, 1041, 1039], id="four per cent"),
        pytest.param([1000, 1000, 1000, 2000, 2000], id="too short to tell"),
        pytest.param([0, 0, 0, 0, 0, 0], id="nothing was answered"),
    ],
)
def test_what_is_no_drift(rates: list[float]) -> None:
    assert not list(reasons(trial(rates)))


def test_late_answers_after_the_window_are_no_drift() -> None:
    kept, late = [1000.0] * 9, [300.0] * 4
    assert not list(reasons(trial(kept + late, rate_per_second=1000.0, duration_seconds=9.0)))
    assert list(reasons(trial(kept + late, rate_per_second=1000.0, duration_seconds=13.0)))


def test_a_ramp_is_meant_to_move() -> None:
    rising = [100.0 * n for n in range(1, 10)]
    run = make_driver_run(files={"live.jsonl": record(rising)})
    ramp = make_plan(rate_per_second=100.0, rate_to_per_second=900.0)
    assert list(reasons(make_raw(driver_runs=[run])))
    assert not list(reasons(make_raw(plan=ramp, driver_runs=[run])))
    users = make_plan(spawn_rate_per_second=2.0)
    assert not list(reasons(make_raw(plan=users, driver_runs=[run])))


def test_a_record_that_can_not_be_read_is_for_others_to_tell() -> None:
    run = make_driver_run(files={"live.jsonl": "{"})
    assert not list(reasons(make_raw(driver_runs=[run])))
