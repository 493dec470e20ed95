"""What hosts tell of threads, sockets and waits; the server with a fault; changes that are held."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchrig.host import census, machine, processes, proxy, sockets, threads, waiting

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listening socket that nobody serves yet."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=8)) as server:
        yield server


def test_a_thread_that_runs_is_told_with_its_cpu_time() -> None:
    before = {t["tid"]: t for t in threads.threads(os.getpid())}
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    after = {t["tid"]: t for t in threads.threads(os.getpid())}
    me = threading.get_native_id()
    assert after[me]["cpu_seconds"] - before[me]["cpu_seconds"] >= 0.04
    assert after[me]["delay_seconds"] >= before[me]["delay_seconds"]


def test_a_process_that_has_gone_has_no_threads() -> None:
    assert threads.threads(2**22 + 1) == []


def test_requests_that_nobody_accepted_or_read_are_counted(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with closing(socket.create_connection(("127.0.0.1", port))) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        here, there = census.read({port}, set(), sockets.TABLES)
        assert (here.backlog, here.established, here.unread) == (1, 0, 0)
        assert there.established == 0
        accepted, _ = listener.accept()
        with closing(accepted):
            here, _ = census.read({port}, set(), sockets.TABLES)
            assert (here.backlog, here.established, here.unread) == (0, 1, 1)
            accepted.recv(100)
            here, _ = census.read({port}, set(), sockets.TABLES)
            assert (here.backlog, here.established, here.unread) == (0, 1, 0)
            accepted.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            _, there = census.read(set(), {port}, sockets.TABLES)
            assert (there.established, there.unread) == (1, 1)


def test_looks_go_on_until_they_are_ended(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    asked: dict[str, Any] = {"local_ports": [port], "remote_ports": [], "interval_seconds": 0.01}
    census.begin(asked)
    deadline = time.monotonic() + 5
    while not census._running[-1]._samples and time.monotonic() < deadline:
        time.sleep(0.01)
    told = census.end({})
    assert told["samples"][0]["local"]["established"] == 0
    assert told["cpu_seconds"] > 0
    assert census.end({}) == {"cpu_seconds": 0.0, "samples": []}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("import time; time.sleep(60)", "blocked"),
        ("import select; select.select([], [], [], 60)", "events"),
        ("while True: pass", "running"),
    ],
)
def test_what_a_process_waits_for(code: str, kind: str) -> None:
    with subprocess.Popen([sys.executable, "-c", code]) as child:
        deadline = time.monotonic() + 10
        while waiting.waits_for(child.pid) != kind and time.monotonic() < deadline:
            time.sleep(0.01)
        assert waiting.waits_for(child.pid) == kind
        child.kill()


def test_sets_of_cpus_read_as_the_kernel_writes_them() -> None:
    assert processes.as_ranges([0, 1, 2, 3, 6]) == "0-3,6"
    assert processes.as_ranges([5]) == "5"
    assert processes.as_ranges([]) == ""


def test_the_host_tells_its_links_and_what_else_runs() -> None:
    told = machine.machine()
    assert told["cpu_seconds"] > 0
    assert 0 < told["booted_unix"] < time.time()
    assert told["context_switches"] > 0
    assert os.getpid() not in {process["pid"] for process in machine.others(set())}
    assert "lo" not in machine.links()


def test_an_nginx_that_is_not_there_has_no_totals(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    assert proxy.totals(port) is None


def hold() -> "subprocess.Popen[str]":
    """The program that holds changes, with pipes to talk to it."""
    pipe = subprocess.PIPE
    argv = [sys.executable, "-m", "benchrig.host", "hold"]
    return subprocess.Popen(argv, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)


def do(program: "subprocess.Popen[str]", **message: Any) -> dict[str, str]:
    """Say one message and read the answer."""
    assert program.stdin
    assert program.stdout
    program.stdin.write(json.dumps(message) + "\n")
    program.stdin.flush()
    answer: dict[str, str] = json.loads(program.stdout.readline())
    return answer


def test_a_change_is_undone_when_the_control_node_is_gone(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with hold() as program:
        commands = {"do": [["touch", str(mark)]], "undo": [["rm", str(mark)]]}
        assert do(program, ask="do", **commands) == {"fault": ""}
        assert mark.exists()
        assert program.stdin
        program.stdin.close()
        assert program.wait(10) == 0
    assert not mark.exists()


def test_a_change_is_undone_when_the_program_is_told_to_stop(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with hold() as program:
        do(program, ask="do", do=[["touch", str(mark)]], undo=[["rm", str(mark)]])
        program.terminate()
        assert program.wait(10) == 0
    assert not mark.exists()


def test_a_command_that_fails_is_told_and_the_others_still_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with hold() as program:
        answer = do(program, ask="do", do=[["false"], ["touch", str(mark)]], undo=[])
        assert answer["fault"].startswith("false:")
        assert do(program, ask="end") == {"fault": ""}
        assert program.stdin
        program.stdin.close()
    assert mark.exists()
