"""Which trials of a cell count, and which are only shown."""

from dataclasses import dataclass

import pytest

from benchrig.compare.pairs import Outcome as Kind
from benchrig.suite import comparison
from benchrig.suite.comparison import pairs_of
from benchrig.suite.outcome import Outcome, outcome
from benchrig.trial.raw import Fault
from benchrig.verdict.counting import counting
from tests.factories import make_raw


@dataclass(frozen=True)
class Trial:
    """A judged trial."""

    number: int
    grade: str


@pytest.mark.parametrize(
    ("grades", "counted"),
    [
        pytest.param(["valid", "invalid", "valid"], [0, 2], id="invalid never"),
        pytest.param(["suspect", "valid"], [1], id="suspect not with valid ones"),
        pytest.param(["suspect", "invalid", "suspect"], [0, 2], id="suspect where none is better"),
        pytest.param(["invalid"], [], id="nothing counts"),
        pytest.param(["imported", "suspect"], [0], id="another tool's"),
        pytest.param([], [], id="no trial"),
    ],
)
def test_what_counts(grades: list[str], counted: list[int]) -> None:
    trials = [Trial(number, grade) for number, grade in enumerate(grades)]
    assert [trial.number for trial in counting(trials)] == counted


def of(block: int, *, suspect: bool) -> Outcome:
    """One trial of a cell, without telemetry where it is suspect."""
    faults = [Fault("telemetry", "none came", fatal=False)] if suspect else []
    return outcome(block, block, 0, make_raw(faults=faults))


def test_a_block_with_a_suspect_trial_is_dropped_and_tells_why() -> None:
    baseline = [of(1, suspect=False), of(2, suspect=False)]
    found = pairs_of(Kind.THROUGHPUT, baseline, [of(1, suspect=False), of(2, suspect=True)])
    assert len(found.log_gains) == 1
    (dropped,) = found.dropped
    assert dropped.block == 2
    assert dropped.reason == "contender: suspect: telemetry: none came"


def test_a_variant_with_suspect_trials_only_is_compared_by_them() -> None:
    sound = [of(1, suspect=False), of(2, suspect=False)]
    found = pairs_of(Kind.THROUGHPUT, sound, [of(1, suspect=True), of(2, suspect=True)])
    assert (len(found.log_gains), found.dropped) == (2, ())


@pytest.mark.parametrize(
    ("waits", "works", "bound"), [(0.02, 0.9, False), (0.9, 0.95, True), (0.02, 0.03, False)]
)
def test_cpu_decides_only_where_it_limits_both(
    waits: float, works: float, bound: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline, contender = ([of(n, suspect=False) for n in range(k, k + 3)] for k in (1, 11))
    shares = {each.number: waits if each.number < 10 else works for each in baseline + contender}
    monkeypatch.setattr(comparison, "busy_share", lambda each: shares[each.number])
    found = comparison.conditions(baseline, contender, shared_machine=True)
    assert found.app_cpu_bound is bound
