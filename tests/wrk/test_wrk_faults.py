"""Each way a server can fail, and where the record counts it (closed loop)."""

import time
from pathlib import Path

from tests.wrk.wrk_build import Programs
from tests.wrk.wrk_run import finish, run_wrk, start_wrk
from tests.wrk.wrk_servers import (
    Server,
    answer,
    close_after_answer,
    end_without_answer,
    garbage,
    in_turn,
    reset,
    silent,
)

NONE = {"total": 0, "errno": {}, "eof": 0, "http_parse": 0, "tls": 0}
OPTIONS = ("-t1", "-c4", "-d1s")


def test_refused_from_the_start_is_told_before_the_run(programs: Programs, live: Path) -> None:
    outcome = run_wrk(programs.patched, *OPTIONS, "http://127.0.0.1:1/", live=live)

    assert outcome.status == 1
    assert "unable to connect to 127.0.0.1:1 Connection refused" in outcome.stderr
    assert outcome.lines == []


def test_status_500_is_counted_by_code(programs: Programs, server: Server, live: Path) -> None:
    server.behaviour = in_turn(answer(500), answer(404), answer(301), answer(204))
    final = run_wrk(programs.patched, *OPTIONS, server.url, live=live).final

    assert set(final["codes"]) == {"204", "301", "404", "500"}
    assert final["status"]["2xx"] == final["codes"]["204"] > 0
    assert final["status"]["5xx"] == final["codes"]["500"] > 0
    assert sum(final["codes"].values()) == final["requests"]


def test_silent_server_shows_in_flight_and_its_age(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = silent
    outcome = run_wrk(programs.patched, *OPTIONS, server.url, live=live)

    ages = [tick["oldest_in_flight_us"] for tick in outcome.ticks]
    assert ages == sorted(ages)
    assert ages[-1] > 600_000
    assert {tick["in_flight"] for tick in outcome.ticks} == {4}
    assert outcome.final["requests"] == 0
    assert outcome.final["unanswered"] == outcome.final["hist_censored"]["count"] == 4
    assert outcome.final["hist_censored"]["min"] > 900_000
    assert outcome.final["hist"] | {"slots": []} == outcome.final["hist"]


def test_reset_is_a_read_error_with_its_errno(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = in_turn(*[answer()] * 20, reset)
    outcome = run_wrk(programs.patched, *OPTIONS, server.url, live=live)

    read = outcome.final["errors"]["read"]
    assert read["total"] == read["errno"]["ECONNRESET"] == outcome.final["lost"] > 0
    assert f"read {read['total']}," in outcome.stdout


def test_end_without_an_answer_is_eof(programs: Programs, server: Server, live: Path) -> None:
    server.behaviour = in_turn(*[answer()] * 20, end_without_answer)
    final = run_wrk(programs.patched, *OPTIONS, server.url, live=live).final

    read = final["errors"]["read"]
    assert read == NONE | {"total": final["lost"], "eof": final["lost"]}
    assert final["lost"] > 0


def test_garbage_is_http_parse(programs: Programs, server: Server, live: Path) -> None:
    server.behaviour = in_turn(*[answer()] * 20, garbage)
    final = run_wrk(programs.patched, *OPTIONS, server.url, live=live).final

    read = final["errors"]["read"]
    assert read == NONE | {"total": final["lost"], "http_parse": final["lost"]}
    assert final["lost"] > 0


def test_server_that_closes_each_connection_is_no_error(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = close_after_answer
    final = run_wrk(programs.patched, *OPTIONS, server.url, live=live).final

    assert final["errors"] == {"connect": NONE, "read": NONE, "write": NONE, "timeout": 0}
    assert final["connections_established"] >= final["requests"] > 100


def test_death_and_return_are_seen_as_they_happen(
    programs: Programs, server: Server, live: Path
) -> None:
    wrk = start_wrk(
        programs.patched, ["-t1", "-c4", "-d2s", "--tick", 50, "--live", live, server.url]
    )
    time.sleep(0.5)
    server.die()
    time.sleep(0.6)
    server.start()
    outcome = finish(wrk, live)

    refused = outcome.final["errors"]["connect"]
    assert refused["total"] == sum(refused["errno"].values())
    assert refused["errno"]["ECONNREFUSED"] > 100
    assert outcome.final["errors"]["read"]["errno"].get("ECONNRESET", 0) <= 4
    dead = [tick for tick in outcome.ticks if 0.7 < tick["elapsed_s"] < 0.9]
    assert dead
    assert {tick["connections_open"] for tick in dead} == {0}
    assert len({tick["requests"] for tick in dead}) == 1
    assert outcome.final["connections_open"] == 4
    assert outcome.final["requests"] > dead[-1]["requests"]
