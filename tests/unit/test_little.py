"""Little's law: which clients rested, and which were only cut off by the window's end."""

from dataclasses import replace
from typing import Any

import pytest

from benchrig.drivers.histogram import from_counts
from benchrig.figures import ClientFigures, figures
from benchrig.tiers import LOAD
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw_counters import ThreadCounters
from benchrig.verdict.little import idle
from benchrig.verdict.validity import judge
from tests.factories import BEGIN, make_plan, make_process, make_raw, make_snapshot


def client(seconds: float, latencies_us: dict[int, int]) -> ClientFigures:
    """What clients saw that got so many answers of these latencies."""
    found, latency = figures(make_raw()).client, from_counts(latencies_us)
    assert found
    return replace(
        found,
        requests=latency.count,
        seconds=seconds,
        requests_per_second=latency.count / seconds,
        latency=latency,
        mean_seconds=latency.mean_seconds,
    )


def told(plan: TrialPlan, seen: ClientFigures, **shown: Any) -> list[str]:
    """What the rule says."""
    raw = make_raw(plan=plan, **shown)
    derived = replace(figures(raw), client=seen)
    return [r.text for r in judge(raw, derived).reasons if "rate times mean latency" in r.text]


def test_a_queue_before_one_blocked_worker_leaves_nobody_idle() -> None:
    """40 clients, 0.1 s each one after the other, 10 s: the last 39 requests get no answer."""
    waits = {min(n, 40) * 100_000: 1 for n in range(1, 40)} | {4_000_000: 61}
    seen, plan = client(10.0, waits), make_plan(connections=40)
    assert seen.requests_per_second * seen.mean_seconds == pytest.approx(32.2, abs=0.1)
    assert told(plan, seen) == []
    assert idle(plan, seen) == 0.0


def test_connections_that_hang_through_the_window_are_not_idle() -> None:
    """Of 32 connections one worker's 16 got no answer in 2 s: their clients waited."""
    plan, seen = make_plan(connections=32), client(2.0, {16_000: 2_000})
    assert len(told(plan, seen)) == 1
    hung = replace(seen, cut_off_seconds=32 * 2.0)
    assert told(plan, hung) == []
    assert idle(plan, hung) == 0.0
    answered = replace(seen, cut_off_seconds=32 * 0.016)
    assert len(told(plan, answered)) == 1


def test_clients_that_rest_between_requests_are_told() -> None:
    seen, plan = client(10.0, {1_000: 50_000}), make_plan(connections=64)
    assert told(plan, seen) == [
        "rate times mean latency is 5.0, not the 64 connections: the clients were idle or late "
        "part of the time"
    ]
    assert idle(plan, seen) == pytest.approx(59.0, abs=0.1)


def test_answers_that_wait_for_a_busy_generator_are_its_work_and_no_rest() -> None:
    """58 of 64 connections under way; the generator's thread works 0.3 of the time."""
    seen = client(10.0, {3_600: 161_000})
    thread = (ThreadCounters(7, 0.0, 0.0, 0, 0), ThreadCounters(7, 0.3, 0.0, 0, 0))
    moments = {
        moment: make_snapshot(BEGIN + at, {LOAD.unit: [process]})
        for moment, at, process in (
            ("begin", 0.0, make_process(7, 1.0, cpu_set="0", busiest_threads=thread[:1])),
            ("end", 1.0, make_process(7, 1.3, cpu_set="0", busiest_threads=thread[1:])),
        )
    }
    plan = make_plan(connections=64)
    assert seen.requests_per_second * seen.mean_seconds == pytest.approx(58.0, abs=0.1)
    assert len(told(plan, seen)) == 1
    assert told(plan, seen, snapshots={**make_raw().snapshots, "loadgen": moments}) == []


def test_more_requests_under_way_than_connections_fit_no_driver() -> None:
    (text,) = told(make_plan(connections=4), client(10.0, {1_000: 50_000}))
    assert text.startswith("rate times mean latency is 5.0, more than the 4 connections can have")


@pytest.mark.parametrize(
    "level", [{"rate_per_second": 10.0}, {"requests": 100}, {"spawn_rate_per_second": 2.0}]
)
def test_a_load_with_a_pace_of_its_own_says_nothing(level: dict[str, Any]) -> None:
    seen, plan = client(10.0, {1_000: 50_000}), make_plan(connections=64, **level)
    assert told(plan, seen) == []
    assert idle(plan, seen) == 0.0
