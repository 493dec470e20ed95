"""Histograms merge exactly and tell quantiles within their resolution."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchrig.drivers.histogram import EMPTY, from_counts, merge, slot_of, value_of

VALUES = st.dictionaries(st.integers(0, 3_600_000_000), st.integers(1, 50), min_size=1, max_size=60)


@given(VALUES, VALUES)
def test_merged_is_the_same_as_recorded_together(a: dict[int, int], b: dict[int, int]) -> None:
    together = {value: a.get(value, 0) + b.get(value, 0) for value in a.keys() | b.keys()}
    merged, pooled = merge([from_counts(a), from_counts(b)]), from_counts(together)
    assert merged.slots == pooled.slots
    assert (merged.min_us, merged.max_us) == (pooled.min_us, pooled.max_us)
    assert merged.mean_us == pytest.approx(pooled.mean_us)
    for quantile in (0.0, 0.5, 0.99, 1.0):
        assert merged.quantile_seconds(quantile) == pooled.quantile_seconds(quantile)


@given(VALUES, st.sampled_from([0.01, 0.5, 0.9, 0.99, 0.999, 1.0]))
def test_a_quantile_is_within_a_thousandth_of_the_exact_one(
    counts: dict[int, int], quantile: float
) -> None:
    values = sorted(value for value, count in counts.items() for _ in range(count))
    rank = max(1, -(-len(values) * round(quantile * 1000) // 1000))
    exact = values[rank - 1] / 1e6
    told = from_counts(counts).quantile_seconds(quantile)
    assert exact * 0.999 - 1e-6 <= told <= exact * 1.001 + 1e-6


def test_slots_and_values_are_hdrhistograms() -> None:
    assert [slot_of(v) for v in (0, 1, 2047, 2048, 4096)] == [0, 1, 2047, 2048, 3072]
    assert all(value_of(slot_of(v)) <= v for v in (1, 999, 123_456, 3_599_999_999))


def test_a_percentile_needs_a_sample_that_carries_it() -> None:
    hundred = from_counts({1000: 100})
    assert hundred.carries(0.99)
    assert not hundred.carries(0.999)
    assert not from_counts({1000: 99}).carries(0.99)
    assert from_counts({1000: 10_000}).carries(0.9999)


def test_nothing_recorded_has_no_quantile() -> None:
    assert merge([EMPTY, EMPTY]) == EMPTY
    with pytest.raises(ValueError, match="no value was recorded"):
        EMPTY.quantile_seconds(0.5)
