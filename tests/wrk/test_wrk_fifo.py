import fcntl
import json
import os
import select
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wrk.wrk_build import Programs
from tests.wrk.wrk_run import Line, finish, run_wrk, slots, start_wrk, summed_deltas
from tests.wrk.wrk_servers import Server, in_turn, late

# Latencies all over 10 ms fill many slots of each line's histogram, however fast the machine is.
LONG_LINES = in_turn(*(late(tenths / 10_000) for tenths in range(100)))


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "live.fifo"
    os.mkfifo(path)
    return path


@pytest.fixture
def reader(fifo: Path) -> Iterator[int]:
    descriptor = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    yield descriptor
    os.close(descriptor)


def read_to_end(descriptor: int, at_once: int, pause_seconds: float) -> list[Line]:
    """Read until the writer is gone; every line must be whole."""
    data = b""
    while True:
        select.select([descriptor], [], [], 5)
        part = os.read(descriptor, at_once)
        if not part:
            break
        data += part
        time.sleep(pause_seconds)
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def test_fifo_without_a_reader_is_refused(programs: Programs, fifo: Path, server: Server) -> None:
    outcome = run_wrk(programs.patched, "-d1s", "--live", fifo, server.url)

    assert outcome.status == 2
    assert outcome.stderr == f"wrk: --live {fifo}: no process has this FIFO open to read it\n"


def test_slow_reader_misses_lines_but_no_count(
    programs: Programs, server: Server, fifo: Path, reader: int
) -> None:
    server.behaviour = LONG_LINES
    wrk = start_wrk(
        programs.patched, ["-t1", "-c64", "-d1s", "--tick", 20, "--live", fifo, server.url]
    )
    time.sleep(0.1)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 64 * 1024)
    time.sleep(0.5)
    lines = read_to_end(reader, at_once=2000, pause_seconds=0.005)
    outcome = finish(wrk)

    final = lines[-1]
    assert outcome.status == 0
    assert final["type"] == "final"
    assert final["lines_dropped"] > 0
    assert final["seq"] + 1 == len(lines) + final["lines_dropped"]
    assert summed_deltas(lines) == slots(final["hist"]["slots"])
    assert final["hist"]["count"] == final["requests"]


def test_stopped_reader_never_blocks_and_finds_whole_lines(
    programs: Programs, server: Server, fifo: Path, reader: int
) -> None:
    server.behaviour = LONG_LINES
    began = time.monotonic()
    wrk = start_wrk(
        programs.patched, ["-t1", "-c64", "-d1s", "--tick", 20, "--live", fifo, server.url]
    )
    time.sleep(0.1)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 64 * 1024)
    outcome = finish(wrk)
    seconds = time.monotonic() - began
    lines = read_to_end(reader, at_once=1 << 20, pause_seconds=0)

    assert seconds < 1.6
    assert outcome.status == 1
    assert "the final line" in outcome.stderr
    assert "its reader left no room" in outcome.stderr
    assert "Requests/sec" in outcome.stdout
    assert [line["seq"] for line in lines] == list(range(len(lines)))


def test_final_line_longer_than_the_pipe_arrives_while_it_is_read(
    programs: Programs, server: Server, fifo: Path, reader: int
) -> None:
    server.behaviour = LONG_LINES
    wrk = start_wrk(programs.patched, ["-t1", "-c16", "-d1s", "--live", fifo, server.url])
    time.sleep(0.1)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    lines = read_to_end(reader, at_once=4096, pause_seconds=0)

    assert finish(wrk).status == 0
    assert len(json.dumps(lines[-1])) > 4096
    assert summed_deltas(lines) == slots(lines[-1]["hist"]["slots"])


def test_reader_that_goes_and_another_that_comes(
    programs: Programs, server: Server, fifo: Path, reader: int
) -> None:
    server.behaviour = late(0.001)
    first = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    wrk = start_wrk(programs.patched, ["-t1", "-c1", "-d1s", "--live", fifo, server.url])
    time.sleep(0.3)
    os.close(first)
    lines = read_to_end(reader, at_once=1 << 20, pause_seconds=0)

    assert finish(wrk).status == 0
    assert lines[0]["type"] == "start"
    assert summed_deltas(lines) == slots(lines[-1]["hist"]["slots"])


def test_fifo_whose_only_reader_leaves_is_written_again_when_one_returns(
    programs: Programs, server: Server, fifo: Path
) -> None:
    first = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    wrk = start_wrk(programs.patched, ["-t1", "-c1", "-d1s", "--live", fifo, server.url])
    time.sleep(0.3)
    early = os.read(first, 1 << 20)
    os.close(first)
    time.sleep(0.3)
    second = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    late_lines = read_to_end(second, at_once=1 << 20, pause_seconds=0)
    os.close(second)
    lines = [json.loads(line) for line in early.splitlines()] + late_lines

    assert finish(wrk).status == 0
    assert lines[-1]["lines_dropped"] > 0
    assert summed_deltas(lines) == slots(lines[-1]["hist"]["slots"])
