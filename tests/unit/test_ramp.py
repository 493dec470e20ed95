"""Ramps: moments from a live record, and the knee in them."""

import pytest
from rich.console import Console

from benchrig.report.ramp import knee_text, show_ramp
from benchrig.signals.series import Series, Telemetry
from benchrig.stats.knee import Knee, Moment, knee
from benchrig.suite.ramp import moments, tier_values
from benchrig.tiers import APP
from tests.factories import BEGIN, make_driver_run, make_raw, make_tick
from tests.open_loop import Served, served_trial


def test_a_live_record_is_cut_into_seconds() -> None:
    ticks = [
        make_tick(0, 0, 0, 1000, 0),
        make_tick(0.5, 50, 50, 1000, 50),
        make_tick(0.99, 100, 100, 1000, 50),
        make_tick(1.5, 200, 180, 3000, 80),
        make_tick(1.99, 300, 260, 3000, 80),
    ]
    run = make_driver_run(files={"live.jsonl": "\n".join(ticks)})
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


def test_a_slow_first_moment_is_no_knee_though_most_of_the_ramp_is_beyond_one() -> None:
    found = rising(400)
    found[0] = Moment(1, 100, 90, 0.5)
    assert knee(found) == Knee(400, "80% of what fell due was answered")


def test_a_request_under_way_when_a_moment_ends_is_not_missing() -> None:
    found = [Moment(n, 20.0 + n, 18.0 + n, None) for n in range(10)]
    assert knee(found) is None


@pytest.mark.parametrize("latency", [0.1, 0.25, 0.5, 1.0])
def test_requests_that_wait_at_a_server_that_keeps_up_are_no_knee(latency: float) -> None:
    steep = Served(50, 1e9, 60.0, rate_to=5000, idle_seconds=latency)
    assert knee(moments(served_trial(steep))) is None


@pytest.mark.parametrize("latency", [0.1, 0.25, 1.0])
@pytest.mark.parametrize("capacity", [640, 1500, 4000])
def test_and_the_knee_behind_them_is_found_where_it_is(latency: float, capacity: float) -> None:
    steep = Served(50, capacity, 60.0, rate_to=5000, idle_seconds=latency)
    found = knee(moments(served_trial(steep)))
    assert found is not None
    assert found.offered == pytest.approx(capacity, abs=2 * 82.5 + 82.5 * latency)


def test_a_ramp_that_is_beyond_from_the_begin_on_says_so() -> None:
    found = [Moment(n, 100.0 * n, 50.0, None) for n in range(1, 9)]
    assert knee(found) == Knee(0.0, "50% of what fell due was answered")
    assert knee_text(found).startswith("beyond the knee from the begin (100 requests/s: 50%")


def test_what_comes_after_the_ramp_is_marked_and_bends_nothing() -> None:
    found = moments(served_trial(Served(100, 1000, 10.0, rate_to=1500)))
    assert [m.at_seconds for m in found if not m.drain] == [n + 0.5 for n in range(10)]
    drain = [m for m in found if m.drain]
    assert drain
    assert all(m.offered == 0 for m in drain[1:])
    bend = knee(found)
    assert bend is not None
    assert 800 < bend.offered <= 1000


def shown(load: Served) -> str:
    """The ramp as it is printed."""
    raw = served_trial(load)
    console = Console(width=120)
    with console.capture() as captured:
        show_ramp(console, raw, moments(raw))
    return captured.get()


def test_every_second_of_a_short_ramp_has_one_row() -> None:
    rows = [line.split() for line in shown(Served(100, 1000, 10.0, rate_to=1500)).splitlines()]
    seconds = [int(row[0]) for row in rows if len(row) > 3 and row[1] == "s"]
    assert seconds == list(range(10))
    assert [int(row[0]) for row in rows if row[-3:] == ["beyond", "the", "knee"]] == [6, 7, 8, 9]


def test_a_long_ramp_is_thinned_out_and_keeps_its_ends() -> None:
    rows = [line.split() for line in shown(Served(100, 9000, 60.0, rate_to=1500)).splitlines()]
    seconds = [int(row[0]) for row in rows if len(row) > 3 and row[1] == "s"]
    assert (len(seconds), seconds[0], seconds[-1]) == (20, 0, 59)


def test_late_answers_after_the_ramp_are_told() -> None:
    text = shown(Served(100, 1000, 10.0, rate_to=1500))
    assert "after the end of the ramp 1 s went by until the last late answers came" in text


def test_what_a_tier_used_is_read_at_each_moment() -> None:
    raw = served_trial(Served(100, 1000, 4.0, rate_to=200))
    used = (Series({"tier": "app", "host": "app"}, (None, 0.1, 0.2, 0.3, 0.4, 0.5)),)
    raw.telemetry = Telemetry(BEGIN - 1, 1.0, {"tier_cpu_cores": used})
    found = [m for m in moments(raw) if not m.drain]
    cores = tier_values(raw, "tier_cpu_cores", APP, found)
    assert len(cores) == 4
    assert cores[0] in (0.1, 0.2)
    assert cores == sorted(cores, key=lambda value: value or 0.0)
    assert tier_values(raw, "tier_memory_bytes", APP, found) == [None] * 4
