"""Several server processes under one unit: they end together, and the unit as they did."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SUPERVISE = "import sys; from benchrig.host.launch import supervise; sys.exit(supervise({!r}))"
# Tells that it runs by a file of its own, then waits to be stopped.
WAITS = "import pathlib, signal; {}; pathlib.Path({!r}).touch(); signal.pause()"
ENDS_WELL = "signal.signal(signal.SIGTERM, lambda *_: exit(0))"


def server(path: Path, on_stop: str = "") -> list[str]:
    """A process that runs until it is stopped."""
    return [sys.executable, "-c", WAITS.format(on_stop or "pass", str(path))]


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that a test starts; none outlives it."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def supervised(
    started: list[subprocess.Popen[bytes]], commands: list[list[str]], ready: list[Path]
) -> subprocess.Popen[bytes]:
    """The supervisor, once all its processes run."""
    argv = [sys.executable, "-c", SUPERVISE.format(commands)]
    process = subprocess.Popen(argv, cwd=PROJECT)
    started.append(process)
    deadline = time.monotonic() + 10
    while not all(path.exists() for path in ready):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


@pytest.mark.parametrize(("on_stop", "code"), [("", -signal.SIGTERM), (ENDS_WELL, 0)])
def test_a_stop_ends_the_unit_as_its_servers_end(
    on_stop: str, code: int, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    process = supervised(started, [server(path, on_stop) for path in paths], paths)
    process.terminate()
    assert process.wait(10) == code


@pytest.mark.parametrize(
    ("dies", "code"),
    [("exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 128 + signal.SIGKILL)],
)
def test_a_server_that_ends_by_itself_ends_the_others_and_fails_the_unit(
    dies: str, code: int, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    other = tmp_path / "other"
    wait = f"while not pathlib.Path({str(other)!r}).exists(): time.sleep(0.01)"
    dying = [sys.executable, "-c", f"import pathlib, time\n{wait}\n{dies}"]
    process = supervised(started, [server(other), dying], [other])
    assert process.wait(10) == code
