"""Ramps: moments from a live record, and the knee in them."""

import json
from typing import Any

import pytest

from benchrig.drivers.histogram import slot_of
from benchrig.stats.knee import Knee, Moment, knee
from benchrig.suite.ramp import moments
from tests.factories import BEGIN, make_driver_run, make_raw

ERRORS: dict[str, Any] = {
    **{kind: {"total": 0, "errno": {}} for kind in ("connect", "read", "write")},
    "timeout": 0,
}


def line(second: float, due: int, answered: int, p99_us: int, count: int) -> str:
    """A tick of a live record."""
    told = {
        "v": 1,
        "type": "tick",
        "t_unix": BEGIN + second,
        "requests": answered,
        "bytes": 0,
        "status": {"2xx": answered},
        "codes": {},
        "errors": ERRORS,
        "connections_open": 8,
        "in_flight": 0,
        "oldest_in_flight_us": None,
        "open_loop": {"due": due, "offered_per_second": 0.0},
        "hist_delta": [[slot_of(p99_us), count]],
    }
    return json.dumps(told)


def test_a_live_record_is_cut_into_seconds() -> None:
    text = "\n".join(
        [line(0, 0, 0, 1000, 0), line(0.5, 50, 50, 1000, 50), line(0.99, 100, 100, 1000, 50),
         line(1.5, 200, 180, 3000, 80), line(1.99, 300, 260, 3000, 80)]
    )  # fmt: skip
    run = make_driver_run(files={"live.jsonl": text})
    found = moments(make_raw(driver_runs=[run]))
    assert [m.at_seconds for m in found] == [0.5, 1.5]
    assert [round(m.offered) for m in found] == [101, 200]
    assert [round(m.achieved) for m in found] == [101, 160]
    assert [m.p99_seconds for m in found] == pytest.approx([0.001, 0.003], rel=0.01)


def test_a_driver_without_a_live_record_has_no_moments() -> None:
    assert moments(make_raw()) == []


def rising(kept_to: float, p99_to: float = 1e9) -> list[Moment]:
    """Rates from 100 to 2,000; beyond a rate no more is answered, beyond another it is late."""
    return [
        Moment(rate / 100, rate, min(rate, kept_to), 0.002 if rate <= p99_to else 0.02)
        for rate in (100.0 * n for n in range(1, 21))
    ]


def test_the_knee_is_the_last_rate_that_was_kept() -> None:
    assert knee(rising(1200)) == Knee(1200, "92% of what fell due was answered")


def test_latency_that_multiplies_is_a_knee_too() -> None:
    assert knee(rising(5000, p99_to=900)) == Knee(900, "p99 is 10.0 times what it was at the begin")


def test_a_server_that_keeps_up_has_no_knee() -> None:
    assert knee(rising(5000)) is None


def test_one_slow_moment_is_no_knee() -> None:
    found = rising(5000)
    found[7] = Moment(8, 800, 300, 0.5)
    assert knee(found) is None
