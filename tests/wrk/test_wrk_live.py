import re
import signal
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.wrk.wrk_build import Programs
from tests.wrk.wrk_run import Outcome, finish, run_wrk, slots, start_wrk, summed_deltas
from tests.wrk.wrk_servers import Server, answer, in_turn, late, wait_for

CUMULATIVE = ("requests", "bytes", "lost", "connections_established")
PIPELINE = "request = function() r = wrk.format(); return r .. r .. r end"


def shape(text: str) -> str:
    """What wrk prints with every number, its unit and its padding taken out."""
    return re.sub(r" +", " ", re.sub(r"[\d.]+(us|ms|s|k|[KMG]B|B|%)?", "#", text))


def ticks_written(live: Path, least: int) -> bool:
    return live.exists() and live.read_text().count('"tick"') >= least


def assert_monotone(outcome: Outcome) -> None:
    counted = outcome.lines[1:]
    for before, after in pairwise(counted):
        for name in CUMULATIVE:
            assert before[name] <= after[name], name
        for name in before["status"]:
            assert before["status"][name] <= after["status"][name], name
        assert before["elapsed_s"] < after["elapsed_s"]
        assert before["t_unix"] < after["t_unix"]


def test_summary_is_that_of_stock_wrk_with_and_without_live(
    programs: Programs, server: Server, live: Path
) -> None:
    options = ["-t1", "-c2", "-d1s", "--latency", server.url]
    stock, patched = (run_wrk(path, *options) for path in (programs.stock, programs.patched))
    with_live = run_wrk(programs.patched, *options, live=live)

    assert shape(with_live.stdout) == shape(patched.stdout) == shape(stock.stdout)
    assert {(run.status, run.stderr) for run in (stock, patched, with_live)} == {(0, "")}


def test_sigterm_without_live_kills_as_it_kills_stock_wrk(
    programs: Programs, server: Server
) -> None:
    wrk = start_wrk(programs.patched, ["-t1", "-c1", "-d9s", server.url])
    time.sleep(0.3)
    wrk.terminate()

    assert finish(wrk).status == -signal.SIGTERM


def test_help_tells_the_new_options(programs: Programs) -> None:
    told = run_wrk(programs.patched, "--help").stdout

    for option in ("--live", "--tick", "--rate", "--rate-to"):
        assert re.search(rf"^ +{option} ", told, re.MULTILINE), option


def test_start_line_tells_the_configuration(programs: Programs, server: Server, live: Path) -> None:
    told = run_wrk(programs.patched, "--version").stdout
    start = run_wrk(programs.patched, "-t3", "-c100", "-d1s", server.url, live=live).start

    assert start | {"t_unix": 0} == {
        "v": 1,
        "type": "start",
        "seq": 0,
        "t_unix": 0,
        "url": server.url,
        "script": None,
        "threads": 3,
        "connections": {"asked": 100, "opened": 99},
        "duration_s": 1,
        "timeout_ms": 2000,
        "tick_ms": 200,
        "pipeline": 1,
        "rate_per_second": None,
        "rate_to_per_second": None,
        "latency_from": "send",
        "wrk_version": told.split()[1],
        "patch_version": "1",
        "hist": {"unit": "us", "lowest": 1, "highest": 3_600_000_000, "significant_digits": 3},
    }


def test_lines_are_monotone_and_deltas_add_up_to_the_final_histogram(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = in_turn(*[answer()] * 50, late(0.03), answer(500))
    outcome = run_wrk(programs.patched, "-t2", "-c8", "-d1s", "--tick", 20, server.url, live=live)

    assert [line["seq"] for line in outcome.lines] == list(range(len(outcome.lines)))
    assert len(outcome.ticks) >= 30
    assert_monotone(outcome)
    final = outcome.final
    assert summed_deltas(outcome.lines) == slots(final["hist"]["slots"])
    assert final["hist"]["count"] == final["requests"] == sum(final["status"].values())
    assert final["status"]["5xx"] == final["codes"]["500"] > 0
    assert final["hist"]["max"] >= 30_000
    assert final["unanswered"] == final["in_flight"] <= 8
    assert f"{final['requests']} requests in" in outcome.stdout
    assert f"Non-2xx or 3xx responses: {final['codes']['500']}" in outcome.stdout


def test_ticks_keep_to_their_grid(programs: Programs, server: Server, live: Path) -> None:
    ticks = run_wrk(
        programs.patched, "-t1", "-c1", "-d1s", "--tick", 50, server.url, live=live
    ).ticks

    late_by = [tick["elapsed_s"] % 0.05 for tick in ticks]
    assert len(ticks) >= 15
    assert sorted(late_by)[len(late_by) // 2] < 0.02


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signal_stops_within_half_a_second_and_keeps_all(
    programs: Programs, server: Server, live: Path, name: str
) -> None:
    wrk = start_wrk(
        programs.patched, ["-t2", "-c4", "-d60s", "--tick", 10_000, "--live", live, server.url]
    )
    time.sleep(0.5)
    wrk.send_signal(signal.Signals[name])
    wrk.send_signal(signal.Signals[name])
    outcome = finish(wrk, live)

    assert outcome.seconds < 0.5
    assert outcome.status == 0
    assert outcome.final["type"] == "final"
    assert outcome.final["interrupted"] == name
    assert 300_000 < outcome.final["duration_us"] < 1_000_000
    assert summed_deltas(outcome.lines) == slots(outcome.final["hist"]["slots"])
    assert "Requests/sec" in outcome.stdout


def test_pipelined_batches_are_timed_once_and_counted_each(
    programs: Programs, server: Server, live: Path, tmp_path: Path
) -> None:
    script = tmp_path / "pipeline.lua"
    script.write_text(PIPELINE)
    outcome = run_wrk(programs.patched, "-t1", "-c1", "-d1s", "-s", script, server.url, live=live)

    assert outcome.start["pipeline"] == 3
    assert outcome.final["requests"] // 3 == outcome.final["hist"]["count"] > 0


def test_answer_later_than_the_timeout_is_in_the_raw_histogram(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = in_turn(late(1.2), answer())
    outcome = run_wrk(
        programs.patched, "-t1", "-c1", "-d2s", "--timeout", "1s", server.url, live=live
    )

    final = outcome.final
    assert final["errors"]["timeout"] == 1
    assert final["hist"]["count"] == final["requests"]
    assert final["hist"]["max"] >= 1_200_000
    assert "timeout 1" in outcome.stdout


def test_second_run_is_appended(programs: Programs, server: Server, live: Path) -> None:
    for runs in (1, 2):
        wrk = start_wrk(programs.patched, ["-t1", "-c1", "-d60s", "--live", live, server.url])
        wait_for(partial(ticks_written, live, runs))
        wrk.terminate()
        outcome = finish(wrk, live)

    assert [line["type"] for line in outcome.lines].count("final") == 2
