import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hdrh.histogram import HdrHistogram

from tests.wrk.wrk_build import Programs
from tests.wrk.wrk_run import Line, finish, run_wrk, slots, start_wrk, summed_deltas
from tests.wrk.wrk_servers import (
    Server,
    answer,
    close_after_answer,
    end_without_answer,
    in_turn,
    reset,
    serving,
    silent,
    wait_for,
)

STALL_SERVER = Path(__file__).parents[2] / "benchmarks" / "wrk_stall_server.py"
STALL_SECONDS, EVERY_SECONDS = 1.0, 4.0
SCRIPT = 'request = function() return wrk.format("GET", "/" .. math.random(9)) end'


def assert_nothing_is_missing(final: Line) -> None:
    loop = final["open_loop"]
    assert loop["due"] == loop["sent"] + loop["unsent"]
    assert loop["sent"] == final["requests"] + final["lost"] + final["unanswered"]
    assert final["unsent"] == loop["unsent"]
    assert final["hist"]["count"] == final["hist_service"]["count"] == final["requests"]
    assert final["hist_censored"]["count"] == final["unsent"] + final["unanswered"]


def percentile_seconds(record: Line, percentile: float) -> float:
    histogram = HdrHistogram(record["lowest"], record["highest"], record["significant_digits"])
    for slot, count in record["slots"]:
        histogram.record_value(histogram.get_value_from_index(slot), count)
    return float(histogram.get_value_at_percentile(percentile)) / 1e6


@pytest.mark.parametrize("threads", [1, 3])
def test_constant_rate_is_kept(
    programs: Programs, server: Server, live: Path, threads: int
) -> None:
    outcome = run_wrk(
        programs.patched, f"-t{threads}", "-c6", "-d1s", "--rate", 500, server.url, live=live
    )
    final = outcome.final

    assert final["open_loop"]["due"] == final["open_loop"]["sent"] == final["requests"] == 500
    assert final["open_loop"]["schedule_us"] == 1_000_000
    assert outcome.start["latency_from"] == "due"
    assert "Open loop: 500 due, 500 sent, 0 unsent, 0 unanswered, 0 lost" in outcome.stdout
    for tick in outcome.ticks:
        assert abs(tick["open_loop"]["due"] - 500 * tick["elapsed_s"]) <= threads
    assert summed_deltas(outcome.lines) == slots(final["hist"]["slots"])
    assert_nothing_is_missing(final)


def test_rising_rate_follows_its_integral(programs: Programs, server: Server, live: Path) -> None:
    outcome = run_wrk(
        programs.patched,
        "-t2",
        "-c6",
        "-d1s",
        "--rate",
        100,
        "--rate-to",
        500,
        server.url,
        live=live,
    )

    assert outcome.final["open_loop"]["due"] == outcome.final["requests"] == 300
    for tick in outcome.ticks:
        seconds = tick["elapsed_s"]
        assert abs(tick["open_loop"]["due"] - (100 * seconds + 200 * seconds**2)) <= 1
        offered = tick["open_loop"]["offered_per_second"]
        assert offered == pytest.approx(100 + 400 * seconds, abs=0.01)


def test_script_makes_each_request(
    programs: Programs, server: Server, live: Path, tmp_path: Path
) -> None:
    script = tmp_path / "script.lua"
    script.write_text(SCRIPT)
    final = run_wrk(
        programs.patched, "-t1", "-c2", "-d1s", "--rate", 100, "-s", script, server.url, live=live
    ).final

    assert final["requests"] == final["status"]["2xx"] == 100


@pytest.fixture
def stalling() -> Iterator[str]:
    command = [
        sys.executable,
        str(STALL_SERVER),
        "--stall",
        str(STALL_SECONDS),
        "--every",
        str(EVERY_SECONDS),
        "--first",
        "1",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
    server.kill()
    server.communicate()


def test_stall_is_seen_as_arithmetic_says(programs: Programs, stalling: str, live: Path) -> None:
    final = run_wrk(
        programs.patched, "-t1", "-c20", "-d4s", "--rate", 400, stalling, live=live
    ).final
    in_stall = STALL_SECONDS / EVERY_SECONDS
    expected = STALL_SECONDS * (1 - 0.01 / in_stall)

    assert percentile_seconds(final["hist"], 99) == pytest.approx(expected, rel=0.05)
    assert final["hist"]["max"] / 1e6 == pytest.approx(STALL_SECONDS, rel=0.05)
    assert percentile_seconds(final["hist"], 50) < 0.02
    assert_nothing_is_missing(final)


def test_what_a_hung_server_leaves_is_reported_with_its_age(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = silent
    began = time.monotonic()
    outcome = run_wrk(
        programs.patched,
        "-t1",
        "-c4",
        "-d1s",
        "--rate",
        50,
        "--timeout",
        "1s",
        server.url,
        live=live,
    )
    final = outcome.final

    assert time.monotonic() - began < 3
    assert (final["requests"], final["unanswered"], final["unsent"]) == (0, 4, 46)
    assert final["oldest_unanswered_us"] > 1_900_000
    assert final["oldest_unsent_us"] == pytest.approx(1_920_000, abs=150_000)
    assert final["hist_censored"]["min"] > 900_000
    last = outcome.ticks[-1]["open_loop"]
    assert (last["due"], last["sent"], last["unsent"]) == (50, 4, 46)
    assert "50 due, 4 sent, 46 unsent, 4 unanswered, 0 lost" in outcome.stdout
    assert_nothing_is_missing(final)


def test_signal_ends_the_schedule_and_counts_only_what_was_due(
    programs: Programs, server: Server, live: Path
) -> None:
    wrk = start_wrk(
        programs.patched, ["-t2", "-c4", "-d60s", "--rate", 200, "--live", live, server.url]
    )
    time.sleep(0.6)
    wrk.terminate()
    outcome = finish(wrk, live)
    loop = outcome.final["open_loop"]

    assert outcome.seconds < 0.5
    assert outcome.final["interrupted"] == "SIGTERM"
    assert loop["due"] == pytest.approx(loop["schedule_us"] / 5000, abs=2)
    assert loop["unsent"] == 0
    assert_nothing_is_missing(outcome.final)


def test_server_that_closes_each_connection_is_served_at_the_rate(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = close_after_answer
    final = run_wrk(
        programs.patched, "-t1", "-c4", "-d1s", "--rate", 200, server.url, live=live
    ).final

    assert final["requests"] == 200
    assert final["lost"] == final["errors"]["read"]["total"] == 0
    assert final["connections_established"] >= 200


def test_idle_connection_closed_by_the_server_is_no_error(
    programs: Programs, server: Server, live: Path
) -> None:
    def answer_and_close_soon(transport: asyncio.Transport) -> None:
        answer()(transport)
        asyncio.get_running_loop().call_later(0.03, transport.close)

    server.behaviour = answer_and_close_soon
    final = run_wrk(
        programs.patched, "-t1", "-c1", "-d1s", "--rate", 10, server.url, live=live
    ).final

    assert final["requests"] == 10
    assert final["connections_closed_idle"] >= 9
    assert final["errors"]["read"]["total"] == final["lost"] == 0


def test_failing_connections_lose_their_requests_and_no_other(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = in_turn(*[answer()] * 9, reset, *[answer()] * 9, end_without_answer)
    final = run_wrk(
        programs.patched, "-t1", "-c4", "-d1s", "--rate", 200, server.url, live=live
    ).final

    assert final["errors"]["read"]["total"] == final["lost"] == 20
    assert final["requests"] == 180
    assert_nothing_is_missing(final)


def test_dead_server_is_not_stormed_and_what_waited_is_sent_on_its_return(
    programs: Programs, server: Server, live: Path
) -> None:
    wrk = start_wrk(
        programs.patched, ["-t1", "-c8", "-d2s", "--rate", 100, "--live", live, server.url]
    )
    wait_for(lambda: server.accepted > 8)
    time.sleep(0.5)
    server.die()
    time.sleep(0.7)
    server.start()
    final = finish(wrk, live).final

    assert 8 <= final["errors"]["connect"]["errno"]["ECONNREFUSED"] < 40
    assert final["unsent"] == 0
    assert final["requests"] + final["lost"] == 200
    assert final["lost"] <= 8
    assert 0.5 < final["hist"]["max"] / 1e6 < 1.5
    assert_nothing_is_missing(final)


def test_server_that_closes_on_connect_is_not_stormed(programs: Programs, live: Path) -> None:
    with serving(answer(), on_connect=lambda transport: transport.close()) as server:
        final = run_wrk(
            programs.patched,
            "-t1",
            "-c8",
            "-d1s",
            "--rate",
            100,
            "--timeout",
            "1s",
            server.url,
            live=live,
        ).final

        assert server.accepted < 800
    assert final["open_loop"]["due"] == 100
    assert_nothing_is_missing(final)
