"""Intervals and permutation tests: against published examples, SciPy, and what must hold always."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchrig.stats.interval import (
    Interval,
    estimate,
    limits,
    log_ratios,
    median_interval,
    share_interval,
)
from benchrig.stats.signed_rank import least_count, limit_rank, sign_flip_p, signed_rank_p
from tests.simulated import SYMMETRIC_NOISE, noise

# Charles Darwin's maize: cross-fertilised less self-fertilised height of 15 pairs, eighths of an
# inch (The Effects of Cross and Self Fertilisation, 1876; R. A. Fisher 1935, section 21).
DARWIN = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)
# Hamilton depression scale of nine patients before and after (D. S. Salsburg 1970; table 3.1 of
# Hollander, Wolfe and Chicken 2014).
BEFORE = (1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
AFTER = (0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)

values = st.lists(
    st.floats(-1, 1).map(lambda x: round(x, 6)), min_size=6, max_size=20, unique_by=abs
)


def test_fishers_own_count_of_darwins_maize_is_repeated() -> None:
    """1,726 of 32,768 flips are as extreme: 5.267 % (Fisher 1935, section 21)."""
    assert sign_flip_p(DARWIN) == pytest.approx(1726 / 32768)


def test_hollander_and_wolfes_depression_example_is_repeated() -> None:
    """Estimate -0.46, interval of 96.1 % from -0.786 to -0.010 (examples 3.1, 3.3 and 3.4)."""
    changes = [after - before for before, after in zip(BEFORE, AFTER, strict=True)]
    found = estimate(changes)
    assert found.centre == pytest.approx(-0.46, abs=5e-4)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(-0.786, abs=5e-4)
    assert found.interval.high == pytest.approx(-0.010, abs=5e-4)
    assert found.interval.coverage == pytest.approx(0.961, abs=5e-4)
    assert found.p_value == pytest.approx(2 * 0.01953125)  # R: wilcox.test(..., paired = TRUE)


@given(values)
def test_the_p_value_is_scipys_where_nothing_ties(sample: list[float]) -> None:
    sample = [x for x in sample if x]
    if len(sample) > 1:
        assert signed_rank_p(sample) == pytest.approx(stats.wilcoxon(sample, method="exact").pvalue)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_ties_and_zeros_are_counted_flip_by_flip(sample: list[int]) -> None:
    ranks = stats.rankdata(np.abs(sample)) * np.sign(sample)
    flips = np.array(np.meshgrid(*[[-1, 1]] * len(sample))).reshape(len(sample), -1)
    sums = np.abs(flips.T @ np.abs(ranks))
    expected = float(np.mean(sums >= abs(ranks.sum()) - 1e-9))
    assert signed_rank_p([float(x) for x in sample]) == pytest.approx(expected)


@pytest.mark.parametrize(("confidence", "blocks"), [(0.9, 5), (0.95, 6), (0.97, 7), (0.99, 8)])
def test_an_interval_needs_so_many_blocks(confidence: float, blocks: int) -> None:
    assert least_count(confidence) == blocks
    assert limit_rank(blocks - 1, confidence) == 0
    assert limit_rank(blocks, confidence) >= 1


def test_five_blocks_give_an_estimate_and_no_interval() -> None:
    found = estimate([0.1, 0.2, 0.3, 0.4, 0.5])
    assert found.centre == pytest.approx(0.3)
    assert found.interval is None


@given(values)
def test_the_interval_leaves_zero_out_when_p_is_below_five_percent(sample: list[float]) -> None:
    found = estimate([x or 1e-9 for x in sample])
    assert found.interval is not None
    assert found.interval.holds(0.0) == (found.p_value > 0.05)


@given(values, st.floats(-2, 2))
def test_a_shift_of_all_values_shifts_estimate_and_interval(
    sample: list[float], shift: float
) -> None:
    before, after = estimate(sample), estimate([x + shift for x in sample])
    assert before.interval is not None
    assert after.interval is not None
    assert after.centre == pytest.approx(before.centre + shift, abs=1e-9)
    assert after.interval.low == pytest.approx(before.interval.low + shift, abs=1e-9)
    assert after.interval.high == pytest.approx(before.interval.high + shift, abs=1e-9)


@given(st.lists(st.tuples(st.floats(1, 9e4), st.floats(1, 9e4)), min_size=6, max_size=12))
def test_swapping_baseline_and_contender_mirrors_everything(
    pairs: list[tuple[float, float]],
) -> None:
    contender, baseline = zip(*pairs, strict=True)
    there = estimate(log_ratios(contender, baseline))
    back = estimate(log_ratios(baseline, contender))
    assert there.interval is not None
    assert back.interval is not None
    assert back.centre == pytest.approx(-there.centre, abs=1e-9)
    assert back.interval.low == pytest.approx(-there.interval.high, abs=1e-9)
    assert back.p_value == pytest.approx(there.p_value, abs=1e-3)


@given(st.lists(st.floats(1, 1e4), min_size=6, max_size=10), st.floats(0.01, 100))
def test_the_unit_of_the_figures_does_not_matter(figures: list[float], factor: float) -> None:
    reference = [10.0] * len(figures)
    before = estimate(log_ratios(figures, reference))
    after = estimate(log_ratios([factor * x for x in figures], [factor * x for x in reference]))
    assert after.centre == pytest.approx(before.centre, abs=1e-9)


@given(values, st.randoms())
def test_the_order_of_the_blocks_does_not_matter(sample: list[float], random: Random) -> None:
    shuffled = list(sample)
    random.shuffle(shuffled)
    before, after = estimate(sample), estimate(shuffled)
    assert after.centre == pytest.approx(before.centre, abs=1e-12)
    assert after.p_value == pytest.approx(before.p_value, abs=1e-12)


@given(values, st.integers(0, 5), st.floats(0, 3))
def test_raising_one_block_never_lowers_the_estimate(
    sample: list[float], which: int, more: float
) -> None:
    raised = [x + more * (i == which) for i, x in enumerate(sample)]
    assert estimate(raised).centre >= estimate(sample).centre - 1e-12


def test_one_wild_block_of_ten_does_not_move_the_estimate_far() -> None:
    calm = [0.01, 0.02, 0.03, 0.015, 0.025, 0.02, 0.018, 0.022, 0.021]
    assert estimate([*calm, 9.0]).centre == pytest.approx(0.02, abs=0.003)


@given(st.lists(values.map(lambda v: v[:6]), min_size=1, max_size=4))
def test_many_samples_at_once_are_as_one_by_one(rows: list[list[float]]) -> None:
    low, high = limits(np.array(rows))
    for row, bottom, top in zip(rows, low, high, strict=True):
        assert estimate(row).interval == Interval(bottom, top, 0.96875)


@pytest.mark.parametrize("blocks", [6, 10, 20])
@pytest.mark.parametrize("kind", list(SYMMETRIC_NOISE))
def test_the_interval_covers_what_it_promises(kind: str, blocks: int) -> None:
    low, high = limits(noise(kind, (2000, blocks), seed=2))
    assert np.mean((low <= 0) & (high >= 0)) >= 0.935  # 95 % less three standard errors


def test_a_figure_of_zero_has_no_ratio() -> None:
    with pytest.raises(ValueError, match="above zero"):
        log_ratios([1.0, 0.0], [1.0, 1.0])


@given(st.lists(st.floats(0, 100), min_size=6, max_size=30))
def test_the_medians_interval_is_between_two_values_and_holds_the_median(
    sample: list[float],
) -> None:
    found = median_interval(sample)
    assert found is not None
    assert {found.low, found.high} <= set(sample)
    assert found.holds(float(np.median(sample)))
    assert found.coverage >= 0.95


def test_the_medians_interval_is_hollander_and_wolfes() -> None:
    """From the second to the eighth of nine ordered values, 96.09 % (table of the sign test)."""
    found = median_interval([float(x) for x in range(1, 10)])
    assert found is not None
    assert (found.low, found.high) == (2.0, 8.0)
    assert found.coverage == pytest.approx(1 - 2 * 10 / 512)
    assert median_interval([1.0, 2.0, 3.0, 4.0, 5.0]) is None
    fewest = median_interval([6.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    assert fewest is not None
    assert (fewest.low, fewest.high) == (1.0, 6.0)


def test_a_share_that_was_never_seen_may_still_be_there() -> None:
    """None of 59 leaves up to 5 % one-sided: 0.95^59 is the first power below 0.05."""
    assert share_interval(0, 59, 0.90).high == pytest.approx(1 - math.pow(0.05, 1 / 59))
