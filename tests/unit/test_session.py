"""The conversation with a host: every answer goes to its question, whatever happened to another."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pytest

from benchrig.errors import BenchrigError
from benchrig.remote.session import Session

PROJECT = Path(__file__).parents[2]
# The real loop, with questions whose answers can be made late, or none.
PROGRAM = """
import time
from benchrig.host import session
session.go_first = lambda: None
session.HANDLERS["slow"] = lambda asked: time.sleep(asked["seconds"]) or {"slept": asked["seconds"]}
session.HANDLERS["broken"] = lambda asked: {}["ActiveState"]
session.run(None)
"""


class Channel:
    """An SSH channel's face before a process on this machine."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str]

    def exec_command(self, _: str) -> None:
        """Start the program, whatever the line says."""
        argv, pipe = [sys.executable, "-c", PROGRAM], subprocess.PIPE
        self.process = subprocess.Popen(argv, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)

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
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


@pytest.fixture
def session() -> Iterator[Session]:
    """A conversation with a host of its own."""
    channel = Channel()
    remote: Any = SimpleNamespace(
        host=SimpleNamespace(name="app"),
        transport=SimpleNamespace(open_session=lambda: channel),
        command_line=" ".join,
    )
    made = Session(remote, ["program"])
    yield made
    made.close()


def test_an_answer_that_came_too_late_is_not_that_to_the_next_question(session: Session) -> None:
    session.ask({"ask": "clock"})  # it has started
    with pytest.raises(BenchrigError, match="no answer to 'slow' within") as caught:
        session.ask({"ask": "slow", "seconds": 0.5}, timeout_seconds=0.1)
    assert caught.value.where == "host 'app'"
    assert set(session.ask({"ask": "clock"})) == {"unix"}
    assert session.ask({"ask": "slow", "seconds": 0.01}) == {"slept": 0.01}


def test_a_question_that_a_host_can_not_answer_does_not_end_the_session(session: Session) -> None:
    with pytest.raises(BenchrigError, match="'broken': KeyError: 'ActiveState'"):
        session.ask({"ask": "broken"})
    assert set(session.ask({"ask": "clock"})) == {"unix"}
    assert not session.ended


def test_a_session_that_is_gone_says_so(session: Session) -> None:
    session.ask({"ask": "clock"})
    session.close()
    with pytest.raises(BenchrigError, match="the connection ended"):
        session.receive()
    assert session.ended
