"""What `benchmarks/aa_real.py` counts as a false finding."""

import math
import sys
from dataclasses import replace
from pathlib import Path

import aa_real
import pytest
from aa_real import Measured, by_outcome, can_find, real_comparisons, slowed

from benchrig.compare.pairs import Outcome as Kind
from benchrig.figures import TrialFigures
from benchrig.spec.expectation import Figure
from benchrig.suite.outcome import Outcome
from tests.simulated import noise
from tests.synthetic import Made, make_blocks

NOTHING = TrialFigures(None, {}, None)


def measured(log_ratios: list[float], *lost: int) -> Measured:
    """A calibration in which each block's second cell was so much faster than its first."""
    trials: list[Outcome] = []
    for block, ratio in enumerate(log_ratios, 1):
        for cell, rate in enumerate((100.0, 100.0 * math.exp(ratio))):
            values: dict[Figure, float]
            values = {"requests_per_second": rate, "cpu_seconds_per_request": 1e-4}
            found = Outcome(len(trials) + 1, block, cell, "valid", "", values, NOTHING)
            trials.append(
                replace(found, grade="invalid", refused="died") if block in lost else found
            )
    return Measured("made", tuple(trials), {}, 10.0, shared_machine=False)


def quiet(blocks: int) -> list[float]:
    """Noise of 2 % a trial, divided by ten."""
    return [x / 10 for x in noise("lognormal", (1, blocks), seed=1)[0].tolist()]


def test_groups_share_no_block_with_each_other_nor_with_the_floor() -> None:
    ratios = quiet(39)
    found = real_comparisons(measured(ratios), blocks=6, floor_blocks=20)
    sizes = [[abs(g) for g in each.primary.pairs.log_gains] for each in found]
    groups = [ratios[first : first + 6] for first in (20, 26, 32)]
    assert sizes == [pytest.approx([abs(x) for x in group]) for group in groups]


def test_a_coin_says_which_is_called_the_contender() -> None:
    found = real_comparisons(measured(quiet(20) + [0.2 + x for x in quiet(60)]), 6, 20)
    words = {each.primary.word for each in found}
    assert words == {"faster", "slower"}


def test_the_floor_is_that_of_the_first_blocks_alone() -> None:
    noisy = [30 * x for x in quiet(20)]
    found = real_comparisons(measured(noisy + quiet(6)), 6, 20)[0]
    assert found.primary.bounds.floor == pytest.approx(aa_real.floor_of(noisy))
    assert found.secondary.bounds.floor == 0.005


def test_a_comparison_that_lost_a_block_of_six_can_find_nothing_and_is_told_apart() -> None:
    found = real_comparisons(measured(quiet(32), 22), blocks=6, floor_blocks=20)
    assert [can_find(each.primary) for each in found] == [False, True]


def test_three_percent_slower_is_found_where_blocks_are_quiet_and_not_where_they_are_not() -> None:
    calm = real_comparisons(measured(quiet(26)), 6, 20)[0]
    wild = real_comparisons(measured([30 * x for x in quiet(26)]), 6, 20)[0]
    words = [slowed(by_outcome([each])[Kind.THROUGHPUT.value][0]) for each in (calm, wild)]
    assert words == ["slower", "not-enough-data"]


@pytest.mark.parametrize(("apart", "code"), [(1.0, 0), (1.2, 1)])
def test_it_fails_where_a_stored_run_has_more_than_one_false_finding_in_twenty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: float, code: int
) -> None:
    cells = [Made("aiohttp", 1000, 8e-4), Made("aiohttp", 1000 * apart, 8e-4 / apart)]
    run = make_blocks(tmp_path, cells, blocks=20, kind="calibration")
    monkeypatch.setattr(
        sys, "argv", ["aa_real.py", "--floor-blocks", "14", "--draws", "50", str(run)]
    )
    assert aa_real.main() == code


def test_another_kind_of_run_is_refused(tmp_path: Path) -> None:
    cells = [Made("aiohttp", 1000, 8e-4)] * 2
    run = make_blocks(tmp_path, cells, blocks=1, kind="comparison")
    with pytest.raises(SystemExit, match="only a calibration compares a variant with itself"):
        aa_real.read(run)
