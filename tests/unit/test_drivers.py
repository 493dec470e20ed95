"""Every driver's command line and its recorded outputs, good and bad."""

from dataclasses import replace

import pytest

from benchrig.drivers.ab import QUANTILES_FILE
from benchrig.drivers.base import LoadErrors, LoadRequest, LoadResult, Output, UnreadableOutput
from benchrig.drivers.catalogue import all_drivers, find_driver
from benchrig.errors import BenchrigError
from tests.factories import GOLDEN

REQUEST = LoadRequest("http://192.0.2.12:8000/json?a=1", 10, 1, 3.0, headers={"Accept": "a/b"})


def read(driver: str, name: str, **files: str) -> LoadResult:
    """A recorded output, parsed by its driver."""
    text = (GOLDEN / driver / f"{name}.txt").read_text()
    return find_driver(driver).parse(Output(text, "", files))


def test_drivers_are_found_by_looking_into_their_folder() -> None:
    assert {"wrk", "hey", "ab", "h2load", "locust"} <= set(all_drivers())


def test_an_unknown_driver_is_told_with_the_nearest_name() -> None:
    with pytest.raises(BenchrigError, match=r"--driver: 'locus' is unknown; did you mean 'locust'"):
        find_driver("locus")


@pytest.mark.parametrize("driver", sorted(all_drivers()))
def test_every_command_line_names_the_host_and_its_connections(driver: str) -> None:
    argv = find_driver(driver).argv(REQUEST)
    assert any("192.0.2.12:8000" in part for part in argv)
    assert any(part.endswith("10") for part in argv)


def test_hey_counts_answers_and_not_what_it_could_not_connect_for() -> None:
    good, refused, died = (read("hey", name) for name in ("good", "refused", "died"))
    assert (good.requests, good.errors) == (10480, LoadErrors())
    assert good.quantiles_seconds[0.99] == 0.0121
    assert (refused.requests, refused.errors) == (0, LoadErrors(connect=66541))
    assert (died.requests, died.errors) == (5783, LoadErrors(connect=16827, read=2))


def test_hey_tells_timeouts_resets_garbage_and_wrong_codes_apart() -> None:
    assert read("hey", "hang").errors == LoadErrors(timeout=10)
    assert read("hey", "garbage").errors == LoadErrors(read=2358)
    assert read("hey", "reset").errors.read > 0
    answer = read("hey", "500")
    assert (answer.requests, answer.errors.status) == (0, 73928)
    assert answer.errors.detail == {"status 500": 73928}


def test_ab_counts_no_failed_request_as_complete() -> None:
    quantiles = (GOLDEN / "ab" / "good-quantiles.csv").read_text()
    good = read("ab", "good", **{QUANTILES_FILE: quantiles})
    assert good.errors == LoadErrors()
    assert good.requests > 0
    assert good.quantiles_seconds[0.5] < good.quantiles_seconds[0.99] <= good.max_seconds
    refused, died = read("ab", "refused"), read("ab", "died")
    assert (refused.requests, refused.errors.read) == (0, 81706)
    assert (died.requests, died.errors.read) == (31673 - 28396, 28396)


@pytest.mark.parametrize("name", ["hang", "500", "garbage"])
def test_ab_that_gave_up_is_quoted(name: str) -> None:
    with pytest.raises(UnreadableOutput, match="The timeout specified has expired"):
        read("ab", name)


def test_h2load_latencies_are_every_requests_own() -> None:
    good = read("h2load", "good", **{"latencies.json": "[[204,6000],[18630,1]]"})
    assert (good.requests, good.errors) == (12162, LoadErrors())
    assert good.latency
    assert good.latency.count == 6001
    assert good.max_seconds == 0.01863


def test_h2load_does_not_get_away_with_silence() -> None:
    assert read("h2load", "500").errors == LoadErrors(status=95881)
    for name in ("hang", "reset", "garbage"):
        assert read("h2load", name).errors == LoadErrors(read=10), name
    assert read("h2load", "refused").requests == 0


def test_what_a_driver_can_not_do_is_told() -> None:
    rated = LoadRequest("http://h/", 10, 2, 3.0, rate_per_second=100, spawn_rate_per_second=2)
    assert find_driver("ab").refusals(rated) == [
        "it has no open loop: it can not send at a given rate",
        "it can not add users at a rate",
        "it has one thread",
    ]
    assert find_driver("locust").refusals(LoadRequest("http://h/", 10, 1, 3.0, requests=5)) == [
        "it can not stop after a number of requests"
    ]
    pipelined = LoadRequest("http://h/", 10, 3, 3.0, rate_per_second=100, pipeline=16)
    assert find_driver("wrk").refusals(pipelined) == [
        "it can not pipeline in an open loop",
        "10 connections can not be shared out evenly over 3 threads",
    ]


@pytest.mark.parametrize("driver", ["wrk", "ab", "h2load", "locust"])
def test_a_duration_that_would_be_rounded_is_refused_with_the_next_ones(driver: str) -> None:
    chosen = find_driver(driver)
    asked = [replace(REQUEST, duration_seconds=seconds) for seconds in (2.5, 0.4, 1.15 * 60)]
    assert [chosen.refusals(each) for each in asked] == [
        ["it takes whole seconds, not 2.5s: give 2s or 3s"],
        ["it takes whole seconds, not 0.4s: give 1s"],
        [],
    ]
    assert any(part.endswith(("69", "69s")) for part in chosen.argv(asked[2]))


def test_fractions_go_to_drivers_that_take_them_or_count_requests() -> None:
    half = replace(REQUEST, duration_seconds=0.5)
    assert find_driver("hey").refusals(half) == []
    assert find_driver("websocket").refusals(replace(half, websocket=True)) == []
    assert find_driver("ab").refusals(replace(half, requests=100)) == []
