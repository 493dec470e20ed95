"""Open loops: a server that falls behind, a limit kept or not, the search for the capacity."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from rich.console import Console

from benchrig.commands.adaptive import Adaptive
from benchrig.commands.capacity import Hunt
from benchrig.drivers import live
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.report.capacity import capacity_text, precision_text
from benchrig.stats.capacity import Capacity, Search
from benchrig.suite.cells import RATE, Cell, Draft
from benchrig.suite.outcome import Outcome, outcome
from benchrig.suite.record import ASKED_P99, RunPlan
from benchrig.suite.slo import Kept, Known, judged, known_of
from benchrig.trial.plan import Level
from benchrig.trial.raw import RawTrial
from benchrig.verdict.validity import Validity, judge
from tests.factories import make_plan
from tests.open_loop import Served, refused_otherwise, served_trial


def verdict(raw: RawTrial) -> Validity:
    """The trial's validity."""
    return judge(raw, figures(raw))


def kept(raw: RawTrial, limit_seconds: float = 0.05) -> Kept:
    """The trial against a limit."""
    return judged(outcome(1, 1, 0, raw), raw.plan.level.rate_per_second, limit_seconds)


def test_a_rate_that_the_server_keeps_is_valid() -> None:
    assert verdict(served_trial(Served(rate=500, capacity=1000))).grade == "valid"


@pytest.mark.parametrize("seconds", [2.0, 5.0, 30.0])
def test_answers_that_come_late_but_all_come_do_not_make_an_overload_valid(seconds: float) -> None:
    found = verdict(served_trial(Served(rate=1000, capacity=900, seconds=seconds)))
    assert found.grade == "invalid"
    assert found.overload
    assert found.reasons[0].text.startswith("the server fell 1")
    assert found.reasons[0].text.endswith("in the last; at most 1% may be")


def test_a_steady_queue_is_no_overload() -> None:
    assert verdict(served_trial(Served(rate=500, capacity=502))).grade == "valid"


def test_rates_are_of_the_time_in_which_requests_fell_due() -> None:
    """The last 50 of 5,000 are answered in a sixth second, in which nothing is due."""
    raw = served_trial(Served(rate=1000, capacity=990))
    client = figures(raw).client
    assert client is not None
    assert live.result(raw.driver_runs[0].files["live.jsonl"]).requests == 5000
    assert (client.seconds, client.offered_per_second) == (5.0, 1000.0)
    assert (client.requests_per_second, client.bytes_per_second) == (1000.0, 170_000.0)


def test_an_open_loop_that_was_interrupted_has_the_rates_of_the_time_it_had() -> None:
    raw = served_trial(Served(rate=1000, capacity=2000, seconds=2.0))
    asked = replace(raw.plan, level=replace(raw.plan.level, duration_seconds=60.0))
    stopped = (
        raw.driver_runs[0]
        .files["live.jsonl"]
        .replace('"interrupted": null', '"interrupted": "SIGINT"')
    )
    run = replace(raw.driver_runs[0], files={"live.jsonl": stopped})
    client = figures(replace(raw, plan=asked, driver_runs=[run])).client
    assert client is not None
    assert (client.seconds, client.requests_per_second) == (2.0, 1000.0)


def test_an_overload_that_was_also_restarted_is_not_called_one() -> None:
    found = verdict(refused_otherwise(served_trial(Served(rate=1000, capacity=500))))
    assert found.grade == "invalid"
    assert not found.overload


def test_a_ramp_beyond_the_knee_is_suspect_and_not_invalid() -> None:
    found = verdict(served_trial(Served(100, 1000, 20.0, rate_to=2000, unanswered=True)))
    assert found.grade == "suspect"
    assert "were not answered by the end; at most 1% may, but a ramp may pass the knee" in (
        found.reasons[0].text
    )


def test_a_ramp_in_which_the_app_was_restarted_is_invalid() -> None:
    ramp = served_trial(Served(100, 1000, 20.0, rate_to=2000, unanswered=True))
    assert verdict(refused_otherwise(ramp)).grade == "invalid"


def test_a_trial_below_the_limit_keeps_it() -> None:
    found = kept(served_trial(Served(rate=500, capacity=1000)))
    assert found.tried.of_limit == pytest.approx(0.002 / 0.05, rel=0.01)
    assert not found.says_nothing


def test_a_rate_the_server_falls_behind_keeps_no_limit_however_high() -> None:
    found = kept(served_trial(Served(rate=1000, capacity=900)), limit_seconds=60.0)
    assert found.tried.of_limit == math.inf
    assert found.failed.startswith("the server fell ")


def test_one_failed_request_keeps_no_limit() -> None:
    found = kept(served_trial(Served(rate=500, capacity=1000, failures=1)))
    assert found.failed == "1 requests failed"


def test_requests_that_were_never_answered_are_later_than_all_that_were() -> None:
    """Of 5,000 due 100 are missing: the 99th percentile of all is none that was seen."""
    raw = served_trial(Served(rate=1000, capacity=980, unanswered=True))
    client = figures(raw).client
    assert client is not None
    assert client.open_loop is not None
    assert client.open_loop.unanswered == 100
    assert kept(raw).tried.of_limit == math.inf


def test_a_trial_refused_for_something_else_says_nothing_of_its_rate() -> None:
    found = kept(refused_otherwise(served_trial(Served(rate=500, capacity=1000))))
    assert "the app was running as" in found.says_nothing


def test_too_few_answers_for_a_percentile_say_nothing_and_how_long_would_do() -> None:
    found = kept(served_trial(Served(rate=10, capacity=1000)))
    assert found.says_nothing == "50 answers carry no 99th percentile; --duration 10s would do"


def test_a_limit_that_not_one_request_keeps_is_seen_as_such() -> None:
    assert kept(served_trial(Served(rate=500, capacity=1000)), limit_seconds=0.001).not_one
    assert not kept(served_trial(Served(rate=1000, capacity=500)), limit_seconds=0.05).not_one


Measured = Callable[[float], RawTrial]


class Server:
    """Measures any rate, as a rig would, and counts how often."""

    def __init__(self, answer: Measured) -> None:
        self.answer = answer
        self.rates: list[float] = []
        self.seen: list[Outcome] = []

    def measure(self, draft: Draft) -> Outcome:
        """One trial."""
        self.rates.append(draft.level.rate_per_second)
        self.seen.append(outcome(1, 1, 0, self.answer(draft.level.rate_per_second)))
        return self.seen[-1]


def hunt(server: Server, limit_seconds: float, ceiling: float = 1000.0) -> Hunt:
    """A search on that server."""
    plan = make_plan()
    level = Level(64, 1, 5.0, 0.0, 0.0)
    draft = Draft("", "aiohttp", {}, (), plan.variant, plan.workload, "wrk", "direct", level)
    trials = cast("Adaptive", server)
    return Hunt(Console(quiet=True), trials, draft, Known(Search(ceiling), limit_seconds))


def test_the_search_finds_where_the_server_begins_to_fall_behind() -> None:
    server = Server(lambda rate: served_trial(Served(rate=rate, capacity=900)))
    search = hunt(server, 0.05)
    search.run(0.025)
    assert search.known.best is not None
    assert 800 < search.known.best.rate <= 910
    assert search.known.search.capacity().rate_per_second == pytest.approx(900, rel=0.05)


def test_a_limit_that_even_one_request_misses_ends_the_search_at_once() -> None:
    server = Server(lambda rate: served_trial(Served(rate=rate, capacity=5000)))
    search = hunt(server, 0.0001)
    search.run(0.025)
    assert len(server.rates) == 1
    assert capacity_text(search.known) == (
        "no rate keeps p99 ≤ 100 µs and no error: at 880/s even the fastest answer took 2.00 ms"
    )


def test_one_trial_in_ten_that_does_not_count_ends_no_search() -> None:
    def answer(rate: float) -> RawTrial:
        raw = served_trial(Served(rate=rate, capacity=900))
        return refused_otherwise(raw) if len(server.rates) % 3 == 2 else raw

    server = Server(answer)
    search = hunt(server, 0.05)
    search.run(0.025)
    assert search.known.best is not None
    assert search.known.search.capacity().rate_per_second == pytest.approx(900, rel=0.05)


def test_trials_that_never_count_end_the_search_with_the_reason() -> None:
    server = Server(lambda rate: refused_otherwise(served_trial(Served(rate, 900))))
    with pytest.raises(BenchrigError, match=r"3 trials in a row do not count.*the app was running"):
        hunt(server, 0.05).run(0.025)
    assert len(server.rates) == 3


class Found(Search):
    """A search that came to this."""

    def __init__(self, found: Capacity) -> None:
        super().__init__(1000.0)
        self.found = found

    def capacity(self) -> Capacity:
        """What it came to."""
        return self.found


FOUND = Capacity(1000.0, 980.0, 1020.0, 5)
SEEN = Kept(990.0, 0.04, 0.002, "", "", 0.05)


def test_a_narrow_interval_is_told_with_its_middle() -> None:
    assert capacity_text(Known(Found(FOUND), 0.05, SEEN)) == (
        "capacity with p99 ≤ 50.0 ms and no error: 1,000 requests/s "
        "(95 % from 980 to 1,020 requests/s), 5 open-loop trials"
    )
    assert precision_text(FOUND, 0.025) == ""


def test_a_wide_interval_is_told_as_what_it_is() -> None:
    wide = replace(FOUND, low=400.0, high=2500.0, trials=12)
    assert capacity_text(Known(Found(wide), 0.05, SEEN)) == (
        "capacity with p99 ≤ 50.0 ms and no error: not known better than 400 to 2,500 requests/s "
        "after 12 open-loop trials; 990/s was kept"
    )
    assert "a longer --duration or a quieter host would tell more" in precision_text(wide, 0.025)


def test_a_limit_that_no_tried_rate_keeps_has_no_capacity() -> None:
    said = capacity_text(Known(Found(replace(FOUND, high=50.0)), 0.05))
    assert said.startswith("no rate that was tried keeps p99 ≤ 50.0 ms and no error")


def test_a_stored_search_comes_to_the_same_as_it_did() -> None:
    server = Server(lambda rate: served_trial(Served(rate=rate, capacity=900)))
    search = hunt(server, 0.05)
    search.run(0.025)
    cells = tuple(
        Cell("", "aiohttp", {RATE: rate}, (RATE,), make_plan()) for rate in (0.0, *server.rates)
    )
    plan = RunPlan(1, "capacity", "aiohttp", 1, cells, (), {ASKED_P99: "50ms"})
    closed = replace(server.seen[0], cell=0, values={"requests_per_second": 1000.0})
    found = [closed, *(replace(o, cell=n) for n, o in enumerate(server.seen, 1))]
    known = known_of(plan, found)
    assert known is not None
    assert capacity_text(known) == capacity_text(search.known)
    assert known_of(plan, found[:1]) is None
