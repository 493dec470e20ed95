"""Curves and searches against servers of known truth."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchrig.stats import advice, capacity, scalability
from tests.simulated import QUEUES, SHAPES, Queue, Throughput, bisected

# Throughput of a load generator's ramp, published with the law: N. J. Gunther, Guerrilla Capacity
# Planning, 2007, table 5.1: virtual users of a ray tracing benchmark on 1 to 64 processors.
RAY_TRACER = {
    1: 20,
    4: 78,
    8: 130,
    12: 170,
    16: 190,
    20: 200,
    24: 210,
    28: 230,
    32: 260,
    48: 280,
    64: 310,
}


def test_gunthers_ray_tracer_is_fitted_as_published() -> None:
    """Published: contention 0.05, coherency 6e-6 .. 1e-4, peak beyond 64 processors."""
    found = scalability.fit(list(RAY_TRACER), list(RAY_TRACER.values()))
    assert found.contention == pytest.approx(0.05, abs=0.02)
    assert found.coherency < 1e-4
    assert found.peak is None or found.peak > 64
    assert found.held_out_error < 0.08


@settings(max_examples=6)
@given(st.floats(10, 1e5), st.floats(0.0, 0.4), st.floats(1e-5, 1e-2))
def test_a_curve_without_noise_is_found_again(rate: float, wait: float, talk: float) -> None:
    loads = [1, 2, 4, 8, 16, 32, 64]
    truth = scalability.Scalability(rate, wait, talk, 0.0)
    found = scalability.fit(loads, [truth.at(n) for n in loads])
    for load in loads:
        assert found.at(load) == pytest.approx(truth.at(load), rel=1e-3)
    assert found.held_out_error < 0.02
    assert found.peak == pytest.approx(truth.peak, rel=0.05)


def test_three_levels_carry_no_fit() -> None:
    with pytest.raises(ValueError, match="3 levels"):
        scalability.fit([1, 2, 3], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("kind", QUEUES)
def test_searches_come_within_three_percent_from_a_third_of_bisections_trials(kind: str) -> None:
    """Bisection to the same width, each rate tried three times for the same confidence."""
    found = [capacity.search(queue.of_limit, queue.ceiling) for queue in queues(kind, 10)]
    middle = statistics.median(c.rate_per_second for c in found)
    near = [abs(c.rate_per_second / middle - 1) <= 0.03 for c in found]
    assert sum(near) >= 9
    assert all(c.low <= c.rate_per_second <= c.high for c in found)
    theirs = [bisected(queue, capacity.PRECISION) for queue in queues(kind, 2)]
    assert statistics.mean(c.trials for c in found) <= statistics.mean(theirs) / 3


@pytest.mark.parametrize("ceiling", [950.0, 1100.0, 1300.0])
def test_a_server_without_a_queue_to_warn_of_its_limit_is_found(ceiling: float) -> None:
    """As aiohttp in an open loop: two milliseconds up to its capacity, and behind beyond it."""
    rng = np.random.default_rng(3)

    def of_limit(rate: float) -> float:
        kept = rate <= 900 * rng.normal(1, 0.008)
        return 0.04 * math.exp(rng.normal(0, 0.2)) if kept else math.inf

    found = capacity.search(of_limit, ceiling)
    assert found.rate_per_second == pytest.approx(900, rel=0.04)
    assert found.low <= 920
    assert found.high >= 890


def queues(kind: str, count: int) -> list[Queue]:
    """The same server, each time with other arrivals."""
    return [Queue(kind, seed) for seed in range(count)]


def test_a_limit_that_no_request_keeps_ends_with_a_capacity_near_nothing() -> None:
    found = capacity.search(lambda _: math.inf, 1000.0)
    assert found.rate_per_second < 100
    assert found.trials <= capacity.TRIALS_MOST


def test_a_limit_that_every_rate_keeps_ends_at_the_ceiling() -> None:
    found = capacity.search(lambda rate: 0.01 if rate < 1250 else math.inf, 1000.0)
    assert found.rate_per_second > 950


@pytest.mark.parametrize("cores", [2, 4])
def test_advice_is_within_five_percent_of_the_best_with_two_fifths_of_the_cells(cores: int) -> None:
    counts = advice.worker_counts(cores)
    rng = np.random.default_rng(5)
    good = []
    for shape in SHAPES:
        for _ in range(2):
            throughput = SHAPES[shape](rng, cores)
            found = advice.advise(noisy(throughput, rng), counts, cores)
            assert len(found.tried) <= max(2, int(0.4 * len(counts)))
            best = max(throughput(n) for n in counts)
            good.append(throughput(found.best) >= 0.95 * best)
    assert statistics.mean(good) >= 0.9


def noisy(throughput: Throughput, rng: np.random.Generator) -> Throughput:
    """The same with 2 % of noise on every trial."""
    return lambda workers: throughput(workers) * math.exp(rng.normal(0, 0.02))


def test_advice_begins_with_as_many_workers_as_cores() -> None:
    assert advice.Adviser((1, 2, 4, 8), 4).next_count() == 4


def test_a_count_that_does_not_work_is_neither_tried_again_nor_advised() -> None:
    """On four cores, where four workers fail to start: the others' throughput bends at four."""
    adviser = advice.Adviser((1, 2, 3, 4, 5, 6, 8, 12, 16, 24), 4)
    tried = []
    while not adviser.done():
        count = adviser.next_count()
        tried.append(count)
        if count == 4:
            adviser.skip(count)
        else:
            adviser.add(count, 1000.0 * min(count, 4))
    found = adviser.advice()
    assert tried[0] == 4
    assert len(set(tried)) == len(tried) <= adviser.most
    assert found.best in (5, 6, 8, 12, 16, 24)
    assert found.curve[4] == 0
    with pytest.raises(ValueError, match="no throughput is known"):
        advice.Adviser((1, 2), 2).advice()


def test_worker_counts_are_fine_where_it_matters() -> None:
    assert advice.worker_counts(2) == (1, 2, 3, 4, 5, 6, 7, 10, 13)
