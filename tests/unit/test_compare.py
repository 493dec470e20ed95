"""From trials to a finding, and when nothing may be found."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchrig.compare.comparable import Comparable, require_comparable
from benchrig.compare.finding import Bounds, Finding, decide, find
from benchrig.compare.pairs import Dropped, Figures, Outcome, Pairs, pair
from benchrig.compare.precision import LOOK_CONFIDENCE
from benchrig.compare.primary import Conditions, compare, primary_outcome
from benchrig.errors import BenchrigError
from benchrig.stats.interval import Interval, estimate

BOUNDS = Bounds(floor=0.005, margin=0.02)
LABELS = Comparable(
    rig="lab-1",
    dataset="3fa9",
    schema=2,
    workload="json",
    level="connections=64",
    route="direct",
    driver="wrk",
    measured_seconds=10.0,
)
PACED = Conditions(shared_machine=False, app_cpu_bound=False, has_cpu=True, rate_given=True)
PACED_BLIND = replace(PACED, has_cpu=False)
gains = st.lists(st.floats(-0.3, 0.3), min_size=6, max_size=15)
# Ten blocks whose middle is 0 and whose interval is about ±1 %.
SPREAD = (-0.021, -0.015, -0.01, -0.006, -0.002, 0.002, 0.006, 0.01, 0.015, 0.021)


def trials(rates: list[float], cpu: float | None = 1e-4) -> list[Figures]:
    """One valid trial a block."""
    return [Figures(block, rate, cpu) for block, rate in enumerate(rates, 1)]


def found(shift: float, scale: float = 1.0, bounds: Bounds = BOUNDS) -> Finding:
    """The finding for ten blocks around a log-ratio."""
    values = tuple(shift + scale * x for x in SPREAD)
    return find(Outcome.THROUGHPUT, Pairs(values, ()), bounds)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.03, 0.05, "faster"),
        (0.006, 0.05, "faster"),
        (0.004, 0.05, "not-enough-data"),
        (-0.05, -0.03, "slower"),
        (-0.05, -0.004, "not-enough-data"),
        (-0.02, 0.02, "tie"),
        (0.006, 0.019, "tie"),
        (-0.03, 0.03, "not-enough-data"),
        (-0.021, 0.001, "not-enough-data"),
    ],
)
def test_the_interval_decides(low: float, high: float, word: str) -> None:
    assert decide(Interval(low, high, 0.95), BOUNDS) == word


def test_the_four_words_with_their_reasons() -> None:
    assert found(0.0).reason == (
        "requests per second +0.0 % (-1.0 to +1.0), 10 blocks: within the margin of 2 %"
    )
    assert found(0.05).reason == (
        "requests per second +5.1 % (+4.1 to +6.2), 10 blocks: beyond the noise floor of 0.5 %"
    )
    assert found(-0.05).word == "slower"
    assert found(0.02).reason == (
        "requests per second +2.0 % (+1.0 to +3.0), 10 blocks: beyond the noise floor of 0.5 %"
    )
    assert found(0.012, scale=2).reason == (
        "requests per second +1.2 % (-0.8 to +3.3), 10 blocks; about 53 more would settle it"
    )


def test_cpu_per_request_is_told_as_it_changes_and_judged_by_what_is_better() -> None:
    cheaper = pair(
        Outcome.CPU,
        [Figures(b, 1000, 2e-4) for b in range(8)],
        [Figures(b, 1000, 1e-4 * (1 + b / 1000)) for b in range(8)],
    )
    finding = find(Outcome.CPU, cheaper, BOUNDS)
    assert finding.word == "faster"
    assert finding.reason.startswith("CPU per request -49.8 % (-50.0 to -49.7), 8 blocks")


def test_an_interval_of_more_than_95_percent_says_so_and_has_no_p_value() -> None:
    fixed = found(0.05)
    assert fixed.p_value == estimate(fixed.pairs.log_gains).p_value == pytest.approx(2 / 2**10)
    looked_at = find(Outcome.THROUGHPUT, fixed.pairs, BOUNDS, LOOK_CONFIDENCE)
    assert looked_at.p_value is None
    assert "+5.1 % (97 % interval +" in looked_at.reason


def test_without_an_interval_there_is_no_p_value() -> None:
    five = find(Outcome.THROUGHPUT, Pairs((1.0,) * 5, ()), BOUNDS)
    lost = tuple(Dropped(block, "errors") for block in range(6))
    assert (five.interval, five.p_value) == (None, None)
    chosen = find(Outcome.THROUGHPUT, Pairs((0.5,) * 11, lost), BOUNDS)
    assert (chosen.interval, chosen.p_value) == (None, None)


def test_five_blocks_find_nothing_however_far_apart_they_are() -> None:
    finding = find(Outcome.THROUGHPUT, Pairs((1.0,) * 5, ()), BOUNDS)
    assert (finding.word, finding.more_blocks) == ("not-enough-data", 1)
    assert finding.reason == "5 blocks; an interval of 95% needs 6"


def test_no_block_at_all_finds_nothing() -> None:
    finding = find(Outcome.THROUGHPUT, Pairs((), ()), BOUNDS)
    assert (finding.word, finding.estimate, finding.more_blocks) == ("not-enough-data", None, 6)


def test_the_blocks_foreseen_settle_it() -> None:
    for centre, word in ((0.018, "faster"), (0.002, "tie")):
        more = found(centre, scale=2).more_blocks
        assert more is not None
        narrower = math.sqrt(10 / (10 + more))
        assert found(centre, scale=2 * narrower).word == word


def test_an_estimate_on_the_edge_of_floor_and_margin_is_never_settled() -> None:
    finding = found(0.0051, bounds=Bounds(floor=0.0051, margin=0.0051))
    assert finding.more_blocks is None
    assert finding.reason.endswith("; no number of blocks at hand would settle it")


def test_a_margin_below_the_floor_is_the_floor() -> None:
    raised = Bounds(floor=0.03, margin=0.01)
    assert raised.margin == 0.03
    assert found(0.0, bounds=raised).reason.endswith("10 blocks: within the noise floor of 3 %")
    with pytest.raises(ValueError, match="sizes of a difference"):
        Bounds(floor=-0.01, margin=0.02)


@given(gains)
def test_swapping_the_two_swaps_faster_and_slower(values: list[float]) -> None:
    opposite = {"faster": "slower", "slower": "faster"}
    there = find(Outcome.THROUGHPUT, Pairs(tuple(values), ()), BOUNDS)
    back = find(Outcome.THROUGHPUT, Pairs(tuple(-x for x in values), ()), BOUNDS)
    assert back.word == opposite.get(there.word, there.word)
    assert back.more_blocks == there.more_blocks


@given(gains, st.floats(0.001, 0.02), st.floats(0.001, 0.1))
def test_a_higher_floor_never_makes_a_claim(values: list[float], low: float, more: float) -> None:
    pairs = Pairs(tuple(values), ())
    strict = find(Outcome.THROUGHPUT, pairs, Bounds(low + more, margin=0.2))
    if strict.word in ("faster", "slower"):
        assert find(Outcome.THROUGHPUT, pairs, Bounds(low, margin=0.2)).word == strict.word


def test_a_block_that_lost_a_trial_is_dropped_whole_and_told() -> None:
    baseline = trials([100.0, 100.0, 100.0, 100.0])
    contender = trials([110.0, 110.0, 110.0])
    contender[1] = replace(contender[1], refused="84% of requests failed")
    assert pair(Outcome.THROUGHPUT, baseline, contender) == Pairs(
        log_gains=(math.log(1.1), math.log(1.1)),
        dropped=(
            Dropped(2, "contender: 84% of requests failed"),
            Dropped(4, "contender: no trial"),
        ),
    )


def test_missing_cpu_counters_cost_that_outcome_only() -> None:
    baseline, contender = trials([100.0]), trials([100.0], cpu=None)
    assert pair(Outcome.THROUGHPUT, baseline, contender).dropped == ()
    dropped = pair(Outcome.CPU, baseline, contender).dropped
    assert dropped == (Dropped(1, "contender: no figure for CPU per request"),)


def test_a_rate_of_zero_has_no_ratio() -> None:
    dropped = pair(Outcome.THROUGHPUT, trials([0.0]), trials([1.0])).dropped
    assert dropped == (Dropped(1, "baseline: requests per second is 0"),)


def test_nothing_is_found_when_more_than_a_third_of_the_blocks_are_gone() -> None:
    lost = tuple(Dropped(block, "errors") for block in range(6))
    finding = find(Outcome.THROUGHPUT, Pairs((0.5,) * 11, lost), BOUNDS)
    assert (finding.word, finding.more_blocks) == ("not-enough-data", None)
    assert finding.reason == "6 of 17 blocks lost a trial"
    kept = find(Outcome.THROUGHPUT, Pairs((0.5,) * 12, lost), BOUNDS)
    assert kept.word == "faster"


def test_what_differs_is_refused_by_name() -> None:
    require_comparable(LABELS, LABELS)
    other = replace(LABELS, rig="aws", dataset="77c1", measured_seconds=15.0)
    with pytest.raises(BenchrigError) as error:
        require_comparable(LABELS, other)
    assert str(error.value) == (
        "compare: baseline and contender differ in rig (lab-1 and aws), dataset (3fa9 and 77c1), "
        "measured seconds (10.0 and 15.0); "
        "measure both in one run: fab compare --baseline A --contender B"
    )


@pytest.mark.parametrize(
    ("conditions", "outcome"),
    [
        (Conditions(shared_machine=True, app_cpu_bound=True, has_cpu=True), Outcome.CPU),
        (Conditions(shared_machine=True, app_cpu_bound=None, has_cpu=True), Outcome.CPU),
        (Conditions(shared_machine=False, app_cpu_bound=True, has_cpu=True), Outcome.THROUGHPUT),
        (Conditions(shared_machine=True, app_cpu_bound=False, has_cpu=True), Outcome.THROUGHPUT),
        (Conditions(shared_machine=True, app_cpu_bound=True, has_cpu=False), Outcome.THROUGHPUT),
        (
            Conditions(shared_machine=False, app_cpu_bound=False, has_cpu=True, rate_given=True),
            Outcome.CPU,
        ),
        (
            Conditions(shared_machine=False, app_cpu_bound=None, has_cpu=False, rate_given=True),
            Outcome.CPU,
        ),
    ],
)
def test_the_conditions_choose_the_primary_outcome(
    conditions: Conditions, outcome: Outcome
) -> None:
    assert primary_outcome(conditions)[0] is outcome


def test_outcomes_that_contradict_each_other_are_told() -> None:
    faster = found(0.05)
    dearer = replace(found(-0.05), outcome=Outcome.CPU)
    lab = Conditions(shared_machine=True, app_cpu_bound=True, has_cpu=True)
    comparison = compare(faster, dearer, lab)
    assert comparison.primary is dearer
    assert comparison.note == "by CPU per request slower, by requests per second faster"
    assert compare(faster, replace(faster, outcome=Outcome.CPU), lab).note == ""


def test_a_given_rate_finds_nothing_by_requests_per_second() -> None:
    cheaper = replace(found(0.05), outcome=Outcome.CPU)
    comparison = compare(found(0.0), cheaper, PACED)
    assert (comparison.primary, comparison.why) == (
        cheaper,
        "the rate was given: requests per second are what was asked for",
    )
    assert comparison.secondary.word == "not-enough-data"
    assert comparison.secondary.estimate is None
    assert comparison.secondary.reason == "the rate was given, and says nothing of the app"


def test_a_given_rate_without_cpu_counters_finds_nothing_and_tells_why() -> None:
    lost = tuple(Dropped(block, "no figure for CPU per request") for block in range(10))
    none = find(Outcome.CPU, Pairs((), lost), BOUNDS)
    comparison = compare(found(0.05), none, PACED_BLIND)
    assert comparison.primary.word == comparison.secondary.word == "not-enough-data"
    assert comparison.primary.reason == "no block has the app's CPU counters"
