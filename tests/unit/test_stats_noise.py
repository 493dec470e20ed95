"""What a rig's noise lets it find, and what a sequence of looks makes of nothing."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchrig.compare.finding import Bounds, find
from benchrig.compare.pairs import Outcome, Pairs
from benchrig.compare.precision import LOOK_CONFIDENCE, Go, Goal, Stop, next_step
from benchrig.stats.interval import estimate, limits
from benchrig.stats.noise import (
    blocks_for_effect,
    budget_seconds,
    calibrate,
    least_effect,
    power,
)
from tests.simulated import noise

# Thirty blocks spread as the normal distribution's own quantiles: no luck in it.
ONE_PERCENT = tuple(0.01 * NormalDist().inv_cdf((i + 0.5) / 30) for i in range(30))
aa_blocks = st.lists(st.floats(-0.2, 0.2), min_size=10, max_size=25)


def test_a_calibrations_figures_are_those_of_its_noise() -> None:
    """Normal noise of 1 %: ten blocks' estimates are 1.96 * 1 % / sqrt(10) apart, and 2 % more."""
    found = calibrate(ONE_PERCENT)
    spread = math.sqrt(sum(x * x for x in ONE_PERCENT) / 30)
    assert found.spread == pytest.approx(spread)
    assert found.apart == pytest.approx(1.96 * 1.02 * spread / math.sqrt(10), rel=0.12)
    assert found.half_width == pytest.approx(2.26 * spread / math.sqrt(10), rel=0.12)
    assert 0.03 < found.false_findings < 0.06
    assert found.floor == 0.005
    assert found.enough
    assert not found.biased


def test_the_floor_keeps_false_findings_on_fresh_noise_below_two_percent() -> None:
    blocks = noise("lognormal", (1, 40), seed=1)[0] * 3
    floor = calibrate(blocks.tolist()).floor
    assert floor > 0.01
    low, high = limits(noise("lognormal", (3000, 10), seed=2) * 3)
    assert np.mean((low > 0) | (high < 0)) < 0.055
    assert np.mean((low > floor) | (high < -floor)) < 0.02


def test_nineteen_blocks_are_too_few_and_less_than_a_comparison_is_refused() -> None:
    assert not calibrate(ONE_PERCENT[:19]).enough
    with pytest.raises(ValueError, match="9 blocks are less than one comparison"):
        calibrate(ONE_PERCENT[:9])


def test_a_variant_that_differs_from_itself_is_told() -> None:
    assert calibrate([x + 0.02 for x in ONE_PERCENT]).biased


@settings(max_examples=5)
@given(aa_blocks)
def test_calibration_does_not_know_which_trial_was_which(blocks: list[float]) -> None:
    there, back = calibrate(blocks), calibrate([-x for x in blocks])
    assert back.spread == there.spread
    assert back.itself.centre == pytest.approx(-there.itself.centre, abs=1e-12)
    assert back.biased == there.biased


def test_noisier_blocks_have_a_higher_floor_and_a_coarser_view() -> None:
    calm, noisy = calibrate(ONE_PERCENT), calibrate([16 * x for x in ONE_PERCENT])
    assert noisy.floor > 2 * calm.floor
    assert noisy.half_width == pytest.approx(16 * calm.half_width)
    assert noisy.floor_low <= noisy.floor <= noisy.floor_high


def test_the_blocks_that_are_promised_find_the_effect_on_fresh_noise() -> None:
    blocks = noise("lognormal", (1, 40), seed=3)[0]
    floor = calibrate(blocks.tolist()).floor
    needed = blocks_for_effect(blocks.tolist(), -0.03, floor)
    assert needed is not None
    assert 12 <= needed <= 30
    fresh = noise("lognormal", (200, needed), seed=4) - 0.03
    bounds = Bounds(floor, margin=0.02)
    words = [find(Outcome.THROUGHPUT, Pairs(tuple(row), ()), bounds).word for row in fresh.tolist()]
    assert words.count("slower") / len(words) > 0.85
    assert words.count("faster") == 0


def test_power_grows_with_the_effect_and_with_the_blocks() -> None:
    by_effect = [power(ONE_PERCENT, effect, 10, 0.005) for effect in (0.005, 0.01, 0.015, 0.02)]
    by_blocks = [power(ONE_PERCENT, 0.01, blocks, 0.005) for blocks in (6, 12, 24, 48)]
    assert by_effect == sorted(by_effect)
    assert by_blocks == sorted(by_blocks)
    assert by_effect[0] < 0.05
    assert by_blocks[-1] > 0.8


def test_the_least_effect_is_found_nine_times_in_ten() -> None:
    effect = least_effect(ONE_PERCENT, 12, 0.005)
    assert power(ONE_PERCENT, effect, 12, 0.005) == pytest.approx(0.9, abs=0.03)


def test_an_effect_below_the_floor_has_no_budget() -> None:
    assert blocks_for_effect(ONE_PERCENT, 0.005, 0.005) is None
    assert blocks_for_effect(ONE_PERCENT, 0.0051, 0.005) is None
    assert budget_seconds(10, 18.5) == 370.0


def run_to_a_stop(values: list[float], goal: Goal) -> tuple[list[float], Stop]:
    """Blocks as they come until the design says stop."""
    seen: list[float] = []
    while isinstance(step := next_step(seen, len(seen), goal), Go):
        seen = values[: len(seen) + step.blocks]
    return seen, step


def test_blocks_are_added_until_the_interval_is_narrow_enough() -> None:
    values = noise("lognormal", (1, 60), seed=5)[0].tolist()
    seen, stop = run_to_a_stop(values, Goal(half_width=0.015, blocks_most=60))
    interval = estimate(seen, LOOK_CONFIDENCE).interval
    assert interval is not None
    assert stop.reached
    assert interval.half_width <= 0.015
    before = estimate(seen[:-2], LOOK_CONFIDENCE).interval
    assert before is not None
    assert before.half_width > 0.015
    assert stop.reason == f"the interval is ±{interval.half_width:.1%} after {len(seen)} blocks"


def test_the_budget_ends_it() -> None:
    goal = Goal(half_width=0.001, blocks_most=9)
    seen, stop = run_to_a_stop([0.1, -0.1] * 10, goal)
    assert (len(seen), stop.reached) == (9, False)
    assert stop.reason == "the budget of 9 blocks is spent; it is ±10.0%"
    assert next_step([], 9, goal) == Stop(
        reached=False,
        half_width=None,
        reason="the budget of 9 blocks is spent; too few blocks for an interval",
    )


def test_lost_blocks_are_run_again_before_the_first_look() -> None:
    assert next_step([0.1] * 5, 8, Goal(0.02, 20)) == Go(3, None, None)


@settings(max_examples=15)
@given(st.lists(st.floats(-0.5, 0.5), min_size=8, max_size=14), st.floats(-2, 2))
def test_whether_to_stop_does_not_depend_on_who_wins(values: list[float], shift: float) -> None:
    goal = Goal(half_width=0.21, blocks_most=100)
    here = next_step(values, len(values), goal)
    moved = next_step([x + shift for x in values], len(values), goal)
    mirrored = next_step([-x for x in values], len(values), goal)
    assert isinstance(here, Stop) == isinstance(moved, Stop) == isinstance(mirrored, Stop)


@pytest.mark.parametrize("kind", ["lognormal", "heavy tail"])
def test_looking_often_finds_nothing_where_nothing_is(kind: str) -> None:
    runs = noise(kind, (120, 40), seed=6).tolist()
    false = 0
    for values in runs:
        seen, _ = run_to_a_stop(values, Goal(half_width=0.02, blocks_most=40))
        interval = estimate(seen, LOOK_CONFIDENCE).interval
        assert interval is not None
        false += not interval.holds(0.0)
    assert false / len(runs) <= 0.06
