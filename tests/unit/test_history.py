"""Cells over time: changes of level are found where they are, and noise is none."""

import itertools
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from ruptures import Pelt

from benchrig.errors import BenchrigError
from benchrig.history.change_points import PENALTY, SEGMENT_LEAST, changes, segment_ends
from benchrig.history.gate import judge
from benchrig.history.junit import to_junit
from benchrig.history.series import series_of
from benchrig.history.shift import shift
from benchrig.store.derived import derived_of
from benchrig.store.floors import Floors
from benchrig.store.index import Index
from benchrig.store.run import find_run
from benchrig.store.summary import TrialSummary
from benchrig.units import parse_share
from tests.synthetic import Made, make_run

FLOOR = math.log1p(0.02)


def noisy(levels: list[float], each: int, seed: int, noise: float = 0.01) -> list[float]:
    """Figures around one level after the other."""
    rng = np.random.default_rng(seed)
    return [float(v) for level in levels for v in level * rng.lognormal(0, noise, each)]


def trials(rates: list[float], like: TrialSummary) -> list[TrialSummary]:
    """Trials of one cell with these rates."""
    assert like.client
    return [
        replace(like, trial=n, client=replace(like.client, requests_per_second=rate))
        for n, rate in enumerate(rates, 1)
    ]


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> TrialSummary:
    """Any valid trial."""
    path = make_run(tmp_path_factory.mktemp("r"), [Made("aiohttp", 900.0, 1e-4)], seconds=1)
    return replace(derived_of(path).trials[0], grade="valid", reasons=())


def test_a_change_of_level_is_found_at_its_run_with_its_size() -> None:
    found = changes(noisy([1000, 900, 1000], 10, seed=1), FLOOR)
    assert [change.index for change in found] == [10, 20]
    assert found[0].log_ratio == pytest.approx(math.log(0.9), abs=0.01)


def test_noise_has_no_change_and_neither_has_one_slow_run() -> None:
    assert sum(bool(changes(noisy([1000], 40, seed=s, noise=0.03), 0.0)) for s in range(100)) <= 2
    values = noisy([1000], 20, seed=7)
    values[11] = 500
    assert changes(values, FLOOR) == []


def test_a_change_below_the_floor_is_none() -> None:
    values = noisy([1000, 985], 20, seed=3, noise=0.001)
    assert changes(values, math.log1p(0.02)) == []
    assert [c.index for c in changes(values, math.log1p(0.01))] == [20]


def test_equal_figures_and_short_series_have_no_change() -> None:
    assert changes([5.0] * 30, 0.0) == []
    assert changes([1.0, 9.0, 1.0, 9.0, 9.0], 0.0) == []


@pytest.mark.parametrize("seed", range(20))
def test_the_segments_are_those_of_least_cost(seed: int) -> None:
    values = noisy([10, 12, 11, 15], 9, seed=seed, noise=0.08)
    signal = np.asarray(values)
    theirs = Pelt(model="l2", min_size=SEGMENT_LEAST, jump=1).fit(signal).predict(pen=4.0)
    assert segment_ends(values, 4.0) == theirs


def ends_by_trying_all(values: list[float], penalty: float) -> list[int]:
    """The segments of least cost by full dynamic programming, with no start left out."""
    costs, cuts = [-penalty], [[0]]
    for end in range(1, len(values) + 1):
        tried = [
            (costs[start] + float(np.var(values[start:end])) * (end - start) + penalty, start)
            for start in range(end - SEGMENT_LEAST + 1)
        ]
        least, start = min(tried, default=(math.inf, 0))
        costs.append(least)
        cuts.append([*cuts[start], end])
    return cuts[-1][1:]


def test_no_start_is_left_out_before_a_better_one_can_be_one() -> None:
    values = [-18.5, -17.5, -17.2, -14.6, -18.1, -17.6, -18.1, -17.2]
    values += [-16.7, -13.2, -13.6, -10.8, -28.8]
    penalty = PENALTY * math.log(len(values))
    assert segment_ends(values, penalty) == ends_by_trying_all(values, penalty) == [13]


@pytest.mark.parametrize("penalty", [1.0, 3.0, 9.0])
def test_leaving_starts_out_never_changes_the_segments(penalty: float) -> None:
    rng = np.random.default_rng(4)
    for _ in range(150):
        count = int(rng.integers(2 * SEGMENT_LEAST, 22))
        jumps = np.where(rng.random(count) < 0.2, rng.normal(0, 3, count), 0.0)
        outliers = np.where(rng.random(count) < 0.1, rng.normal(0, 6, count), 0.0)
        values = (np.cumsum(jumps) + outliers + rng.normal(0, 1, count)).tolist()
        assert segment_ends(values, penalty) == ends_by_trying_all(values, penalty)


def test_the_interval_of_a_shift_holds_the_orders_it_should() -> None:
    assert shift([1, 2, 3], [4, 5, 6]) is None
    found = shift([1, 2, 3, 4], [11, 12, 13, 14])
    assert found
    assert (found.low, found.centre, found.high) == (7, 10, 13)
    held = sum(_holds_zero(first) for first in itertools.combinations(range(10), 5))
    assert held / math.comb(10, 5) == pytest.approx(1 - 2 * 4 / 252)  # tabled: U <= 2 of 5 and 5


def _holds_zero(first: tuple[int, ...]) -> bool:
    second = [v for v in range(10) if v not in first]
    found = shift(first, second)
    return found is not None and found.low <= 0 <= found.high


def test_large_samples_use_the_normal_limit() -> None:
    rng = np.random.default_rng(2)
    first = [float(v) for v in rng.normal(0, 1, 200)]
    second = [float(v) for v in rng.normal(1, 1, 200)]
    found = shift(first, second)
    assert found
    assert 0.7 < found.low < 1 < found.high < 1.3


@pytest.mark.parametrize(
    ("rates", "word"),
    [
        ([800, 805, 795, 801, 799], "slower"),
        ([1200, 1205, 1195, 1201, 1199], "faster"),
        ([1001, 1004, 996, 1000, 999], "tie"),
        ([900, 1100, 1000, 950, 1050], "not-enough-data"),
        ([800, 805, 795], "not-enough-data"),
        ([], "not-enough-data"),
    ],
)
def test_a_gate_judges_by_the_interval_and_the_floor(
    summary: TrialSummary, rates: list[float], word: str
) -> None:
    base = trials([1000, 1005, 995, 1001, 999], summary)
    (found,) = judge(base, trials(rates, summary), "throughput", FLOOR)
    assert found.word == word, found.reason


def test_invalid_trials_are_not_judged_by(summary: TrialSummary) -> None:
    base = trials([1000, 1005, 995, 1001], summary)
    bad = [replace(t, grade="invalid") for t in trials([1, 1, 1], summary)]
    (found,) = judge(base, [*bad, *trials([1000, 999, 1003, 1004], summary)], "throughput", FLOOR)
    assert found.word == "tie"


def test_of_cpu_less_is_better(summary: TrialSummary) -> None:
    app = summary.tiers["app"]

    def costing(share: float) -> list[TrialSummary]:
        return [
            replace(
                summary, tiers={"app": replace(app, requests_per_cpu_second=per_second / share)}
            )
            for per_second in (1000.0, 1002.0, 998.0, 1001.0)
        ]

    (found,) = judge(costing(1.0), costing(1.3), "cpu", FLOOR)
    assert found.word == "slower"
    assert "app CPU per request +30.0%" in found.reason


def test_a_given_rate_is_not_judged_by_throughput_but_by_cpu(summary: TrialSummary) -> None:
    paced = trials([1000, 1005, 995, 1001], replace(summary, rate_per_second=1000.0))
    (found,) = judge(paced, paced, "throughput", FLOOR)
    assert (found.word, found.shift) == ("not-enough-data", None)
    assert "--of cpu" in found.reason
    (found,) = judge(paced, paced, "cpu", FLOOR)
    assert found.word == "tie"


def test_suspect_trials_do_not_stand_for_a_cell_in_a_gate(summary: TrialSummary) -> None:
    base = trials([1000, 1005, 995, 1001], summary)
    doubted = [replace(trial, grade="suspect") for trial in trials([500, 505, 495, 501], summary)]
    (found,) = judge(base, doubted, "throughput", FLOOR)
    assert (found.word, found.shift) == ("not-enough-data", None)
    assert found.reason == "every trial here is suspect; valid ones are needed"
    (found,) = judge(doubted, doubted, "throughput", FLOOR)
    assert found.reason.startswith("every trial there and here is suspect")


def test_junit_tells_failures_errors_and_survives_any_name(summary: TrialSummary) -> None:
    evil = replace(summary, cell='<a>&"\x00\x1b')
    base = [*trials([1000, 1005, 995, 1001], summary), *trials([5, 5, 5, 5], evil)]
    found = judge(base, trials([500, 505, 495, 501], summary), "throughput", FLOOR)
    top = ElementTree.fromstring(to_junit("run\x01", found))  # noqa: S314 - we wrote it
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("2", "1", "1")
    cases = top.findall(".//testcase")
    assert [case.get("name") for case in cases] == [summary.cell, '<a>&"??']
    assert "beyond the noise floor" in str(cases[0][0].get("message"))


def test_the_history_of_a_cell_keeps_rigs_apart(tmp_path: Path) -> None:
    for day in range(8):
        rate = 1000.0 if day < 4 else 700.0
        make_run(tmp_path, [Made("aiohttp", rate, 1e-4)], repeats=3, seconds=1, day=day)
    other = make_run(tmp_path, [Made("aiohttp", 9000.0, 1e-4)], seconds=1, day=5, seed=2)
    spec = other / "run.json"
    spec.write_text(spec.read_text().replace('"lab": ""', '"lab": "mine"'))
    with Index(tmp_path) as index:
        of_cell = index.history("aiohttp/json/c64")
    found = {s.place: s for s in series_of(of_cell, "throughput", Floors({}, {}, FLOOR))}
    assert len(found["mine"].points) == 1
    assert [c.index for c in found["rig"].changes] == [4]
    assert found["rig"].points[4].run.run_id == find_run(tmp_path, "20231118").name
    paced = [replace(t, summary=replace(t.summary, rate_per_second=900.0)) for t in of_cell]
    for series in series_of(paced, "throughput", Floors({}, {}, FLOOR)):
        assert (series.rate_given, series.changes) == (True, ())
    assert not any(s.rate_given for s in series_of(paced, "cpu", Floors({}, {}, FLOOR)))


@pytest.mark.parametrize("text", ["2", "-1%", "100%", "two %", ""])
def test_a_share_is_written_in_percent(text: str) -> None:
    assert parse_share("0.5 %", "--floor") == 0.005
    with pytest.raises(BenchrigError, match="is no share below 100 %"):
        parse_share(text, "--floor")
