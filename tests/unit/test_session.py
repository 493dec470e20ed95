"""The conversation with a host: every answer goes to its question, whatever happened to another."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import paramiko
import pytest

from benchrig.drivers.base import LoadRequest, Tool
from benchrig.errors import BenchrigError
from benchrig.remote import session as session_module
from benchrig.remote.session import Session
from benchrig.trial import load as load_module
from benchrig.trial.generators import Generator
from benchrig.trial.load import LoadSessions

PROJECT = Path(__file__).parents[2]
# The real loop, with questions whose answers can be made late, none, or half of one.
PROGRAM = """
import os, sys, time
from benchrig.host import session, units
session.go_first = lambda: None
session.LEASE_SECONDS = float(sys.argv[1])
units._systemctl = lambda *said: print("systemctl", *said, file=sys.stderr) or {}
session.HANDLERS["start"] = lambda asked: units._started.add("benchrig-app@quart.service") or {}
session.HANDLERS["phase"] = lambda _: time.sleep(60)
session.HANDLERS["cut"] = lambda _: os._exit(os.write(1, b'{"unix": 17'))
session.HANDLERS["slow"] = lambda asked: time.sleep(asked["seconds"]) or {"slept": asked["seconds"]}
session.HANDLERS["broken"] = lambda asked: {}["ActiveState"]
session.run(None)
"""


class Channel:
    """An SSH channel's face before a process on this machine."""

    def __init__(self, lease_seconds: float) -> None:
        self.lease_seconds = lease_seconds
        self.process: subprocess.Popen[str]

    def exec_command(self, _: str) -> None:
        """Start the program, whatever the line says."""
        argv, pipe = [sys.executable, "-c", PROGRAM, str(self.lease_seconds)], subprocess.PIPE
        self.process = subprocess.Popen(
            argv, cwd=PROJECT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )

    def sendall(self, content: bytes) -> None:
        """To its standard input."""
        assert self.process.stdin
        self.process.stdin.write(content.decode())
        self.process.stdin.flush()

    def makefile(self, _: str) -> IO[str]:
        """Its standard output."""
        assert self.process.stdout
        return self.process.stdout

    def recv_stderr_ready(self) -> bool:
        """Nothing is kept of it."""
        return False

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()


def reached(transport: Any) -> Any:
    """A host that is reached over this transport."""
    return SimpleNamespace(
        host=SimpleNamespace(name="app"), transport=transport, command_line=" ".join
    )


def converse(channel: Channel) -> Session:
    """A conversation with a host of its own, which has started."""
    made = Session(reached(SimpleNamespace(open_session=lambda: channel)), ["program"])
    made.ask({"ask": "clock"})
    return made


@pytest.fixture
def session() -> Iterator[Session]:
    """A conversation that nobody's silence ends."""
    made = converse(Channel(lease_seconds=60))
    yield made
    made.close()


def test_an_answer_that_came_too_late_is_not_that_to_the_next_question(session: Session) -> None:
    with pytest.raises(BenchrigError, match="no answer to 'slow' within") as caught:
        session.ask({"ask": "slow", "seconds": 0.5}, timeout_seconds=0.1)
    assert caught.value.where == "host 'app'"
    assert set(session.ask({"ask": "clock"})) == {"unix"}
    assert session.ask({"ask": "slow", "seconds": 0.01}) == {"slept": 0.01}


def test_a_question_that_a_host_can_not_answer_does_not_end_the_session(session: Session) -> None:
    with pytest.raises(BenchrigError, match="'broken': KeyError: 'ActiveState'"):
        session.ask({"ask": "broken"})
    assert set(session.ask({"ask": "clock"})) == {"unix"}


def test_a_session_that_is_gone_says_so(session: Session) -> None:
    session.close()
    with pytest.raises(BenchrigError, match="the connection ended"):
        session.receive()


def test_an_answer_that_is_cut_off_says_that_the_connection_ended(session: Session) -> None:
    with pytest.raises(BenchrigError, match="the connection ended"):
        session.ask({"ask": "cut"})


def test_a_session_that_can_not_be_opened_names_the_host() -> None:
    def open_session() -> None:
        raise paramiko.SSHException("SSH session not active")

    with pytest.raises(BenchrigError, match="lost: SSH session not active") as caught:
        Session(reached(SimpleNamespace(open_session=open_session)), ["program"])
    assert caught.value.where == "host 'app'"


def test_a_host_that_is_asked_nothing_hears_that_we_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_module, "ALIVE_SECONDS", 0.1)
    made = converse(Channel(lease_seconds=0.5))
    time.sleep(1.0)
    assert set(made.ask({"ask": "clock"})) == {"unix"}
    made.close()


def test_a_host_that_hears_nothing_stops_the_app_and_ends() -> None:
    channel = Channel(lease_seconds=0.5)
    made = converse(channel)
    made.ask({"ask": "start"})
    assert channel.process.wait(10) == 0
    assert channel.process.stderr
    assert channel.process.stderr.read() == "systemctl stop benchrig-app@*.service\n"
    made.close()


def test_a_host_that_has_started_nothing_stops_nothing() -> None:
    channel = Channel(lease_seconds=0.5)
    made = converse(channel)
    assert channel.process.wait(10) == 0
    assert channel.process.stderr
    assert channel.process.stderr.read() == ""
    made.close()


def test_a_load_generator_that_hangs_is_not_waited_for(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_module, "OVERTIME_SECONDS", 0.1)
    monkeypatch.setattr(load_module, "SILENT_SECONDS", 0.1)
    rig: Any = SimpleNamespace(clock_offsets={"app": 0.0})
    sessions = LoadSessions(rig)
    sessions._sessions = {"app": session}
    sessions.generators = {"app": Generator("", 1, 9, 9, {"wrk": Tool("4.2", live=True)})}
    request = LoadRequest("http://127.0.0.1/", 1, 1, 0.1)
    with pytest.raises(BenchrigError, match="the driver's end is 0 s overdue") as caught:
        sessions.run("measure", "wrk", request, time.time(), {}, [])
    assert caught.value.where == "host 'app'"
