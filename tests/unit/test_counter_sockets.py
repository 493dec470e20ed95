"""The websocket driver's program, against small real servers that count rightly or wrongly."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from benchrig.drivers import live
from benchrig.drivers.base import LoadRequest, LoadResult
from benchrig.drivers.catalogue import find_driver
from tests.factories import PROJECT

Say = Callable[[int], str]


class Counter:
    """Every open socket hears how many there are after each join and leave."""

    def __init__(self, say: Say = str, drop_at: int = 0) -> None:
        self.sockets: set[ServerConnection] = set()
        self.say = say
        self.drop_at = drop_at
        self.joined = 0
        self.lock = threading.Lock()

    def __call__(self, socket: ServerConnection) -> None:
        self.joined += 1
        if self.joined == self.drop_at:
            self.drop()
        self.change(lambda: self.sockets.add(socket))
        with suppress(ConnectionClosed):
            for _ in socket:
                pass
        self.change(lambda: self.sockets.discard(socket))

    def change(self, how: Callable[[], None]) -> None:
        with self.lock:
            how()
            for socket in self.sockets:
                with suppress(ConnectionClosed):  # its own thread takes it out and says so
                    socket.send(self.say(len(self.sockets)))

    def drop(self) -> None:
        """Cut all connections, without a farewell."""
        with self.lock:
            for socket in self.sockets:
                with suppress(OSError):  # it leaves right now
                    socket.socket.shutdown(SHUT_RDWR)
            self.sockets.clear()


@contextmanager
def serving(counter: Counter) -> Iterator[str]:
    """Serve on loopback."""
    with serve(counter, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}/counter"
        finally:
            server.shutdown()
            thread.join()


def start(folder: Path, url: str, **asked: Any) -> "subprocess.Popen[bytes]":
    """The driver's command line, with this interpreter in place of the hosts' one."""
    values: dict[str, Any] = {"duration_seconds": 1.0, "timeout_seconds": 0.5} | asked
    request = LoadRequest(url, 5, 1, websocket=True, **values)
    argv = find_driver("websocket").argv(request)
    argv = [sys.executable, *argv[argv.index("-m") :]]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(argv, cwd=folder, env=environment)


def finished(program: "subprocess.Popen[bytes]", folder: Path) -> LoadResult:
    """Its outcome, once it has ended by itself."""
    try:
        assert program.wait(timeout=20) == 0
    finally:
        program.kill()
        program.wait()
    return live.result((folder / live.LIVE_FILE).read_text())


def test_every_message_is_counted_and_timed(tmp_path: Path) -> None:
    with serving(Counter()) as url:
        result = finished(start(tmp_path, url), tmp_path)
    assert result.errors.total == 0
    assert result.requests > 5 + 4 + 3 + 2 + 1
    assert result.connections_opened == 5
    assert result.latency
    assert result.latency.count == result.requests
    assert 0 < result.latency.quantile_seconds(0.5) < 0.4


def test_a_wrong_count_is_an_error_and_no_throughput(tmp_path: Path) -> None:
    with serving(Counter(lambda count: str(count + 1))) as url:
        result = finished(start(tmp_path, url), tmp_path)
    assert result.requests == 0
    assert result.errors.detail["read wrong count"] >= 1
    assert result.errors.timeout >= 1


def test_a_server_that_refuses_is_told_and_not_stormed(tmp_path: Path) -> None:
    with serving(Counter()) as url:
        pass
    result = finished(start(tmp_path, url), tmp_path)
    assert (result.requests, result.connections_opened) == (0, 0)
    assert 3 < result.errors.connect < 20


def test_joins_keep_to_the_spawn_rate(tmp_path: Path) -> None:
    with serving(Counter()) as url:
        result = finished(start(tmp_path, url, spawn_rate_per_second=3.0), tmp_path)
    assert result.connections_opened in (2, 3)
    assert result.requests in (1 + 2, 1 + 2 + 3)


def test_sockets_that_the_server_drops_are_errors_and_are_opened_again(tmp_path: Path) -> None:
    with serving(Counter(drop_at=8)) as url:
        result = finished(start(tmp_path, url, duration_seconds=2.0), tmp_path)
    assert result.errors.detail["read closed by the server"] == 4
    assert result.requests > 2 * (5 + 4 + 3 + 2 + 1)


def test_interrupted_it_keeps_its_record(tmp_path: Path) -> None:
    with serving(Counter()) as url:
        program = start(tmp_path, url, duration_seconds=60.0)
        path = tmp_path / live.LIVE_FILE
        deadline = time.monotonic() + 10
        while not path.exists() or path.read_text().count("tick") < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        begin = time.monotonic()
        program.send_signal(signal.SIGINT)
        result = finished(program, tmp_path)
    assert time.monotonic() - begin < 2
    assert list(live.read_lines(path.read_text()))[-1]["interrupted"] == "SIGINT"
    assert result.requests > 0
