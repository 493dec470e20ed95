"""Figures from counters: arithmetic that can be checked by hand."""

import re
from dataclasses import replace

import pytest

from benchrig.drivers.base import LoadErrors, LoadResult
from benchrig.figures import carried_quantiles, figures
from tests.factories import (
    BEGIN,
    GOLDEN,
    make_driver_run,
    make_plan,
    make_process,
    make_raw,
    make_snapshot,
)

APP = "benchrig-app.slice"


def test_cpu_memory_and_efficiency_are_of_the_measure_phase() -> None:
    found = figures(make_raw())
    assert found.client
    assert found.client.requests_per_second == pytest.approx(19986 / 1.03)
    app = found.tiers["app"]
    assert app.cpu_cores == pytest.approx(0.9)
    assert app.memory_bytes == 30_000_000
    assert app.requests_per_cpu_second == pytest.approx(19986 / 0.9)
    assert app.processes[0].connections == 32
    assert found.chain_requests_per_cpu_second == pytest.approx(19986 / 0.9)


def test_busiest_process_comes_first_and_a_new_one_counts_from_its_start() -> None:
    moments = {
        "begin": make_snapshot(BEGIN, {APP: [make_process(1, 5.0), make_process(2, 5.0)]}),
        "middle": make_snapshot(BEGIN + 1, {APP: [make_process(1, 5.1)]}),
        "end": make_snapshot(BEGIN + 2, {APP: [make_process(1, 5.2), make_process(3, 0.8)]}),
    }
    app = figures(make_raw(snapshots={"app": moments})).tiers["app"]
    assert [p.pid for p in app.processes] == [3, 1]
    assert [p.cpu_cores for p in app.processes] == pytest.approx([0.4, 0.1])


def test_a_tier_whose_unit_did_not_run_has_no_figures() -> None:
    assert set(figures(make_raw()).tiers) == {"app"}


def test_error_share_counts_every_kind() -> None:
    found = figures(make_raw(driver_runs=[make_driver_run("server-died")]))
    assert found.client
    assert found.client.error_share == pytest.approx((8 + 14855) / (2683 + 8 + 14855))


def test_a_line_that_can_not_be_read_is_kept() -> None:
    found = figures(make_raw(driver_runs=[make_driver_run("refused")]))
    assert found.client is None
    assert found.unreadable == (
        "wrk printed: unable to connect to 198.18.77.12:8000 Connection refused"
    )


def test_a_driver_that_ended_before_its_clock_moved_measured_nothing() -> None:
    """Ab tells milliseconds: a request of a third of one took no time."""
    text = (GOLDEN / "ab" / "good.txt").read_text()
    text = re.sub(r"(Time taken for tests:\s+)[\d.]+", r"\g<1>0.000", text)
    plan = replace(make_plan(), driver="ab")
    run = make_driver_run(driver="ab", stdout=text)
    found = figures(make_raw(plan=plan, driver_runs=[run]))
    assert found.client is None
    assert found.unreadable == "ab printed: it ended before its clock moved: ask for more requests"


def test_a_drivers_own_quantile_is_kept_only_where_its_sample_carries_it() -> None:
    told = {0.5: 0.548, 0.9: 0.562, 0.99: 7311156825131.3}
    few = LoadResult(40, 4.4, 880, LoadErrors(), quantiles_seconds=told)
    assert carried_quantiles(few) == {0.5: 0.548, 0.9: 0.562}
    many = LoadResult(100, 4.4, 880, LoadErrors(), quantiles_seconds={0.99: 0.583})
    assert carried_quantiles(many) == {0.99: 0.583}


def test_the_mean_of_several_load_generators_is_that_of_all_answers() -> None:
    text = (
        "Total: {total} secs\n Average: {mean} secs\n Slowest: 0.9 secs\n [200] {count} responses\n"
    )
    runs = [
        make_driver_run(host=host, driver="hey", stdout=text.format(total=2, mean=mean, count=n))
        for host, mean, n in (("loadgen", 0.1, 300), ("loadgen-2", 0.3, 100))
    ]
    offsets = {"app": 0.0, "loadgen": 0.0, "loadgen-2": 0.0}
    raw = make_raw(plan=replace(make_plan(), driver="hey"), driver_runs=runs, clock_offsets=offsets)
    client = figures(raw).client
    assert client is not None
    assert client.latency is None
    assert client.mean_seconds == pytest.approx(0.15)
