"""The selftest's cases, its server with a fault, and what it tells in the end."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benchrig.commands.selftest import chosen
from benchrig.drivers.catalogue import find_driver
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.inventory import Host, Inventory
from benchrig.selftest.cases import all_cases
from benchrig.selftest.show import shares, show_outcomes
from benchrig.selftest.trial import NOT_RUN, REFUSED, Outcome, outcome, plan_case
from benchrig.spec.catalogue import load_catalogue
from benchrig.trial.raw import Fault
from benchrig.verdict.causes import all_causes
from tests.open_loop import Served, served_trial

PROJECT = Path(__file__).parents[2]
GROUPS = ("load_generators", "app_servers", "postgres", "nginx", "monitoring")
HOSTS = {g: Host(g, f"192.0.2.{n}", f"192.0.2.{n}", (g,)) for n, g in enumerate(GROUPS, 11)}


def free_port() -> int:
    """A port that nobody listens on now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port


def make_outcome(said: str, kind: str = "injected", kept: float = 0.0) -> Outcome:
    """What was said where the app's CPU is right."""
    return Outcome("case", kind, ("app-cpu",), said, "because", kept)


@contextmanager
def faulty(*options: str) -> Iterator[int]:
    """The server with a fault, on a port of its own."""
    port = free_port()
    argv = [sys.executable, "-m", "benchrig.host", "faulty", "--address=127.0.0.1"]
    with subprocess.Popen([*argv, f"--port={port}", *options], cwd=PROJECT) as server:
        try:
            deadline = time.monotonic() + 20
            while statuses(port, 1) != [200] and time.monotonic() < deadline:
                time.sleep(0.05)
            yield port
        finally:
            server.terminate()


def statuses(port: int, count: int) -> list[int]:
    """Codes of so many answers on one connection; 0 for one that was cut off."""
    found = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as client:
        for _ in range(count):
            try:
                client.request("GET", "/json")
                answer = client.getresponse()
                answer.read()
                found.append(answer.status)
            except (OSError, http.client.HTTPException):
                client.close()
                found.append(0)
    return found


def test_every_case_expects_causes_that_there_are_and_can_be_planned() -> None:
    names = {cause.name for cause in all_causes()}
    catalogue = load_catalogue(PROJECT / "apps")
    for case in all_cases().values():
        assert case.expects <= names
        assert bool(case.expects) == (case.kind != "bad")
        plan = plan_case(case, catalogue, Inventory("lab", HOSTS), cpus=2)
        assert plan.level.connections == case.connections
        assert bool(case.faulty) == ("faulty" in plan.launch.argv)
        assert find_driver(case.driver).refusals(plan.measured_load()) == []


def test_every_cause_is_put_in_by_a_case() -> None:
    put_in = {cause for c in all_cases().values() if c.kind == "injected" for cause in c.expects}
    assert put_in == {cause.name for cause in all_causes()}


def test_what_is_put_into_a_host_is_always_taken_out() -> None:
    for case in all_cases().values():
        for injection in case.injections:
            assert injection.undo or injection.at == "middle", case.name


def test_an_unknown_case_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(BenchrigError, match="did you mean 'bandwidth'"):
        chosen("bandwith")


def test_some_cases_are_chosen_by_name() -> None:
    assert [case.name for case in chosen("slow-sql, bandwidth")] == ["bandwidth", "slow-sql"]
    assert len(chosen("")) == len(all_cases())


def test_a_driver_that_counts_twice_does_so_in_its_live_record_too() -> None:
    raw = served_trial(Served(rate=500, capacity=1000))
    spoil = all_cases()["bad-phantom"].spoil
    assert spoil is not None
    honest, doubled = figures(raw).client, figures(spoil(raw)).client
    assert honest is not None
    assert doubled is not None
    assert (honest.requests, doubled.requests) == (2500, 5000)
    assert doubled.quantiles_seconds == honest.quantiles_seconds


def test_a_bad_result_counts_as_refused_only_where_it_happened() -> None:
    case, raw = all_cases()["bad-phantom"], served_trial(Served(rate=500, capacity=1000))
    storm = served_trial(Served(rate=500, capacity=1000, failures=400))
    assert outcome(replace(case, spoil=None), storm).said == REFUSED
    broken = Fault("host 'app'", "injection: exit code 1", fatal=True)
    assert outcome(case, replace(raw, faults=[broken])).said == NOT_RUN
    assert outcome(case, replace(raw, driver_runs=[])).said == NOT_RUN


def test_the_shares_leave_out_what_did_not_run_and_tell_disturbed_trials_apart() -> None:
    right, disturbed = make_outcome("app-cpu"), make_outcome("unknown", kept=0.8)
    assert shares([right, disturbed, make_outcome(NOT_RUN)]) == [
        "bottlenecks named right: 1 of 2 (50.0%); "
        "of those that others did not disturb 1 of 1 (100.0%)",
        "trials that did not run: 1",
    ]


def test_the_table_tells_what_was_said_instead() -> None:
    console = Console(width=120)
    with console.capture() as captured:
        show_outcomes(console, [make_outcome("app-cpu"), make_outcome("proxy")])
    assert "proxy 1" in captured.get()
    assert "case: said proxy: because" in captured.get()


def test_the_faulty_server_fails_a_share_of_requests_after_the_first_ones() -> None:
    with faulty("--after=5", "--errors=0.5") as port:
        assert statuses(port, 4) == [200] * 4
        assert sorted(statuses(port, 10)) == [200] * 5 + [503] * 5


def test_the_faulty_server_takes_no_body_for_the_next_request() -> None:
    with faulty() as port, closing(socket.create_connection(("127.0.0.1", port), 5)) as client:
        client.sendall(b"POST /echo HTTP/1.1\r\nContent-Length: 11\r\n\r\nGET /x y")
        client.sendall(b"zzzGET /json HTTP/1.1\r\n\r\n")
        heard = b""
        while heard.count(b"HTTP/1.1 ") < 2 or not heard.endswith(b"}"):
            heard += client.recv(4096)
    assert [part[:3] for part in heard.split(b"HTTP/1.1 ")[1:]] == [b"404", b"200"]


def test_the_faulty_server_cuts_connections() -> None:
    with faulty("--after=1", "--shed=0.5") as port:
        assert statuses(port, 8).count(0) == 4


def test_the_faulty_servers_workers_end_with_it() -> None:
    with faulty("--workers=2") as port:
        assert statuses(port, 3) == [200] * 3
    deadline = time.monotonic() + 10
    while statuses(port, 1) != [0] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert statuses(port, 1) == [0]
